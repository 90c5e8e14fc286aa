"""``cpims import_table users|locations FILE``: what a table would do, and, with ``--apply``, doing it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import User
from cpims.forms.queries.viewers import current_viewer
from cpims.imports.actions import import_table, plan_import
from cpims.imports.formats import address
from cpims.imports.rules.plans import Kind, Outcome, Plan
from cpims.imports.rules.progress import Phase
from cpims.lib.clock import now
from cpims.lib.errors import Invalid, Refusal
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Say what a table would do; with ``--apply`` do exactly that. The exit code is 1 when rows are bad."""

    help = sentence("en", "import.command.help")

    def add_arguments(self, parser: CommandParser) -> None:
        """What the table is about, where it is, and who brings it in."""
        parser.add_argument("kind", choices=[kind.value for kind in Kind])
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true")
        parser.add_argument("--leave-out-bad", action="store_true")
        parser.add_argument("--as", dest="actor", metavar="USER")

    def handle(self, *args: Any, **options: Any) -> None:
        """Plan, tell, and apply where that is wished."""
        words = locale()
        file: Path = options["file"]
        if not file.is_file():
            raise CommandError(sentence(words, "import.command.no_file", path=file))
        kind, content, actor = Kind(options["kind"]), file.read_bytes(), self._actor(options["actor"], words)
        try:
            began = time.perf_counter()
            plan = plan_import(kind=kind, content=content, actor=actor, at=now(), tell=self._told)
            self._tell(plan, time.perf_counter() - began, words)
            if options["apply"]:
                began = time.perf_counter()
                import_table(
                    kind=kind,
                    content=content,
                    plan_hash=plan.hash,
                    leave_out_bad=options["leave_out_bad"],
                    actor=actor,
                    at=now(),
                    tell=self._told,
                )
                seconds = f"{time.perf_counter() - began:.1f}"
                self.stdout.write(sentence(words, "import.command.done", seconds=seconds))
        except Refusal as refusal:
            raise CommandError(_said(refusal, words)) from refusal
        if plan.bad:
            sys.exit(1)

    def _told(self, phase: Phase, done: int, total: int) -> None:
        """How far the table has come, on a screen only."""
        if self.stderr.isatty() and total:
            self.stderr.write(f"\r  {done:,} / {total:,} ", ending="")

    def _actor(self, name: str | None, words: str) -> Viewer | None:
        if name is None:
            return None
        if not User.objects.filter(user_name=name, disabled=False).exists():
            raise CommandError(sentence(words, "import.command.no_user", user=name))
        return current_viewer(name)

    def _tell(self, plan: Plan, seconds: float, words: str) -> None:
        counts = {one.value: plan.count(one) for one in Outcome}
        counted = sentence(words, "import.command.counted", rows=plan.rows, bad=len(plan.bad_rows), **counts)
        self.stdout.write(f"{counted} ({seconds:.1f} s, {plan.encoding})")
        for column in plan.ignored:
            place = address(plan.heads_row, column)
            self.stdout.write(f"  {place}  {sentence(words, 'import.command.ignored', column=plan.heads[column])}")
        for cell in plan.bad:
            said = sentence(words, cell.code, **cell.params)
            self.stdout.write(f"  {address(cell.row, cell.column)}  {said}")


def _said(refusal: Refusal, words: str) -> str:
    """A refusal, and everything that was wrong, as an operator reads it."""
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    lines = [sentence(words, one.code, **one.params) for one in problems]
    return "\n".join(lines or [sentence(words, refusal.code, **refusal.params)])
