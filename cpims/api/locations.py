"""Places: list, read, add, rename, switch off, and bring in from a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, read_body, read_data
from cpims.api.http.keys import sift, told
from cpims.api.http.prefer import once
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import no_content, reply
from cpims.lib.clock import now
from cpims.lib.errors import Problem
from cpims.locations.actions import (
    change_location,
    change_locations,
    create_location,
    disable_location,
    import_locations,
)
from cpims.locations.queries import (
    every_place,
    get_location,
    list_locations,
    location_json,
    places_below,
    places_revision,
)
from cpims.locations.rules import KEYS
from cpims.settings.queries import settings_at

router = Router(tags=["locations"])
ours = Router(tags=["locations"])
MOST_AT_ONCE = 5000
CHANGEABLE = ("type", "disabled", "placename")
NEW = ("id", "code", "parent_code", *CHANGEABLE)
FIXED = "location.key_not_permitted"


@router.get("/locations")
def find_locations(request: HttpRequest) -> HttpResponse:
    """One page of places."""
    viewer = viewer_of(request)
    query = read_query(request)
    page = page_of(query, per=100, cap=None)
    asked = query.get("disabled")
    disabled = [
        value == "true" for value in (asked if isinstance(asked, list) else [asked]) if value in ("true", "false")
    ]
    rows, total = list_locations(
        viewer=viewer,
        disabled=disabled,
        order_by=str(query.get("order_by") or "id"),
        descending=query.get("order") == "desc",
        locale=str(query.get("locale") or "en"),
        offset=page.offset,
        count=page.per,
    )
    locales, hierarchy = settings_at(viewer.configuration).locales, query.get("hierarchy") == "true"
    shown = [location_json(row, locales, hierarchy=hierarchy) for row in rows]
    return reply(shown, {"total": total, "per": page.per, "page": page.number})


def places_file(configuration: int) -> str:
    """The address of the file of all places as they are now; another address after any change."""
    return f"/api/cpims/v1/locations/{places_revision(configuration)}.json"


@ours.get("/locations/{name}", summary="The file of all places", response=None)
def download_places(request: HttpRequest, name: str) -> HttpResponse | StreamingHttpResponse:
    """All places in one file, for clients that keep them; its name changes when they do, so that it is kept for long."""
    viewer = viewer_of(request)
    revision = places_revision(viewer.configuration)
    tag = f'"{revision}"'
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response: HttpResponse | StreamingHttpResponse = HttpResponse(status=304)
    else:
        pieces = every_place(settings_at(viewer.configuration).locales)
        response = StreamingHttpResponse(pieces, content_type="application/json")
    response["ETag"] = tag
    current = name.removesuffix(".json") == revision
    response["Cache-Control"] = "private, max-age=31536000, immutable" if current else "private, no-cache"
    return response


@ours.get("/places", summary="The places below one, or those with a name or code")
def browse_places(request: HttpRequest) -> HttpResponse:
    """One level of the tree at a time, page by page, for whoever looks after it."""
    viewer = viewer_of(request)
    query = read_query(request)
    page = page_of(query, per=50)
    parent, text = query.get("parent"), query.get("query")
    rows, total, path = places_below(
        viewer=viewer,
        parent=parent if isinstance(parent, str) else "",
        text=text.strip() if isinstance(text, str) else "",
        locale=str(query.get("locale") or "en"),
        offset=page.offset,
        count=page.per,
    )
    locales = settings_at(viewer.configuration).locales
    shown = [location_json(row, locales, hierarchy=True) | {"below": below} for row, below in rows]
    above = [location_json(row, locales, hierarchy=True) for row in path]
    return reply(shown, {"total": total, "per": page.per, "page": page.number, "path": above})


@router.post("/locations")
def add_location(request: HttpRequest) -> HttpResponse:
    """A new place."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    return once(request, viewer, lambda: _add(request, viewer))


def _add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    data = read_data(request)
    left = _left(request, {"": data}, NEW)
    location = create_location(values=data, actor=viewer, at=now())
    if data.get("id") is not None:
        return no_content()
    return reply(location_json(location, settings_at(viewer.configuration).locales, hierarchy=True), told(left))


@router.post("/locations/update_bulk")
def amend_many(request: HttpRequest) -> HttpResponse:
    """Many places are changed at once."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    changes = _many(read_body(request).get("data"))
    left = _left(request, {f"/{place}": change for place, change in enumerate(changes)}, ("id", *CHANGEABLE))
    rows = change_locations(changes=changes, actor=viewer, at=now())
    locales = settings_at(viewer.configuration).locales
    shown = [location_json(row, locales, hierarchy=True) for row in rows]
    return reply(shown, told(left, total=len(rows), per=len(rows), page=1))


@router.post("/locations/import")
def bring_in(request: HttpRequest) -> HttpResponse:
    """Places come from a table; 422 with the same body when a row could not be used, its good rows are kept."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    data = read_data(request)
    locales = settings_at(viewer.configuration).locales
    outcome = import_locations(data_base64=data.get("data_base64"), actor=viewer, locales=locales, at=now())
    shown = {
        "status": outcome.status,
        "total": outcome.total,
        "file_name": data.get("file_name") if isinstance(data.get("file_name"), str) else None,
        "success_total": outcome.total - len(outcome.failures),
        "failure_total": len(outcome.failures),
        "failures": outcome.failures,
    }
    errors = [{"message": p.code, "code": p.code, "row": p.row, "params": p.params} for p in outcome.problems]
    return reply(shown, status=200 if outcome.status == "success" else 422, errors=errors)


@router.get("/locations/{location_id}")
def read_location(request: HttpRequest, location_id: str) -> HttpResponse:
    """One place."""
    viewer = viewer_of(request)
    location = get_location(location_id, viewer=viewer)
    return reply(location_json(location, settings_at(viewer.configuration).locales, hierarchy=True))


@router.api_operation(["PATCH", "PUT"], "/locations/{location_id}")
def amend_location(request: HttpRequest, location_id: str) -> HttpResponse:
    """A place is changed; only its name, its kind and whether it is in use can."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    data = read_data(request)
    left = _left(request, {"": data}, CHANGEABLE)
    location = change_location(location_id=location_id, values=data, actor=viewer, at=now())
    return reply(location_json(location, settings_at(viewer.configuration).locales, hierarchy=True), told(left))


@router.delete("/locations/{location_id}")
def drop_location(request: HttpRequest, location_id: str) -> HttpResponse:
    """A place is taken out of use."""
    return reply({"id": disable_location(location_id=location_id, actor=viewer_of(request), at=now()).id})


def _left(request: HttpRequest, sent: Mapping[str, dict[str, Any]], used: Collection[str]) -> list[dict[str, Any]]:
    """What of places cannot be given or changed here; refused when the client is strict. Unknown keys always are."""
    unused = [Problem(f"{at}/{key}", FIXED) for at, data in sent.items() for key in data if key in KEYS - set(used)]
    return sift(request, {}, (), {}, others=FIXED, more=unused)[1]


def _many(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, list) or not all(isinstance(change, dict) for change in data):
        raise BodyInvalid([Problem("/data", "location.not_a_list")])
    if len(data) > MOST_AT_ONCE:
        raise BodyInvalid([Problem("/data", "location.too_many_changes", {"most": MOST_AT_ONCE})])
    return data
