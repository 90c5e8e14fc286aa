"""Whom people here turn to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import sift, told
from cpims.api.http.reply import reply
from cpims.forms.queries.bootstrap import program_version
from cpims.lib.clock import iso, now
from cpims.settings.actions import put_contact_information
from cpims.settings.queries import contact_information
from cpims.settings.rules import CONTACT

router = Router(tags=["contact_information"])


@router.get("/contact_information")
def show_contact(request: HttpRequest) -> HttpResponse:
    """Whom people here turn to, and which version this is."""
    return reply(contact_information() | {"system_version": program_version()})


@router.api_operation(["PATCH", "PUT"], "/contact_information")
def alter_contact(request: HttpRequest) -> HttpResponse:
    """Say whom people here turn to."""
    viewer = viewer_of(request)
    require(viewer, "system", "manage")
    values, ignored = sift(request, read_data(request), CONTACT, {}, others="contact_information.key.unknown")
    contact = put_contact_information(values=values, actor=viewer, at=now())
    shown = {"id": contact.id, **{key: getattr(contact, key) for key in CONTACT}}
    moments = {"created_at": iso(contact.created_at), "updated_at": iso(contact.updated_at)}
    return reply(shown | moments, told(ignored))
