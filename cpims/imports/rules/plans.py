"""What becomes of a table: which rows are new, which change something, which say what stands already, which are wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Conflict, Invalid
from cpims.lib.json import canonical


class Kind(StrEnum):
    """What a table is about."""

    USERS = "users"
    LOCATIONS = "locations"


class Outcome(StrEnum):
    """What becomes of a person or place that a row names."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"


class ImportInvalid(Invalid):
    """What was sent is no table of this kind, or does not say which."""

    code = "import.invalid"


class PlanOutdated(Conflict):
    """The file or what is stored is another than when the plan was made; nothing was stored."""

    code = "import.plan_outdated"


class HasBadRows(Conflict):
    """Some rows are wrong, and it was not said that they are to be left out; nothing was stored."""

    code = "import.has_bad_rows"


@dataclass(frozen=True)
class BadCell:
    """Something wrong: in which row (counted from nought) and column (none: in the row as a whole), and why."""

    row: int
    column: int | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """What becomes of one person or place: her name or its code, and before and after of each thing that differs."""

    row: int
    name: str
    outcome: Outcome
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass
class Plan:
    """What becomes of a whole table. ``digest`` names the file; ``ignored`` are columns that nobody knows."""

    kind: Kind
    digest: str
    rows: int = 0
    heads: list[str] = field(default_factory=list)
    heads_row: int = 0
    ignored: list[int] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    cells: dict[int, list[str]] = field(default_factory=dict)
    encoding: str = ""
    invited: int = 0

    def count(self, outcome: Outcome) -> int:
        """How many people or places come to this."""
        return sum(planned.outcome is outcome for planned in self.planned)

    @property
    def bad_rows(self) -> list[int]:
        """The rows in which something is wrong."""
        return sorted({cell.row for cell in self.bad})

    @property
    def hash(self) -> str:
        """One name for the file, what is stored of what it names, and what becomes of it."""
        said = {
            "kind": self.kind.value,
            "file": self.digest,
            "rows": [
                [one.row, one.name, one.outcome.value, {k: list(v) for k, v in one.changes.items()}]
                for one in self.planned
            ],
            "bad": [[cell.row, cell.column, cell.code] for cell in self.bad],
        }
        return hashlib.sha256(canonical(said)).hexdigest()


#: What each kind asks of whoever brings it in; the acts on its rows ask the rest.
NEEDS: Final = {Kind.USERS: ("user", "create"), Kind.LOCATIONS: ("metadata", "manage")}


def require_may_import(viewer: Viewer, kind: Kind) -> None:
    """Refuse to bring in a table of something that she may not make one by one.

    Raises: Forbidden.
    """
    require(viewer, *NEEDS[kind])


def require_may_import_some(viewer: Viewer) -> None:
    """Refuse whoever may bring in no table at all, before it is read.

    Raises: Forbidden.
    """
    if not any(viewer.may(*needed) for needed in NEEDS.values()):
        require(viewer, *NEEDS[Kind.USERS])


def require_as_planned(plan: Plan, wanted: str, *, leave_out_bad: bool) -> None:
    """Refuse to do another thing than was shown, or half of it without her word.

    Raises: PlanOutdated, HasBadRows.
    """
    if plan.hash != wanted:
        raise PlanOutdated
    if plan.bad and not leave_out_bad:
        raise HasBadRows
