"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.sign_in import DeviceKey, SignedIn, keep_session, sign_in, sign_out, viewer_id_by_basic
from cpims.accounts.rules.refusals import SignInRefused
from cpims.api.http.auth import SESSION_COOKIE, address_of, basic_of, own_page, session_of
from cpims.api.http.body import read_body
from cpims.api.http.reply import reply
from cpims.forms.queries.viewers import viewer_of as viewer_at
from cpims.lib.clock import now
from cpims.lib.errors import Unauthenticated
from cpims.lib.ids import read_id

router = Router(tags=["tokens"])


@router.post("/tokens", auth=own_page, summary="Sign in, or keep a session alive")
def create_token(request: HttpRequest) -> HttpResponse:
    """A live session wins over credentials and is kept; otherwise the name and password begin a new one."""
    session = session_of(request)
    if session is not None:
        keep_session(session, at=now())
        return _told(viewer_at(session.user_id, session.epoch, session.configuration))
    basic = basic_of(request)
    if basic is not None:
        found = viewer_id_by_basic(*basic, address=address_of(request), at=now())
        return _told(viewer_at(found.user_id, found.epoch, found.configuration))
    body = read_body(request)
    given = body.get("user")
    if not isinstance(given, dict):
        raise Unauthenticated
    name, password = given.get("user_name"), given.get("password")
    if not isinstance(name, str) or not isinstance(password, str):
        raise SignInRefused
    signed = sign_in(user_name=name, password=password, address=address_of(request), at=now(), device=device_in(body))
    user = signed.user
    response = reply(id=user.id, user_name=user.user_name, group_permission=user.role.group_permission)
    return with_session(response, signed)


def device_in(body: dict[str, Any]) -> DeviceKey | None:
    """What a body says of the device that it comes from."""
    said = body.get("device")
    secret = said.get("secret") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(secret, str):
        return None
    return DeviceKey(read_id(said.get("id")), secret)


def with_session(response: HttpResponse, signed: SignedIn) -> HttpResponse:
    """Give the browser a fresh session's cookie; it lasts as long as the browser, the server ends idle ones."""
    response.set_cookie(
        SESSION_COOKIE,
        signed.secret,
        httponly=True,
        samesite="Lax",
        secure=settings.ENVIRONMENT.secure_cookies,
        path="/",
    )
    return response


def _told(viewer: Viewer) -> HttpResponse:
    return reply(id=viewer.user_id, user_name=viewer.user_name, group_permission=str(viewer.scope))


@router.delete("/tokens", auth=own_page, summary="Sign out")
def delete_token(request: HttpRequest) -> HttpResponse:
    """End the session, if there is one."""
    session = session_of(request)
    if session is not None:
        sign_out(session=session, actor=viewer_at(session.user_id, session.epoch, session.configuration), at=now())
    response = reply()
    response.delete_cookie(SESSION_COOKIE, path="/", samesite="Lax")
    return response


@router.get("/identity_providers", auth=None, summary="How people sign in here")
def list_identity_providers(request: HttpRequest) -> HttpResponse:
    """Names and passwords only; no outside identity provider."""
    metadata: dict[str, Any] = {"use_identity_provider": False}
    return reply([], metadata)
