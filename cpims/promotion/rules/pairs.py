"""Which other instance may be named, and how two instances stand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from cpims.lib.errors import Problem
from cpims.lib.signing import is_public_key

IN_SYNC, AHEAD, DIVERGED, UNKNOWN, UNPAIRED = "in_sync", "ahead", "diverged", "unknown", "unpaired"
KINDS: Final = ("demo", "production")
#: Ways by which production may come to stand elsewhere without anybody having gone around the demo.
_BACK: Final = "rollback"


@dataclass(frozen=True)
class Told:
    """How an instance says that it stands: hash, newest version and how that came to be; changed since?"""

    hash: str
    version: int
    cause: str
    changed: bool
    closed: bool


def read_told(said: Mapping[str, object]) -> Told:
    """How the other instance says that it stands, from a message that it signed."""
    version = said.get("version")
    return Told(
        hash=str(said.get("hash")),
        version=version if isinstance(version, int) else 0,
        cause=str(said.get("cause") or ""),
        changed=said.get("changed") is True,
        closed=said.get("closed") is True,
    )


def pair_problems(*, own_kind: str, own_uuid: str, uuid: str, kind: str, url: str, public_key: str) -> list[Problem]:
    """What is wrong with what was said about the other instance."""
    problems = []
    if uuid == own_uuid:
        problems.append(Problem("/uuid", "pair.is_here"))
    if kind not in KINDS or kind == own_kind:
        problems.append(Problem("/kind", "pair.kind"))
    if not is_safe_address(url):
        problems.append(Problem("/url", "pair.address"))
    if not is_public_key(public_key):
        problems.append(Problem("/public_key", "pair.key"))
    return problems


def is_safe_address(url: str) -> bool:
    """https anywhere; http on this very machine only, where nobody is in between. No sign-in, query or path in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.query or parts.fragment or parts.path.strip("/"):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host == "127.0.0.1")


def state_of(*, demo: str, production: Told, agreed: str | None) -> str:
    """How the two stand to each other.

    Production stands where it was left when its hash is the one of the last promotion (``agreed``), or when that was
    taken back there; anything else has come by another road.
    """
    if demo == production.hash:
        return IN_SYNC
    if production.changed:
        return DIVERGED
    return AHEAD if production.hash == agreed or production.cause == _BACK else DIVERGED
