"""What can be wrong with a pack, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cpims.lib.errors import Invalid, Problem


class BrokenPack(Invalid):
    """The pack cannot be loaded; every problem is named with its file and place, and nothing was changed."""

    code = "pack.broken"


@dataclass(frozen=True)
class Place:
    """A spot in a pack: its file and the path inside. Problems said here end in one common list, gaps in another."""

    file: str
    problems: list[Problem]
    locales: Sequence[str] = ()
    path: tuple[str | int, ...] = ()
    gaps: list[Problem] = field(default_factory=list)

    def at(self, *steps: str | int) -> Place:
        """A spot further inside."""
        return Place(self.file, self.problems, self.locales, (*self.path, *steps), self.gaps)

    def say(self, code: str, **params: Any) -> None:
        """Note that something is wrong here."""
        self.problems.append(Problem(self.pointer, f"pack.{code}", params))

    def lack(self, code: str, **params: Any) -> None:
        """Note that something is missing here which does not keep the pack from being loaded."""
        self.gaps.append(Problem(self.pointer, f"pack.{code}", params))

    @property
    def pointer(self) -> str:
        """The file and the JSON pointer inside it: ``forms/consent.yaml#/fields/3/name``."""
        steps = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)
        return f"{self.file}#{steps}"
