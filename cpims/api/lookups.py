"""Option lists: list, read, make, change, put away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import sift, told
from cpims.api.http.prefer import once
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import no_content, reply
from cpims.forms.actions import retire_lookup
from cpims.forms.queries.uses import lookup_uses
from cpims.lib.clock import now
from cpims.lookups.actions import change_lookup, create_lookup
from cpims.lookups.queries import get_lookup, lookup_json, served_lookups
from cpims.settings.queries import settings_at

router = Router(tags=["lookups"])
ours = Router(tags=["lookups"])


@router.get("/lookups")
def list_lookups(request: HttpRequest) -> HttpResponse:
    """All option lists; every signed-in person's client needs them."""
    viewer = viewer_of(request)
    query = read_query(request)
    page = page_of(query)
    rows = list(served_lookups(viewer.configuration, settings_at(viewer.configuration).locales))
    key, locale = query.get("order_by"), query.get("locale") or "en"
    if key == "name":
        rows.sort(key=lambda row: (row["name"].get(locale) or "").casefold(), reverse=query.get("order") == "desc")
    elif key in ("id", "unique_id", "locked"):
        rows.sort(key=lambda row: row[key], reverse=query.get("order") == "desc")
    metadata = {"total": len(rows), "per": page.per, "page": page.number}
    return reply(rows[page.offset : page.offset + page.per], metadata)


@router.post("/lookups")
def make_lookup(request: HttpRequest) -> HttpResponse:
    """A new option list."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    return once(request, viewer, lambda: _make(request, viewer))


def _make(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    data = read_data(request)
    left = _left(request, data, {"locked": False})
    lookup = create_lookup(values=_values(data), actor=viewer, at=now())
    if data.get("id") is not None:
        return no_content()
    return reply(lookup_json(lookup, settings_at(viewer.configuration).locales), told(left))


@router.get("/lookups/{lookup_id}")
def read_lookup(request: HttpRequest, lookup_id: str) -> HttpResponse:
    """One option list."""
    viewer = viewer_of(request)
    return reply(lookup_json(get_lookup(lookup_id, viewer=viewer), settings_at(viewer.configuration).locales))


@router.api_operation(["PATCH", "PUT"], "/lookups/{lookup_id}")
def amend_lookup(request: HttpRequest, lookup_id: str) -> HttpResponse:
    """An option list is changed."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage", "manage_restricted")
    data = read_data(request)
    stands = get_lookup(lookup_id, viewer=viewer)
    left = _left(request, data, {"id": stands.id, "unique_id": stands.unique_id, "locked": stands.locked})
    lookup = change_lookup(lookup_id=lookup_id, values=_values(data), actor=viewer, at=now())
    return reply(lookup_json(lookup, settings_at(viewer.configuration).locales), told(left))


@router.delete("/lookups/{lookup_id}")
def drop_lookup(request: HttpRequest, lookup_id: str) -> HttpResponse:
    """An option list is put away."""
    return reply({"id": retire_lookup(lookup_id=lookup_id, actor=viewer_of(request), at=now()).id})


@ours.get("/lookups/uses", summary="What uses each option list")
def show_uses(request: HttpRequest) -> HttpResponse:
    """Every question and every part of the work that takes its options from a list."""
    return reply(lookup_uses(viewer=viewer_of(request)))


def _left(request: HttpRequest, data: dict[str, Any], fixed: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands as it is, whatever was sent; refused when the client is strict."""
    kept = {key for key in data if key not in fixed or data[key] == fixed[key]}
    return sift(request, data, kept, {}, others="lookup.key_not_permitted")[1]


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "locked"}
