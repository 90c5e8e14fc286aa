"""What a client prefers, and what it saw before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cpims.access.rules.viewer import Viewer
from cpims.api.http.reply import no_content, raw
from cpims.lib.errors import Invalid, Problem
from cpims.sync.actions.receipts import deliver_once

ETAG = re.compile(r'^(?:W/)?"(\d+)(?:\.[0-9a-f]+)?"$')


class PreconditionInvalid(Invalid):
    """``If-Match`` names no revision."""

    code = "precondition.invalid"


def prefers(request: HttpRequest, wish: str) -> bool:
    """Does the ``Prefer`` header hold this wish (``handling=strict``, ``return=representation``)?"""
    header = request.META.get("HTTP_PREFER", "").lower()
    return wish in {part.strip() for part in re.split("[,;]", header)}


def revision_asked(request: HttpRequest) -> int | None:
    """The revision that ``If-Match`` names, if it was sent.

    Raises: PreconditionInvalid.
    """
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if not header or header == "*":
        return None
    match = ETAG.match(header)
    if not match:
        raise PreconditionInvalid([Problem("/If-Match", "precondition.invalid")])
    return int(match.group(1))


def etag(revision: int, names: frozenset[str]) -> str:
    """A record's tag: its revision and the set of fields that this viewer reads."""
    fields = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:12]
    return f'"{revision}.{fields}"'


def once(request: HttpRequest, viewer: Viewer, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Do a writing request once per ``Idempotency-Key``; without a key, simply do it."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    if not key:
        return act()
    kept: dict[str, HttpResponse] = {}

    def acted() -> tuple[int, bytes]:
        kept["response"] = act()
        return kept["response"].status_code, kept["response"].content

    told = f"{request.method} {request.path}\n".encode() + request.body
    (status, body), again = deliver_once(key=key, request=told, actor=viewer, act=acted)
    if not again:
        return kept["response"]
    response = no_content() if status == 204 else raw(body, status)
    response["Idempotency-Replayed"] = "true"
    return response
