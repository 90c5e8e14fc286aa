"""From a day as a calendar names it to the ISO day that is stored, and back."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from cpims.lib.calendars.table import Calendar, NotADate, calendar


@dataclass(frozen=True, order=True)
class CalendarDay:
    """A day by its year, month and day in some calendar."""

    year: int
    month: int
    day: int


def to_gregorian(name: str, year: int, month: int, day: int) -> date:
    """The day that is stored for a day of a calendar.

    Raises: NotADate.
    """
    found = calendar(name)
    length = _length(found, year, month)
    if not 1 <= day <= length:
        raise NotADate("no_such_date")
    return date.fromordinal(_first_of_month(found, year, month) + day - 1)


def from_gregorian(name: str, day: date) -> CalendarDay:
    """How a calendar names a stored day.

    Raises: NotADate outside the years of the calendar's table.
    """
    found = calendar(name)
    ordinal = day.toordinal()
    if not found.starts[0] <= ordinal < found.starts[-1]:
        raise NotADate("out_of_range")
    at = bisect_right(found.starts, ordinal) - 1
    left = ordinal - found.starts[at]
    month = 1
    for length in found.lengths[at]:
        if left < length:
            break
        left -= length
        month += 1
    return CalendarDay(found.first_year + at, month, left + 1)


def month_length(name: str, year: int, month: int) -> int:
    """How many days a month has.

    Raises: NotADate.
    """
    return _length(calendar(name), year, month)


def months_in_year(name: str, year: int) -> int:
    """How many months a year has.

    Raises: NotADate.
    """
    return len(calendar(name).months(year))


def span_of(name: str, year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    """The first and the last day that a date can mean of which perhaps only the year, or year and month, are known.

    Where published tables disagree the span is wider by as many days as they may be off.
    Raises: NotADate.
    """
    found = calendar(name)
    if month is None:
        last_month = len(found.months(year))
        first, last = to_gregorian(name, year, 1, 1), date.fromordinal(found.starts[year - found.first_year + 1] - 1)
        return _widened(first, -found.doubt(year, 1)), _widened(last, found.doubt(year, last_month))
    first = to_gregorian(name, year, month, day or 1)
    last = first if day is not None else to_gregorian(name, year, month, _length(found, year, month))
    doubt = found.doubt(year, month)
    return _widened(first, -doubt), _widened(last, doubt)


def _length(found: Calendar, year: int, month: int) -> int:
    months = found.months(year)
    if not 1 <= month <= len(months):
        raise NotADate("no_such_date")
    return months[month - 1]


def _first_of_month(found: Calendar, year: int, month: int) -> int:
    at = year - found.first_year
    return found.starts[at] + sum(found.lengths[at][: month - 1])


def _widened(day: date, by: int) -> date:
    return date.fromordinal(day.toordinal() + by)
