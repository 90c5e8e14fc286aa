"""Filters of lists, kept under a name: one's own as Primero has them, shared ones under our own address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, read_data
from cpims.api.http.keys import sift, told
from cpims.api.http.lists import sliced
from cpims.api.http.prefer import once, prefers
from cpims.api.http.query import read_query
from cpims.api.http.reply import reply
from cpims.lib.clock import iso, now, today
from cpims.lib.errors import Problem
from cpims.records.actions.saved import drop_search, save_search
from cpims.records.models import SavedSearch
from cpims.records.queries.saved import get_own_search, own_searches, unusable, visible_searches
from cpims.records.rules.saved import KEYS, MOST_FILTERS, OUR_KEYS, is_filter, kind_of

router = Router(tags=["saved_searches"])
ours = Router(tags=["saved_searches"])
UNKNOWN = "saved_search.key.unknown"


def _today() -> date:
    return today(settings.ENVIRONMENT.time_zone)


@router.get("/saved_searches")
def list_saved(request: HttpRequest) -> HttpResponse:
    """The viewer's own saved searches."""
    rows, metadata = sliced(own_searches(viewer_of(request)), read_query(request), always=True)
    return reply([_primero(row) for row in rows], metadata)


@router.post("/saved_searches")
def save(request: HttpRequest) -> HttpResponse:
    """Keep filters under a name; those that cannot be used are told and left out."""
    viewer = viewer_of(request)
    return once(request, viewer, lambda: _save(request, viewer))


def _save(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    values, ignored = sift(request, read_data(request), KEYS, {}, others=UNKNOWN)
    left = _leave_out_unusable(values, viewer)
    if left and prefers(request, "handling=strict"):
        raise BodyInvalid(left)
    search = save_search(values=values, actor=viewer, today=_today(), at=now())
    return reply(_primero(search), told(ignored + [{"pointer": p.pointer, "code": p.code} for p in left]))


@router.delete("/saved_searches/{search_id}")
def drop(request: HttpRequest, search_id: str) -> HttpResponse:
    """Drop a saved search of one's own."""
    return _dropped(request, search_id)


@ours.get("/saved_searches", summary="Saved searches: one's own and those shared with one")
def list_shared(request: HttpRequest) -> HttpResponse:
    """One's own saved searches and those shared with one's team or role that one may use."""
    viewer = viewer_of(request)
    wanted = read_query(request).get("record_type")
    rows = visible_searches(viewer, record_type=wanted if isinstance(wanted, str) else None, today=_today())
    return reply([_whole(row, viewer) for row in rows])


@ours.post("/saved_searches", summary="Keep the filters of a list under a name")
def save_ours(request: HttpRequest) -> HttpResponse:
    """Keep filters under a name, for oneself or for teams and roles; every problem is named, nothing is left out."""
    viewer = viewer_of(request)
    return once(request, viewer, lambda: _written(request, viewer, None))


@ours.patch("/saved_searches/{search_id}", summary="Change a saved search of one's own")
def change_ours(request: HttpRequest, search_id: str) -> HttpResponse:
    """Rename a saved search, change its filters or with whom it is shared."""
    viewer = viewer_of(request)
    return _written(request, viewer, get_own_search(viewer, search_id).pk)


@ours.delete("/saved_searches/{search_id}", summary="Drop a saved search of one's own")
def drop_ours(request: HttpRequest, search_id: str) -> HttpResponse:
    """Drop a saved search of one's own."""
    return _dropped(request, search_id)


def _dropped(request: HttpRequest, search_id: str) -> HttpResponse:
    viewer = viewer_of(request)
    search = get_own_search(viewer, search_id)
    shown = _primero(search)
    drop_search(search_id=search.pk, actor=viewer, at=now())
    return reply(shown)


def _written(request: HttpRequest, viewer: Viewer, search_id: int | None) -> HttpResponse:
    values, ignored = sift(request, read_data(request), OUR_KEYS, {}, others=UNKNOWN)
    wrong = _misshapen(values.get("filters"))
    if wrong:
        raise BodyInvalid(wrong)
    search = save_search(values=values, actor=viewer, today=_today(), at=now(), search_id=search_id)
    return reply(_whole(search, viewer), told(ignored))


def _misshapen(filters: Any) -> list[Problem]:
    if not isinstance(filters, list):
        return []
    return [
        Problem(f"/filters/{place}", "saved_search.value")
        for place, entry in enumerate(filters[:MOST_FILTERS])
        if not is_filter(entry)
    ]


def _leave_out_unusable(values: dict[str, Any], viewer: Viewer) -> list[Problem]:
    """Take out of the filters what cannot be kept (as Primero drops single values), and name it."""
    filters, kind = values.get("filters"), kind_of(values.get("record_type"))
    if not isinstance(filters, list) or kind is None:
        return []
    left, kept = _misshapen(filters), []
    for place, entry in enumerate(filters[:MOST_FILTERS]):
        if not is_filter(entry):
            continue
        if unusable([entry], kind=kind, viewer=viewer, today=_today()):
            left.append(Problem(f"/filters/{place}", "saved_search.filter", {"name": entry["name"]}))
        else:
            kept.append({"name": entry["name"], "value": entry["value"]})
    values["filters"] = kept + filters[MOST_FILTERS:]
    return left


def _primero(search: SavedSearch) -> dict[str, Any]:
    return {
        "id": search.pk,
        "name": search.name,
        "record_type": search.record_type,
        "filters": search.filters,
        "user_id": search.user_id,
    }


def _whole(search: SavedSearch, viewer: Viewer) -> dict[str, Any]:
    own = search.user_id == viewer.user_id
    return _primero(search) | {
        "module_ids": list(search.module_ids),
        "own": own,
        "user_name": viewer.user_name if own else search.user.user_name,
        "shared_groups": list(search.shared_groups) if own else [],
        "shared_roles": list(search.shared_roles) if own else [],
        "created_at": iso(search.created_at),
        "updated_at": iso(search.updated_at),
    }
