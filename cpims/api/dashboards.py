"""Dashboards of the viewer's role."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.analytics.queries.dashboards import find_dashboards
from cpims.api.http.auth import viewer_of
from cpims.api.http.keys import many
from cpims.api.http.query import read_query
from cpims.api.http.reply import reply
from cpims.audit.actions import note_sighting
from cpims.lib.clock import now, today

router = Router(tags=["dashboards"])


@router.get("/dashboards")
def list_dashboards(request: HttpRequest) -> HttpResponse:
    """The dashboards that her role opens, or those of them that are named; each number with the list that it counts."""
    viewer = viewer_of(request)
    wanted = read_query(request).get("names")
    names = None if wanted is None else {name.removeprefix("dashboard.") for name in many(wanted)}
    at = now()
    found = find_dashboards(viewer=viewer, names=names, at=at, today=today(settings.ENVIRONMENT.time_zone, at))
    note_sighting(viewer, road="dashboards.list", action="count", record_kind="case")
    return reply(found)
