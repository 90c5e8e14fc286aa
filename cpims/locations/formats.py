"""Places as a table: one row per place at the lowest level, columns named by HXL tags."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

LARGEST_TABLE: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 100_000
TAG: Final = re.compile(r"#(country|adm([1-7]))\+(code|type|name)(?:\+([A-Za-z]{2,3}(?:[_-][A-Za-z]{2,4})?))?\Z")


@dataclass(frozen=True)
class TableProblem:
    """Something wrong in a table: in a row (counted from the row of tags, which is 0), in a column, or in the whole."""

    code: str
    row: int | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Table:
    """The rows of a table of places; each row is the places from the country down, and its number."""

    rows: list[tuple[int, list[dict[str, Any]]]] = field(default_factory=list)
    problems: list[TableProblem] = field(default_factory=list)
    total: int = 0

    @property
    def failed_rows(self) -> set[int]:
        """The rows that cannot be used."""
        return {problem.row for problem in self.problems if problem.row is not None}


class TableUnreadable(ValueError):
    """The bytes are not a table of places at all; ``code`` says why."""

    def __init__(self, code: str, **params: Any) -> None:
        """Keep what the sentence about it needs."""
        super().__init__(code)
        self.code = code
        self.params = params


def decode_table(text: object) -> str:
    """The text of a table that was sent as base64.

    Raises: TableUnreadable.
    """
    if not isinstance(text, str) or not text:
        raise TableUnreadable("location.import.missing")
    if len(text) > LARGEST_TABLE * 4 // 3 + 4:
        raise TableUnreadable("location.import.too_large", most=LARGEST_TABLE)
    try:
        return base64.b64decode(text, validate=True).decode("utf-8-sig")
    except (binascii.Error, ValueError) as error:
        raise TableUnreadable("location.import.not_text") from error


def read_table(text: str, locales: Collection[str]) -> Table:
    """Read a table of places: a row of free headings, a row of tags, then the places.

    Raises: TableUnreadable.
    """
    lines = text.splitlines()
    if len(lines) < 2:
        raise TableUnreadable("location.import.no_tags")
    delimiter = max(",;\t", key=lines[1].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise TableUnreadable("location.import.not_csv") from error
    if len(rows) - 2 > MOST_ROWS:
        raise TableUnreadable("location.import.too_many_rows", most=MOST_ROWS)
    table = Table()
    columns = _columns(rows[1], locales, table)
    levels = sorted({level for level, _, _ in columns.values()})
    if not levels or levels != list(range(len(levels))):
        raise TableUnreadable("location.import.levels")
    for level in levels:
        if (level, "code", "") not in columns.values() or (level, "name", "en") not in columns.values():
            raise TableUnreadable("location.import.no_code_or_name", level=level)
    for number, cells in enumerate(rows[2:], start=1):
        if not any(cell.strip() for cell in cells):
            continue
        table.total += 1
        blank = [rows[1][at].strip() for at in columns if at >= len(cells) or not cells[at].strip()]
        if blank:
            table.problems += [TableProblem("location.import.blank", number, {"column": tag}) for tag in blank]
            continue
        table.rows.append((number, _places(cells, columns, len(levels))))
    return table


def _columns(tags: list[str], locales: Collection[str], table: Table) -> dict[int, tuple[int, str, str]]:
    columns: dict[int, tuple[int, str, str]] = {}
    for at, tag in enumerate(tags):
        if not tag.strip():
            continue
        match = TAG.match(tag.strip())
        if not match:
            table.problems.append(TableProblem("location.import.unknown_tag", None, {"column": tag.strip()}))
            continue
        level = 0 if match.group(1) == "country" else int(match.group(2))
        what, locale = match.group(3), match.group(4) or ""
        if what == "name":
            locale = (locale or "en").replace("_", "-")
            if locale not in locales and locale != "en":
                table.problems.append(TableProblem("location.import.unknown_locale", None, {"column": tag.strip()}))
                continue
        columns[at] = (level, what, locale)
    return columns


def _places(cells: list[str], columns: dict[int, tuple[int, str, str]], levels: int) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = [{"placename": {}} for _ in range(levels)]
    for at, (level, what, locale) in columns.items():
        value = cells[at].strip()
        if what == "name":
            places[level]["placename"][locale] = value
        else:
            places[level][what] = value
    for level, place in enumerate(places):
        place["parent_code"] = places[level - 1]["code"] if level else None
    return places
