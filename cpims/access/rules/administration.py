"""Who may look after whose account, and what she may hand out: never more than she holds herself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpims.access.rules.catalogue import ACTIONS, ADMIN_RESOURCES, ALSO_GRANTS, MANAGE, SUPER_RESOURCES, Scope
from cpims.access.rules.viewer import Viewer, read_permissions
from cpims.lib.errors import NotPermitted

#: What steers the instance itself; whoever hands out a role with one of these must hold it.
STEERING: Final = frozenset(
    [
        "role",
        "user",
        "user_group",
        "agency",
        "webhook",
        "metadata",
        "system",
        "primero_configuration",
        "audit_log",
        "matching_configuration",
        "code_of_conduct",
        "usage_report",
    ]
)
#: How far each scope sees, for comparing; a role may be handed on only to see as far or less far.
REACH: Final[Mapping[str, int]] = {
    Scope.IDENTIFIED: 0,
    Scope.ADMIN_ONLY: 0,
    Scope.SELF: 1,
    Scope.GROUP: 2,
    Scope.AGENCY: 3,
    Scope.ALL: 4,
}
#: What these scopes make of user groups.
EVERY_GROUP: Final = frozenset({Scope.ALL, Scope.ADMIN_ONLY})
OWN_GROUPS: Final = frozenset({Scope.GROUP, Scope.AGENCY})


class BeyondYourRights(NotPermitted):
    """Nobody hands out more than she holds herself."""

    code = "rights.beyond_your_own"


@dataclass(frozen=True)
class RoleFacts:
    """What a role allows, as far as handing it out is concerned."""

    unique_id: str
    scope: str
    permissions: Mapping[str, frozenset[str]]
    modules: frozenset[str]
    roles: frozenset[str] | None = None
    agencies: frozenset[str] | None = None
    disabled: bool = False
    leads: bool = False
    lent: bool = False
    report_scope: str = Scope.ALL

    @property
    def is_super(self) -> bool:
        """Does it manage everything there is?"""
        return all(MANAGE in self.permissions.get(r, frozenset()) for r in SUPER_RESOURCES)

    @property
    def is_admin(self) -> bool:
        """Does it look after accounts and settings (a super role does so too)?"""
        return all(MANAGE in self.permissions.get(r, frozenset()) for r in ADMIN_RESOURCES)


@dataclass(frozen=True)
class Person:
    """An account, as far as looking after it is concerned."""

    user_id: int
    agency: str
    groups: frozenset[str]
    role: RoleFacts


def role_facts(
    unique_id: str,
    scope: str,
    stored: Mapping[str, Any],
    modules: Collection[str],
    *,
    disabled: bool = False,
    leads: bool = False,
    lent: bool = False,
) -> RoleFacts:
    """The facts in a role's stored JSON; ``leads``: its holders lead others, ``lent``: a referral may lend its forms."""
    objects = stored.get("objects") or {}
    return RoleFacts(
        unique_id=unique_id,
        scope=scope,
        permissions=read_permissions(stored),
        modules=frozenset(modules),
        roles=_named(objects, "role"),
        agencies=_named(objects, "agency"),
        disabled=disabled,
        leads=leads,
        lent=lent,
        report_scope=report_scope(objects),
    )


def report_scope(objects: Mapping[str, Any]) -> str:
    """How far the ready reports of a role reach; ``all`` where nothing is said."""
    said = objects.get("managed_report")
    return str(said.get("scope") or Scope.ALL) if isinstance(said, Mapping) else str(Scope.ALL)


def _named(objects: Mapping[str, Any], key: str) -> frozenset[str] | None:
    names = objects.get(key)
    return frozenset(names) if isinstance(names, list) and names else None


# --- accounts ---------------------------------------------------------------------------------------------------


def may_look_after(viewer: Viewer, person: Person) -> bool:
    """May she see and change this account (her role's ``user`` actions are asked separately)?

    A super-user: anybody. A user administrator: anybody but super-users. Others never super-users or administrators;
    whoever holds ``agency_read``: her agency; scope ``all``: the rest; scope ``group``: who shares a group with her.
    """
    if viewer.is_super or person.user_id == viewer.user_id:
        return True
    if person.role.is_super:
        return False
    if viewer.is_admin:
        return True
    if person.role.is_admin:
        return False
    if viewer.holds("user", "agency_read"):
        return person.agency == viewer.agency
    if viewer.scope is Scope.ALL:
        return True
    return viewer.scope is Scope.GROUP and not viewer.groups.isdisjoint(person.groups)


