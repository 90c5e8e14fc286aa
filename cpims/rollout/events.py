"""What can have happened on the road of a rollout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class GateTurned(Event):
    """A gate stands otherwise than when it was last looked at: it opened, or it opened no more."""

    name: ClassVar[str] = "rollout.gate_turned"


@dataclass(frozen=True, kw_only=True)
class RequirementsBrought(Event):
    """Somebody brought what the country asks of the system."""

    name: ClassVar[str] = "rollout.requirements_brought"


@dataclass(frozen=True, kw_only=True)
class DifferencesAccepted(Event):
    """Somebody accepted that the system is otherwise than was asked for, and said why."""

    name: ClassVar[str] = "rollout.differences_accepted"


@dataclass(frozen=True, kw_only=True)
class AcceptanceWithdrawn(Event):
    """Somebody no longer accepts a difference."""

    name: ClassVar[str] = "rollout.acceptance_withdrawn"


@dataclass(frozen=True, kw_only=True)
class AlignmentAttested(Event):
    """Somebody put her name to it that the demo is as the country asked for."""

    name: ClassVar[str] = "rollout.alignment_attested"


@dataclass(frozen=True, kw_only=True)
class WaiverSigned(Event):
    """Somebody signed that a gate may be passed for a time."""

    name: ClassVar[str] = "rollout.waiver_signed"


@dataclass(frozen=True, kw_only=True)
class WaiverEnded(Event):
    """Somebody ended a waiver before its day."""

    name: ClassVar[str] = "rollout.waiver_ended"
