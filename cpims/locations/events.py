"""What can have happened to places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class LocationCreated(Event):
    """A place was added to the tree."""

    name: ClassVar[str] = "location.created"


@dataclass(frozen=True, kw_only=True)
class LocationChanged(Event):
    """A place got another name or kind, or was switched on or off."""

    name: ClassVar[str] = "location.changed"
