"""Answers as JSON values: when two are the same, which texts are numbers, days and moments."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeGuard

#: A key that was not sent (``None`` is an answer that was cleared).
MISSING: Final = object()

#: White space that alone is no answer, the same set as in the client.
BLANKS: Final = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

DAY_MS: Final = 86_400_000

_NUMBER = re.compile(r"[ \t\n\v\f\r]*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\n\v\f\r]*\Z")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))?\Z"
)
_STRICT_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})\Z"
)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_number(value: object) -> TypeGuard[int | float]:
    """Is this a JSON number (a tick is none)?"""
    kind = type(value)
    return kind is int or kind is float


def same(one: Any, other: Any) -> bool:
    """Are two answers the same: numbers by value, 1 is not true, a missing key is null, list order counts?"""
    kind = type(one)
    if kind is str or one is None or kind is bool:
        return type(other) is kind and bool(one == other)
    if kind is int or kind is float:
        return is_number(other) and as_double(one) == as_double(other)
    if kind is list:
        return type(other) is list and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping):
        return isinstance(other, Mapping) and all(
            same(one.get(key), other.get(key)) for key in one.keys() | other.keys()
        )
    return False


def as_double(number: int | float) -> float:
    """A number as the double that every device holds."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def number_of_text(text: str) -> float | None:
    """The number that a text writes in plain decimal notation, or nothing."""
    if not _NUMBER.match(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def plain(number: float) -> int | float | None:
    """A result as JSON writes it: 5 for 5.0, nothing for what is no number."""
    if not math.isfinite(number):
        return None
    return int(number) if number == math.floor(number) and abs(number) <= 2**53 else number


def day_number(year: int, month: int, day: int) -> int | None:
    """Days since 1 January 1970 in the Gregorian calendar, or nothing for a day that does not exist."""
    if year < 1 or not 1 <= month <= 12 or day < 1:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _MONTH_DAYS[month - 1] + (1 if leap and month == 2 else 0):
        return None
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def day_of(text: object) -> int | None:
    """The day that ``YYYY-MM-DD`` names, as days since 1970, or nothing."""
    if type(text) is not str or not (found := _DAY.match(text)):
        return None
    return day_number(int(found[1]), int(found[2]), int(found[3]))


def looks_like_a_date(text: str) -> bool:
    """Is this text written as an ISO date or date-time (whether or not there is such a day)?"""
    return bool(_DAY.match(text) or _MOMENT.match(text))


def instant_of(text: object) -> int | None:
    """The moment that an ISO date or date-time names, in milliseconds since 1970; without zone in UTC."""
    if type(text) is not str or len(text) < 10:
        return None
    if len(text) == 10:
        day = day_of(text)
        return None if day is None else day * DAY_MS
    if not (found := _MOMENT.match(text)):
        return None
    day = day_number(int(found[1]), int(found[2]), int(found[3]))
    hour, minute, second = int(found[4]), int(found[5]), int(found[6] or 0)
    zone_hours, zone_minutes = int(found[10] or 0), int(found[11] or 0)
    if day is None or hour > 23 or minute > 59 or second > 59 or zone_hours > 23 or zone_minutes > 59:
        return None
    millis = int(((found[7] or "") + "000")[:3])
    offset = (zone_hours * 60 + zone_minutes) * (-1 if found[9] == "-" else 1)
    return day * DAY_MS + ((hour * 60 + minute - offset) * 60 + second) * 1000 + millis


def stored_instant_of(text: str) -> int | None:
    """The moment of a stored date-time: seconds and a zone are asked for."""
    return instant_of(text) if _STRICT_MOMENT.match(text) else None


def code_units(text: str) -> bytes:
    """A key that orders texts by UTF-16 code unit, as every device does."""
    return text.encode("utf-16-be", "surrogatepass")


def text_before(one: str, other: str) -> int:
    """Which of two texts comes first by code unit: below zero, zero, above zero."""
    if one.isascii() and other.isascii():
        return (one > other) - (one < other)
    first, second = code_units(one), code_units(other)
    return (first > second) - (first < second)


ORDERINGS: Final[Mapping[str, Callable[[float], bool]]] = {
    "gt": lambda difference: difference > 0,
    "ge": lambda difference: difference >= 0,
    "lt": lambda difference: difference < 0,
    "le": lambda difference: difference <= 0,
}


def escaped(key: str) -> str:
    """A key as one step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key
