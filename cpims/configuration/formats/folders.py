"""Packs in their folders: which stand on which, and on which line of a file a place is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cpims.configuration.formats.packs import Pack, survey_pack
from cpims.configuration.formats.problems import Place
from cpims.configuration.formats.text import parse_files, read_folder
from cpims.lib.errors import Problem


class Shelf:
    """Folders of packs at hand. A pack that is required is looked for among them, then beside the one that asks."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Read the head of each pack."""
        self._read: dict[Path, tuple[Pack, list[Problem]]] = {}
        self._heads: dict[Path, Mapping[str, Any]] = {}
        self._given = list(folders)
        for folder in self._given:
            self._head(folder)

    def chain(self, folder: Path, have: Iterable[str] = ()) -> list[Path]:
        """The folders of the packs below this one, lowest first, and itself; packs that one ``have`` are left out."""
        found: list[Path] = []
        self._gather(folder, set(have), found, [])
        return found

    def name(self, folder: Path) -> str:
        """The name that a pack has."""
        return str(self._head(folder).get("name", ""))

    def survey(self, folder: Path) -> tuple[Pack, list[Problem]]:
        """What can be read of the pack in a folder, and its problems of shape; read once."""
        if folder not in self._read:
            self._read[folder] = survey_pack(read_folder(folder))
        return self._read[folder]

    def _gather(self, folder: Path, have: set[str], found: list[Path], path: list[Path]) -> None:
        if folder in found or folder in path:
            return
        required = self._head(folder).get("requires") or []
        for name in [required] if isinstance(required, str) else required:
            below = self._find(str(name), folder)
            if below is not None and name not in have:
                self._gather(below, have, found, [*path, folder])
        found.append(folder)

    def _find(self, name: str, beside: Path) -> Path | None:
        near = beside.resolve().parent / name
        folders = [*self._given, *([near] if (near / "pack.yaml").is_file() else [])]
        return next((folder for folder in folders if self._head(folder).get("name") == name), None)

    def _head(self, folder: Path) -> Mapping[str, Any]:
        if folder not in self._heads:
            path = folder / "pack.yaml"
            files = {"pack.yaml": path.read_bytes()} if path.is_file() else {}
            head = parse_files(files, Place("", [])).get("pack.yaml")
            self._heads[folder] = head if isinstance(head, Mapping) else {}
        return self._heads[folder]


def lines_of(folder: Path, pointers: Sequence[str]) -> dict[str, int]:
    """The line on which each place (``file.yaml#/path``) stands, as far as it can be found."""
    files = read_folder(folder) if pointers else {}
    nodes: dict[str, yaml.Node | None] = {}
    found: dict[str, int] = {}
    for pointer in pointers:
        name, _, path = pointer.partition("#")
        if name in files and name not in nodes:
            try:
                nodes[name] = yaml.compose(files[name], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
                nodes[name] = None
        node = nodes.get(name)
        if node is not None:
            found[pointer] = _line(node, [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]])
    return found


def _line(node: yaml.Node, steps: Sequence[str]) -> int:
    line = node.start_mark.line + 1
    for step in steps:
        inner: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == step:
                    line, inner = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            inner = node.value[int(step)]
            line = inner.start_mark.line + 1
        if inner is None:
            return line
        node = inner
    return line
