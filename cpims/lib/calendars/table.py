"""The one table of calendars that server and client share (`contracts/calendars/`), read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "contracts" / "calendars"
CALENDARS = ("gregorian", "ethiopic", "persian", "islamic-umalqura", "bikram-sambat")


class NotADate(ValueError):
    """A calendar has no such day; ``code`` is `no_such_date`, or `out_of_range` outside the years of its table."""

    def __init__(self, code: str) -> None:
        """Keep the code, a key of the message catalogue behind `date.`."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Doubt:
    """Months in which published tables disagree, and by how many days they may be off."""

    first: tuple[int, int]
    last: tuple[int, int]
    days: int


@dataclass(frozen=True)
class Calendar:
    """One calendar over the years of its table: the lengths of its months, and the day on which each year begins.

    Days are counted as Python's ordinals (1 January of the year 1 is 1).
    """

    name: str
    first_year: int
    lengths: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    doubts: tuple[Doubt, ...]

    @property
    def last_year(self) -> int:
        """The last year of the table."""
        return self.first_year + len(self.lengths) - 1

    def months(self, year: int) -> tuple[int, ...]:
        """The lengths of the months of a year.

        Raises: NotADate.
        """
        if not self.first_year <= year <= self.last_year:
            raise NotADate("out_of_range")
        return self.lengths[year - self.first_year]

    def doubt(self, year: int, month: int) -> int:
        """By how many days a day of this month may be off, because published tables disagree."""
        return max((d.days for d in self.doubts if d.first <= (year, month) <= d.last), default=0)


@lru_cache(maxsize=len(CALENDARS))
def calendar(name: str) -> Calendar:
    """A calendar by its name.

    Raises: KeyError for a name that is not one of CALENDARS.
    """
    row = _read("table")["calendars"][name]
    years = range(row["first_year"], row["last_year"] + 1)
    lengths = tuple(_lengths(row, year) for year in years)
    start = date.fromisoformat(row["starts"]).toordinal()
    return Calendar(
        name=name,
        first_year=row["first_year"],
        lengths=lengths,
        starts=tuple(accumulate((sum(months) for months in lengths), initial=start)),
        doubts=tuple(Doubt(tuple(d["from"]), tuple(d["to"]), d["days"]) for d in row["doubt"]),
    )


def calendar_of_language(locale: str) -> str:
    """The calendar in which people of a language count their days, unless they choose another."""
    found = _read("table")["of_language"]
    return str(found.get(locale) or found.get(locale.split("-")[0], "gregorian"))


@lru_cache(maxsize=2)
def _read(part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((FOLDER / f"{part}.json").read_text(encoding="utf-8"))
    return found


def names() -> Mapping[str, Any]:
    """The names of months and days, and how a day is put together, by language."""
    return _read("names")


def _lengths(row: Mapping[str, Any], year: int) -> tuple[int, ...]:
    if "years" in row:
        shortest: int = row["shortest"]
        return tuple(shortest + int(digit) for digit in row["years"][year - row["first_year"]])
    leap = row["leap"]
    longer = leap["month"] if _is_leap(leap, year) else None
    return tuple(length + (month == longer) for month, length in enumerate(row["months"], 1))


def _is_leap(leap: Mapping[str, Any], year: int) -> bool:
    if leap["rule"] == "gregorian":
        return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return bool((leap["times"] * year + leap["plus"]) % leap["cycle"] < leap["below"])
