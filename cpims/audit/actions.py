"""Writing in the books, and sealing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from cpims.access.rules.viewer import Viewer
from cpims.audit.events import Event
from cpims.audit.models import ChangeEntry, SubjectKey
from cpims.audit.queries import BOOKS, Book, envelope_of, head_of, ledger_key, subject_key
from cpims.audit.rules import link
from cpims.lib.copying import copy_in
from cpims.lib.crypto import derive, digest, new_key, seal
from cpims.lib.json import canonical
from cpims.lib.request import current
from cpims.lib.secrets import secret
from cpims.lib.transactions import atomic

SEALER_LOCK = 0x6370_696D  # "cpim"
#: Written out, because it is part of every reply; the transaction, the moment and the place in the chain are the table's.
NOTED = """INSERT INTO audit_sightings (road, action, outcome, role, record_kind, record_ids, fields, query_digest,
    actor_id, actor_name, request_id, device) VALUES (%s, %s, %s, %s, %s, %s::uuid[], %s, %s, %s, %s, %s, %s)"""


def make_subject_keys(records: Iterable[UUID]) -> dict[UUID, bytes]:
    """Give each new record the key under which its history will be sealed."""
    wrapping = derive(secret("instance"), "subject-keys")
    keys = {record: new_key() for record in records}
    SubjectKey.objects.bulk_create(
        [SubjectKey(subject=r, wrapped=seal(wrapping, k, r.bytes)) for r, k in keys.items()], batch_size=1000
    )
    return keys


def change_entry(event: Event, *, actor: Viewer | None, at: datetime, key: bytes) -> ChangeEntry:
    """An event as a row of the book of changes, its payload sealed under ``key``."""
    mark = current()
    told = event.payload()
    if mark is not None and mark.device_time:
        told["device"] = {"time": mark.device_time, "skew": mark.skew}
    payload = canonical(told)
    return ChangeEntry(
        event=event.name,
        record_kind=event.record_kind,
        record_id=event.record,
        subject=event.subject,
        revision=event.revision,
        actor_id=actor.user_id if actor else None,
        actor_name=actor.user_name if actor else "system",
        happened_at=at,
        configuration=actor.configuration if actor else 0,
        request_id=mark.id if mark else None,
        device=mark.device if mark else "",
        payload=seal(key, payload, event.name.encode()),
        payload_digest=digest(ledger_key(), payload),
    )


def record(event: Event, *, actor: Viewer | None, at: datetime) -> None:
    """Write what happened into the book of changes, in the action's own transaction."""
    key = subject_key(event.record)
    change_entry(event, actor=actor, at=at, key=key).save(force_insert=True)


def record_many(events: Sequence[tuple[Event, Viewer | None, datetime]], keys: Mapping[UUID, bytes]) -> None:
    """Write many happenings at once; one row each."""
    copy_in(
        [
            change_entry(event, actor=actor, at=at, key=keys[event.record] if event.record else subject_key(None))
            for event, actor, at in events
        ]
    )


def note_sighting(
    viewer: Viewer | None,
    *,
    road: str,
    action: str,
    record_kind: str = "",
    record_ids: Sequence[UUID] = (),
    fields: str = "",
    query: str | None = None,
    outcome: str = "seen",
    name: str = "",
) -> None:
    """Write down who looked at what, before the reply leaves. A search text is kept as a keyed digest only."""
    mark = current()
    entry = [
        *(road, action, outcome, viewer.role if viewer else "", record_kind, list(record_ids), fields),
        digest(ledger_key(), query.strip().lower().encode()) if query else None,
        *((viewer.user_id, viewer.user_name) if viewer else (None, name)),
        *((mark.id, mark.device) if mark else (None, "")),
    ]
    with connection.cursor() as cursor:
        cursor.execute(NOTED, entry)


def seal_books(limit: int = 2000) -> int:
    """Give finished entries their place in the chain; answers how many were sealed.

    Only entries of transactions below the oldest running one are taken, so no place is ever left free for a late one.
    """
    return sum(_seal(book, limit) for book in BOOKS)


@atomic
def _seal(book: Book, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s::int, %s::int)", [SEALER_LOCK, book.number])
        row = cursor.fetchone()
        if row is None or not row[0]:
            return 0
        head = head_of(book)
        entries: list[Any] = list(
            book.rows()
            .filter(seq__isnull=True)
            .extra(where=["xid < pg_snapshot_xmin(pg_current_snapshot())"])
            .order_by("id")[:limit]
        )
        if not entries:
            return 0
        key, seq, previous = ledger_key(), head.seq, head.link
        ids, seqs, links = [], [], []
        for entry in entries:
            seq += 1
            previous = link(key, previous, seq, envelope_of(book, entry))
            ids.append(entry.id)
            seqs.append(seq)
            links.append(previous)
        cursor.execute(
            f"UPDATE {book.table} AS b SET seq = n.seq, link = n.link "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS n(id, seq, link) WHERE b.id = n.id",
            [ids, seqs, links],
        )
    return len(ids)