def require_may_place(
    viewer: Viewer,
    *,
    agency: str | None,
    groups: Collection[str],
    handed: RoleFacts | None = None,
) -> None:
    """Refuse to put somebody into an agency, groups or a role beyond what the viewer may hand out.

    Only what changes is asked: a group that is taken away counts like one that is given.
    Raises: BeyondYourRights.
    """
    if handed is not None:
        require_may_hand_out(viewer, handed)
    if agency is not None and not may_place_in_agency(viewer, agency):
        raise BeyondYourRights(agency=agency)
    if not may_place_in_groups(viewer, groups):
        raise BeyondYourRights(groups=sorted(groups))


def may_place_in_agency(viewer: Viewer, agency: str) -> bool:
    """May she put people into this agency?"""
    if viewer.is_super:
        return True
    if agency == viewer.agency and viewer.managed_agencies is None:
        return True
    if not viewer.may("agency", "assign") or viewer.holds("user", "agency_read"):
        return False
    if viewer.managed_agencies is not None:
        return agency in viewer.managed_agencies
    return viewer.scope in EVERY_GROUP


def may_place_in_groups(viewer: Viewer, groups: Collection[str]) -> bool:
    """May she put people into, or take them out of, all these groups?"""
    if viewer.is_super or not groups:
        return True
    if not viewer.may("user_group", "assign"):
        return False
    return viewer.scope in EVERY_GROUP or (viewer.scope in OWN_GROUPS and viewer.groups.issuperset(groups))


# --- roles ------------------------------------------------------------------------------------------------------


def may_touch_role(viewer: Viewer, role: RoleFacts, action: str) -> bool:
    """May she read, write or hand out this role?

    A super-user role is read and handed out by super-users only and written by nobody; a user administrator's role is
    for super-users only; a list of roles in her own role (``objects``) limits her; nobody changes the role she holds,
    unless her scope is ``all``.
    """
    if not viewer.may("role", action):
        return False
    if role.is_super:
        return viewer.is_super and action != "write"
    if viewer.is_super:
        return True
    if role.is_admin:
        return False
    if viewer.managed_roles is not None and role.unique_id not in viewer.managed_roles:
        return False
    return not (action == "write" and role.unique_id == viewer.role and viewer.scope is not Scope.ALL)


def require_may_hand_out(viewer: Viewer, role: RoleFacts) -> None:
    """Refuse to give somebody a role that reaches beyond the viewer's own rights.

    A list of roles in her own role is a delegation: those, and no others. Without one, a user administrator hands out
    every role that steers nothing she does not steer herself, and others only roles within their own.
    Raises: BeyondYourRights.
    """
    if not may_touch_role(viewer, role, "assign") or role.disabled:
        raise BeyondYourRights(role=role.unique_id)
    if viewer.managed_roles is None:
        require_within(viewer, role)


def require_may_stand_in(viewer: Viewer, role: RoleFacts) -> None:
    """Refuse to take hold of an account (by a password, or an address for links) whose role reaches beyond her own.

    Raises: BeyondYourRights.
    """
    if viewer.is_super or (viewer.is_admin and not role.is_super):
        return
    if viewer.managed_roles is None:
        require_within(viewer, role)
    elif role.unique_id not in viewer.managed_roles:
        raise BeyondYourRights(role=role.unique_id)


def require_within(viewer: Viewer, role: RoleFacts, before: RoleFacts | None = None) -> None:
    """Refuse a role whose rights go beyond the viewer's own; what it allowed ``before`` already is not asked again.

    Raises: BeyondYourRights.
    """
    if viewer.is_super:
        return
    if role.is_super or role.is_admin:
        raise BeyondYourRights(role=role.unique_id)
    if before is not None and ((before.disabled and not role.disabled) or (role.lent and not before.lent)):
        before = None  # switched on again, or lent from now on: all that it allows is handed out anew
    held_before = before.permissions if before else {}
    for resource, actions in role.permissions.items():
        if viewer.is_admin and resource not in STEERING:
            continue
        fresh = expanded(resource, actions) - expanded(resource, held_before.get(resource, frozenset()))
        if any(not viewer.may(resource, action) for action in fresh):
            raise BeyondYourRights(role=role.unique_id, resource=resource)
    if not viewer.is_admin:
        _require_reach(viewer, role, before)
    _require_delegation(viewer, role)


