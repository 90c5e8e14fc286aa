from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpims.cases.rules.kind import CASE
from cpims.records.rules.precision import Wording, age_in_words, age_on, birth_in_words, birth_of
from cpims.records.rules.projections import Setup, project
from tests.vectors import cases, read


def _plain(wording: Wording | None) -> dict[str, Any] | None:
    return {"key": wording.key, "params": dict(wording.params)} if wording else None


@pytest.mark.parametrize("case", cases("precision"))
def test_how_exactly_a_birth_is_known(case: dict[str, Any]) -> None:
    recorded, today = date.fromisoformat(case["recorded_on"]), date.fromisoformat(case["today"])
    birth = birth_of(case["answers"], recorded, case.get("prefix", ""))
    found = birth and {
        "day": birth.day.isoformat(),
        "first": birth.first.isoformat(),
        "last": birth.last.isoformat(),
        "estimated": birth.estimated,
        "age": _plain(age_in_words(birth, today)),
        "birth": _plain(birth_in_words(birth)),
    }
    assert found == case["expected"]


def test_there_are_cases() -> None:
    assert len({case["id"] for case in read("precision")["cases"]}) == 23


@given(age=st.integers(0, 100), on=st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_a_typed_age_is_the_age_of_every_day_of_its_span_on_the_day_it_was_recorded(age: int, on: date) -> None:
    birth = birth_of({"age": age}, on)
    assert birth is not None
    for day in (birth.first, birth.day, birth.last):
        assert age_on(day, on) == age
    assert age_on(date.fromordinal(birth.first.toordinal() - 1), on) == age + 1
    assert age_on(date.fromordinal(birth.last.toordinal() + 1), on) == age - 1


@pytest.mark.parametrize("estimated", [True, False])
def test_an_estimated_birth_is_stored_with_its_span(estimated: bool) -> None:
    derived = project(
        CASE,
        {"age": 7, "date_of_birth": "2019-01-01", "estimated": estimated},
        setup=Setup(fields={}, name_parts=(), name_separator=" ", row_fields=frozenset(), places={}),
        hidden_name=False,
        identifiers={},
        age_recorded_on=date(2026, 3, 3),
    )
    born = date(2019, 1, 1)
    span = (date(2018, 3, 4), date(2019, 3, 3)) if estimated else (born, born)
    assert (derived.birth_on, derived.birth_from, derived.birth_to) == (born, *span)
