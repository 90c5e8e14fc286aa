"""Children who are looked for, what may match them, decisions, and the way back."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Day, Localized, Moment, Shape
from cpims.api.shapes.matching import MatchReason

Likely = Literal["likely", "possible", "unlikely"]


class AnswersBeside(Shape):
    """One question, answered on both sides. ``blank``: one side says nothing, or nothing that the viewer reads."""

    field_name: str
    match: Literal["match", "mismatch", "blank"]
    case_value: Any
    trace_value: Any


class SideBySide(Shape):
    """The child of the case and the child who is looked for; each relative and the adult who looks."""

    case_to_trace: list[AnswersBeside]
    family_to_inquirer: list[list[AnswersBeside]]


class Trace(Shape):
    """A child who is looked for: the answers of its row in the request, and the case in which it was found."""

    model_config = ConfigDict(strict=True, extra="allow")

    id: str | None = None
    matched_case_id: str | None = None
    tracing_request_id: str | None = None
    inquirer_id: str | None = None
    relation_name: str | None = None
    inquiry_date: Day | None = None
    matched_case_comparison: SideBySide | None = None


class TraceMatchWrite(Shape):
    """The case in which the child was found; null undoes it."""

    matched_case_id: str | None


class MatchedCase(Shape):
    """A case beside a trace; files only with the permission to see them here."""

    model_config = ConfigDict(strict=True, extra="allow")

    id: str | None = None
    case_id_display: str | None = None
    name: str | None = None
    age: int | None = None
    sex: str | None = None
    owned_by: str | None = None
    owned_by_agency_id: str | None = None


class PotentialMatch(Shape):
    """A case and a trace that may speak of the same child; ``score`` is from 0 to 1, the same whatever else was found."""

    likelihood: Likely
    score: float
    case: MatchedCase
    trace: Trace
    comparison: SideBySide


class MatchedRecord(Shape):
    """What matches were asked for."""

    id: str
    type: Literal["case", "trace"]


class PotentialMatches(Shape):
    """Up to twenty, the likeliest first."""

    model_config = ConfigDict(strict=True, extra="allow")

    potential_matches: list[PotentialMatch]
    record: MatchedRecord


class Outside(Shape):
    """Whom to ask about a case out of sight."""

    agency: str
    owner: str


class Decided(Shape):
    """What was decided about the two, by whom, and why."""

    decision: Literal["confirmed", "rejected"]
    by: str
    at: Moment
    note: str


class TraceMatch(Shape):
    """A case and a trace that may speak of the same child, with the reasons. Of a case ``outside`` of her sight nothing is told."""

    model_config = ConfigDict(strict=True, extra="allow")

    likelihood: Likely
    score: float
    reasons: list[MatchReason]
    case: MatchedCase
    trace: Trace
    outside: Outside | None
    compared: list[AnswersBeside]
    family: list[list[AnswersBeside]]
    decided: Decided | None
    elsewhere: bool = Field(description="the case was found for another child who is looked for too")
    may_decide: bool


class DecisionWish(Shape):
    """Which case is decided about, and why."""

    model_config = ConfigDict(strict=True, extra="forbid")

    case: str
    note: str | None = None


class JourneyStep(Shape):
    """One thing on a child's way. ``value`` answers ``question``; ``path`` are the codes from the country down to ``place``."""

    what: Literal[
        "separation", "evacuation", "found", "arrival", "care", "search", "match", "verification", "reunification", "followup"
    ]  # fmt: skip
    on: str = Field(description="a day, or empty")
    place: str
    path: list[str]
    address: str
    question: str
    value: Any
    form: str
    row: str


class JourneyPlaces(Shape):
    """What the places are called, by their codes."""

    places: dict[str, Localized]


class RematchRun(Shape):
    """A run over all children who are looked for; ``found`` are the likely matches that were new."""

    id: str
    status: Literal["running", "done", "cancelled"]
    begun_by: str | None
    total: int
    done: int
    found: int
    may_cancel: bool
    created_at: Moment
    ended_at: Moment | None
