"""Rows of subforms, and dice."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any
from uuid import UUID


def chance(rng: Random, of: float) -> bool:
    """True this often."""
    return rng.random() < of


def moment(rng: Random, day: date) -> str:
    """Some moment in the working hours of a day, as the API writes it."""
    return f"{day.isoformat()}T{rng.randint(8, 16):02d}:{rng.choice([0, 10, 15, 30, 40, 45]):02d}:00Z"


def row(rng: Random, **answers: Any) -> dict[str, Any]:
    """A subform row with its own id; what was not answered is left out."""
    kept = {key: value for key, value in answers.items() if value is not None}
    return {"unique_id": str(UUID(int=rng.getrandbits(128), version=4)), **kept}
