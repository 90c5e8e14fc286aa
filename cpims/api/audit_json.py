"""An entry of the books as we show it, and as Primero does with its own words for acts and things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from cpims.audit.events import Event
from cpims.audit.queries import LogEntry
from cpims.forms.queries.bootstrap import AUDIT_ACTIONS, AUDIT_RECORD_TYPES
from cpims.lib.clock import iso

#: How many records of one entry are named.
NAMED: Final = 20
#: Primero's words for things, where they are others than ours.
THINGS: Final = {"case": "child", "form": "form_section", "configuration": "primero_configuration"}
#: Primero's words for what happened: first by the whole name of the event, then by what it says of its thing.
EVENTS: Final = {
    "flag.raised": "flag",
    "flag.resolved": "unflag",
    "file.attached": "attach",
    "file.detached": "detach",
    "transfer.sent": "transfer",
    "transfer_request.sent": "transfer_request",
    "referral.sent": "refer",
    "table.imported": "import",
    "user.password_changed": "password_reset",
}
ENDINGS: Final = {
    "registered": "create",
    "created": "create",
    "closed": "close",
    "reopened": "reopen",
    "enabled": "enable_disable_record",
    "disabled": "enable_disable_record",
    "assigned": "assign",
    "retired": "delete",
    "put_away": "delete",
}
#: … and for acts of looking.
LOOKS: Final = {
    "login": "login",
    "logout": "logout",
    "failed_login": "failed_login",
    "password_reset_request": "password_reset",
    "print": "export",
    "export": "export",
    "list": "index",
    "search": "index",
    "count": "index",
    "sync": "index",
    "manifest": "index",
}


def entry_json(entry: LogEntry) -> dict[str, Any]:
    """An entry as we show it."""
    return {
        "id": f"{entry.book}-{entry.id}",
        "book": "changes" if entry.book == 1 else "sightings",
        "at": iso(entry.recorded_at),
        "happened_at": iso(entry.happened_at) if entry.happened_at else None,
        "user_name": entry.user_name,
        "role": entry.role,
        "action": entry.action,
        "outcome": entry.outcome,
        "record_type": entry.thing or _thing_of(entry.road),
        "record_ids": [str(one) for one in entry.records[:NAMED]],
        "records": len(entry.records),
        "subject": entry.subject,
    }


def log_json(entry: LogEntry) -> dict[str, Any]:
    """An entry as Primero shows it. A record is named by the end of its id, never by what stands in it."""
    action = _act_called(entry)
    record = str(entry.records[0]) if len(entry.records) == 1 else None
    thing = entry.thing or _thing_of(entry.road)
    kind = THINGS.get(thing, thing)
    shown = record[-7:] if record else entry.subject.partition(":")[2] or None
    identifier = f"{kind.replace('_', ' ').capitalize()} '{shown}'" if shown else kind.replace("_", " ").capitalize()
    return {
        "id": entry.id * 2 + entry.book - 1,
        "display_id": shown,
        "record_type": kind,
        "user_name": entry.user_name,
        "action": action,
        "resource_url": None,
        "timestamp": iso(entry.recorded_at),
        "log_message": {
            "prefix": {"key": f"logger.actions.{action}", "approval_type": None},
            "identifier": identifier,
            "suffix": {"key": "logger.by_user", "user": entry.user_name},
        },
        "metadata": {
            "user_name": entry.user_name,
            "outcome": entry.outcome,
            "record_ids": [str(one) for one in entry.records[:NAMED]] if len(entry.records) > 1 else None,
        },
        "record_id": record,
        "display_name": shown,
    }


def acts_called(names: Sequence[str]) -> list[str]:
    """Our names for acts that Primero calls so; nothing when one of them is unknown there."""
    if any(name not in AUDIT_ACTIONS for name in names):
        return []
    ours = [event for event in sorted(_events(Event)) if _event_called(event) in names]
    looks = [look for look in (*LOOKS, "show", "history", "read") if LOOKS.get(look, "show") in names]
    return [*ours, *looks] or list(names)


def things_called(names: Sequence[str]) -> list[str]:
    """Our names for things that Primero calls so; nothing when one of them is unknown there."""
    if any(name not in AUDIT_RECORD_TYPES for name in names):
        return []
    back = {theirs: mine for mine, theirs in THINGS.items()}
    return [back.get(name, name) for name in names]


def _act_called(entry: LogEntry) -> str:
    if entry.book == 1:
        return _event_called(entry.action)
    return LOOKS.get(entry.action, "show")


def _event_called(name: str) -> str:
    return EVENTS.get(name) or ENDINGS.get(name.partition(".")[2], "update")


def _events(kind: type[Event]) -> set[str]:
    """The names of all events that rooms have."""
    return {
        name for below in kind.__subclasses__() for name in ({below.__dict__.get("name", "")} | _events(below)) if name
    }


#: What addresses and roads call the kinds of records, and what the books do.
_ON_ROADS: Final = {
    "cases": "case",
    "incidents": "incident",
    "tracing_requests": "tracing_request",
    "families": "family",
    "registry_records": "registry_record",
    "users": "user",
    "roles": "role",
    "user_groups": "user_group",
    "agencies": "agency",
    "forms": "form",
    "lookups": "lookup",
    "locations": "location",
    "configurations": "configuration",
    "tokens": "user",
    "basic": "user",
    "password_reset": "user",
    "devices": "device",
    "audit_logs": "audit_log",
}


def _thing_of(road: str) -> str:
    """What a sighting without a kind of record was about, by its road: ``GET api/v2/cases/<id>``, ``tokens``."""
    parts = road.partition(" ")[2].split("/") if " " in road else [road.partition(".")[0]]
    return next((_ON_ROADS[part] for part in parts if part in _ON_ROADS), "")
