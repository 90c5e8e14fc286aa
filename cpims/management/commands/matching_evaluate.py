"""``cpims matching evaluate FILE``: how well the matching tells one child from two, on labelled pairs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.lib.messages import sentence
from cpims.management.launch.words import locale
from cpims.matching.formats import PairsUnreadable, read_pairs
from cpims.matching.rules.measuring import Counted, Judged, best_threshold, count
from cpims.matching.rules.persons import Person
from cpims.matching.rules.scoring import score
from cpims.matching.rules.weights import weights_of


class Command(BaseCommand):
    """Measure without a database: precision, recall and F1 by script and in all, and who was taken for one child."""

    help = sentence("en", "matching.evaluate.help")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which pairs, with which weights, and whether names alone."""
        parser.add_argument("file", type=Path, help=sentence("en", "matching.evaluate.file"))
        parser.add_argument("--weights", type=Path, help=sentence("en", "matching.evaluate.weights"))
        parser.add_argument("--names-only", action="store_true", help=sentence("en", "matching.evaluate.names_only"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Score every pair and print the table."""
        words, file = locale(), options["file"]
        weights_file: Path | None = options["weights"]
        try:
            pairs = read_pairs(file.read_bytes())
            weights = weights_of(json.loads(weights_file.read_bytes()) if weights_file else None)
        except (OSError, ValueError, PairsUnreadable) as problem:
            raise CommandError(sentence(words, "matching.evaluate.unreadable", file=file)) from problem
        seen = _named if options["names_only"] else _whole
        judged = [
            Judged(pair.same, score(seen(pair.one), seen(pair.other), weights).value, pair.scripts, pair.kind)
            for pair in pairs
        ]
        threshold = weights.possible
        told = {"threshold": f"{threshold:.2f}", "best": f"{best_threshold(judged):.2f}"}
        self.stdout.write(sentence(words, "matching.evaluate.threshold", **told))
        self._row("", sentence(words, "matching.evaluate.columns").split())
        for scripts in sorted({pair.scripts for pair in judged}):
            self._counted(scripts, count((pair for pair in judged if pair.scripts == scripts), threshold))
        self._counted(sentence(words, "matching.evaluate.all"), count(judged, threshold))
        for kind in sorted({pair.kind for pair in judged}):
            ours = [pair for pair in judged if pair.kind == kind]
            taken = sum(pair.value >= threshold for pair in ours)
            line = sentence(words, "matching.evaluate.kind", kind=kind, taken=taken, pairs=len(ours))
            self.stdout.write(f"  {line}")

    def _counted(self, name: str, counted: Counted) -> None:
        shares = (counted.precision, counted.recall, counted.f1)
        self._row(name, [str(counted.pairs), *("–" if share is None else f"{share:.3f}" for share in shares)])

    def _row(self, name: str, cells: Iterable[str]) -> None:
        self.stdout.write(f"  {name:<24}" + "".join(f"{cell:>14}" for cell in cells))


def _whole(person: Person) -> Person:
    return person


def _named(person: Person) -> Person:
    return Person(names=person.names, nicknames=person.nicknames)
