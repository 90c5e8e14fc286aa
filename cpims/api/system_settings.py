"""How this instance works, for clients."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.query import read_query
from cpims.api.http.reply import reply
from cpims.forms.queries.bootstrap import system_settings
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.clock import now
from cpims.settings.actions import change_settings
from cpims.settings.queries import decided_settings

router = Router(tags=["system_settings"])
ours = Router(tags=["system_settings"])


@router.get("/system_settings")
def show_settings(request: HttpRequest) -> HttpResponse:
    """The settings; with ``extended=true`` also the parts of the work and the agencies."""
    extended = read_query(request).get("extended") == "true"
    return reply(system_settings(viewer_of(request), extended=extended))


@ours.get("/system_settings", summary="Every setting, for whoever decides them")
def show_decided(request: HttpRequest) -> HttpResponse:
    """Every setting as it holds now."""
    return reply(decided_settings(viewer=viewer_of(request)))


@ours.patch("/system_settings", summary="Decide some settings")
def alter_settings(request: HttpRequest) -> HttpResponse:
    """Decide what is named, of the system options each alone; the others stay."""
    viewer = viewer_of(request)
    require(viewer, "system", "manage")
    change_settings(values=read_data(request), actor=viewer, at=now())
    return reply(decided_settings(viewer=current_viewer(viewer.user_name)))
