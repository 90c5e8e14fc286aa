"""Who is asking: the session cookie (with its CSRF token), or HTTP Basic."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cpims.access.rules.viewer import Viewer
from cpims.accounts.queries.sessions import LiveSession, find_live_session, is_of_revoked_device
from cpims.accounts.rules.devices import RevokedDevice
from cpims.api.http import csrf
from cpims.api.http.conduct import require_accepted
from cpims.forms.queries.viewers import viewer_of as viewer_at
from cpims.lib.clock import now
from cpims.lib.errors import Unauthenticated
from cpims.lib.request import belongs_to_device

SESSION_COOKIE = "_app_session"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, for counting tries only; never stored as it is."""
    return str(request.META.get("REMOTE_ADDR", ""))


def session_of(request: HttpRequest) -> LiveSession | None:
    """The live session that a request carries."""
    secret = request.COOKIES.get(SESSION_COOKIE, "")
    if not secret:
        return None
    idle = timedelta(minutes=settings.ENVIRONMENT.session_minutes)
    return find_live_session(secret, at=now(), idle=idle)


def basic_of(request: HttpRequest) -> tuple[str, str] | None:
    """The user name and password of HTTP Basic, when they were sent and Basic is allowed."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not settings.ENVIRONMENT.basic_auth or not header.lower().startswith("basic "):
        return None
    try:
        name, colon, password = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None


def signed_in(request: HttpRequest) -> Viewer:
    """Let in who is signed in; a writing request must come from our own page.

    Raises: Unauthenticated, Forged, TooMany, ConductNotAccepted, TermsNotAccepted.
    """
    from cpims.accounts.actions.sign_in import keep_session, viewer_id_by_basic

    credentials = basic_of(request)
    if credentials is not None:
        found = viewer_id_by_basic(*credentials, address=address_of(request), at=now())
        viewer = viewer_at(found.user_id, found.epoch, found.configuration)
        request.session_id = None  # type: ignore[attr-defined]
    else:
        session = session_of(request)
        if session is None:
            if is_of_revoked_device(request.COOKIES.get(SESSION_COOKIE, "")):
                raise RevokedDevice
            raise Unauthenticated
        if request.method not in csrf.SAFE:
            csrf.require_own_page(request, request.COOKIES.get(SESSION_COOKIE, ""))
        keep_session(session, at=now())
        viewer = viewer_at(session.user_id, session.epoch, session.configuration)
        request.session_id = session.id  # type: ignore[attr-defined]
        request.device = session.device  # type: ignore[attr-defined]
        if session.device is not None:
            belongs_to_device(str(session.device))
    request.viewer = viewer  # type: ignore[attr-defined]
    require_accepted(request, viewer)
    return viewer


def own_page(request: HttpRequest) -> Any:
    """For routes that need no sign-in but must not be forged (sign-in itself, password reset).

    Raises: Forged.
    """
    if request.method not in csrf.SAFE and basic_of(request) is None:
        csrf.require_own_page(request, request.COOKIES.get(SESSION_COOKIE, ""))
    return True


def viewer_of(request: HttpRequest) -> Viewer:
    """The signed-in viewer of a request."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer
