from __future__ import annotations

from typing import Any

import pytest

from cpims.forms.rules.calculations import age_on, birth_from_age, calculate, evaluate, summarize, with_total
from cpims.forms.rules.conditions import BrokenCondition
from tests.vectors import alike, cases, read

KINDS = ("expression", "subform_summary", "tally_total", "age_on", "birth_from_age", "record")


def computed(expression: Any, data: dict[str, Any]) -> Any:
    try:
        return evaluate(expression, data)
    except BrokenCondition as broken:
        return {"error": broken.code}


@pytest.mark.parametrize("case", cases("calculations", "expression"))
def test_expression(case: dict[str, Any]) -> None:
    assert alike(computed(case["expression"], case["data"]), case["expected"], case.get("tolerance", 0))


@pytest.mark.parametrize("case", cases("calculations", "subform_summary"))
def test_subform_summary(case: dict[str, Any]) -> None:
    assert alike(summarize(case["subform_summary"], case["rows"]), case["expected"])


@pytest.mark.parametrize("case", cases("calculations", "tally_total"))
def test_tally_total(case: dict[str, Any]) -> None:
    assert alike(with_total(case["field"], case["value"]), case["expected"])


@pytest.mark.parametrize("case", cases("calculations", "age_on"))
def test_age_on(case: dict[str, Any]) -> None:
    assert age_on(case["date_of_birth"], case["today"]) == case["expected"]


@pytest.mark.parametrize("case", cases("calculations", "birth_from_age"))
def test_birth_from_age(case: dict[str, Any]) -> None:
    assert birth_from_age(case["age"], case["today"]) == case["expected"]


@pytest.mark.parametrize("case", cases("calculations", "record"))
def test_record(case: dict[str, Any]) -> None:
    result, problems = calculate(case["fields"], case["data"])
    assert alike(result, case["expected"])
    order = lambda problem: problem["field"]  # noqa: E731
    assert sorted(problems, key=order) == sorted(case.get("problems", []), key=order)


def test_every_case_was_run() -> None:
    every = read("calculations")["cases"]
    assert sum(len(cases("calculations", kind)) for kind in KINDS) == len(every) == 135
    assert len({case["id"] for case in every}) == 135


def test_rows_compute_inside_themselves_and_a_summary_reads_the_result() -> None:
    scores = {"fields": [{"name": "score", "type": "calculated", "calculation": {"expression": {"sum": ["a", "b"]}}}]}
    fields = [
        {"name": "double", "type": "calculated", "calculation": {"expression": {"sum": ["latest", "latest"]}}},
        {"name": "latest", "type": "calculated", "subform_summary": {"subform_field_name": "visits", "last": {"field_name": "score"}}},
        {"name": "visits", "type": "subform", "subform": scores},
    ]  # fmt: skip
    result, problems = calculate(fields, {"visits": [{"a": 1, "b": 1}, {"a": 2, "b": 3, "score": 9}]})
    assert result == {"visits": [{"a": 1, "b": 1, "score": 2}, {"a": 2, "b": 3, "score": 5}], "latest": 5, "double": 10}
    assert problems == []
