"""How this instance works, for clients."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.api.http.auth import viewer_of
from cpims.api.http.query import read_query
from cpims.api.http.reply import reply
from cpims.forms.queries.bootstrap import system_settings

router = Router(tags=["system_settings"])


@router.get("/system_settings")
def show_settings(request: HttpRequest) -> HttpResponse:
    """The settings; with ``extended=true`` also the parts of the work and the agencies."""
    extended = read_query(request).get("extended") == "true"
    return reply(system_settings(viewer_of(request), extended=extended))
