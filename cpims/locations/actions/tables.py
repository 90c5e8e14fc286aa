"""Places from a table that a country's statistics office already has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.locations.actions.places import known_paths, write_locations
from cpims.locations.formats import TableProblem, TableUnreadable, decode_table, read_table
from cpims.locations.rules import location_problems, placed
from cpims.settings.actions import hold_configuration, raise_configuration


@dataclass(frozen=True)
class ImportOutcome:
    """What became of a table: rows read, rows that could not be used, and everything that was wrong."""

    total: int = 0
    failures: list[int] = field(default_factory=list)
    problems: list[TableProblem] = field(default_factory=list)
    readable: bool = True

    @property
    def status(self) -> str:
        """``success``, ``some_failure`` or ``failure``."""
        if not self.readable or (self.total and len(self.failures) == self.total):
            return "failure"
        return "some_failure" if self.failures else "success"


@atomic
def import_locations(*, data_base64: object, actor: Viewer, locales: tuple[str, ...], at: datetime) -> ImportOutcome:
    """An administrator gives a table of places; its good rows are added or laid over, the others are named.

    Raises: Forbidden.
    Records: LocationCreated, LocationChanged (one for each place that changed).
    """
    require(actor, "metadata", "manage")
    try:
        table = read_table(decode_table(data_base64), locales)
    except TableUnreadable as error:
        return ImportOutcome(problems=[TableProblem(error.code, None, error.params)], readable=False)
    instance = hold_configuration(actor)
    problems = list(table.problems)
    good: dict[int, list[dict[str, Any]]] = {}
    first: dict[str, dict[str, Any]] = {}
    for number, places in table.rows:
        wrong = [p for place in places for p in location_problems(place)]
        problems += [TableProblem(p.code, number, dict(p.params)) for p in wrong]
        for place in places if not wrong else ():
            same = first.setdefault(place["code"], place)
            if same["parent_code"] != place["parent_code"]:
                moved = Problem(
                    "", "location.cannot_move", {"code": place["code"], "parent": same["parent_code"] or ""}
                )
                wrong.append(moved)
                problems.append(TableProblem(moved.code, number, dict(moved.params)))
        if not wrong:
            good[number] = places
    given = _unique(good)
    while True:
        _, misplaced = placed(given, known_paths(given))
        if not misplaced:
            break
        codes = {given[int(p.pointer.split("/")[1])]["code"]: p for p in misplaced}
        for number in [n for n, places in good.items() if any(place["code"] in codes for place in places)]:
            for place in good.pop(number):
                if place["code"] in codes:
                    found = codes[place["code"]]
                    problems.append(TableProblem(found.code, number, dict(found.params)))
        given = _unique(good)
    _, events = write_locations(given, instance=instance, actor=actor, at=at)
    if events:
        raise_configuration()
    failures = sorted({p.row for p in problems if p.row is not None})
    return ImportOutcome(total=table.total, failures=failures, problems=problems)


def _unique(rows: dict[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    unique: dict[str, dict[str, Any]] = {}
    for places in rows.values():
        for place in places:
            unique.setdefault(place["code"], place)
    return list(unique.values())
