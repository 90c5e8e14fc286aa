"""What two instances sign: a request, its answer, and the files that are carried by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cpims.configuration.formats.canonical import DocumentInvalid, checked_document, hash_of, written
from cpims.lib.ids import read_id
from cpims.lib.json import BadJson, canonical, loads, read_moment
from cpims.lib.signing import is_signed, signed_by

FROM, TIME, NONCE, SIGNATURE = "cpims-pair", "cpims-time", "cpims-nonce", "cpims-signature"
#: How far the clocks of two instances may lie apart, and how long a request may be under way.
FRESH: Final = timedelta(minutes=5)
STATE, PROMOTION = "cpims-state/1", "cpims-promotion/1"
_TEXTS: Final = ("title", "reason", "proposed_by", "proposed_at", "approved_by", "approved_at")


@dataclass(frozen=True)
class Envelope:
    """What stands around a signed request."""

    sender: UUID
    at: datetime
    time: str
    nonce: str
    signature: str


@dataclass(frozen=True)
class SentSet:
    """A set of changes as it arrives where it is to be applied."""

    id: UUID
    base_hash: str
    target_hash: str
    document: Mapping[str, Any]
    title: str
    reason: str
    proposed_by: str
    proposed_at: str
    approved_by: str
    approved_at: str


@dataclass(frozen=True)
class SentState:
    """How the other instance says that it is configured."""

    document: Mapping[str, Any]
    hash: str
    version: int
    cause: str
    changed: bool
    closed: bool
    promotions: tuple[str, ...] = ()


class NotSigned(ValueError):
    """This is not what it should be, was changed, or is meant for somebody else."""


def said_of_request(
    *, method: str, path: str, body: bytes, time: str, nonce: str, sender: UUID, receiver: UUID
) -> bytes:
    """The bytes that are signed for a request."""
    lines = ("cpims-pair/1", method, path, hashlib.sha256(body).hexdigest(), time, nonce, str(sender), str(receiver))
    return "\n".join(lines).encode()


def said_of_answer(*, status: int, body: bytes, nonce: str, sender: UUID) -> bytes:
    """The bytes that are signed for the answer to a request."""
    return "\n".join(("cpims-answer/1", str(status), hashlib.sha256(body).hexdigest(), nonce, str(sender))).encode()


def envelope_of(headers: Mapping[str, str]) -> Envelope | None:
    """What stands around a request, when all of it can be read."""
    sender, moment = read_id(headers.get(FROM)), read_moment(headers.get(TIME))
    nonce, signature = headers.get(NONCE, ""), headers.get(SIGNATURE, "")
    if sender is None or moment is None or not 16 <= len(nonce) <= 100 or not signature:
        return None
    return Envelope(sender, moment, headers[TIME], nonce, signature)


def is_fresh(envelope: Envelope, *, at: datetime) -> bool:
    """Was it sent just now?"""
    return abs(at - envelope.at) <= FRESH


def signed_file(seed: bytes, signed: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, and the signature over it."""
    return {"signed": dict(signed), "signature": signed_by(seed, canonical(signed))}


def read_file(content: Any, *, public_key: str, kind: str, sender: UUID, receiver: UUID | None) -> Mapping[str, Any]:
    """What a file says, when its sender signed it, for this receiver.

    Raises: NotSigned.
    """
    if isinstance(content, str):
        try:
            content = loads(content)
        except BadJson as error:
            raise NotSigned from error
    signed = content.get("signed") if isinstance(content, Mapping) else None
    signature = content.get("signature") if isinstance(content, Mapping) else None
    if not isinstance(signed, Mapping) or not isinstance(signature, str):
        raise NotSigned
    if signed.get("format") != kind or signed.get("from") != str(sender):
        raise NotSigned
    if receiver is not None and signed.get("to") != str(receiver):
        raise NotSigned
    if not is_signed(public_key, canonical(signed), signature):
        raise NotSigned
    return signed


def read_set(signed: Mapping[str, Any]) -> SentSet:
    """A set of changes from what was signed.

    Raises: NotSigned.
    """
    found = read_id(signed.get("id"))
    texts = {key: signed.get(key) for key in _TEXTS}
    if found is None or not all(isinstance(text, str) for text in texts.values()):
        raise NotSigned
    document = _document(signed, "target_hash")
    return SentSet(
        id=found, base_hash=str(signed.get("base_hash")), target_hash=str(signed["target_hash"]), document=document,
        **{key: str(text) for key, text in texts.items()},
    )  # fmt: skip


def read_state(signed: Mapping[str, Any]) -> SentState:
    """How the other instance stands, from what it signed.

    Raises: NotSigned.
    """
    version, cause = signed.get("version"), signed.get("cause")
    if not isinstance(version, int) or not isinstance(cause, str):
        raise NotSigned
    return SentState(
        document=_document(signed, "hash"), hash=str(signed["hash"]), version=version, cause=cause,
        changed=signed.get("changed") is True, closed=signed.get("closed") is True,
        promotions=tuple(str(one) for one in signed.get("promotions") or ()),
    )  # fmt: skip


def _document(signed: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The configuration in a file, which must have the hash that the file names."""
    try:
        document = checked_document(signed.get("document"))
    except DocumentInvalid as error:
        raise NotSigned from error
    if hash_of(written(document)) != signed.get(key):
        raise NotSigned
    return document
