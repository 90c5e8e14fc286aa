"""``cpims pack load FOLDER …``: load ready configurations, with those that they stand on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.configuration.actions import Loaded, load_pack
from cpims.configuration.formats import BrokenPack, Pack, Shelf, read_folder, read_pack
from cpims.configuration.queries import standing_now
from cpims.lib.clock import now
from cpims.lib.errors import Invalid
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Load configurations from folders; loading one again changes nothing."""

    help = sentence("en", "pack.command.help")

    def add_arguments(self, parser: CommandParser) -> None:
        """The folders of the packs."""
        parser.add_argument("folders", type=Path, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and load each pack, the required ones first; say what came, or everything that is wrong."""
        words = locale()
        folders: list[Path] = options["folders"]
        for folder in folders:
            if not folder.is_dir():
                raise CommandError(sentence(words, "pack.command.no_folder", path=folder))
        shelf = Shelf(folders)
        given = {shelf.name(folder) for folder in folders}
        done: set[Path] = set()
        for folder in folders:
            for each in shelf.chain(folder, have=standing_now().packs - given):
                if each not in done:
                    done.add(each)
                    self._load(each, words)

    def _load(self, folder: Path, words: str) -> None:
        try:
            pack = read_pack(read_folder(folder))
            loaded = load_pack(pack=pack, actor=None, at=now())
        except Invalid as refusal:
            raise CommandError(told(refusal, words)) from refusal
        self.stdout.write(_came(pack, loaded, words))


def _came(pack: Pack, loaded: Loaded, words: str) -> str:
    counts = ", ".join(sentence(words, f"pack.part.{part}", count=count) for part, count in loaded.counts.items())
    key = "pack.command.loaded" if loaded.changed else "pack.command.same"
    return sentence(words, key, name=pack.name, version=pack.version, counts=counts)


def told(refusal: Invalid, words: str) -> str:
    """A refusal and all its problems, one a line, as an operator reads them."""
    lines = [sentence(words, refusal.code if isinstance(refusal, BrokenPack) else "pack.broken")]
    for problem in refusal.problems:
        lines.append(f"  {problem.pointer}  {sentence(words, problem.code, **problem.params)}")
    return "\n".join(lines)
