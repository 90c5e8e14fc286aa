"""Roles: list, make, read, change, put away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.roles import retire_role
from cpims.accounts.models import Role
from cpims.accounts.queries.standing import find_roles, get_role, in_order
from cpims.accounts.rules.refusals import RoleNotFound
from cpims.accounts.rules.roles import KEYS, unknown_permissions
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import changeable, flags, is_true, many, sift, told
from cpims.api.http.lists import sliced
from cpims.api.http.prefer import once
from cpims.api.http.query import read_query
from cpims.api.http.reply import no_content, reply
from cpims.forms.actions.roles import change_role_with_forms, create_role_with_forms, unknown_forms
from cpims.forms.queries.grants import grants_of_roles
from cpims.lib.clock import now
from cpims.lib.errors import Problem

router = Router(tags=["roles"])
ORDERS = ("id", "name", "description", "unique_id", "group_permission", "created_at", "updated_at", "disabled")


def role_json(role: Role, grants: Mapping[int, dict[str, str]]) -> dict[str, Any]:
    """A role as the API shows it."""
    keys = (
        "id unique_id name description group_permission referral_authorization referral transfer disabled is_manager "
        "reporting_location_level module_unique_ids"
    )
    return {key: getattr(role, key) for key in keys.split()} | {
        "form_section_read_write": grants.get(role.id, {}),
        "permissions": role.permissions | {"objects": role.permissions.get("objects") or {}},
    }


@router.get("/roles", summary="List roles")
def list_roles(request: HttpRequest) -> HttpResponse:
    """Every role, or with ``managed=true`` those the viewer may look after."""
    query = read_query(request)
    disabled = flags(query.get("disabled"))
    found = find_roles(
        viewer_of(request),
        managed=is_true(query.get("managed")),
        external=is_true(query.get("external")),
        authorised=is_true(query.get("referral_authorization")),
        disabled=disabled[0] if len(set(disabled)) == 1 else None,
        scopes=many(query.get("group_permission")),
    )
    order = query.get("order_by")
    if order in ORDERS:
        found = in_order(found, lambda role: getattr(role, order), descending=query.get("order") == "desc")
    rows, metadata = sliced(found, query, per=100, cap=None)
    grants = grants_of_roles(role.id for role in rows)
    return reply([role_json(role, grants) for role in rows], metadata)


@router.post("/roles", summary="Make a role")
def add_role(request: HttpRequest) -> HttpResponse:
    """Make a role; 204 when the client made the id."""
    viewer = viewer_of(request)
    require(viewer, "role", "create")
    return once(request, viewer, lambda: _add(request, viewer))


def _add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    data = read_data(request)
    values, ignored = _sifted(request, data)
    role = create_role_with_forms(values=values, actor=viewer, at=now())
    return no_content() if data.get("id") is not None else _shown(role, ignored)


@router.get("/roles/{role_id}", summary="Read a role")
def show_role(request: HttpRequest, role_id: str) -> HttpResponse:
    """One role."""
    role = get_role(viewer_of(request), role_id)
    return _shown(role, [])


@router.api_operation(["PATCH", "PUT"], "/roles/{role_id}", summary="Change a role")
def alter_role(request: HttpRequest, role_id: str) -> HttpResponse:
    """Change a role; its holders feel it with their next request."""
    viewer = viewer_of(request)
    role = get_role(viewer, role_id, "write")
    data = read_data(request)
    values, ignored = _sifted(request, data, changeable(KEYS, data, id=role.id))
    return _shown(change_role_with_forms(role_id=role.id, values=values, actor=viewer, at=now()), ignored)


@router.delete("/roles/{role_id}", summary="Put a role away")
def remove_role(request: HttpRequest, role_id: str) -> HttpResponse:
    """Put a role away that nobody holds; it is switched off, not deleted."""
    viewer = viewer_of(request)
    require(viewer, "role", "write")
    if not role_id.isascii() or not role_id.isdigit() or len(role_id) > 15:
        raise RoleNotFound
    return reply({"id": retire_role(role_id=int(role_id), actor=viewer, at=now()).id})


def _sifted(
    request: HttpRequest, data: dict[str, Any], keys: frozenset[str] = KEYS
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    stored = data.get("permissions")
    more = [
        Problem(p, "role.permission.unknown") for p in (unknown_permissions(stored) if isinstance(stored, dict) else [])
    ]
    more += [Problem(pointer, "form.unknown") for pointer in unknown_forms(data)]
    return sift(request, data, keys, {}, others="role.key.unknown", more=more)


def _shown(role: Role, ignored: list[dict[str, Any]]) -> HttpResponse:
    return reply(role_json(role, grants_of_roles([role.id])), told(ignored))
