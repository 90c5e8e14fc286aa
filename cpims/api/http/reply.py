"""Replies: the envelope, never stored by anybody on the way."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from cpims.lib.json import dumps

MISSING: Any = object()


def raw(body: bytes, status: int = 200) -> HttpResponse:
    """Bytes that are JSON already."""
    response = HttpResponse(body, content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response


def reply(data: Any = MISSING, metadata: Any = None, status: int = 200, **extra: Any) -> HttpResponse:
    """``{"data": …, "metadata": …}`` with whatever else belongs beside them."""
    body: dict[str, Any] = {}
    if data is not MISSING:
        body["data"] = data
    if metadata is not None:
        body["metadata"] = metadata
    return raw(dumps(body | extra), status)


def no_content() -> HttpResponse:
    """Done; the client knows the rest already."""
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response
