"""``cpims load_pack FOLDER``: load a ready configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.configuration.actions import load_pack
from cpims.configuration.formats import BrokenPack, read_folder, read_pack
from cpims.lib.clock import now
from cpims.lib.errors import Invalid
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Load a configuration from a folder; loading it again changes nothing."""

    help = sentence("en", "pack.command.help")

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder of the pack."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and load the pack; say what came, or everything that is wrong."""
        words = locale()
        folder: Path = options["folder"]
        try:
            pack = read_pack(read_folder(folder))
            loaded = load_pack(pack=pack, actor=None, at=now())
        except FileNotFoundError as missing:
            raise CommandError(sentence(words, "pack.command.no_folder", path=folder)) from missing
        except Invalid as refusal:
            raise CommandError(told(refusal, words)) from refusal
        counts = ", ".join(sentence(words, f"pack.part.{part}", count=count) for part, count in loaded.counts.items())
        key = "pack.command.loaded" if loaded.changed else "pack.command.same"
        self.stdout.write(sentence(words, key, name=pack.name, version=pack.version, counts=counts))


def told(refusal: Invalid, words: str) -> str:
    """A refusal and all its problems, one a line, as an operator reads them."""
    lines = [sentence(words, refusal.code if isinstance(refusal, BrokenPack) else "pack.broken")]
    for problem in refusal.problems:
        lines.append(f"  {problem.pointer}  {sentence(words, problem.code, **problem.params)}")
    return "\n".join(lines)
