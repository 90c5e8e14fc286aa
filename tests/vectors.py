"""The test vectors that both languages run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "contracts" / "vectors"


def read(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def cases(name: str, *kinds: str) -> list[Any]:
    """The cases of these kinds (all without), each a test id of its own."""
    return [pytest.param(c, id=c["id"]) for c in read(name)["cases"] if not kinds or c.get("kind") in kinds]


def alike(one: Any, other: Any, tolerance: float = 0.0) -> bool:
    """Compare as the vectors are compared: numbers by value, 1 is not true, absent is null, list order counts.

    Written apart from the code under test on purpose.
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= tolerance
    if isinstance(one, dict) and isinstance(other, dict):
        return all(alike(one.get(k), other.get(k), tolerance) for k in {*one, *other})
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(alike(a, b, tolerance) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and one == other
