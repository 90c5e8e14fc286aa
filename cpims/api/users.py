"""Accounts: list, make, read, change, switch off; new passwords by link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.people import change_user, create_user, disable_user
from cpims.accounts.actions.resets import perform_password_reset, request_password_reset, request_reset_for
from cpims.accounts.models import User
from cpims.accounts.queries.people import Wanted, find_identified, find_users, get_user, total_enabled, whole
from cpims.accounts.rules.users import DERIVED, KEYS, OWN_KEYS, user_name_of
from cpims.api.http.auth import address_of, own_page, viewer_of
from cpims.api.http.body import read_body, read_data
from cpims.api.http.keys import flags, is_true, many, numbers, sift, told
from cpims.api.http.prefer import once
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import no_content, reply
from cpims.api.tokens import device_in, with_session
from cpims.api.user_json import Background, user_json
from cpims.lib.clock import now
from cpims.settings.queries import configuration_number, settings_at

router = Router(tags=["users"])
REASONS = dict.fromkeys(DERIVED, "user.key.derived")
#: What nobody does for another.
OTHERS_NOT = frozenset({"id", "accept_terms_of_use"})


@router.get("/users", summary="List users")
def list_users(request: HttpRequest) -> HttpResponse:
    """The accounts in the viewer's care."""
    viewer = viewer_of(request)
    require(viewer, "user", "read")
    query = read_query(request)
    page = page_of(query)
    text = query.get("query")
    wanted = Wanted(
        text=text.strip() if isinstance(text, str) else "",
        user_name=user_name_of(str(query.get("user_name") or "")),
        location=str(query.get("location") or ""),
        services=many(query.get("services")),
        ids=numbers(query.get("ids")) if query.get("ids") else None,
        disabled=frozenset(flags(query.get("disabled"))),
        roles=numbers(query.get("role_id")),
        agencies=numbers(query.get("agency")),
        groups=many(query.get("user_group_ids")),
        order_by=str(query.get("order_by") or "created_at"),
        descending=query.get("order", "desc" if not query.get("order_by") else "asc") == "desc",
    )
    found = find_users(viewer, wanted, offset=page.offset, length=page.per)
    around = Background(viewer.configuration, found.rows)
    extended = is_true(query.get("extended"))
    return reply(
        [user_json(user, around, extended=extended) for user in found.rows],
        {"total": found.total, "per": page.per, "page": page.number, "total_enabled": total_enabled()},
    )


@router.post("/users", summary="Give somebody an account")
def add_user(request: HttpRequest) -> HttpResponse:
    """Make an account; 204 when the client made the id."""
    viewer = viewer_of(request)
    require(viewer, "user", "create")
    return once(request, viewer, lambda: _add(request, viewer))


def _add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    data = read_data(request)
    values, ignored = sift(request, data, KEYS, REASONS, others="user.key.unknown")
    user = create_user(values=values, actor=viewer, at=now())
    return no_content() if data.get("id") is not None else _shown(user.id, ignored)


@router.post("/users/password-reset-request", auth=own_page, summary="Ask for a new password")
def ask_for_password(request: HttpRequest) -> HttpResponse:
    """The same answer whether or not the e-mail is known here."""
    email = read_data(request, wrapper="user").get("email")
    request_password_reset(email=email if isinstance(email, str) else "", address=address_of(request), at=now())
    return _submitted()


@router.post("/users/password-reset", auth=own_page, summary="Set a new password by a link")
def set_password(request: HttpRequest) -> HttpResponse:
    """Set the password and sign in."""
    given = read_data(request, wrapper="user")
    password, again = given.get("password"), given.get("password_confirmation")
    signed = perform_password_reset(
        link=given.get("reset_password_token"),
        password=password if isinstance(password, str) else "",
        confirmation=again if isinstance(again, str) else None,
        address=address_of(request),
        at=now(),
        device=device_in(read_body(request)),
    )
    user = signed.user
    return with_session(reply(message="user.password_reset.success", id=user.id, user_name=user.user_name), signed)


