"""``cpims configuration hash|export FILE|diff FILE [FILE]``: the configuration as one document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.configuration.formats.canonical import Document, DocumentInvalid, hash_of, read_document, written
from cpims.configuration.queries import configuration_document
from cpims.configuration.rules.differing import changes_between
from cpims.configuration.rules.telling import told
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Tell the hash, write the document, or say in words what differs: from a file to this instance, or to another file."""

    help = sentence("en", "configuration.command.help")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and the files."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("hash")
        acts.add_parser("export").add_argument("file", type=Path)
        acts.add_parser("diff").add_argument("files", type=Path, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        if options["act"] == "hash":
            self.stdout.write(hash_of(written(configuration_document(None))))
        elif options["act"] == "export":
            self._export(options["file"])
        else:
            self._diff(options["files"])

    def _export(self, path: Path) -> None:
        if path.exists():
            raise CommandError(sentence(locale(), "configuration.command.exists", path=path))
        content = written(configuration_document(None))
        path.write_bytes(content)
        self.stdout.write(sentence(locale(), "configuration.command.written", hash=hash_of(content), path=path))

    def _diff(self, paths: list[Path]) -> None:
        if len(paths) > 2:
            raise CommandError(sentence(locale(), "configuration.command.more_files"))
        documents = [_read(path) for path in paths]
        changes = changes_between(documents[0], documents[1] if len(paths) > 1 else configuration_document(None))
        for change in changes:
            self.stdout.write(told(change, locale()))
        if not changes:
            self.stdout.write(sentence(locale(), "configuration.command.same"))


def _read(path: Path) -> Document:
    try:
        return read_document(path.read_bytes())
    except (OSError, DocumentInvalid) as problem:
        raise CommandError(sentence(locale(), "configuration.command.unreadable", path=path)) from problem
