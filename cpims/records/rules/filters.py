"""The grammar of list filters: what was asked for, read by what the field is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cpims.lib.json import read_moment
from cpims.records.rules.precision import years_before
from cpims.records.rules.projections import day_keys, number_key

AGES = re.compile(r"\s*(\d{1,3})\s*(?:-\s*(\d{1,3})|\+)\s*")
#: Names of a list request that are no filters.
NO_FILTERS = frozenset(
    [
        "fields",
        "page",
        "per",
        "order_by",
        "order",
        "query",
        "id_search",
        "phonetic",
        "phone_number",
        "any",
        "query_scope",
        "total",
        "format",
        "locale",
        "after",
    ]
)
#: Names that say where in a list, or how much of each row, but not which list.
PLACING = frozenset({"page", "per", "after", "fields", "total", "format", "locale"})
#: A span of more whole numbers than this is compared, not looked up.
MOST_NUMBERS = 400
LONGEST_NUMBER, LARGEST_NUMBER = 30, 2_147_483_647
EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """From one value to another, both included; an open end is ``None``."""

    start: Any
    end: Any


class Unreadable(ValueError):
    """A filter value does not fit the field: the list is empty, as in Primero."""


def parts_of(value: Any, *, verbatim: bool = False) -> list[Any]:
    """The alternatives in a filter value: plain values and spans.

    ``a,b`` is two values, ``a..b`` and ``{from, to}`` are spans; identifiers are taken as they stand.
    """
    if isinstance(value, list):
        return [part for item in value for part in parts_of(item, verbatim=verbatim)]
    if isinstance(value, Mapping):
        if "from" in value or "to" in value:
            return [Span(value.get("from"), value.get("to"))]
        raise Unreadable
    if not isinstance(value, str) or verbatim:
        return [value]
    if ".." in value:
        start, _, end = value.partition("..")
        return [Span(start or None, end or None)]
    if "," in value:
        return [part for part in value.split(",") if part]
    return [value]


def as_flag(value: Any) -> bool:
    """A truth value.

    Raises: Unreadable.
    """
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise Unreadable


def as_number(value: Any) -> int | float:
    """A number.

    Raises: Unreadable.
    """
    number: int | float | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and len(value) < LONGEST_NUMBER:
        for read in (int, float):
            try:
                number = read(value)
                break
            except ValueError:
                continue
    if number is None or not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise Unreadable
    return number


def as_day(value: Any) -> date:
    """A calendar day.

    Raises: Unreadable.
    """
    moment = as_moment(value)
    return moment.date()


def as_moment(value: Any, *, end: bool = False) -> datetime:
    """A moment; a day alone is its first instant, or its last when it ends a span.

    Raises: Unreadable.
    """
    if not isinstance(value, str):
        raise Unreadable
    if value.startswith("0000"):
        return EARLIEST
    moment = read_moment(value)
    if moment is None:
        raise Unreadable
    if len(value) == 10 and end:
        return datetime.combine(moment.date(), time.max, tzinfo=UTC)
    return moment


def as_text(value: Any) -> str:
    """A text; numbers and truth values as they are written.

    Raises: Unreadable.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)) and "\x00" not in str(value):
        return str(value)
    raise Unreadable


def birth_span(ages: Span, today: date) -> tuple[date | None, date | None]:
    """Between which days somebody was born who is now of an age in this span (years, both included)."""
    try:
        earliest = (
            years_before(today, min(int(as_number(ages.end)), 200) + 1) + timedelta(days=1)
            if ages.end is not None
            else None
        )
        latest = years_before(today, int(as_number(ages.start))) if ages.start is not None else None
    except (OverflowError, ValueError) as error:
        raise Unreadable from error
    return earliest, latest


def number_keys(name: str, span: Span) -> list[str] | None:
    """The keys of all numbers in a span; nothing when it is open or too wide to name them all.

    Raises: Unreadable.
    """
    if span.start is None or span.end is None:
        return None
    first, last = math.floor(as_number(span.start)), math.floor(as_number(span.end))
    if last - first > MOST_NUMBERS:
        return None
    return [number_key(name, number) for number in range(first, last + 1)]


def span_keys(name: str, span: Span, today: date) -> list[str]:
    """The keys of all days in a span: whole years and months where it covers them, single days at its ends.

    An open end reaches 150 years back or 50 years on.
    Raises: Unreadable.
    """
    earliest, latest = date(today.year - 150, 1, 1), date(today.year + 50, 12, 31)
    start = earliest if span.start is None else max(as_day(span.start), earliest)
    end = latest if span.end is None else min(as_day(span.end), latest)
    keys: list[str] = []
    while start <= end:
        of_day, of_month, of_year = day_keys(name, start.isoformat())
        for key, following in ((of_year, _year_after(start)), (of_month, _month_after(start))):
            if following is not None and following <= end + timedelta(days=1):
                keys.append(key)
                start = following
                break
        else:
            keys.append(of_day)
            start += timedelta(days=1)
    return keys


def _month_after(day: date) -> date | None:
    """The first day of the next month, when this is the first of one."""
    return (day + timedelta(days=31)).replace(day=1) if day.day == 1 else None


def _year_after(day: date) -> date | None:
    """The first day of the next year, when this is the first of one."""
    return date(day.year + 1, 1, 1) if day.day == 1 and day.month == 1 else None


def read_ages(text: str) -> Span | None:
    """An age range as settings write it: ``6 - 11`` or ``18+``."""
    match = AGES.fullmatch(text)
    return Span(int(match.group(1)), int(match.group(2)) if match.group(2) else None) if match else None
