"""What can have happened to an alert by somebody's hand; other alerts come and go with the act that they tell of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class AlertRemoved(Event):
    """Somebody took an alert off a record."""

    name: ClassVar[str] = "alert.removed"
