"""What a device may ask and send: cursors, scopes, items, clocks; and how sync says no."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cpims.lib.crypto import digest, same
from cpims.lib.errors import Conflict, Invalid, NotFound, Problem
from cpims.lib.ids import read_id
from cpims.lib.json import read_moment
from cpims.records.rules.editing import Base

PAGE: Final = 200
LARGEST_PAGE: Final = 500
MOST_WANTED: Final = 500
MOST_PINNED: Final = 1_000
MOST_ITEMS: Final = 100
LARGEST_BATCH: Final = 5_000_000
LONGEST_KEY: Final = 200
#: A clock that is off by less says nothing worth telling.
NOTABLE_SKEW: Final = timedelta(minutes=2)
#: A device's clock that names an older moment was wrong; its time is kept, but the act counts from when it was learnt.
OLDEST: Final = timedelta(days=730)
#: Why a record is dropped from a device.
DISABLED, CLOSED, OUT_OF_SCOPE, OUT_OF_SIGHT = "disabled", "closed_out_of_scope", "out_of_scope", "out_of_sight"


class ItemInvalid(Invalid):
    """The item does not have the shape that is asked for."""

    code = "sync.item_invalid"


class BatchTooLarge(Invalid):
    """Too much was sent at once; send it in several batches."""

    code = "sync.batch_too_large"


class QuarantineNotFound(NotFound):
    """There is nothing of this id in quarantine, or not for this person."""

    code = "quarantine.not_found"


class QuarantineResolved(Conflict):
    """The owner has decided on this already."""

    code = "quarantine.resolved"


@dataclass(frozen=True)
class Scope:
    """What a device keeps: her own open caseload, and records pinned by hand."""

    own_open: bool = True
    pinned: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Cursor:
    """A place in the sealed book of changes: ``link`` proves that it is this book, not one restored from a backup.

    ``after`` is the last record that a first filling has sent; it goes on from there, and from ``seq`` once it is done.
    """

    seq: int
    link: str
    after: UUID | None = None


def write_cursor(cursor: Cursor, key: bytes) -> str:
    """A cursor as the text that a device keeps: signed, so that nobody makes one up."""
    told = f"1.{cursor.seq}.{cursor.link}.{cursor.after or ''}".encode()
    return base64.urlsafe_b64encode(digest(key, told)[:16] + told).decode().rstrip("=")


def read_cursor(text: str, key: bytes) -> Cursor | None:
    """The place that a text names; nothing when this instance never wrote it."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    mark, told = packed[:16], packed[16:]
    if not same(mark, digest(key, told)[:16]):
        return None
    _, seq, link, after = told.decode().split(".")
    return Cursor(int(seq), link, read_id(after) if after else None)


def fields_tag(names: Iterable[str]) -> str:
    """A short mark of a set of fields: another mark means that other fields are hers to read now."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Clock:
    """The device's clock beside the server's: ``skew`` is what must be added to the device's time."""

    skew: timedelta | None

    @property
    def seconds(self) -> int | None:
        """The skew in whole seconds, when the device told its time."""
        return None if self.skew is None else round(self.skew.total_seconds())

    @property
    def is_notable(self) -> bool:
        """Is it so far off that the worker should know?"""
        return self.skew is not None and abs(self.skew) >= NOTABLE_SKEW

    def happened(self, told: datetime | None, *, now: datetime) -> datetime:
        """When something happened by the server's clock: never later than now."""
        if told is None:
            return now
        try:
            moment = told + (self.skew or timedelta())
        except OverflowError:
            return now
        return moment if now - OLDEST <= moment <= now else now


def clock_of(device_time: object, *, now: datetime) -> Clock:
    """How far a device's clock is off, by the time that it showed when it sent."""
    told = read_moment(device_time) if isinstance(device_time, str) else None
    return Clock(None if told is None else now - told)


@dataclass(frozen=True)
class Item:
    """One act that a worker did on her device."""

    id: str
    action: str
    record: UUID
    values: Mapping[str, Any]
    told_at: str = ""
    move: str | None = None
    base: Base | None = None
    if_match: int | None = None
    depends_on: tuple[str, ...] = ()


KEYS: Final = frozenset({"id", "action", "arguments", "at", "base", "if_match", "depends_on"})
ARGUMENTS: Final = frozenset({"case_id", "values", "record_action"})


def read_item(sent: Any, actions: Iterable[str]) -> Item:
    """One item as it was sent.

    Raises: ItemInvalid with everything that does not fit.
    """
    if not isinstance(sent, dict):
        raise ItemInvalid([Problem("", "body.not_an_object")])
    arguments = sent.get("arguments")
    given: dict[str, Any] = arguments if isinstance(arguments, dict) else {}
    wrong = [Problem(f"/{name}", "unknown_key", {"name": str(name)}) for name in sent.keys() - KEYS]
    wrong += [Problem(f"/arguments/{name}", "unknown_key", {"name": str(name)}) for name in given.keys() - ARGUMENTS]
    key, action, record = sent.get("id"), sent.get("action"), read_id(given.get("case_id"))
    values, move = given.get("values"), given.get("record_action")
    at, if_match, depends_on = sent.get("at"), sent.get("if_match"), sent.get("depends_on") or []
    checks = (
        ("/id", "wrong_type", isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and key.isprintable()),
        ("/action", "not_an_option", isinstance(action, str) and action in actions),
        ("/arguments", "body.not_an_object", isinstance(arguments, dict)),
        ("/arguments/case_id", "invalid_unique_id", record is not None),
        ("/arguments/values", "body.not_an_object", isinstance(values, dict)),
        ("/arguments/record_action", "wrong_type", move is None or isinstance(move, str)),
        ("/at", "wrong_type", at is None or (isinstance(at, str) and read_moment(at) is not None)),
        ("/if_match", "wrong_type", if_match is None or type(if_match) is int),
        ("/base", "body.base_invalid", sent.get("base") is None or read_base(sent["base"]) is not None),
        ("/depends_on", "wrong_type", isinstance(depends_on, list) and all(isinstance(d, str) for d in depends_on)),
    )
    wrong += [Problem(pointer, code, {"name": pointer[1:]}) for pointer, code, fits in checks if not fits]
    if wrong or record is None:
        raise ItemInvalid(wrong)
    return Item(
        id=str(key),
        action=str(action),
        record=record,
        values=values or {},
        told_at=at or "",
        move=move,
        base=read_base(sent.get("base")),
        if_match=if_match,
        depends_on=tuple(depends_on),
    )


def read_base(sent: Any) -> Base | None:
    """What the worker saw when she began, when that was told whole."""
    if not isinstance(sent, dict):
        return None
    revision, values = sent.get("revision"), sent.get("values")
    if not isinstance(revision, int) or isinstance(revision, bool) or not isinstance(values, dict):
        return None
    return Base(revision, values)


def reason_to_drop(*, record_state: bool, status: str) -> str:
    """Why a record that is still in sight is no longer kept on the device."""
    if not record_state:
        return DISABLED
    return CLOSED if status == "closed" else OUT_OF_SCOPE
