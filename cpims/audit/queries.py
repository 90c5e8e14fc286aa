"""Reading the books: a record's history, who has seen it, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from cpims.audit.models import ChangeEntry, Entry, SightingEntry, SubjectKey
from cpims.audit.rules import FIRST_LINK, link
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
