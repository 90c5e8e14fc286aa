"""A child’s way is read off the answers here as on the device."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cpims.tracing.rules.journey import Step, journey_of
from tests.running import ROOT

VECTORS = json.loads((ROOT / "contracts" / "vectors" / "journey.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_journey(case: dict[str, Any]) -> None:
    matches = [Step("match", day, form="tracing") for day in case.get("matches", ())]
    steps = journey_of(case["answers"], matches)
    told = [[s.what, s.on, s.place, s.address, s.question, s.value, s.form, s.row] for s in steps]
    assert told == case["steps"]
