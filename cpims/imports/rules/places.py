"""The places of a table: one in each row, or (with HXL tags, as statistics offices have them) the whole way down to one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cpims.imports.rules.columns import Given, read_heads, read_row, read_tick
from cpims.imports.rules.plans import BadCell, ImportInvalid, Kind, Outcome, Planned
from cpims.lib.errors import Problem
from cpims.locations.formats import TAG
from cpims.locations.rules import location_problems, placed

MAIN = "code"


@dataclass
class Stored:
    """A place as it stands: the codes from the country down to it, and what a table can say of it."""

    path: Sequence[str]
    said: Mapping[str, Any]


@dataclass
class Places:
    """The rows of a table of places, each with its places from above, and what is wrong in them so far."""

    rows: dict[int, list[Given]] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    heads: int = 0
    is_way: bool = False
    #: The codes of places in rows that are out.
    out: set[str] = field(default_factory=set)

    def drop(self, cells: Collection[BadCell]) -> None:
        """Rows in which something is wrong are out."""
        self.bad += cells
        for cell in cells:
            self.out |= {given.values.get("code") or "" for given in self.rows.pop(cell.row, ())}


def read_places(rows: Sequence[Sequence[str]], locales: Collection[str]) -> Places:
    """The places of a table; its headings stand in the first row, HXL tags in one of the first two.

    Raises: ImportInvalid.
    """
    tags = next((n for n, cells in enumerate(rows[:2]) if any(TAG.match(cell) for cell in cells)), None)
    if tags is not None:
        return _ways(rows, tags, locales)
    heads, ignored = read_heads(Kind.LOCATIONS, rows[0], locales)
    found = Places(ignored=ignored)
    has_parents = any(head.key == "parent_code" for head in heads.values())
    for number, cells in enumerate(rows[1:], start=1):
        if any(cells):
            given = read_row(number, cells, heads)
            if has_parents:
                given.values.setdefault("parent_code", None)
            found.rows[number] = [given]
    return found


def _ways(rows: Sequence[Sequence[str]], tags: int, locales: Collection[str]) -> Places:
    columns: dict[int, tuple[int, str]] = {}
    found = Places(heads=tags, is_way=True)
    for column, cell in enumerate(rows[tags]):
        match = TAG.match(cell)
        tongue = ((match[4] if match else "") or "en").replace("_", "-")
        if match is None or (match[3] == "name" and tongue not in {*locales, "en"}):
            found.ignored += [column] if cell else []
            continue
        level = 0 if match[1] == "country" else int(match[2])
        columns[column] = (level, f"placename/{tongue}" if match[3] == "name" else match[3])
    levels = sorted({level for level, _ in columns.values()})
    if levels != list(range(len(levels))):
        raise ImportInvalid([Problem("/data_base64", "location.import.levels")])
    missing = [level for level in levels if (level, "code") not in columns.values()]
    if missing:
        raise ImportInvalid([Problem("/data_base64", "location.import.no_code_or_name", {"level": missing[0]})])
    for number, cells in enumerate(rows[tags + 1 :], start=tags + 1):
        if any(cells):
            found.rows[number] = _way(number, cells, columns, len(levels))
    return found


def _way(row: int, cells: Sequence[str], columns: Mapping[int, tuple[int, str]], levels: int) -> list[Given]:
    """The places of a row from the country down; a row may end above the lowest level."""
    way = [Given(row) for _ in range(levels)]
    for column, (level, pointer) in columns.items():
        text = cells[column] if column < len(cells) else ""
        key, _, locale = pointer.partition("/")
        way[level].columns[pointer] = column
        way[level].columns.setdefault(key, column)
        if text and locale:
            way[level].values.setdefault("placename", {})[locale] = text
        elif text:
            way[level].values[key] = text
    while len(way) > 1 and not way[-1].values:
        way.pop()
    for level, given in enumerate(way):
        given.values["parent_code"] = way[level - 1].values.get("code") if level else None
    return way


def check_places(places: Places, stored: Mapping[str, Stored]) -> dict[str, int]:
    """Drop every row that cannot be stored, each with its cells: by itself, as a second of its kind, or for its parent.

    Answers how far below its country each good place lies.
    """
    places.drop(
        [cell for row in places.rows.values() for given in row for cell in _by_itself(given, stored, places.is_way)]
    )
    places.drop(_repeated(places))
    paths = {code: one.path for code, one in stored.items()}
    while True:
        unique = unique_places(places)
        found, problems = placed([given.values for given in unique], paths)
        wrong = {unique[int(problem.pointer.split("/")[1])].values["code"]: problem for problem in problems}
        if not wrong:
            return {code: len(path) for code, path in found.items()}
        cells = []
        for row in places.rows.values():
            for given in row:
                problem = wrong.get(given.values["code"])
                if problem is not None:
                    cells.append(_misplaced(given, problem, places))
        places.drop(cells)


def _misplaced(given: Given, problem: Problem, places: Places) -> BadCell:
    """A parent that stands in the file, in a row that is left out, is another matter than one that nobody knows."""
    if problem.code == "location.parent_unknown" and problem.params["parent"] in places.out:
        problem = Problem(problem.pointer, "import.place.parent_left_out", problem.params)
    return given.bad("/parent_code", problem.code, problem.params, MAIN)


def _by_itself(given: Given, stored: Mapping[str, Stored], is_way: bool) -> list[BadCell]:
    values, code = given.values, given.values.get("code")
    problems: list[Problem] = []
    if code is None:
        problems.append(Problem("/code", "import.place.no_code"))
    tick = values.get("disabled")
    if isinstance(tick, str):
        values["disabled"] = read_tick(tick)
        if values["disabled"] is None:
            problems.append(Problem("/disabled", "import.cell.not_yes_or_no", {"text": tick}))
    known = stored.get(code or "")
    if code is not None:
        problems += location_problems(values, new=known is None)
    if known is None and "parent_code" not in values:
        problems.append(Problem("/code", "import.place.no_parent_column"))
    if known is not None and not is_way and values.get("parent_code") is None:
        values.pop("parent_code", None)  # a blank cell says nothing about a place that is there
    return [given.bad(one.pointer, one.code, dict(one.params), MAIN) for one in problems]


def _repeated(places: Places) -> list[BadCell]:
    first: dict[str, Given] = {}
    cells = []
    for row in places.rows.values():
        for given in row:
            same = first.setdefault(given.values["code"], given)
            if same is not given and not (places.is_way and same.values == given.values):
                code = "import.place.differs" if places.is_way else "import.row.twice"
                cells.append(given.bad("/code", code, {"row": same.row + 1}, MAIN))
    return cells


def unique_places(places: Places) -> list[Given]:
    """Each place once, in the order of the table."""
    found: dict[str, Given] = {}
    for row in places.rows.values():
        for given in row:
            found.setdefault(given.values["code"], given)
    return list(found.values())


def plan_of(given: Given, stored: Stored | None) -> Planned:
    """What becomes of a place."""
    values = given.values
    if stored is None:
        said = {key: (None, value) for key, value in values.items() if key != "code" and value not in (None, False)}
        return Planned(given.row, values["code"], Outcome.CREATE, said)
    changes: dict[str, tuple[Any, Any]] = {}
    for key in ("type", "disabled"):
        if key in values and values[key] != stored.said[key]:
            changes[key] = (stored.said[key], values[key])
    names = stored.said["placename"]
    for locale, text in values.get("placename", {}).items():
        if names.get(locale) != text:
            changes[f"placename/{locale}"] = (names.get(locale), text)
    return Planned(given.row, values["code"], Outcome.CHANGE if changes else Outcome.SAME, changes)


def to_write(given: Given, stored: Stored | None) -> dict[str, Any]:
    """A place as the act takes it; of one that is there the names that the table does not say stay."""
    values = dict(given.values)
    if stored is not None:
        values.pop("parent_code", None)
        values["placename"] = {**stored.said["placename"], **values.get("placename", {})}
    return values