def _require_reach(viewer: Viewer, role: RoleFacts, before: RoleFacts | None) -> None:
    reach = REACH.get(role.scope, 4)
    if reach > REACH[viewer.scope] and (before is None or reach > REACH.get(before.scope, 4)):
        raise BeyondYourRights(role=role.unique_id, scope=role.scope)
    if (
        role.scope == Scope.ADMIN_ONLY
        and viewer.scope not in EVERY_GROUP
        and (before is None or before.scope != role.scope)
    ):
        raise BeyondYourRights(role=role.unique_id, scope=role.scope)
    if role.leads and not viewer.is_manager and not (before and before.leads):
        raise BeyondYourRights(role=role.unique_id, is_manager=True)
    if role.permissions.get("managed_report") and not _reports_within(viewer, role, before):
        raise BeyondYourRights(role=role.unique_id, managed_report=role.report_scope)
    if not role.modules - (before.modules if before else frozenset()) <= viewer.modules:
        raise BeyondYourRights(role=role.unique_id, modules=sorted(role.modules - viewer.modules))


def _reports_within(viewer: Viewer, role: RoleFacts, before: RoleFacts | None) -> bool:
    reach = REACH.get(role.report_scope, 4)
    if reach <= REACH.get(viewer.report_scope, 0):
        return True
    stood = before is not None and before.permissions.get("managed_report")
    return bool(before and stood and reach <= REACH.get(before.report_scope, 4))


def _require_delegation(viewer: Viewer, role: RoleFacts) -> None:
    """Who is limited to some roles or agencies cannot make a role that is limited to fewer or none."""
    looks_after = any(role.permissions.get(r) for r in ("user", "role"))
    if viewer.managed_roles is not None and looks_after and not (role.roles and role.roles <= viewer.managed_roles):
        raise BeyondYourRights(role=role.unique_id, objects="role")
    looks_after = any(role.permissions.get(r) for r in ("user", "agency"))
    if (
        viewer.managed_agencies is not None
        and looks_after
        and not (role.agencies and role.agencies <= viewer.managed_agencies)
    ):
        raise BeyondYourRights(role=role.unique_id, objects="agency")


def expanded(resource: str, actions: Collection[str]) -> frozenset[str]:
    """Every action of a resource that these stored actions grant; ``manage`` and ``write`` spelt out."""
    held = frozenset(actions)
    if MANAGE in held:
        return frozenset(ACTIONS[resource])
    also = frozenset().union(*(ALSO_GRANTS[stored] for stored in held if stored in ALSO_GRANTS))
    return held | (also & frozenset(ACTIONS[resource]))


def require_forms_within(viewer: Viewer, grants: Mapping[str, str], before: Mapping[str, str]) -> None:
    """Refuse to grant a role forms that the viewer herself may not read or fill (administrators excepted).

    Raises: BeyondYourRights.
    """
    if viewer.is_super or viewer.is_admin:
        return
    rank = {"r": 1, "rw": 2}
    for form, access in grants.items():
        asked = rank.get(access, 2)
        if asked > rank.get(before.get(form, ""), 0) and asked > rank.get(viewer.form_access.get(form, ""), 0):
            raise BeyondYourRights(form=form)


# --- groups and agencies ----------------------------------------------------------------------------------------


def may_touch_group(viewer: Viewer, group: str, action: str) -> bool:
    """May she read, write or hand out this user group?"""
    if not viewer.may("user_group", action):
        return False
    return viewer.scope in EVERY_GROUP or (viewer.scope in OWN_GROUPS and group in viewer.groups)


def may_touch_agency(viewer: Viewer, agency: str, action: str) -> bool:
    """May she read, write or hand out this agency?"""
    if not viewer.may("agency", action):
        return False
    return viewer.is_super or viewer.managed_agencies is None or agency in viewer.managed_agencies
