"""Every day of every calendar's table: there and back without a gap, and alike in both languages."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpims.lib.calendars import (
    CALENDARS,
    NotADate,
    calendar,
    day_in_words,
    from_gregorian,
    month_in_words,
    month_length,
    months_in_year,
    span_of,
    to_gregorian,
)

WEB = Path(__file__).resolve().parents[2] / "web"
BUNDLER = WEB / "node_modules" / ".bin" / "rolldown"
GREGORIAN_YEARS = (1800, 2199)


def years(name: str) -> range:
    found = calendar(name)
    first, last = GREGORIAN_YEARS if name == "gregorian" else (found.first_year, found.last_year)
    return range(first, last + 1)


def every_day(name: str) -> Iterator[tuple[int, int, int]]:
    for year in years(name):
        for month in range(1, months_in_year(name, year) + 1):
            for day in range(1, month_length(name, year, month) + 1):
                yield year, month, day


@pytest.mark.parametrize("name", CALENDARS)
def test_every_day_there_and_back(name: str) -> None:
    before: date | None = None
    for year, month, day in every_day(name):
        stored = to_gregorian(name, year, month, day)
        assert before is None or stored == before + timedelta(1), (year, month, day)
        back = from_gregorian(name, stored)
        assert (back.year, back.month, back.day) == (year, month, day), stored
        before = stored


@pytest.mark.parametrize("name", CALENDARS)
@given(
    year=st.integers(-50, 10_050), month=st.integers(-3, 16), day=st.integers(-3, 40)
)  # fmt: skip
def test_what_is_a_day_and_what_is_none(name: str, year: int, month: int, day: int) -> None:
    found = calendar(name)
    try:
        stored = to_gregorian(name, year, month, day)
    except NotADate as refusal:
        outside = not found.first_year <= year <= found.last_year
        assert refusal.code == ("out_of_range" if outside else "no_such_date")
        if not outside and 1 <= month <= months_in_year(name, year):
            assert not 1 <= day <= month_length(name, year, month)
        return
    first, last = span_of(name, year, month)
    whole = span_of(name, year)
    assert whole[0] <= first <= stored <= last <= whole[1] or found.doubt(year, month)
    back = from_gregorian(name, stored)
    assert (back.year, back.month, back.day) == (year, month, day)


def test_years_have_the_length_of_their_kind_where_the_tables_are_exact() -> None:
    found = calendar("islamic-umalqura")
    assert {sum(found.months(year)) for year in range(1420, 1451)} == {354, 355}
    assert {sum(calendar("bikram-sambat").months(year)) for year in range(1975, 2082)} == {365, 366}
    for name in ("ethiopic", "persian"):
        assert {sum(calendar(name).months(year)) for year in years(name)} == {365, 366}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Any:
    node = shutil.which("node")
    if node is None or not BUNDLER.exists():
        pytest.skip("needs node and the client's packages (npm ci in web/)")
    bundle = tmp_path_factory.mktemp("calendars") / "calendars.mjs"
    subprocess.run(
        [BUNDLER, "src/lib/calendars/index.ts", "--format", "esm", "--platform", "neutral", "-o", bundle],
        cwd=WEB, check=True, capture_output=True,
    )  # fmt: skip
    script = Path(__file__).with_name("calendars.mjs")
    written = subprocess.run(
        [node, script, bundle, *map(str, GREGORIAN_YEARS)], check=True, capture_output=True, encoding="utf-8"
    )
    return json.loads(written.stdout)


def _as_client(span: tuple[date, date]) -> dict[str, str]:
    return {"from": span[0].isoformat(), "to": span[1].isoformat()}


@pytest.mark.parametrize("name", CALENDARS)
def test_both_languages_agree_on_every_day(said: Any, name: str) -> None:
    days = said[name]["days"]
    assert len(days) > 40_000
    at = 0
    for at, (year, month, day) in enumerate(every_day(name), 1):
        stored = to_gregorian(name, year, month, day)
        text = f"{year}-{month}-{day}"
        words = day_in_words(name, stored, "en") if day == 1 else ""
        assert days[at - 1] == f"{text} {stored.isoformat()} {text} {words}"
    assert at == len(days)


@pytest.mark.parametrize("name", CALENDARS)
def test_both_languages_agree_on_every_span(said: Any, name: str) -> None:
    expected: list[Any] = []
    for year in years(name):
        expected.append([year, _as_client(span_of(name, year))])
        for month in range(1, months_in_year(name, year) + 1):
            doubt = calendar(name).doubt(year, month)
            span = _as_client(span_of(name, year, month))
            words = month_in_words(name, year, month, "es")
            expected.append([year, month, month_length(name, year, month), doubt, span, words])
    assert said[name]["spans"] == expected
