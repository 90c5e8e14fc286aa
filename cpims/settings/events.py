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


@dataclass(frozen=True, kw_only=True)
class ContactInformationChanged(Event):
    """Somebody decided anew whom people here turn to."""

    name: ClassVar[str] = "contact_information.changed"
    subject: str = "settings:contact_information"
