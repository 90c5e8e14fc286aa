"""What can have happened to a flag. ``changes`` has the flag before and after under ``flags``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class FlagRaised(Event):
    """Somebody asked that a record be looked at."""

    name: ClassVar[str] = "flag.raised"


@dataclass(frozen=True, kw_only=True)
class FlagAmended(Event):
    """What a flag says, or its day, was changed."""

    name: ClassVar[str] = "flag.amended"


@dataclass(frozen=True, kw_only=True)
class FlagResolved(Event):
    """What a flag asked for was seen to."""

    name: ClassVar[str] = "flag.resolved"
