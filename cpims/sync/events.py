"""What can have happened to answers that were kept in quarantine."""

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
