"""The road of a rollout: gates with evidence, waivers, requirements and where the system is otherwise."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cpims.api.shapes.envelope import Day, Moment, Paged, Shape

GateState = Literal["met", "unmet", "waived", "not_applicable", "unknown", "not_built"]


class GateCheck(Shape):
    """One thing that a gate rests on, and what is known of it."""

    code: str
    side: Literal["demo", "production"]
    holds: bool | None = Field(description="null: nobody knows")
    who: str = Field(description="whose turn it is when it does not hold")
    at: Moment | None = Field(description="since when")
    seen_at: Moment | None = Field(description="when the instance said so; null when it never did")
    params: dict[str, Any]


class RolloutWaiver(Shape):
    """A signature that a gate may be passed for a time."""

    id: str
    gate: str
    reason: str
    until: Day
    at: Moment
    by: str
    by_name: str
    live: bool
    ended_at: Moment | None
    ended_by: str | None


class RolloutGate(Shape):
    """A gate, computed from evidence."""

    id: str
    strength: Literal["required", "must", "stated", "implied", "invariant", "outcome"]
    stands_at: str = Field(description="the step at whose end it stands")
    rule_version: int = Field(description="0: there is no rule yet")
    state: GateState
    since: Moment | None = Field(description="since when it stood so, when it was last looked at")
    looked_at: Moment | None
    checks: list[GateCheck]
    waivers: list[RolloutWaiver]


class RolloutStep(Shape):
    """A step; ``opened_by`` is the gate that must be open before it begins."""

    id: str
    opened_by: str | None
    has_outcome: bool


class RolloutPhase(Shape):
    """A phase with its steps."""

    id: str
    steps: list[RolloutStep]


class RolloutRoad(Shape):
    """Where a rollout is."""

    kind: Literal["demo", "production"]
    name: str
    at: Moment
    paired: bool
    other_at: Moment | None = Field(description="when the other instance was last heard")
    may_decide: bool
    phases: list[RolloutPhase]
    gates: list[RolloutGate]


class WaiverWrite(Shape):
    """What somebody signs with her password."""

    gate: str
    reason: str
    until: Day
    password: str


class RequirementsVersion(Shape):
    """What was asked for, as the workbook said it."""

    number: int
    hash: str
    at: Moment
    by: str
    counts: dict[str, int] = Field(description="how many rows each sheet has")


class RequirementsSent(Shape):
    """The workbook that was filled in."""

    data_base64: str


class NotRead(Shape):
    """A sheet or column that says nothing here."""

    sheet: str
    cell: str


class RequirementsRead(Shape):
    """What there is to tell beside requirements that were kept."""

    unread: list[NotRead]


class AcceptedBy(Shape):
    """Who accepts a difference, and why."""

    id: str
    reason: str
    by: str
    at: Moment


class RequirementsDifference(Shape):
    """Something that the system has otherwise than was asked for."""

    id: str
    sheet: str
    cell: str | None = Field(description="where in the workbook it was asked; null when nobody asked")
    action: Literal["missing", "extra", "other"]
    key: list[str]
    column: str
    wanted: str | None
    found: str | None
    sentence: str
    accepted: AcceptedBy | None


class Attested(Shape):
    """Whose word it is that the demo is as was asked for; ``holds``: nothing changed since."""

    by: str
    at: Moment
    requirements: int
    holds: bool


class RequirementsCompared(Paged):
    """Where this page lies, and what was compared with what."""

    requirements: RequirementsVersion | None
    hash: str = Field(description="of the configuration that stands")
    open: int
    accepted: int
    idle: int = Field(description="differences that were accepted and are no longer there")
    errors: int
    attested: Attested | None


class DifferencesWrite(Shape):
    """Which differences are accepted, and why."""

    differences: list[str]
    reason: str


class AttestationWrite(Shape):
    """What she looked at: the hash of the configuration and the number of the requirements."""

    hash: str
    requirements: int


class PairEvidence(Shape):
    """What an instance says of itself to its other half: moments and numbers, no name of anybody."""

    kind: Literal["demo", "production"]
    at: Moment
    administrators: list[dict[str, Any]]
    is_paired: bool
    is_closed: bool
    drifts: bool | None
    by_hand: int | None
    alignment: dict[str, Any]
