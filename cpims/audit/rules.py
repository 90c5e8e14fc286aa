"""How an entry is bound to the one before it, and the sorts of entries that people look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpims.lib.crypto import digest
from cpims.lib.json import canonical

FIRST_LINK = bytes(32)


def link(key: bytes, previous: bytes, seq: int, envelope: Mapping[str, Any]) -> bytes:
    """The next link of a chain: over the link before, the place, and everything the entry says in the open."""
    return digest(key, previous, seq.to_bytes(8, "big"), canonical(envelope))


@dataclass(frozen=True)
class Sort:
    """A sort of entries: in which books they stand, how they ended, and by which acts (or by none of these)."""

    books: tuple[int, ...]
    outcome: str = ""
    actions: tuple[str, ...] = ()
    among: bool = True


#: Acts by which something left the instance, and acts at its door.
TAKEN: Final = ("print", "export", "file", "sync", "manifest")
AT_THE_DOOR: Final = ("login", "logout", "failed_login", "password_reset_request", "device_refused")
#: What somebody who searches the books may ask for in one word.
SORTS: Final[Mapping[str, Sort]] = {
    "changed": Sort((1,)),
    "seen": Sort((2,), "seen", (*TAKEN, *AT_THE_DOOR), among=False),
    "taken": Sort((2,), "seen", TAKEN),
    "door": Sort((2,), "", AT_THE_DOOR),
    "refused": Sort((2,), "refused"),
}
