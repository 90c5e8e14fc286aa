"""What must be true of the database before the doors open: tables, configuration, first people. A process of its own."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from cpims.management.launch.steps import step
from cpims.management.launch.words import ROOT, Stop

DEMO_CASES = "1000"


@dataclass
class Opened:
    """What the opening found and made; ``sign_ins`` and ``invitation`` are shown once."""

    kind: str = ""
    name: str = ""
    seeded: bool = False
    sign_ins: str = ""
    invitation: str = ""


def prepare_database() -> Opened:
    """Bring the tables up to date and load the standard configuration into an empty instance; nobody is in it yet.

    Raises: Stop.
    """
    import django
    from django.core.management import call_command, get_commands
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    from cpims.forms.models import Form
    from cpims.settings.models import Instance

    executor = MigrationExecutor(connection)
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    if any(app == "cpims" for app, _ in unknown):
        raise Stop("ops.open.newer", migrations=", ".join(sorted(name for app, name in unknown if app == "cpims")))
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with step("ops.open.migrate"):
            call_command("migrate", verbosity=0, interactive=False)
    instance = Instance.objects.get()
    if not Form.objects.exists():
        if "load_pack" not in get_commands():
            raise Stop("ops.open.no_command", command="load_pack")
        with step("ops.open.pack"):
            call_command("load_pack", str(ROOT / "packs" / "cpims"), stdout=io.StringIO())
    return Opened(kind=instance.kind, name=instance.name)


def open_database(*, passwords: str, cases: str, published: Path) -> Opened:
    """Make the database ready; seed an empty demo; give an empty production instance its first administrator's link.

    Raises: Stop.
    """
    opened = prepare_database()
    from django.core.management import call_command, get_commands

    from cpims.accounts.models import User

    commands, is_demo = get_commands(), opened.kind == "demo"
    if is_demo and not User.objects.exists():
        if "demo" not in commands:
            raise Stop("ops.open.no_command", command="demo")
        words = io.StringIO()
        if passwords == "fixed":
            published.touch(mode=0o600)
        with step("ops.open.demo", cases=cases):
            call_command("demo", "--cases", cases, "--seed", "1", "--passwords", passwords, stdout=words)
        opened.seeded, opened.sign_ins = True, words.getvalue().strip()
        if passwords == "fixed":
            published.write_text(opened.sign_ins + "\n", encoding="utf-8")
    if not is_demo and not User.objects.exists():
        if "first_administrator" not in commands:
            raise Stop("ops.open.no_command", command="first_administrator")
        words = io.StringIO()
        call_command("first_administrator", stdout=words)
        opened.invitation = words.getvalue().strip()
    from cpims.lib.clock import now
    from cpims.promotion.actions.drift import raise_drift

    raise_drift(actor=None, at=now())
    return opened


def main(arguments: list[str]) -> int:
    """Open the database; steps are shown on the standard output, the outcome goes to the given file number."""
    channel, passwords, cases, published = int(arguments[0]), arguments[1], arguments[2], Path(arguments[3])
    try:
        opened = open_database(passwords=passwords, cases=cases, published=published)
    except Stop as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    with os.fdopen(channel, "w") as outcome:
        json.dump(asdict(opened), outcome)
    return 0
