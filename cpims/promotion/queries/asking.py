"""Asking the other instance, signed, and believing only a signed answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.configuration.queries.versions import require_may_see
from cpims.lib.clock import iso, now
from cpims.lib.errors import Conflict, Problem
from cpims.lib.ids import new_token
from cpims.lib.json import BadJson, dumps, loads
from cpims.lib.posting import NoAnswer, post
from cpims.lib.signing import is_signed, signed_by
from cpims.promotion.formats.signed import (
    FROM,
    NONCE,
    SIGNATURE,
    STATE,
    TIME,
    NotSigned,
    SentState,
    read_file,
    read_state,
    said_of_answer,
    said_of_request,
)
from cpims.promotion.models import Pair
from cpims.promotion.queries.standing import get_pair, own_standing, signing_seed, state_said
from cpims.promotion.rules.refusals import (
    AnswerNotProven,
    FileInvalid,
    NotProven,
    OnlyInDemo,
    OtherRefused,
    Unreachable,
)
from cpims.settings.models import Instance

ROOT: Final = "/api/cpims/v1/"
#: So long an answer is waited for: applying a whole configuration takes a while.
PATIENCE: Final = 120.0


def ask_pair(path: str, body: Mapping[str, Any], *, seconds: float = PATIENCE) -> dict[str, Any]:
    """Send something to a route of the other instance (``pair/document``), signed; answers what it said.

    Raises: NotPaired, Unreachable, AnswerNotProven, OtherRefused.
    """
    pair = get_pair()
    own = Instance.objects.get()
    content, time, nonce, where = dumps(body), iso(now()), new_token(), ROOT + path
    said = said_of_request(
        method="POST", path=where, body=content, time=time, nonce=nonce, sender=own.uuid, receiver=pair.uuid
    )
    headers = {
        "Content-Type": "application/json",
        FROM: str(own.uuid),
        TIME: time,
        NONCE: nonce,
        SIGNATURE: signed_by(signing_seed(), said),
    }
    try:
        answer = post(pair.url.rstrip("/") + where, content, headers, seconds=seconds)
    except NoAnswer as error:
        raise Unreachable(name=pair.name) from error
    proof = said_of_answer(status=answer.status, body=answer.body, nonce=nonce, sender=pair.uuid)
    proven = is_signed(pair.public_key, proof, answer.headers.get(SIGNATURE, ""))
    told = _read(answer.body)
    if answer.status != 200:
        raise _refused(pair, answer.status, told, proven=proven)
    if not proven or told is None:
        raise AnswerNotProven(name=pair.name)
    return told


def production_state(viewer: Viewer, file: Mapping[str, Any] | None = None) -> SentState:
    """How production is configured now: asked for, or from the signed file that was carried here.

    Raises: Forbidden, OnlyInDemo, NotPaired, FileInvalid, Unreachable, AnswerNotProven, OtherRefused.
    """
    require_may_see(viewer)
    pair = get_pair()
    if pair.kind != "production":
        raise OnlyInDemo
    return fetch_state(pair) if file is None else _state_in(pair, file)


def fetch_state(pair: Pair) -> SentState:
    """How the other instance is configured now; it is told how this one is.

    Raises: Unreachable, AnswerNotProven, OtherRefused.
    """
    said = state_said(own_standing())
    del said["document"]
    told = ask_pair("pair/document", {"told": said})
    try:
        return _of_pair(pair, told)
    except NotSigned as error:
        raise AnswerNotProven(name=pair.name) from error


def _of_pair(pair: Pair, told: Mapping[str, Any]) -> SentState:
    if told.get("format") != STATE or told.get("from") != str(pair.uuid):
        raise NotSigned
    return read_state(told)


def _state_in(pair: Pair, file: Mapping[str, Any]) -> SentState:
    try:
        return read_state(read_file(file, public_key=pair.public_key, kind=STATE, sender=pair.uuid, receiver=None))
    except NotSigned as error:
        raise FileInvalid([Problem("/state_file", "promotion.file_not_signed")]) from error


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        value = loads(body)
    except BadJson:
        return None
    return value if isinstance(value, dict) else None


def _refused(pair: Pair, status: int, told: dict[str, Any] | None, *, proven: bool) -> Conflict:
    """What a refusal of the other instance is here: too busy or broken is not reached, anything else is its word."""
    if status == 429 or status >= 500:
        return Unreachable(name=pair.name)
    errors = (told or {}).get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code, params = first.get("code"), first.get("params")
    if code == NotProven.code:
        return OtherRefused(name=pair.name, reason=code, why={})
    if not proven or not isinstance(code, str):
        return AnswerNotProven(name=pair.name)
    return OtherRefused(name=pair.name, reason=code, why=params if isinstance(params, dict) else {})
