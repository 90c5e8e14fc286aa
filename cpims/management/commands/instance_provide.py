"""``cpims instance_provide``: makes this instance's database ready and invites its first administrator."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.accounts.actions.resets import invite_first_administrator
from cpims.accounts.rules.refusals import AdministratorExists
from cpims.accounts.rules.texts import EMAIL
from cpims.lib.clock import now
from cpims.management.launch.opening import prepare_database
from cpims.management.launch.words import Stop, text
from cpims.settings.models import Instance


class Command(BaseCommand):
    """Tables, standard configuration, invitation; says what came of it as one line of JSON."""

    help = "Makes the database ready and invites the first administrator, for cpims instance create."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Who is invited, and where to."""
        parser.add_argument("--admin-email", default="")
        parser.add_argument("--admin-name", default="First administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; what is done already is left alone."""
        email = options["admin_email"].strip()
        if email and not EMAIL.fullmatch(email):
            raise CommandError(text("ops.instance.bad_email", address=email))
        try:
            with contextlib.redirect_stdout(sys.stderr):
                prepare_database()
        except Stop as problem:
            raise CommandError(str(problem)) from problem
        instance = Instance.objects.get()
        told = {"name": instance.name, "uuid": str(instance.uuid), "kind": instance.kind}
        try:
            invited = invite_first_administrator(at=now(), full_name=options["admin_name"], email=email)
        except AdministratorExists:
            self.stdout.write(json.dumps(told | {"administrator": "there"}))
            return
        how = {"administrator": "mailed"} if email else {"administrator": "link", "link": invited.address}
        self.stdout.write(json.dumps(told | how | {"user_name": invited.user_name}))
