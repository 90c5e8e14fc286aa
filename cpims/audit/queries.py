"""Reading the books: a record's history, who has seen it, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.models import ChangeEntry, Entry, SightingEntry, SubjectKey
from cpims.audit.rules import FIRST_LINK, SORTS, link
from cpims.lib.crypto import CannotOpen, derive, digest, unseal
from cpims.lib.json import loads
from cpims.lib.secrets import secret


@dataclass(frozen=True)
class Book:
    """One of the two books: its table and what its entries say in the open."""

    number: int
    name: str
    model: type[Entry]
    table: str
    envelope: tuple[str, ...]

    def rows(self) -> QuerySet[Any]:
        """Its entries."""
        return self.model._default_manager.all()


COMMON = ("id", "recorded_at", "actor_id", "actor_name", "request_id", "device")
CHANGES = Book(
    1,
    "changes",
    ChangeEntry,
    "audit_changes",
    (
        *COMMON,
        "event",
        "record_kind",
        "record_id",
        "subject",
        "revision",
        "happened_at",
        "configuration",
        "payload_digest",
    ),
)
SIGHTINGS = Book(
    2,
    "sightings",
    SightingEntry,
    "audit_sightings",
    (*COMMON, "road", "action", "outcome", "role", "record_kind", "record_ids", "fields", "query_digest"),
)
BOOKS = (CHANGES, SIGHTINGS)


@dataclass(frozen=True)
class Head:
    """The last sealed place of a book."""

    seq: int
    link: bytes


@dataclass(frozen=True)
class Verdict:
    """What a check of one book found: entries read, entries not yet sealed, and the first place that does not hold."""

    book: str
    sealed: int
    unsealed: int
    erased: int
    fault: str = ""
    fault_at: int | None = None

    @property
    def holds(self) -> bool:
        """Is the whole chain as it was written?"""
        return not self.fault


@lru_cache(maxsize=1)
def _ledger_key(raw: bytes) -> bytes:
    return derive(raw, "ledger-chain")


def ledger_key() -> bytes:
    """The key of the chains and digests."""
    return _ledger_key(secret("ledger"))


def subject_key(record: UUID | None) -> bytes:
    """The key of one record's history; entries about no record share the instance's own.

    Raises: SubjectKey.DoesNotExist when the record was erased.
    """
    instance = secret("instance")
    if record is None:
        return derive(instance, "book-of-changes")
    wrapped = SubjectKey.objects.values_list("wrapped", flat=True).get(subject=record)
    return unseal(derive(instance, "subject-keys"), bytes(wrapped), record.bytes)


def envelope_of(book: Book, entry: Any) -> dict[str, Any]:
    """What an entry says in the open, as it goes into the chain."""
    values: dict[str, Any] = {}
    for name in book.envelope:
        value = getattr(entry, name)
        if isinstance(value, (bytes, memoryview)):
            value = bytes(value).hex()
        elif isinstance(value, datetime):
            value = int(value.timestamp() * 1_000_000)
        elif isinstance(value, UUID):
            value = str(value)
        elif isinstance(value, list):
            value = [str(v) for v in value]
        values[name] = value
    return values


def head_of(book: Book) -> Head:
    """Where the book's chain ends."""
    row = book.rows().filter(seq__isnull=False).order_by("-seq").values_list("seq", "link").first()
    return Head(row[0], bytes(row[1])) if row else Head(0, FIRST_LINK)


