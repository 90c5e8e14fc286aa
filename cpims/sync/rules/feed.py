"""What a device may ask the feed for: scopes and cursors; and what it drops."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cpims.lib.crypto import digest, same
from cpims.lib.ids import read_id

PAGE: Final = 200
LARGEST_PAGE: Final = 500
MOST_WANTED: Final = 500
MOST_PINNED: Final = 1_000
#: Why a record is dropped from a device.
DISABLED, CLOSED, OUT_OF_SCOPE, OUT_OF_SIGHT = "disabled", "closed_out_of_scope", "out_of_scope", "out_of_sight"


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


def reason_to_drop(*, record_state: bool, status: str) -> str:
    """Why a record that is still in sight is no longer kept on the device."""
    if not record_state:
        return DISABLED
    return CLOSED if status == "closed" else OUT_OF_SCOPE
