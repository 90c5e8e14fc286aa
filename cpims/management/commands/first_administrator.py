"""``cpims first_administrator``: a one-time link for the first person who sets up an instance."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.accounts.actions.resets import invite_first_administrator
from cpims.accounts.rules.refusals import AdministratorExists
from cpims.lib.clock import now
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Print the link by which the first administrator chooses her password; a new one ends the old."""

    help = "Prints a one-time link for the first administrator, as long as none has signed in."

    def add_arguments(self, parser: CommandParser) -> None:
        """How she will be called."""
        parser.add_argument("--user-name", default="admin")
        parser.add_argument("--full-name", default="First administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account and the link."""
        words = locale()
        try:
            invited = invite_first_administrator(
                at=now(), user_name=options["user_name"], full_name=options["full_name"]
            )
        except AdministratorExists as refusal:
            raise CommandError(sentence(words, "administrator.exists")) from refusal
        self.stdout.write(invited.address)
