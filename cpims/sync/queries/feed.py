"""The feed: what changed since a place in the sealed book, as this viewer may read it now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.approvals.events import ApprovalCancelled, ApprovalGiven, ApprovalRefused, ApprovalRequested
from cpims.attachments.events import FileAmended, FileAttached, FileDetached
from cpims.cases.events import AnswersLetGo, CaseAmended, DuplicateSettled, DuplicateSuspected
from cpims.families.events import (
    CaseRelated,
    FamilyAmended,
    FamilyDetailsAmended,
    FamilyDetailsFollowed,
    FamilyLinked,
    FamilyUnlinked,
    RegistryLinked,
    RegistryUnlinked,
    RelationshipAmended,
    RelationshipEnded,
)
from cpims.flags.events import FlagAmended, FlagRaised, FlagResolved
from cpims.incidents.events import CaseIncidentsAdded, CaseIncidentsAmended, CaseIncidentsRemoved, IncidentAmended
from cpims.lib.crypto import derive
from cpims.lib.secrets import secret
from cpims.notices.events import AlertRemoved
from cpims.records.events import AnswersQuarantined, RecordAnswersLetGo
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.lending import lent_eyes, readable_of
from cpims.records.queries.precision import age_recorded_on
from cpims.records.queries.reading import incomplete_for, served_all
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.kinds import KINDS
from cpims.registry.events import RegistryRecordAmended
from cpims.sync.events import AnswersPutAside, AnswersTakenOver, HandoverTakenOver
from cpims.sync.queries.quarantine import count_waiting
from cpims.sync.rules import (
    OUT_OF_SIGHT,
    Cursor,
    Scope,
    fields_tag,
    read_cursor,
    reason_to_drop,
    write_cursor,
)
from cpims.tracing.events import (
    CaseMatched,
    CaseUnmatched,
    TraceConfirmed,
    TraceProposed,
    TraceRejected,
    TraceUndone,
    TracingRequestAmended,
)
from cpims.transitions.events import (
    ConsentGiven,
    ConsentWithdrawn,
    ReferralAccepted,
    TransferRequestAccepted,
    TransferRequested,
    TransferRequestRejected,
    TransferRequestRevoked,
    TransitionUnanswered,
)

#: Rows of the book that one page looks at; whoever was away for long gets several pages.
WINDOW = 2_000
KEEPING = ("open", "identified")

HEAD = """
SELECT h.seq, encode(substring(h.link FROM 1 FOR 8), 'hex'),
       (SELECT encode(substring(c.link FROM 1 FOR 8), 'hex') FROM audit_changes c WHERE c.seq = %s)
  FROM audit_changes h WHERE h.seq IS NOT NULL ORDER BY h.seq DESC LIMIT 1
"""
CHANGED = """
SELECT record_id, max(seq) AS last, min(seq) FILTER (WHERE event <> ALL(%s))
  FROM audit_changes WHERE seq > %s AND seq <= %s AND record_id IS NOT NULL GROUP BY record_id ORDER BY last
"""
#: Events after which a record lies in the same sights and scopes as before. Most changes are of these.
MOVES_NOTHING = [
    event.name
    for event in (
        *(CaseAmended, AnswersLetGo, AnswersQuarantined, AnswersTakenOver, AnswersPutAside, HandoverTakenOver),
        *(
            ReferralAccepted,
            TransferRequested,
            TransferRequestAccepted,
            TransferRequestRejected,
            TransferRequestRevoked,
        ),
        *(TransitionUnanswered, ConsentGiven, ConsentWithdrawn),
        *(ApprovalRequested, ApprovalGiven, ApprovalRefused, ApprovalCancelled),
        *(FileAttached, FileAmended, FileDetached),
        *(FlagRaised, FlagAmended, FlagResolved, AlertRemoved, DuplicateSuspected, DuplicateSettled),
        *(FamilyLinked, FamilyUnlinked, FamilyDetailsAmended, FamilyDetailsFollowed, RegistryLinked, RegistryUnlinked),
        *(CaseRelated, RelationshipAmended, RelationshipEnded),
        *(TraceConfirmed, TraceRejected, TraceUndone, TraceProposed, CaseMatched, CaseUnmatched),
        *(CaseIncidentsAdded, CaseIncidentsAmended, CaseIncidentsRemoved),
        *(IncidentAmended, TracingRequestAmended, FamilyAmended, RegistryRecordAmended, RecordAnswersLetGo),
    )
]
END_OF_WINDOW = "SELECT seq, encode(substring(link FROM 1 FOR 8), 'hex') FROM audit_changes WHERE seq = %s"
#: Sent to her before, by the books: she synchronised it, opened it, or wrote in it.
HELD = """
SELECT w.id FROM unnest(%(ids)s::uuid[]) AS w(id)
 WHERE EXISTS (SELECT 1 FROM audit_sightings s WHERE s.record_ids @> ARRAY[w.id] AND s.actor_id = %(user)s
                  AND s.outcome = 'seen' AND s.action IN ('sync', 'show'))
    OR EXISTS (SELECT 1 FROM audit_changes c WHERE c.record_id = w.id AND c.actor_id = %(user)s)
