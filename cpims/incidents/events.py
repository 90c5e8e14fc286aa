"""What can have happened to an incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class IncidentEvent(Event):
    """Something that happened to an incident."""

    record_kind: ClassVar[str] = "incident"


@dataclass(frozen=True, kw_only=True)
class IncidentRegistered(IncidentEvent):
    """An incident was registered."""

    name: ClassVar[str] = "incident.registered"


@dataclass(frozen=True, kw_only=True)
class IncidentAmended(IncidentEvent):
    """Answers were changed."""

    name: ClassVar[str] = "incident.amended"


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(IncidentEvent):
    """The incident was closed."""

    name: ClassVar[str] = "incident.closed"


@dataclass(frozen=True, kw_only=True)
class IncidentReopened(IncidentEvent):
    """The incident was opened again."""

    name: ClassVar[str] = "incident.reopened"


@dataclass(frozen=True, kw_only=True)
class IncidentDisabled(IncidentEvent):
    """The record was switched off; nothing was deleted."""

    name: ClassVar[str] = "incident.disabled"


@dataclass(frozen=True, kw_only=True)
class IncidentEnabled(IncidentEvent):
    """The record was switched on again."""

    name: ClassVar[str] = "incident.enabled"


@dataclass(frozen=True, kw_only=True)
class IncidentLinked(IncidentEvent):
    """The incident was tied to a case, or freed of it; whoever works on the case works on the incident."""

    name: ClassVar[str] = "incident.linked"


@dataclass(frozen=True, kw_only=True)
class IncidentFollowed(IncidentEvent):
    """Others work on the incident now, because they work on its case."""

    name: ClassVar[str] = "incident.followed_case"


@dataclass(frozen=True, kw_only=True)
class CaseIncidentsAdded(Event):
    """An incident was opened on a case or tied to it."""

    name: ClassVar[str] = "case.incidents_added"
    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class CaseIncidentsRemoved(Event):
    """An incident was freed of a case."""

    name: ClassVar[str] = "case.incidents_removed"
    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class CaseIncidentsAmended(Event):
    """An incident of the case was changed; the case, which shows it, shows it anew."""

    name: ClassVar[str] = "case.incidents_amended"
    record_kind: ClassVar[str] = "case"
