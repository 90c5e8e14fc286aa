"""``cpims demo``: fill a demo instance with an invented country, its workers and their caseload."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.configuration.formats import read_folder
from cpims.lib.clock import now
from cpims.lib.errors import Conflict, Invalid
from cpims.lib.messages import sentence
from cpims.management.commands.load_pack import told
from cpims.management.demo.filling import MOST, fill_demo
from cpims.management.demo.labelled import invent_pairs
from cpims.management.demo.recipes import read_recipes
from cpims.management.launch.words import ROOT, locale
from cpims.matching.formats import write_pairs


class Command(BaseCommand):
    """Fill a demo instance; an instance with real children is refused."""

    help = "Fills a demo instance with invented children, always the same for a seed."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, which, and how the cast signs in."""
        parser.add_argument("--cases", type=int, default=1000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--passwords", choices=["fixed", "random"], default="random")
        parser.add_argument("--labelled-duplicates", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill it and say how the cast signs in."""
        words = locale()
        count: int = options["cases"]
        if not 0 <= count <= MOST:
            raise CommandError(sentence(words, "demo.number", most=MOST))

        if options["labelled_duplicates"] is not None:
            self._write_pairs(options["labelled_duplicates"], count, options["seed"], words)
            return

        def tell(done: int) -> None:
            if sys.stderr.isatty():
                self.stderr.write(f"\r{sentence(words, 'demo.progress', done=done, all=count)}", ending="")

        try:
            filled = fill_demo(
                packs=ROOT / "packs",
                count=count,
                seed=options["seed"],
                fixed=options["passwords"] == "fixed",
                at=now(),
                tell=tell,
            )
        except Conflict as refusal:
            raise CommandError(sentence(words, refusal.code, **refusal.params)) from refusal
        except Invalid as refusal:
            raise CommandError(told(refusal, words)) from refusal
        self.stdout.write(sentence(words, "demo.done", count=filled.cases, workers=filled.workers))
        for name, (password, position) in filled.sign_ins.items():
            self.stdout.write(f"  {name:<9} {password}   {position}")
        if options["passwords"] == "random":
            self.stdout.write(sentence(words, "demo.random"))

    def _write_pairs(self, file: Path, count: int, seed: int, words: str) -> None:
        """Instead of filling an instance, write pairs of records of which it is known whether they are one child."""
        recipes = read_recipes(read_folder(ROOT / "packs" / "caseload"))
        pairs = list(invent_pairs(count=count, seed=seed, recipes=recipes))
        file.write_bytes(write_pairs(pairs, seed=seed))
        self.stdout.write(sentence(words, "demo.labelled", count=len(pairs), file=file))
