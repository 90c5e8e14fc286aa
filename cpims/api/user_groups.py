"""User groups: list, make, read, change, put away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.teams import change_user_group, create_user_group, disable_user_group
from cpims.accounts.models import UserGroup
from cpims.accounts.queries.standing import find_groups, get_group, in_order
from cpims.accounts.rules.teams import GROUP_KEYS
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import changeable, flags, is_true, many, sift, told
from cpims.api.http.lists import sliced
from cpims.api.http.prefer import once
from cpims.api.http.query import read_query
from cpims.api.http.reply import no_content, reply
from cpims.lib.clock import now

router = Router(tags=["user_groups"])
ORDERS = ("id", "name", "description", "unique_id", "created_at", "updated_at", "disabled")


def group_json(group: UserGroup) -> dict[str, Any]:
    """A user group as the API shows it."""
    keys = ("id", "unique_id", "name", "disabled", "description", "core_resource")
    return {key: getattr(group, key) for key in keys} | {
        "agency_unique_ids": sorted(agency.unique_id for agency in group.agencies.all())
    }


@router.get("/user_groups", summary="List user groups")
def list_groups(request: HttpRequest) -> HttpResponse:
    """The user groups in the viewer's reach."""
    viewer = viewer_of(request)
    query = read_query(request)
    found = find_groups(
        viewer,
        managed=is_true(query.get("managed")),
        shared_reports=bool(viewer.permissions.get("managed_report")) and viewer.report_scope == Scope.ALL,
        disabled=flags(query.get("disabled")),
        agencies=many(query.get("agency_unique_ids")),
    )
    order = query.get("order_by")
    if order in ORDERS:
        found = in_order(found, lambda group: getattr(group, order), descending=query.get("order") == "desc")
    rows, metadata = sliced(found, query)
    return reply([group_json(group) for group in rows], metadata)


@router.post("/user_groups", summary="Make a user group")
def add_group(request: HttpRequest) -> HttpResponse:
    """Make a user group; 204 when the client made the id."""
    viewer = viewer_of(request)
    require(viewer, "user_group", "create")
    return once(request, viewer, lambda: _add(request, viewer))


def _add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    data = read_data(request)
    values, ignored = sift(request, data, GROUP_KEYS, {}, others="user_group.key.unknown")
    group = create_user_group(values=values, actor=viewer, at=now())
    return no_content() if data.get("id") is not None else reply(group_json(group), told(ignored))


@router.get("/user_groups/{group_id}", summary="Read a user group")
def show_group(request: HttpRequest, group_id: str) -> HttpResponse:
    """One user group."""
    return reply(group_json(get_group(viewer_of(request), group_id)))


@router.api_operation(["PATCH", "PUT"], "/user_groups/{group_id}", summary="Change a user group")
def alter_group(request: HttpRequest, group_id: str) -> HttpResponse:
    """Change a user group; what its members see follows with their next request."""
    viewer = viewer_of(request)
    group = get_group(viewer, group_id, "write")
    data = read_data(request)
    values, ignored = sift(
        request, data, changeable(GROUP_KEYS, data, id=group.id), {}, others="user_group.key.unknown"
    )
    changed = change_user_group(group_id=group.id, values=values, actor=viewer, at=now())
    return reply(group_json(changed), told(ignored))


@router.delete("/user_groups/{group_id}", summary="Put a user group away")
def remove_group(request: HttpRequest, group_id: str) -> HttpResponse:
    """Put a user group away that has no members; it is switched off, not deleted."""
    viewer = viewer_of(request)
    group = get_group(viewer, group_id, "write")
    return reply({"id": disable_user_group(group_id=group.id, actor=viewer, at=now()).id})
