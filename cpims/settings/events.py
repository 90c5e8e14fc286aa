"""What can have happened to an instance's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """Somebody decided anew how this instance works."""

    name: ClassVar[str] = "settings.changed"
    subject: str = "settings:instance"
