"""Identifiers: random, made anywhere, unique without asking."""

from __future__ import annotations

import re
import secrets
import unicodedata
from uuid import UUID, uuid4

UUID_TEXT = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def new_id() -> UUID:
    """A fresh random id."""
    return uuid4()


def read_id(text: object) -> UUID | None:
    """The id that a text holds, or nothing when it is not one."""
    if isinstance(text, UUID):
        return text
    if not isinstance(text, str) or not UUID_TEXT.match(text.lower()):
        return None
    return UUID(text)


def short_id(record_id: UUID) -> str:
    """The last seven characters of a record's id: spoken on the telephone, never a key."""
    return str(record_id)[-7:]


def new_token() -> str:
    """A secret for a link or a cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def slug(text: str, separator: str = "-") -> str:
    """A plain lower-case identifier made from a title."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", separator, plain.lower()).strip(separator)