def verify_book(book: Book, *, step: int = 2000) -> Iterator[tuple[int, Verdict | None]]:
    """Walk a book from its first entry, yielding the place reached and at the end the verdict."""
    rows = book.rows()
    total = rows.aggregate(last=Max("seq"))["last"] or 0
    unsealed = rows.filter(seq__isnull=True).count()
    key, previous, seq, erased = ledger_key(), FIRST_LINK, 0, 0

    def verdict(fault: str = "", at: int | None = None) -> Verdict:
        return Verdict(book.name, seq, unsealed, erased, fault, at)

    while seq < total:
        batch = list(rows.filter(seq__gt=seq).order_by("seq")[:step])
        keys = _keys_of(batch) if book is CHANGES else {}
        for entry in batch:
            if entry.seq != seq + 1:
                yield seq, verdict("missing", seq + 1)
                return
            expected = link(key, previous, entry.seq, envelope_of(book, entry))
            if bytes(entry.link) != expected:
                yield seq, verdict("changed", entry.seq)
                return
            if book is CHANGES:
                state = _payload_state(entry, keys)
                if state == "changed":
                    yield seq, verdict("payload_changed", entry.seq)
                    return
                erased += state == "erased"
            seq, previous = entry.seq, expected
        yield seq, None
    yield seq, verdict()


def _keys_of(entries: Sequence[Any]) -> dict[UUID, bytes]:
    ids = {e.record_id for e in entries if e.record_id}
    wrapping = derive(secret("instance"), "subject-keys")
    return {
        subject: unseal(wrapping, bytes(wrapped), subject.bytes)
        for subject, wrapped in SubjectKey.objects.filter(subject__in=ids).values_list("subject", "wrapped")
    }


def _payload_state(entry: ChangeEntry, keys: dict[UUID, bytes]) -> str:
    key = keys.get(entry.record_id) if entry.record_id else subject_key(None)
    if key is None:
        return "erased"
    try:
        plain = unseal(key, bytes(entry.payload), entry.event.encode())
    except CannotOpen:
        return "changed"
    return "intact" if digest(ledger_key(), plain) == bytes(entry.payload_digest) else "changed"


@dataclass(frozen=True)
class Happening:
    """One entry of the book of changes, opened."""

    id: int
    event: str
    actor_name: str
    happened_at: datetime
    recorded_at: datetime
    revision: int | None
    changes: dict[str, dict[str, Any]]
    about: dict[str, Any]


def find_happenings(record: UUID, *, before_id: int | None = None) -> Iterator[Happening]:
    """What happened to one record, newest first, opened one by one. Whoever calls says who may see which field."""
    rows = ChangeEntry.objects.filter(record_id=record).order_by("-id")
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    try:
        key = subject_key(record)
    except SubjectKey.DoesNotExist:
        return
    for row in rows.iterator(chunk_size=200):
        payload = loads(unseal(key, bytes(row.payload), row.event.encode()))
        yield Happening(
            id=row.id,
            event=row.event,
            actor_name=row.actor_name,
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
            revision=row.revision,
            changes=payload.get("changes", {}),
            about=payload.get("about", {}),
        )


def has_written(record: UUID, user_id: int) -> bool:
    """Has this person ever changed this record?"""
    return ChangeEntry.objects.filter(record_id=record, actor_id=user_id).exists()


#: The total of a search is exact up to here.
COUNTED: Final = 10_000
#: Entries of transactions that ran side by side may stand in another order than their moments, by no more than this.
SLACK: Final = 200
_CHANGES: Final = """SELECT 1 AS book, id, recorded_at, happened_at, actor_name, '' AS role, event AS action,
    'done' AS outcome, COALESCE(NULLIF(record_kind, ''), split_part(event, '.', 1)) AS thing,
    CASE WHEN record_id IS NULL THEN ARRAY[]::uuid[] ELSE ARRAY[record_id] END AS records, subject, '' AS road
    FROM audit_changes"""
_SIGHTINGS: Final = """SELECT 2 AS book, id, recorded_at, NULL::timestamptz AS happened_at, actor_name, role, action,
    outcome, record_kind AS thing, record_ids AS records, '' AS subject, road
    FROM audit_sightings"""


@dataclass(frozen=True, kw_only=True)
class EntriesAsked:
    """Which entries of both books are wanted; what is empty narrows nothing."""

    user_name: str = ""
    record: UUID | None = None
    things: Sequence[str] = ()
    sort: str = ""
    actions: Sequence[str] = ()
    start: datetime | None = None
    stop: datetime | None = None


