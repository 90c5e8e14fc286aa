"""What can have happened to a configuration as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class PackLoaded(Event):
    """Somebody loaded a ready configuration."""

    name: ClassVar[str] = "pack.loaded"


@dataclass(frozen=True, kw_only=True)
class ConfigurationPublished(Event):
    """The configuration was kept as a version."""

    name: ClassVar[str] = "configuration.published"


@dataclass(frozen=True, kw_only=True)
class ConfigurationPutAway(Event):
    """Somebody took a version off the list of configurations; it stays in the history."""

    name: ClassVar[str] = "configuration.put_away"


@dataclass(frozen=True, kw_only=True)
class ConfigurationReceived(Event):
    """A configuration from elsewhere was kept; it does not hold yet."""

    name: ClassVar[str] = "configuration.received"
