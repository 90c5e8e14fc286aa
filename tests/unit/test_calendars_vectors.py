from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cpims.lib.calendars import (
    CALENDARS,
    NotADate,
    calendar,
    calendar_of_language,
    day_in_words,
    from_gregorian,
    month_in_words,
    month_length,
    month_names,
    span_of,
    to_gregorian,
    weekday_names,
)
from tests.vectors import cases, read


@pytest.mark.parametrize("case", cases("calendars", "pair"))
def test_a_pair_holds_both_ways(case: dict[str, Any]) -> None:
    name, year, month, day = case["calendar"], case["year"], case["month"], case["day"]
    stored, given = to_gregorian(name, year, month, day), date.fromisoformat(case["gregorian"])
    allowed = timedelta(case.get("tolerance_days", 0))
    assert abs(stored - given) <= allowed
    assert timedelta(calendar(name).doubt(year, month)) == allowed
    back = from_gregorian(name, given)
    assert abs(to_gregorian(name, back.year, back.month, back.day) - stored) <= allowed
    if not allowed:
        assert (back.year, back.month, back.day) == (year, month, day)


@pytest.mark.parametrize("case", cases("calendars", "month_length"))
def test_month_length(case: dict[str, Any]) -> None:
    assert month_length(case["calendar"], case["year"], case["month"]) == case["expected"]


@pytest.mark.parametrize("case", cases("calendars", "span"))
def test_span_of_an_incomplete_date(case: dict[str, Any]) -> None:
    first, last = span_of(case["calendar"], case["year"], case.get("month"))
    assert (first.isoformat(), last.isoformat()) == (case["from"], case["to"])


@pytest.mark.parametrize("case", cases("calendars", "invalid"))
def test_what_is_no_day(case: dict[str, Any]) -> None:
    with pytest.raises(NotADate) as refusal:
        to_gregorian(case["calendar"], case["year"], case["month"], case["day"])
    assert {"error": refusal.value.code} == case["expected"]


def test_every_case_was_run() -> None:
    every = read("calendars")["cases"]
    assert len(every) == 558
    assert sum(len(cases("calendars", kind)) for kind in ("pair", "month_length", "span", "invalid")) == len(every)


def test_the_edges_of_a_table() -> None:
    for name in CALENDARS:
        found = calendar(name)
        first, last = date.fromordinal(found.starts[0]), date.fromordinal(found.starts[-1] - 1)
        day = from_gregorian(name, first)
        assert (day.year, day.month, day.day) == (found.first_year, 1, 1)
        assert from_gregorian(name, last).year == found.last_year
        if name == "gregorian":
            continue
        for outside in (first - timedelta(1), last + timedelta(1)):
            with pytest.raises(NotADate, match="out_of_range"):
                from_gregorian(name, outside)


def test_a_day_in_a_doubtful_month_is_a_span() -> None:
    assert span_of("islamic-umalqura", 1371, 7, 24) == (date(1952, 4, 17), date(1952, 4, 21))
    assert span_of("bikram-sambat", 2083, 1) == (date(2026, 4, 13), date(2026, 5, 15))
    assert span_of("gregorian", 2016, 2) == (date(2016, 2, 1), date(2016, 2, 29))
    assert span_of("gregorian", 9999) == (date(9999, 1, 1), date(9999, 12, 31))


def test_words() -> None:
    for name in CALENDARS:
        for locale in ("en", "fr", "es", "ar"):
            assert len(set(month_names(name, locale))) == (13 if name == "ethiopic" else 12)
    for locale in ("en", "fr", "es", "ar", "am", "fa", "prs", "ne"):
        assert len(set(weekday_names(locale))) == 7
    assert month_names("persian", "fa-AF")[0] == month_names("persian", "prs")[0] == "حمل"
    assert day_in_words("ethiopic", date(2023, 9, 12), "en") == "1 Meskerem 2016"
    assert day_in_words("ethiopic", date(2023, 9, 12), "es") == "1 de meskerem de 2016"
    assert day_in_words("bikram-sambat", date(1900, 1, 1), "fr") == "1 janvier 1900"
    assert month_in_words("islamic-umalqura", 1445, 9, "fr") == "ramadan 1445"
    assert calendar_of_language("am") == "ethiopic"
    assert calendar_of_language("fa-AF") == calendar_of_language("prs") == "persian"
    assert calendar_of_language("ar") == "gregorian"
