"""What can have happened to option lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class LookupCreated(Event):
    """A new option list was made."""

    name: ClassVar[str] = "lookup.created"


@dataclass(frozen=True, kw_only=True)
class LookupChanged(Event):
    """An option list was changed."""

    name: ClassVar[str] = "lookup.changed"


@dataclass(frozen=True, kw_only=True)
class LookupRetired(Event):
    """An option list that no question uses was put away."""

    name: ClassVar[str] = "lookup.retired"
