"""``cpims records reindex``: bring what lists, filters and searches read of records up to the forms as they stand."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.lib.clock import now
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale
from cpims.records.actions.deriving import derive_records, keep_field_indexes
from cpims.records.models import Record
from cpims.records.rules.kinds import KINDS


class Command(BaseCommand):
    """Derive records anew; cut off, it goes on where it stopped when it is called again."""

    help = sentence("en", "ops.reindex.help")

    def add_arguments(self, parser: CommandParser) -> None:
        """Which records, and whether from the beginning."""
        parser.add_argument("--kind", help=sentence("en", "ops.reindex.kind"))
        parser.add_argument("--again", action="store_true", help=sentence("en", "ops.reindex.again"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Work through each kind, a batch at a time, and say how far it is."""
        words = locale()
        kind: str | None = options["kind"]
        if kind is not None and kind not in KINDS:
            raise CommandError(sentence(words, "ops.reindex.unknown", kind=kind, kinds=", ".join(sorted(KINDS))))
        for each in [kind] if kind else sorted(KINDS):
            self._work(each, words, again=options["again"])
            keep_field_indexes(kind=each)

    def _work(self, kind: str, words: str, *, again: bool) -> None:
        total = Record.objects.of_kind(kind).count()
        last = None
        for progress in derive_records(kind=kind, at=now(), again=again):
            last = progress
            if sys.stderr.isatty():
                told = {"done": progress.done, "total": total, "changed": progress.changed}
                self.stderr.write("\r" + sentence(words, "ops.reindex.progress", kind=kind, **told), ending="")
        if last is None:
            self.stdout.write(sentence(words, "ops.reindex.nothing", kind=kind))
        else:
            told = {"done": last.done, "changed": last.changed}
            self.stdout.write(sentence(words, "ops.reindex.done", kind=kind, **told))
