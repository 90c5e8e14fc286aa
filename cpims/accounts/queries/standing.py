"""Roles, agencies and user groups, as far as a viewer may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from cpims.access.rules.administration import EVERY_GROUP, OWN_GROUPS, may_touch_agency, may_touch_group, may_touch_role
from cpims.access.rules.viewer import Forbidden, Viewer, require
from cpims.accounts.models import Agency, Role, UserGroup
from cpims.accounts.queries.people import facts_of
from cpims.accounts.rules.refusals import AgencyNotFound, GroupNotFound, RoleNotFound

Row = TypeVar("Row", bound=Model)


def by_number(rows: QuerySet[Row], number: str) -> Row | None:
    """The row with this number, if it is a number and there is such a row."""
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    return rows.filter(pk=number).first()


def in_order(rows: Iterable[Row], key: Callable[[Row], Any], *, descending: bool) -> list[Row]:
    """Rows sorted by a value, those without one last; equal ones by their number."""
    listed = sorted(rows, key=lambda row: row.pk or 0)
    filled = [row for row in listed if key(row) not in (None, "")]
    filled.sort(key=lambda row: _comparable(key(row)), reverse=descending)
    return filled + [row for row in listed if key(row) in (None, "")]


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def find_roles(
    viewer: Viewer,
    *,
    managed: bool = False,
    external: bool = False,
    authorised: bool = False,
    disabled: bool | None = None,
    scopes: Sequence[str] = (),
) -> list[Role]:
    """Roles: everybody may know which there are (for referrals); ``managed``: those she may hand out or change."""
    rows = Role.objects.order_by("id")
    if external:
        rows = rows.filter(disabled=False, referral=True) | rows.filter(disabled=False, transfer=True)
    if authorised:
        rows = rows.filter(disabled=False, referral_authorization=True)
    if disabled is not None:
        rows = rows.filter(disabled=disabled)
    if scopes:
        rows = rows.filter(group_permission__in=scopes)
    if not managed:
        return list(rows)
    return [
        role
        for role in rows
        if any(may_touch_role(viewer, facts_of(role), verb) for verb in ("assign", "write", "read"))
    ]


def get_role(viewer: Viewer, role_id: str, action: str = "read") -> Role:
    """One role that the viewer may read, or do this with.

    Raises: Forbidden, RoleNotFound.
    """
    require(viewer, "role", action)
    role = by_number(Role.objects.all(), role_id)
    if role is None or not may_touch_role(viewer, facts_of(role), action):
        raise RoleNotFound
    return role


def find_groups(
    viewer: Viewer,
    *,
    managed: bool = False,
    shared_reports: bool = False,
    disabled: Sequence[bool] = (),
    agencies: Sequence[str] = (),
) -> list[UserGroup]:
    """User groups in a viewer's reach; ``shared_reports``: her reports cover all of them, so she may know their names.

    Raises: Forbidden.
    """
    if not viewer.may("user_group", "read") and not shared_reports:
        raise Forbidden(resource="user_group", action="read")
    rows = UserGroup.objects.order_by("id").prefetch_related("agencies")
    if viewer.scope not in EVERY_GROUP and (managed or not shared_reports):
        rows = rows.filter(unique_id__in=viewer.groups if viewer.scope in OWN_GROUPS else ())
    if disabled:
        rows = rows.filter(disabled__in=disabled)
    if agencies:
        rows = rows.filter(agencies__unique_id__in=agencies).distinct()
    return list(rows)


def get_group(viewer: Viewer, group_id: str, action: str = "read") -> UserGroup:
    """One user group that the viewer may read, or do this with.

    Raises: Forbidden, GroupNotFound.
    """
    require(viewer, "user_group", action)
    group = by_number(UserGroup.objects.prefetch_related("agencies"), group_id)
    if group is None or not may_touch_group(viewer, group.unique_id, action):
        raise GroupNotFound
    return group


def find_agencies(viewer: Viewer, *, managed: bool = False, disabled: Sequence[bool] = ()) -> list[Agency]:
    """Agencies in a viewer's reach.

    Raises: Forbidden.
    """
    require(viewer, "agency", "read")
    rows = Agency.objects.order_by("id")
    if disabled:
        rows = rows.filter(disabled__in=disabled)
    verbs = ("read", "write", "assign") if managed else ("read",)
    return [agency for agency in rows if any(may_touch_agency(viewer, agency.unique_id, verb) for verb in verbs)]


def get_agency(viewer: Viewer, agency_id: str, action: str = "read") -> Agency:
    """One agency that the viewer may read, or do this with.

    Raises: Forbidden, AgencyNotFound.
    """
    require(viewer, "agency", action)
    agency = by_number(Agency.objects.all(), agency_id)
    if agency is None or not may_touch_agency(viewer, agency.unique_id, action):
        raise AgencyNotFound
    return agency


def said_of_role(role: Role) -> dict[str, Any]:
    """What the books say of a role."""
    return {
        "unique_id": role.unique_id,
        "name": role.name,
        "description": role.description,
        "group_permission": role.group_permission,
        "permissions": role.permissions,
        "is_manager": role.is_manager,
        "referral": role.referral,
        "transfer": role.transfer,
        "referral_authorization": role.referral_authorization,
        "reporting_location_level": role.reporting_location_level,
        "disabled": role.disabled,
        "user_category": role.user_category,
        "module_unique_ids": list(role.module_unique_ids),
    }


def said_of_agency(agency: Agency) -> dict[str, Any]:
    """What the books say of an agency."""
    keys = (
        "unique_id agency_code order name description telephone services pdf_logo_option terms_of_use_enabled "
        "terms_of_use_uploaded_at exclude_agency_from_lookups disabled contact_email contact_name contact_phone notes"
    )
    return {key: getattr(agency, key) for key in keys.split()}


def said_of_group(group: UserGroup) -> dict[str, Any]:
    """What the books say of a user group."""
    return {
        "unique_id": group.unique_id,
        "name": group.name,
        "description": group.description,
        "disabled": group.disabled,
        "core_resource": group.core_resource,
        "agency_unique_ids": sorted(group.agencies.values_list("unique_id", flat=True)) if group.pk else [],
    }
