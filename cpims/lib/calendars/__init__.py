"""Days as different calendars name them. Stored and compared are ISO days; these are for entry, display and print."""

from __future__ import annotations

from cpims.lib.calendars.conversion import (
    CalendarDay,
    from_gregorian,
    month_length,
    months_in_year,
    span_of,
    to_gregorian,
)
from cpims.lib.calendars.table import CALENDARS, Calendar, NotADate, calendar, calendar_of_language
from cpims.lib.calendars.words import day_in_words, month_in_words, month_names, weekday_names

__all__ = [
    "CALENDARS",
    "Calendar",
    "CalendarDay",
    "NotADate",
    "calendar",
    "calendar_of_language",
    "day_in_words",
    "from_gregorian",
    "month_in_words",
    "month_length",
    "month_names",
    "months_in_year",
    "span_of",
    "to_gregorian",
    "weekday_names",
]
