"""How likely two records speak of the same person, and why."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Shape
from cpims.api.shapes.records import Case


class MatchReason(Shape):
    """A piece of evidence. ``matching.reason.<code>`` is its sentence; above zero it speaks for a match, below against it."""

    code: str = Field(examples=["first_name_spelling"])
    part: str = Field(examples=["name"])
    weight: float
    params: dict[str, int | str]


class LikelyCase(Shape):
    """A case in sight that may be about the same child; ``score`` is from 0 to 1, the same whatever else was found."""

    case: Case
    score: float
    likelihood: Literal["likely", "possible", "unlikely"]
    reasons: list[MatchReason]


class LikelyAsked(Shape):
    """Who is looked for: the answers about a child so far, or a case in sight."""

    model_config = ConfigDict(strict=True, extra="forbid")

    data: dict[str, Any] | None = Field(
        None, description="answers as in the forms of a case: ``name``, ``age``, ``sex`` …"
    )
    case_id: str | None = None
