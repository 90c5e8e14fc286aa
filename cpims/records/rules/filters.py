"""The grammar of list filters: what was asked for, read by what the field is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cpims.lib.json import read_moment
from cpims.records.rules.precision import years_before

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
    ]
)
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
