"""One-time links: who, until when, sealed together with what the first use changes."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cpims.lib.crypto import digest, same

LIFE: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Link:
    """What a one-time link says: whose it is, until when it holds, and its seal."""

    user_id: int
    until: int
    seal: str


def make_link(key: bytes, *, user_id: int, password: str, nonce: str, at: datetime) -> str:
    """The text of a link for an account whose stored password and nonce are these; either change ends it."""
    until = int((at + LIFE).timestamp())
    return f"{user_id}.{until}.{_seal(key, user_id, until, password, nonce)}"


def read_link(text: object) -> Link | None:
    """The parts of a link, or nothing when it is none."""
    if not isinstance(text, str) or len(text) > 200:
        return None
    parts = text.split(".")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) < 16 for p in parts[:2]):
        return None
    try:
        base64.urlsafe_b64decode(parts[2].encode())
    except (binascii.Error, UnicodeEncodeError):
        return None
    return Link(int(parts[0]), int(parts[1]), parts[2])


def holds(key: bytes, link: Link, *, password: str, nonce: str, at: datetime) -> bool:
    """Was this link made here for the account as it stands, and is its time not over?"""
    genuine = same(link.seal, _seal(key, link.user_id, link.until, password, nonce))
    return genuine and at.timestamp() < link.until


def _seal(key: bytes, user_id: int, until: int, password: str, nonce: str) -> str:
    mac = digest(key, b"set-password", str(user_id).encode(), str(until).encode(), password.encode(), nonce.encode())
    return base64.urlsafe_b64encode(mac[:24]).decode()
