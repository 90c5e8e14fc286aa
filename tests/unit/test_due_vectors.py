"""What is due, and when: the vectors that both languages run."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.cases.rules.due import due_dates, fill_due, tasks_of
from tests.vectors import alike, cases, read

FILE = read("due")


@pytest.mark.parametrize("case", cases("due", "tasks"))
def test_tasks(case: dict[str, Any]) -> None:
    assert alike(tasks_of(case["answers"], FILE["decided"] | case["decided"]), case["expected"])


@pytest.mark.parametrize("case", cases("due", "fill"))
def test_days_are_filled(case: dict[str, Any]) -> None:
    before, after = dict(case["before"]), dict(case["after"])
    decided, asked = FILE["decided"] | case["decided"], case.get("asked", FILE["asked"])
    found = fill_due(before, after, decided=decided, asked=asked)
    assert alike(found, case["expected"])
    assert after == case["after"]
    assert fill_due(found, found, decided=decided, asked=asked) == found


def test_days_stand_under_the_names_that_lists_ask_for() -> None:
    tasks = [{"type": "service", "due_on": day} for day in ("2026-03-05", "2026-03-02", "2026-03-05")]
    assert due_dates(tasks) == {"service_due_dates": ["2026-03-02", "2026-03-05"]}
