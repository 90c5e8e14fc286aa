"""Days in words: names of months and weekdays by language, from the shared table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cpims.lib.calendars.conversion import from_gregorian
from cpims.lib.calendars.table import NotADate, names


def month_names(name: str, locale: str) -> list[str]:
    """The months of a calendar in a language (else in English), the first month first."""
    return list(_in_language(names()["months"][name], locale))


def weekday_names(locale: str) -> list[str]:
    """The days of the week in a language (else in English), Monday first."""
    return list(_in_language(names()["weekdays"], locale))


def day_in_words(name: str, day: date, locale: str) -> str:
    """A stored day as a calendar names it; outside the calendar's table as the Gregorian calendar does."""
    try:
        found = from_gregorian(name, day)
    except NotADate:
        name, found = "gregorian", from_gregorian("gregorian", day)
    pattern = _in_language(names()["patterns"], locale)["day"]
    month = month_names(name, locale)[found.month - 1]
    return str(pattern.format(day=found.day, month=month, year=found.year))


def month_in_words(name: str, year: int, month: int, locale: str) -> str:
    """A month of a year, for a date of which the day is not known."""
    pattern = _in_language(names()["patterns"], locale)["month"]
    return str(pattern.format(month=month_names(name, locale)[month - 1], year=year))


def _in_language(by_language: Mapping[str, Any], locale: str) -> Any:
    if locale == "fa-AF":  # Persian as spoken in Afghanistan is Dari, whose months have names of their own
        locale = "prs"
    for place in (locale, locale.split("-")[0], "en"):
        if place in by_language:
            return by_language[place]
    return by_language["en"]
