"""``cpims pack check FOLDER …``: everything that is wrong or weak in a configuration, before anybody loads it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.configuration.formats import Shelf, lines_of
from cpims.configuration.rules import Finding, check_packs
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Look through packs without a database; the exit code is 1 when one of them has errors."""

    help = sentence("en", "pack.check.help")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The folders of the packs."""
        parser.add_argument("folders", type=Path, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name every problem of every pack with its file, line and place."""
        words = locale()
        folders: list[Path] = options["folders"]
        for folder in folders:
            if not folder.is_dir():
                raise CommandError(sentence(words, "pack.command.no_folder", path=folder))
        shelf = Shelf(folders)
        failed = False
        for folder in folders:
            found = check_folder(folder, shelf)
            errors = [finding for finding in found if not finding.warning]
            failed = failed or bool(errors)
            self._tell(folder, found, len(errors), words)
        if failed:
            sys.exit(1)

    def _tell(self, folder: Path, found: list[Finding], errors: int, words: str) -> None:
        count = {"name": folder.name, "errors": errors, "warnings": len(found) - errors}
        self.stdout.write(sentence(words, "pack.check.counted" if found else "pack.check.sound", **count))
        lines = lines_of(folder, [finding.problem.pointer for finding in found])
        for finding in sorted(found, key=lambda f: (f.warning, f.problem.pointer.partition("#")[0])):
            problem = finding.problem
            name, _, path = problem.pointer.partition("#")
            kind = sentence(words, "pack.check.warning" if finding.warning else "pack.check.error")
            place = f"{name}:{lines[problem.pointer]} {path}" if problem.pointer in lines else problem.pointer
            self.stdout.write(f"  {kind}  {place}  {sentence(words, problem.code, **problem.params)}")


def check_folder(folder: Path, shelf: Shelf) -> list[Finding]:
    """Everything that is wrong with the pack in a folder, which stands on those that the shelf finds for it."""
    *below, own = shelf.chain(folder)
    pack, unread = shelf.survey(own)
    return check_packs([*(shelf.survey(one)[0] for one in below), pack], unread)
