"""How an entry is bound to the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpims.lib.crypto import digest
from cpims.lib.json import canonical

FIRST_LINK = bytes(32)


def link(key: bytes, previous: bytes, seq: int, envelope: Mapping[str, Any]) -> bytes:
    """The next link of a chain: over the link before, the place, and everything the entry says in the open."""
    return digest(key, previous, seq.to_bytes(8, "big"), canonical(envelope))
