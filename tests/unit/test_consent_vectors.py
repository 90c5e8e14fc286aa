"""Whether sharing was agreed to: the vectors that both languages run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cpims.transitions.rules.consent import Purpose, Statement, may_share
from tests.vectors import cases


@pytest.mark.parametrize("case", cases("consent", "may_share"))
def test_may_share(case: dict[str, Any]) -> None:
    said = [
        Statement(one["given"], datetime.fromisoformat(one["at"]), one["purpose"], one["agency"])
        for one in case["statements"]
    ]
    found = may_share(
        Purpose(case["purpose"]), case["agency"], answers=case["answers"], module=case["module"], statements=said
    )
    assert found is case["expected"]
