"""Tables of people and places, as they are sent and as their plan is told."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Shape
from cpims.api.shapes.route import V1, Route

ImportKind = Literal["users", "locations"]


class ImportAsked(Shape):
    """A file of which somebody wants to know what it would do."""

    model_config = ConfigDict(strict=True, extra="forbid")

    kind: ImportKind
    data_base64: str = Field(description="CSV or XLSX, at most 10 MiB")
    watch: UUID | None = Field(
        default=None, strict=False, description="an id under which it is told how far it has come"
    )


class ImportWanted(ImportAsked):
    """The file again, with the hash of the plan that was shown."""

    hash: str
    leave_out_bad: bool = Field(default=False, description="store the good rows although others are wrong")


class ImportProgress(Shape):
    """How far a table has come that is being worked on."""

    id: str
    phase: Literal["reading", "checking", "storing"]
    done: int
    total: int
    cancelled: bool


class CellWrong(Shape):
    """A cell (or, without a letter, a row) that is wrong, under which heading, and why: a code and what belongs to it."""

    cell: str
    column: str | None
    code: str
    params: dict[str, Any]


class RowWrong(Shape):
    """A row that stays out: its number in the file, its cells, everything that is wrong in it."""

    row: int
    cells: list[str]
    problems: list[CellWrong]


class RowChanged(Shape):
    """A row that changes what stands: whom or what, and which keys."""

    row: int
    name: str
    keys: list[str]


class ColumnIgnored(Shape):
    """A column that nobody knows."""

    cell: str
    column: str | None


class ImportPlan(Shape):
    """What becomes of a table. ``changed`` holds the first 500, ``bad_rows`` the first 5,000; the numbers count all."""

    kind: ImportKind
    hash: str
    rows: int
    create: int
    change: int
    same: int
    bad: int
    invited: int = Field(description="new people to whose address a one-time link goes")
    encoding: str
    heads: list[str]
    ignored: list[ColumnIgnored]
    changed: list[RowChanged]
    bad_rows: list[RowWrong]


IMPORT_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", f"{V1}/imports"): Route(
        "What a table of people or places would do; nothing is stored", ImportPlan, request=ImportAsked, wrapper=""
    ),
    ("GET", f"{V1}/imports/{{id}}"): Route("How far a table of hers has come", ImportProgress),
    ("DELETE", f"{V1}/imports/{{id}}"): Route("Call a table back; nothing of it is stored", ImportProgress),
    ("POST", f"{V1}/imports/apply"): Route(
        "Bring in a table as its plan showed it: all good rows, or nothing",
        ImportPlan,
        request=ImportWanted,
        wrapper="",
        headers=("Idempotency-Key",),
        statuses=(409,),
    ),
}
