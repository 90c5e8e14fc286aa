"""Inviting people by a one-time link, and who a link is for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.accounts.actions.invitations import Invited, invite_users, open_invitation
from cpims.accounts.queries.invitations import MARKS, Arrival, find_arrivals, get_arrival
from cpims.accounts.rules.invitations import MOST_AT_ONCE
from cpims.api.http.auth import address_of, own_page, viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.invitations import PeopleToInvite
from cpims.lib.clock import iso, now
from cpims.lib.errors import Problem
from cpims.settings.models import Instance

router = Router(tags=["invitations"])


@router.get("/invitations", summary="People who have not come in yet")
def list_arrivals(request: HttpRequest) -> HttpResponse:
    """People in the viewer's care without a password of their own, with their latest invitations."""
    viewer = viewer_of(request)
    moment = now()
    found = find_arrivals(viewer, at=moment)
    page = page_of(read_query(request))
    rows = found[page.offset : page.offset + page.per]
    return reply([_arrival(one) for one in rows], {"total": len(found), "per": page.per, "page": page.number})


@router.post("/invitations", summary="Invite people by mail")
def invite(request: HttpRequest) -> HttpResponse:
    """Each by a one-time link; who cannot be invited is named with the reason."""
    viewer = viewer_of(request)
    require(viewer, "user", "write")
    wanted = check(PeopleToInvite, read_body(request)).user_ids
    if len(set(wanted)) > MOST_AT_ONCE:
        raise BodyInvalid([Problem("/user_ids", "invitation.too_many", {"most": MOST_AT_ONCE})])
    return reply([_invited(one) for one in invite_users(user_ids=wanted, actor=viewer, at=now())])


@router.post("/invitations/open", auth=own_page, summary="Who is invited by a link")
def open_link(request: HttpRequest) -> HttpResponse:
    """The name on the invitation and the instance; the link stays good until the password is chosen."""
    welcome = open_invitation(link=read_body(request).get("link"), address=address_of(request), at=now())
    instance = Instance.objects.get()
    return reply(
        {
            "user_name": welcome.user_name,
            "full_name": welcome.full_name,
            "until": iso(welcome.until),
            "instance": {"kind": instance.kind, "name": instance.name, "uuid": str(instance.uuid)},
        }
    )


@router.get("/invitations/{user_id}", summary="How somebody came in")
def show_arrival(request: HttpRequest, user_id: str) -> HttpResponse:
    """One person in the viewer's care and her latest invitation."""
    return reply(_arrival(get_arrival(viewer_of(request), user_id, at=now())))


def _invited(one: Invited) -> dict[str, Any]:
    told: dict[str, Any] = {"user_id": one.user_id, "invited": one.refusal is None}
    return told if one.refusal is None else told | {"code": one.refusal.code}


def _arrival(one: Arrival) -> dict[str, Any]:
    told: dict[str, Any] = {
        "user_id": one.user.id,
        "user_name": one.user.user_name,
        "full_name": one.user.full_name,
        **_moments(one.user, ("own_password_at", "first_sign_in_at")),
    }
    invitation = one.invitation
    if invitation is not None and one.state is not None:
        told["invitation"] = {
            "state": str(one.state),
            "address": invitation.address,
            **_moments(invitation, ("invited_at", *MARKS)),
            **({"failure": invitation.failure} if invitation.failure else {}),
        }
    return told


def _moments(row: object, names: tuple[str, ...]) -> dict[str, str]:
    return {name: iso(value) for name in names if (value := getattr(row, name)) is not None}
