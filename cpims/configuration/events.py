"""What can have happened to a configuration as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class PackLoaded(Event):
    """Somebody loaded a ready configuration."""

    name: ClassVar[str] = "pack.loaded"
