"""``cpims pack export FOLDER``: write the configuration of this instance as a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.configuration.formats import survey_pack
from cpims.configuration.queries import configuration_files
from cpims.configuration.rules import pack_problems
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Write everything configured here into a new folder; loaded elsewhere it gives the same configuration."""

    help = sentence("en", "pack.export.help")

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and under which name."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--name", default="exported")
        # Django's own --version says which Django this is.
        parser.add_argument("--pack-version", default="1.0.0")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files; nothing that is there already is touched."""
        words = locale()
        folder: Path = options["folder"]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(sentence(words, "pack.export.not_empty", path=folder))
        files = configuration_files(None, name=options["name"], version=options["pack_version"])
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.stdout.write(sentence(words, "pack.export.done", path=folder, files=len(files)))
        pack, unread = survey_pack(files)
        weak = len(unread) or len(pack_problems(pack))
        if weak:
            self.stderr.write(sentence(words, "pack.export.weak", path=folder, count=weak))