@dataclass(frozen=True)
class LogEntry:
    """One entry of either book, as far as it stands there in the open: what a change said stays sealed."""

    book: int
    id: int
    recorded_at: datetime
    happened_at: datetime | None
    user_name: str
    role: str
    action: str
    outcome: str
    thing: str
    records: list[UUID]
    subject: str
    road: str


def find_entries(
    viewer: Viewer, asked: EntriesAsked, *, offset: int, length: int, by_name: bool = False, ascending: bool = False
) -> tuple[list[LogEntry], int, bool]:
    """What was done and seen, of both books, the newest first; how many there are, and whether that number is exact.

    Raises: Forbidden.
    Shows: who, when, what was done with which record; never what stands in a record.
    """
    require(viewer, "audit_log", "read")
    way = "ASC" if ascending else "DESC"
    keys = f"actor_name {way}, id {way}" if by_name else f"id {way}"
    ends = f"actor_name {way}, recorded_at {way}" if by_name else f"recorded_at {way}"
    texts, values = _narrowed(asked)
    books = " UNION ALL ".join(f"({text} ORDER BY {keys} LIMIT {offset + length + SLACK})" for text in texts)
    counted = " UNION ALL ".join(f"(SELECT 1 FROM ({text}) AS b LIMIT {COUNTED + 1})" for text in texts)
    with connection.cursor() as cursor:
        cursor.execute(f"{books} ORDER BY {ends}, book, id {way} LIMIT {length} OFFSET {offset}", values)
        rows = [LogEntry(*row) for row in cursor.fetchall()]
        cursor.execute(f"SELECT count(*) FROM ({counted}) AS c", values)
        (total,) = cursor.fetchone() or (0,)
    return rows, min(total, COUNTED), total <= COUNTED


def entries_in_order(viewer: Viewer, asked: EntriesAsked, *, most: int) -> Iterator[LogEntry]:
    """The same, one by one, for a sheet.

    Raises: Forbidden.
    """
    require(viewer, "audit_log", "read")
    texts, values = _narrowed(asked)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(texts)} ORDER BY recorded_at DESC, book, id DESC LIMIT {most}", values)
        while found := cursor.fetchmany(2_000):
            for row in found:
                yield LogEntry(*row)


def _narrowed(asked: EntriesAsked) -> tuple[list[str], list[Any]]:
    """One statement for each book that can hold what is wanted, and the values of both."""
    sort = SORTS.get(asked.sort)
    texts: list[str] = []
    values: list[Any] = []
    for number, text, record in ((1, _CHANGES, "record_id = %s"), (2, _SIGHTINGS, "record_ids @> ARRAY[%s]::uuid[]")):
        where: list[tuple[str, Any]] = []
        if sort is not None:
            where.append(("%s", number in sort.books))
            if number == 2 and sort.outcome:
                where.append(("outcome = %s", sort.outcome))
            if number == 2 and sort.actions:
                where.append(("action = ANY(%s)" if sort.among else "NOT action = ANY(%s)", list(sort.actions)))
        if asked.user_name:
            where.append(("actor_name = %s", asked.user_name))
        if asked.record:
            where.append((record, asked.record))
        if asked.things:
            kind = "COALESCE(NULLIF(record_kind, ''), split_part(event, '.', 1))" if number == 1 else "record_kind"
            where.append((f"{kind} = ANY(%s)", list(asked.things)))
        if asked.actions:
            where.append((f"{'event' if number == 1 else 'action'} = ANY(%s)", list(asked.actions)))
        if asked.start:
            where.append(("recorded_at >= %s", asked.start))
        if asked.stop:
            where.append(("recorded_at < %s", asked.stop))
        texts.append(text + (" WHERE " + " AND ".join(part for part, _ in where) if where else ""))
        values += [value for _, value in where]
    return texts, values
