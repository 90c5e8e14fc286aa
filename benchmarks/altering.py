"""A copy of the tree in which one thing is changed on purpose, to see whether the tests notice."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Alteration:
    """A mistake that somebody could make, and where."""

    name: str
    file: str
    old: str
    new: str


@contextmanager
def copy_of_tree(*links: str) -> Iterator[Path]:
    """A copy of the tree that goes away afterwards; folders named in ``links`` are those of the tree itself."""
    with tempfile.TemporaryDirectory(prefix="altered-") as folder:
        tree = Path(folder) / "tree"
        Path(folder).chmod(0o755)
        ignore = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "dist", ".mypy_cache", ".hypothesis")
        shutil.copytree(ROOT, tree, ignore=ignore)
        for link in links:
            (tree / link).symlink_to(ROOT / link)
        yield tree


@contextmanager
def put_in(tree: Path, alteration: Alteration) -> Iterator[None]:
    """The tree with the change in it, and as it was afterwards."""
    path = tree / alteration.file
    text = path.read_text()
    if text.count(alteration.old) != 1:
        raise SystemExit(
            f"{alteration.name}: the code it changes stands {text.count(alteration.old)} times in {alteration.file}"
        )
    path.write_text(text.replace(alteration.old, alteration.new))
    try:
        yield
    finally:
        path.write_text(text)
