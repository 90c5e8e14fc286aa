"""What happened to a record, and who has seen it, as far as this viewer may read it today."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.queries import find_happenings
from cpims.lib.clock import iso
from cpims.records.models import Record
from cpims.records.queries.files import file_fields
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import get_record
from cpims.records.rules.kinds import KINDS, MASK

CREATED = ".registered"
#: Flags stand in the history of their record under a key of their own.
FLAGS = "flags"
#: Which incidents a case has: for who may see them on the case.
INCIDENTS = "incidents"
ACTIONS = {"flag.raised": "flag", "flag.amended": "flag", "flag.resolved": "unflag"}


@dataclass(frozen=True)
class HistoryPage:
    """A page of entries and how many there are in all."""

    entries: list[dict[str, Any]]
    total: int


def find_history(
    *,
    kind: str,
    record_id: UUID | None,
    viewer: Viewer,
    names: Collection[str] | None,
    offset: int,
    per: int,
) -> HistoryPage:
    """The changes of one record, newest first; ``names`` keeps entries that touch one of them.

    Raises: Forbidden, RecordNotFound.
    Shows: fields by today's rights, hidden names masked.
    """
    require(viewer, kind, "change_log")
    record = get_record(kind=kind, record_id=record_id, viewer=viewer)
    readable = readable_of(record, viewer)
    readable = readable | {FLAGS} if viewer.may(kind, "flag") else readable
    if kind == "case" and viewer.may(kind, "view_incident_from_case"):
        readable |= {INCIDENTS}
    entries: list[dict[str, Any]] = []
    for happening in find_happenings(record.id):
        shown = _visible_changes(happening.changes, record, viewer, readable)
        if names is not None:
            shown = {n: c for n, c in shown.items() if n in names}
        created = happening.event.endswith(CREATED)
        if not shown and (names is not None or not created):
            continue
        entries.append(
            {
                "record_id": str(record.id),
                "record_type": KINDS[kind].plural,
                "datetime": iso(happening.happened_at),
                "user_name": happening.actor_name,
                "action": "create" if created else ACTIONS.get(happening.event, "update"),
                "record_changes": [{name: change} for name, change in shown.items()],
                "event": happening.event,
                "recorded_at": iso(happening.recorded_at),
                "revision": happening.revision,
            }
        )
    return HistoryPage(entries[offset : offset + per], len(entries))


def _visible_changes(
    changes: dict[str, dict[str, Any]], record: Record, viewer: Viewer, readable: frozenset[str]
) -> dict[str, dict[str, Any]]:
    kind = KINDS[record.kind]
    masked, files = record.is_masked_for(viewer), file_fields(viewer.configuration, record.kind)
    shown: dict[str, dict[str, Any]] = {}
    for name, change in changes.items():
        if name not in readable:
            continue
        if (masked and (name in kind.masked_fields or name in files)) or (record.hidden_name and name == "name"):
            change = {side: MASK if value is not None else None for side, value in change.items()}
        shown[name] = change
    return shown


ACCESS_LOG = """
WITH seen AS (
  SELECT s.id, s.recorded_at AS at, s.action, s.actor_id, s.actor_name, s.role
    FROM audit_sightings s WHERE s.record_ids @> ARRAY[%(record)s::uuid] AND s.outcome = 'seen'
  UNION ALL
  SELECT c.id, c.recorded_at, 'update', c.actor_id, c.actor_name, ''
    FROM audit_changes c WHERE c.record_id = %(record)s
), chosen AS (
  SELECT * FROM seen
   WHERE (%(actions)s::text[] IS NULL OR action = ANY(%(actions)s))
     AND (%(users)s::bigint[] IS NULL OR actor_id = ANY(%(users)s))
     AND (%(start)s::timestamptz IS NULL OR at >= %(start)s) AND (%(stop)s::timestamptz IS NULL OR at <= %(stop)s)
)
SELECT c.id, c.at, c.action, c.actor_name, u.full_name, r.name, count(*) OVER ()
  FROM chosen c LEFT JOIN users u ON u.id = c.actor_id LEFT JOIN roles r ON r.id = u.role_id
 ORDER BY c.at DESC, c.id DESC OFFSET %(offset)s LIMIT %(per)s
"""


def find_access_log(
    *,
    kind: str,
    record_id: UUID | None,
    viewer: Viewer,
    actions: Collection[str] | None = None,
    users: Iterable[int] | None = None,
    start: datetime | None = None,
    stop: datetime | None = None,
    offset: int,
    per: int,
) -> HistoryPage:
    """Who has opened or changed a record, newest first; by default what was opened or changed, not what lists showed.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, kind, "access_log")
    record = get_record(kind=kind, record_id=record_id, viewer=viewer)
    params: dict[str, Any] = {
        "record": record.id,
        "actions": list(actions) if actions else ["show", "print", "update", "found_by_stranger"],
        "users": list(users) if users is not None else None,
        "start": start,
        "stop": stop,
        "offset": offset,
        "per": per,
    }
    with connection.cursor() as cursor:
        cursor.execute(ACCESS_LOG, params)
        rows = cursor.fetchall()
    entries = [
        {
            "id": row[0],
            "timestamp": iso(row[1]),
            "action": row[2],
            "record_type": KINDS[kind].plural,
            "record_id": str(record.id),
            "user_name": row[3],
            "full_name": row[4],
            "role_name": row[5],
        }
        for row in rows
    ]
    return HistoryPage(entries, rows[0][6] if rows else 0)
