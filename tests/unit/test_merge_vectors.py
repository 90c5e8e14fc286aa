from __future__ import annotations

import copy
from itertools import count
from typing import Any

import pytest

from cpims.records.rules.merging import merge_edit, merge_patch, merge_three_way
from tests.vectors import alike, cases, read


def fresh() -> Any:
    numbers = count(1)
    return lambda: f"fresh-{next(numbers)}"


def with_news(expected: Any, actual: Any) -> Any:
    """The expectation with each ``<new>`` replaced by the fresh identity found in its place."""
    if expected == "<new>":
        assert isinstance(actual, str) and actual.startswith("fresh-")
        return actual
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {key: with_news(value, actual.get(key)) for key, value in expected.items()}
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [with_news(a, b) for a, b in zip(expected, actual, strict=True)]
    return expected


@pytest.mark.parametrize("case", cases("merge", "patch"))
def test_patch(case: dict[str, Any]) -> None:
    before, patch = copy.deepcopy(case["before"]), copy.deepcopy(case["patch"])
    merged = merge_patch(before, patch, fresh())
    assert merged == with_news(case["expected"], merged)
    assert (before, patch) == (case["before"], case["patch"])


@pytest.mark.parametrize("case", cases("merge", "three_way"))
def test_three_way(case: dict[str, Any]) -> None:
    merged, conflicts = merge_three_way(case["base"], case["mine"], case["theirs"], case.get("fields", []))
    assert alike(merged, case["expected"])
    order = lambda conflict: conflict["pointer"]  # noqa: E731
    assert alike(sorted(conflicts, key=order), sorted(case["conflicts"], key=order))


def test_every_case_was_run() -> None:
    every = read("merge")["cases"]
    assert len(cases("merge", "patch")) + len(cases("merge", "three_way")) == len(every) == 90
    assert len({case["id"] for case in every}) == 90


def test_an_edit_of_what_she_saw() -> None:
    stored = {"name": "Noor", "age": 11, "sex": "female", "note": "x"}
    merged, conflicts = merge_edit(
        {"age": 9, "sex": "female"}, {"age": 10, "sex": "male", "note": "y"}, stored, [], fresh()
    )
    assert merged == {"name": "Noor", "age": 11, "sex": "male", "note": "y"}
    assert conflicts == [{"pointer": "/age", "kind": "value", "base": 9, "mine": 10, "theirs": 11}]