@router.get("/users/identified", summary="List the people whom a case may be about")
def list_identified(request: HttpRequest) -> HttpResponse:
    """People with an account of their own who see the one case about themselves, for linking it to them."""
    viewer = viewer_of(request)
    require(viewer, "case", "attribute")
    query = read_query(request)
    page = page_of(query)
    text = query.get("query")
    found = find_identified(viewer, text if isinstance(text, str) else "", offset=page.offset, length=page.per)
    rows = [{"user_name": u.user_name, "full_name": u.full_name, "email": u.email} for u in found.rows]
    return reply(rows, {"total": found.total, "per": page.per, "page": page.number})


@router.get("/users/{user_id}", summary="Read a user")
def show_user(request: HttpRequest, user_id: str) -> HttpResponse:
    """One account: one's own, or one in the viewer's care."""
    viewer = viewer_of(request)
    user = get_user(viewer, user_id)
    extended = is_true(read_query(request).get("extended"))
    return reply(user_json(user, Background(viewer.configuration, [user]), extended=extended))


@router.api_operation(["PATCH", "PUT"], "/users/{user_id}", summary="Change a user")
def alter_user(request: HttpRequest, user_id: str) -> HttpResponse:
    """Change one's own account (some keys), or one in the viewer's care."""
    viewer = viewer_of(request)
    user = _in_care(viewer, user_id, "write")
    data = read_data(request)
    if user.id == viewer.user_id:
        values, ignored = sift(request, data, OWN_KEYS | _own_switch(data), REASONS, others="user.key.not_yours")
    else:
        values, ignored = sift(
            request,
            data,
            KEYS - OTHERS_NOT,
            REASONS | dict.fromkeys(OTHERS_NOT, "user.key.not_yours"),
            others="user.key.unknown",
        )
    session: int | None = getattr(request, "session_id", None)
    change_user(user_id=user.id, values=values, actor=viewer, at=now(), session_id=session)
    return _shown(user.id, ignored)


def _own_switch(data: dict[str, Any]) -> frozenset[str]:
    """Her wish to switch herself off is answered, not ignored."""
    return frozenset({"disabled"}) if data.get("disabled") is True else frozenset()


@router.delete("/users/{user_id}", summary="Switch a user off")
def remove_user(request: HttpRequest, user_id: str) -> HttpResponse:
    """Switch an account off; nothing is deleted, for the name stands in the records of children."""
    viewer = viewer_of(request)
    require(viewer, "user", "manage")
    user = _in_care(viewer, user_id, "manage")
    disable_user(user_id=user.id, actor=viewer, at=now())
    return reply({"id": user.id})


@router.post("/users/{user_id}/password-reset-request", summary="Send a user a link for a new password")
def ask_for_users_password(request: HttpRequest, user_id: str) -> HttpResponse:
    """Let a link be sent to somebody in the viewer's care."""
    viewer = viewer_of(request)
    user = _in_care(viewer, user_id, "write")
    if read_data(request, wrapper="user", optional=True).get("password_reset") is not True:
        return no_content()
    request_reset_for(user_id=user.id, actor=viewer, at=now())
    return _submitted()


def _in_care(viewer: Viewer, user_id: str, action: str) -> User:
    return get_user(viewer, user_id, action)


def _submitted() -> HttpResponse:
    return reply({"message": "user.password_reset.request_submitted"})


def _shown(user_id: int, ignored: list[dict[str, Any]]) -> HttpResponse:
    user = whole(User.objects.all()).get(pk=user_id)
    number = configuration_number()
    most = settings_at(number).option("maximum_users")
    metadata = told(ignored, total_enabled=total_enabled(), **({"maximum_users": most} if most else {}))
    return reply(user_json(user, Background(number, [user])), metadata)
