"""One's own notices: what happened that she should know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.notices import NoticesRead
from cpims.audit.actions import note_sighting
from cpims.lib.clock import now
from cpims.lib.ids import read_id
from cpims.notices.actions import put_notices_away
from cpims.notices.queries import count_unread, find_notices

ours = Router(tags=["notices"])


@ours.get("/notices", summary="One's own notices")
def list_notices(request: HttpRequest) -> HttpResponse:
    """The newest first; ``unread_only`` leaves out what she has read."""
    viewer = viewer_of(request)
    query = read_query(request)
    page = page_of(query)
    unread_only = query.get("unread_only") == "true"
    rows, total, ids = find_notices(viewer, unread_only=unread_only, offset=page.offset, length=page.per)
    note_sighting(viewer, road="notices.list", action="list", record_kind="case", record_ids=ids)
    return reply(rows, {"total": total, "per": page.per, "page": page.number, "unread": count_unread(viewer)})


@ours.post("/notices/read", summary="Mark notices as read")
def mark_read(request: HttpRequest) -> HttpResponse:
    """Those that are named, or all; those of others are passed over."""
    viewer = viewer_of(request)
    asked = check(NoticesRead, read_body(request))
    named = None if asked.ids is None else [found for one in asked.ids if (found := read_id(one))]
    put_notices_away(ids=named, actor=viewer, at=now())
    return reply({"unread": count_unread(viewer)})