"""


@dataclass(frozen=True)
class Asked:
    """What a device asks the feed for: since where, what it keeps, and records that it lacks or holds by older fields."""

    cursor: str | None
    epoch: int | None
    configuration: int | None
    scope: Scope
    kinds: tuple[str, ...] = ("case",)
    limit: int = 200
    wanted: tuple[UUID, ...] = ()


@dataclass
class Changes:
    """A page of the feed. ``resync`` says why the device must ask for the manifest first; then nothing else is in it."""

    cursor: str | None
    more: bool = False
    resync: str | None = None
    records: list[dict[str, Any]] = field(default_factory=list)
    gone: list[dict[str, str]] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=list)


@dataclass
class Manifest:
    """Everything in scope now: id, revision and the mark of the fields that are hers to read."""

    cursor: str
    entries: list[tuple[str, int, str]]


def _key() -> bytes:
    return derive(secret("instance"), "sync-cursors")


def find_changes(asked: Asked, *, viewer: Viewer, today: date) -> Changes:
    """What changed since the device last asked.

    Raises: Forbidden.
    Shows: records in scope and in sight, readable fields only; of others she was sent before, that they are gone.
    """
    _require_kinds(asked.kinds, viewer)
    given = read_cursor(asked.cursor, _key()) if asked.cursor else None
    head, link_there = _head(given.seq if given else 0)
    if asked.cursor:
        reason = _reason_to_resync(given, link_there, head, asked, viewer)
        if reason or given is None:
            return Changes(cursor=None if reason == "cursor" else asked.cursor, resync=reason)
    if given is None or given.after is not None:
        return _filling(given or replace(head, after=UUID(int=0)), head, asked, viewer, today)
    return _since(given, head, asked, viewer, today)


def get_manifest(scope: Scope, *, kinds: tuple[str, ...], viewer: Viewer) -> Manifest:
    """Everything that the device may keep now; what is not in it, it drops.

    Raises: Forbidden.
    """
    _require_kinds(kinds, viewer)
    head, _ = _head(0)
    rows = (
        _in_scope(scope, kinds, viewer)
        .order_by("id")
        .values_list("id", "revision", "kind", "module", "owned_by", "state__lent_roles")
    )
    tags: dict[tuple[Viewer, str, str], str] = {}
    entries: list[tuple[str, int, str]] = []
    for record_id, revision, kind, module, owned_by, lent in rows.iterator(chunk_size=2_000):
        key = (lent_eyes(viewer, owned_by, lent), kind, module)
        if key not in tags:
            tags[key] = fields_tag(readable_fields(*key))
        entries.append((str(record_id), revision, tags[key]))
    return Manifest(write_cursor(head, _key()), entries)


def _require_kinds(kinds: Iterable[str], viewer: Viewer) -> None:
    for kind in kinds:
        require(viewer, kind, "read")


def _head(place: int) -> tuple[Cursor, str | None]:
    """Where the sealed book ends, and the link at a place in it."""
    with connection.cursor() as statement:
        statement.execute(HEAD, [place])
        row = statement.fetchone()
    return (Cursor(row[0], row[1]), row[2]) if row else (Cursor(0, ""), None)


def _reason_to_resync(
    given: Cursor | None, link_there: str | None, head: Cursor, asked: Asked, viewer: Viewer
) -> str | None:
    """Another book (restored, or another instance), other rights, or another configuration."""
    if given is None or given.seq > head.seq or (link_there or "") != given.link:
        return "cursor"
    if asked.epoch != viewer.epoch:
        return "access"
    return "configuration" if asked.configuration != viewer.configuration else None


def _in_scope(scope: Scope, kinds: tuple[str, ...], viewer: Viewer) -> RecordQuerySet:
    """Her own open caseload and what she pinned; in sight, in the same statement."""
    kept = Q(pk__in=sorted(scope.pinned)) if scope.pinned else Q(pk__in=[])
    if scope.own_open:
        hers = Q(associated_user_names__contains=[viewer.user_name]) | Q(identified_by=viewer.user_name)
        kept |= hers & Q(status__in=KEEPING)
    return Record.objects.visible_to(viewer).filter(kept, kind__in=kinds, record_state=True)


def _filling(place: Cursor, head: Cursor, asked: Asked, viewer: Viewer, today: date) -> Changes:
    """The first filling goes by record, not by change: the history of others costs nothing."""
    scope = _in_scope(asked.scope, asked.kinds, viewer)
    page = list(_lean(scope.filter(pk__gt=place.after).order_by("id"))[: asked.limit + 1])
    more = len(page) > asked.limit
    page = page[: asked.limit]
    after = replace(place, after=page[-1].id if more else None)
    found = Changes(cursor=write_cursor(after, _key()), more=more or after.seq < head.seq)
    if asked.wanted:
        known = {record.id for record in page}
        wanted = list(_lean(scope.filter(pk__in=asked.wanted)).order_by("id"))
        inside = {record.id for record in wanted}
        found.gone = _gone([], [record for record in asked.wanted if record not in inside | known], viewer)
        page += [record for record in wanted if record.id not in known]
    return _told(found, page, viewer, today)


def _since(place: Cursor, head: Cursor, asked: Asked, viewer: Viewer, today: date) -> Changes:
    end = min(head.seq, place.seq + WINDOW)
    changed, moved = _changed(place.seq, end)
    candidates = [*asked.wanted, *(record for record in changed if record not in asked.wanted)]
    scope = _in_scope(asked.scope, asked.kinds, viewer)
    inside = set(scope.filter(pk__in=candidates).values_list("pk", flat=True))
    sent, taken = [record for record in asked.wanted if record in inside], 0
    for record, seq in changed.items():
        if taken == asked.limit:
            break
        if record in inside and record not in sent:
            sent.append(record)
            taken += 1
            end = seq if taken == asked.limit else end
    cursor = _place(end) if end < head.seq else head
    found = Changes(cursor=write_cursor(cursor, _key()), more=cursor.seq < head.seq)
    outside = [r for r, seq in moved.items() if seq <= end and r not in inside and r not in asked.wanted]
    found.gone = _gone(outside, [r for r in asked.wanted if r not in inside], viewer)
    return _told(found, list(_lean(scope.filter(pk__in=sent)).order_by("id")), viewer, today)


def _changed(start: int, end: int) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """The records that changed between two places, each with its last change, the oldest first; and those that may
    have left a sight or a scope, each with the first change that may have done it."""
    with connection.cursor() as statement:
        statement.execute(CHANGED, [MOVES_NOTHING, start, end])
        rows = statement.fetchall()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows if row[2] is not None}


def _place(seq: int) -> Cursor:
    with connection.cursor() as statement:
        statement.execute(END_OF_WINDOW, [seq])
        row = statement.fetchone()
    assert row is not None
    return Cursor(*row)


def _gone(candidates: Sequence[UUID], named: Sequence[UUID], viewer: Viewer) -> list[dict[str, str]]:
    """Which records the device drops, and why: those it was sent before, by the books, and those it names itself."""
    with connection.cursor() as statement:
        statement.execute(HELD, {"ids": list(candidates), "user": viewer.user_id})
        held = {row[0] for row in statement.fetchall()}
    ids = [record for record in candidates if record in held] + list(named)
    seen: Mapping[UUID, tuple[bool, str]] = {
        row[0]: (row[1], row[2])
        for row in Record.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "record_state", "status")
    }
    return [
        {
            "id": str(record),
            "reason": reason_to_drop(record_state=seen[record][0], status=seen[record][1])
            if record in seen
            else OUT_OF_SIGHT,
        }
        for record in ids
    ]


def _lean(rows: RecordQuerySet) -> RecordQuerySet:
    return rows.defer("row", "facets", "facet_keys", "name_keys", "identifiers", "phones")


def find_now(ids: Collection[UUID], *, viewer: Viewer, today: date) -> dict[UUID, dict[str, Any]]:
    """These records as they stand now, as the feed tells them, as far as they are in sight.

    Shows: what the viewer may read today; nothing of a record that she does not see.
    """
    records = list(_lean(Record.objects.visible_to(viewer).filter(pk__in=ids))) if ids else []
    return dict(zip((record.id for record in records), _tell(records, viewer, today), strict=True))


def _told(found: Changes, records: Sequence[Record], viewer: Viewer, today: date) -> Changes:
    found.ids += [record.id for record in records]
    found.records += _tell(records, viewer, today)
    return found


def _tell(records: Sequence[Record], viewer: Viewer, today: date) -> list[dict[str, Any]]:
    waiting = count_waiting([record.id for record in records if record.owner_id == viewer.user_id])
    return [
        {
            "id": str(record.id),
            "kind": record.kind,
            "revision": record.revision,
            "fields": fields_tag(readable_of(record, viewer)),
            "values": values,
            "incomplete": incomplete_for(record, viewer),
            "age_recorded_on": age_recorded_on(record, viewer),
            "quarantined": waiting.get(record.id, 0),
        }
        for record, values in zip(records, served_all(records, viewer, today=today), strict=True)
    ]


def known_kinds() -> frozenset[str]:
    """The kinds of records that a device may keep."""
    return frozenset(KINDS)
