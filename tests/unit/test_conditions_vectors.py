from __future__ import annotations

from typing import Any

import pytest

from cpims.forms.rules.builder import condition_from_rows, rows_from_condition
from cpims.forms.rules.conditions import DEEPEST_NESTING, BrokenCondition, holds
from cpims.forms.rules.options import options_offered
from cpims.forms.rules.visibility import field_shown, form_shown, rows_shown
from tests.vectors import cases, read

VECTORS = read("conditions")
KINDS = ("condition", "field_shown", "form_shown", "rows_shown", "options_offered", "builder")


def asked(expression: Any, data: dict[str, Any]) -> Any:
    try:
        return holds(expression, data)
    except BrokenCondition as broken:
        return {"error": broken.code}


@pytest.mark.parametrize("case", cases("conditions", "condition"))
def test_condition(case: dict[str, Any]) -> None:
    assert asked(case["expression"], case["data"]) == case["expected"]


@pytest.mark.parametrize("case", cases("conditions", "field_shown"))
def test_field_shown(case: dict[str, Any]) -> None:
    assert field_shown(case["field"], case["record"], case.get("row")) == (case["expected"], case.get("problem"))


@pytest.mark.parametrize("case", cases("conditions", "form_shown"))
def test_form_shown(case: dict[str, Any]) -> None:
    assert form_shown(case["display_conditions"], case["record"]) == (case["expected"], case.get("problem"))


@pytest.mark.parametrize("case", cases("conditions", "rows_shown"))
def test_rows_shown(case: dict[str, Any]) -> None:
    shown = rows_shown(case["display_conditions"], case["rows"])
    assert [row["unique_id"] for row in shown.rows] == case["expected"]
    assert shown.problem == case.get("problem")


@pytest.mark.parametrize("case", cases("conditions", "options_offered"))
def test_options_offered(case: dict[str, Any]) -> None:
    assert options_offered(case["field"], case["record"], case.get("row")) == case["expected"]


@pytest.mark.parametrize("case", cases("conditions", "builder"))
def test_builder(case: dict[str, Any]) -> None:
    expression = condition_from_rows(case["rows"])
    assert expression == case["expected"]
    assert (rows_from_condition(expression) == case["rows"]) is case["round_trip"]


def test_every_case_was_run() -> None:
    assert sum(len(cases("conditions", kind)) for kind in KINDS) == len(VECTORS["cases"]) == 459
    assert len({case["id"] for case in VECTORS["cases"]}) == 459


def test_the_depth_limit_is_the_contracts() -> None:
    assert VECTORS["deepest_nesting"] == DEEPEST_NESTING
