"""What can have happened to a registry record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class RegistryRecordEvent(Event):
    """Something that happened to a registry record."""

    record_kind: ClassVar[str] = "registry_record"


@dataclass(frozen=True, kw_only=True)
class RegistryRecordRegistered(RegistryRecordEvent):
    """A registry record was registered."""

    name: ClassVar[str] = "registry_record.registered"


@dataclass(frozen=True, kw_only=True)
class RegistryRecordAmended(RegistryRecordEvent):
    """Answers were changed."""

    name: ClassVar[str] = "registry_record.amended"


@dataclass(frozen=True, kw_only=True)
class RegistryRecordClosed(RegistryRecordEvent):
    """The registry record was closed."""

    name: ClassVar[str] = "registry_record.closed"


@dataclass(frozen=True, kw_only=True)
class RegistryRecordReopened(RegistryRecordEvent):
    """The registry record was opened again."""

    name: ClassVar[str] = "registry_record.reopened"


@dataclass(frozen=True, kw_only=True)
class RegistryRecordDisabled(RegistryRecordEvent):
    """The record was switched off; nothing was deleted."""

    name: ClassVar[str] = "registry_record.disabled"


@dataclass(frozen=True, kw_only=True)
class RegistryRecordEnabled(RegistryRecordEvent):
    """The record was switched on again."""

    name: ClassVar[str] = "registry_record.enabled"
