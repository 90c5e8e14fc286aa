"""What can have happened to the parts of the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ModuleSwitchedOn(Event):
    """A part of the work was added to this instance."""

    name: ClassVar[str] = "module.switched_on"


@dataclass(frozen=True, kw_only=True)
class ModuleChanged(Event):
    """How a part of the work is done was changed."""

    name: ClassVar[str] = "module.changed"


@dataclass(frozen=True, kw_only=True)
class ModuleSwitchedOff(Event):
    """A part of the work in which there is no record was taken out of this instance."""

    name: ClassVar[str] = "module.switched_off"
