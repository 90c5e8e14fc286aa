"""Tokens against forged requests: bound to the session, readable by our own pages only."""

from __future__ import annotations

import base64
import secrets
from urllib.parse import urlsplit

from django.http import HttpRequest

from cpims.lib.crypto import derive, digest, same
from cpims.lib.errors import NotPermitted
from cpims.lib.secrets import secret

COOKIE = "CSRF-TOKEN"
HEADER = "HTTP_X_CSRF_TOKEN"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Forged(NotPermitted):
    """The request does not come from our own page."""

    code = "session.csrf"


def _stamp(nonce: str, session: str) -> str:
    mac = digest(derive(secret("session"), "csrf"), nonce.encode(), session.encode())
    return base64.urlsafe_b64encode(mac[:24]).decode()


def mint(session: str) -> str:
    """A fresh token for a session (or for nobody yet: the empty text)."""
    nonce = secrets.token_urlsafe(18)
    return f"{nonce}.{_stamp(nonce, session)}"


def is_valid(token: str, session: str) -> bool:
    """Was this token made here for this session?"""
    nonce, dot, stamp = token.partition(".")
    return bool(dot) and same(stamp, _stamp(nonce, session))


def require_own_page(request: HttpRequest, session: str) -> None:
    """Refuse a writing request that did not come from our own pages.

    Raises: Forged.
    """
    origin = request.META.get("HTTP_ORIGIN")
    if origin and origin != "null" and urlsplit(origin).netloc != request.get_host():
        raise Forged
    token = request.META.get(HEADER, "")
    cookie = request.COOKIES.get(COOKIE, "")
    if not token or not cookie or not same(token, cookie) or not is_valid(token, session):
        raise Forged
