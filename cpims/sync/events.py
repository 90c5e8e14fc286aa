"""What can have happened to answers that were kept in quarantine, and to work that devices handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class AnswersTakenOver(Event):
    """The owner took over answers that somebody wrote who no longer held the record; ``about`` names the author."""

    name: ClassVar[str] = "quarantine.taken_over"


@dataclass(frozen=True, kw_only=True)
class AnswersPutAside(Event):
    """The owner put aside answers that somebody wrote who no longer held the record; they stay sealed."""

    name: ClassVar[str] = "quarantine.put_aside"


@dataclass(frozen=True, kw_only=True)
class WorkHandedOver(Event):
    """A device handed over what it could not send any more; ``about`` names it and says what became of how much."""

    name: ClassVar[str] = "device.handed_over"


@dataclass(frozen=True, kw_only=True)
class HandoverTakenOver(Event):
    """Work that a device handed over was done by somebody in its author's place; ``about`` names the author."""

    name: ClassVar[str] = "handover.taken_over"


@dataclass(frozen=True, kw_only=True)
class HandoverPutAside(Event):
    """Work that a device handed over was put aside; it stays sealed."""

    name: ClassVar[str] = "handover.put_aside"
