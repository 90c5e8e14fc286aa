"""How exactly a birth is known: the day that is stored, the span it stands for, and how that is said.

A child's age is often somebody's guess. What is stored beside it is an ISO day, as everywhere; the span of days in which the birth
can lie goes with it, and so does the day on which the guess was written down, because "about 7" grows older.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cpims.lib.json import read_moment

OLDEST = 130
HALF_A_YEAR = timedelta(days=182)


@dataclass(frozen=True)
class Estimate:
    """The day that is stored, the first and last day it can mean, and since when this is known.

    ``estimated`` is what the worker ticked; a span of one day is known exactly.
    """

    day: date
    first: date
    last: date
    recorded_on: date
    estimated: bool = False


@dataclass(frozen=True)
class Wording:
    """A message key and what fills its gaps. Days are ISO; whoever shows them puts them in the reader's calendar."""

    key: str
    params: Mapping[str, Any]


def birth_of(answers: Mapping[str, Any], recorded_on: date, prefix: str = "") -> Estimate | None:
    """When somebody was born: from the date of birth, else from a typed age, which was true on the day it was recorded.

    An estimated 1 January stands for an age (a typed age is stored so): the birth lies in the year that gives this age on
    the day of recording. Any other estimated day is taken as half a year more or less.
    """
    estimated = answers.get(f"{prefix}estimated") is True
    born = _day(answers.get(f"{prefix}date_of_birth"))
    if born is not None:
        if not estimated or born > recorded_on:
            return Estimate(born, born, born, recorded_on, estimated)
        if (born.month, born.day) == (1, 1):
            return Estimate(born, *_span_of_age(recorded_on.year - born.year, recorded_on), recorded_on, True)
        return Estimate(
            born, _moved(born, -HALF_A_YEAR), min(_moved(born, HALF_A_YEAR), recorded_on), recorded_on, True
        )
    age = answers.get(f"{prefix}age")
    if not isinstance(age, int) or isinstance(age, bool) or not 0 <= age <= OLDEST:
        return None
    first, last = _span_of_age(age, recorded_on)
    return Estimate(first + (last - first) / 2, first, last, recorded_on, estimated)


def age_in_words(birth: Estimate, today: date) -> Wording | None:
    """How old somebody is: a number when that is sure, else "about", with the day on which it was recorded.

    Nothing is said of somebody not yet born.
    """
    if birth.day > today:
        return None
    age = age_on(birth.day, today)
    if birth.estimated or age_on(birth.first, today) != age_on(birth.last, today):
        return Wording("precision.age.about", {"age": age, "on": birth.recorded_on.isoformat()})
    return Wording("precision.age.exact", {"age": age})


def birth_in_words(birth: Estimate) -> Wording:
    """When somebody was born: the day, else the two days between which the birth lies."""
    if birth.first == birth.last:
        key = "precision.day.about" if birth.estimated else "precision.day.exact"
        return Wording(key, {"day": birth.day.isoformat()})
    return Wording("precision.day.between", {"from": birth.first.isoformat(), "to": birth.last.isoformat()})


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; 29 February becomes 28."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def age_on(born: date, today: date) -> int:
    """Completed years; who was born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _span_of_age(age: int, on: date) -> tuple[date, date]:
    return years_before(on, age + 1) + timedelta(days=1), years_before(on, age)


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


def _day(value: Any) -> date | None:
    moment = read_moment(value) if isinstance(value, str) else None
    return moment.date() if moment else None
