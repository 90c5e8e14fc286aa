"""Reads the house itself: its files, its modules as syntax trees, what stands in its rooms."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CPIMS = ROOT / "cpims"
CONTRACTS = ROOT / "contracts"
#: What is a package of ours but no room.
NO_ROOMS = {"lib", "api", "jobs", "management", "migrations"}
ROOM_FILES = {"rules", "events", "formats", "models", "queries", "actions"}
NEVER_KEPT = {"node_modules", "dist", "dev-dist", "__pycache__", "var", "build", "test-results"}


@dataclass(frozen=True)
class Module:
    """One Python file of ours."""

    path: Path

    @property
    def place(self) -> str:
        """Where it stands, from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def dotted(self) -> str:
        """Its name in an import."""
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    @property
    def parts(self) -> tuple[str, ...]:
        """Its path below ``cpims``, without the suffix."""
        below = self.path.relative_to(ROOT).with_suffix("").parts
        return below[1:] if below[0] == "cpims" else ()

    @property
    def room(self) -> str:
        """The room (or other package) that it stands in."""
        return self.parts[0] if len(self.parts) > 1 else ""

    @property
    def kind(self) -> str:
        """``rules``, ``models``, ``actions`` …: which of a room's files it is, or belongs to."""
        return self.parts[1] if len(self.parts) > 1 else ""

    @property
    def text(self) -> str:
        """What is written in it."""
        return read(self.path)

    @property
    def tree(self) -> ast.Module:
        """What is written in it, as a syntax tree."""
        return parse(self.path)


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(read(path), str(path))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file of these folders (``cpims`` and ``config`` when none is named), migrations left out."""
    found = [
        Module(path)
        for folder in folders or ("cpims", "config")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.relative_to(ROOT).parts
    ]
    assert found, folders
    return tuple(found)


def rooms() -> list[str]:
    """Every room of the house."""
    return sorted(
        path.name for path in CPIMS.iterdir() if (path / "__init__.py").exists() and path.name not in NO_ROOMS
    )


def imports(module: Module) -> Iterator[tuple[str, int]]:
    """Every module that a module imports, wherever in it, with the line."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions that stand in a module itself."""
    yield from (node for node in tree.body if isinstance(node, ast.FunctionDef))


def is_public(name: str) -> bool:
    return not name.startswith("_")


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the repository; without git, every file that is not made by a tool."""
    try:
        answer = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
        names = [ROOT / name for name in answer.stdout.decode().split("\0") if name]
        return tuple(path for path in names if path.is_file())
    except (OSError, subprocess.CalledProcessError):
        return tuple(
            path
            for path in ROOT.rglob("*")
            if path.is_file()
            and not any(part in NEVER_KEPT or part.startswith(".") for part in path.relative_to(ROOT).parts)
        )
