"""The people to whom a case may go, for who hands it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cpims.access.rules.catalogue import SUPER_RESOURCES, Scope
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Role, User, UserGroup
from cpims.accounts.queries.people import manages
from cpims.lib.errors import Problem
from cpims.records.queries.setup import places
from cpims.settings.queries import settings_at
from cpims.transitions.rules.moves import Kind
from cpims.transitions.rules.people import NOT_PEOPLE, RECEIVES, SEES_NO_CASE, SENDS, assign_reach
from cpims.transitions.rules.refusals import TransitionInvalid

CASE = "case"


@dataclass(frozen=True)
class Sought:
    """Which recipients are asked for; what is empty does not narrow."""

    module: str = ""
    agency: str = ""
    location: str = ""
    service: str = ""


def find_recipients(viewer: Viewer, kind: Kind, sought: Sought) -> list[dict[str, Any]]:
    """The people whom she may choose, by name, each with the place that she reports for.

    Raises: Forbidden.
    """
    require(viewer, CASE, *SENDS[kind])
    rows = _eligible(viewer, kind, sought.module)
    if sought.agency:
        rows = rows.filter(agency__unique_id=sought.agency)
    if sought.service:
        rows = rows.filter(services__contains=[sought.service])
    found = [_told(user, viewer.configuration) for user in rows.select_related("agency")]
    if sought.location:
        found = [entry for entry in found if entry["location"] == sought.location]
    return sorted(found, key=lambda entry: entry["user_name"])


def get_recipient(sender: Viewer, kind: Kind, *, module: str, user_name: object) -> User:
    """The person whom a case goes to, when she may be chosen for it.

    Raises: TransitionInvalid.
    """
    if not isinstance(user_name, str) or not user_name:
        raise TransitionInvalid([Problem("/transitioned_to", "transition.recipient_missing")])
    found = whole(_eligible(sender, kind, module)).filter(user_name=user_name).first()
    if found is None:
        raise TransitionInvalid([cannot_receive()])
    return found


def cannot_receive() -> Problem:
    """She who was named cannot get this case from this sender."""
    return Problem("/transitioned_to", "transition.recipient", {"primero": "transition.errors.to_user_can_receive"})


def whole(users: QuerySet[User]) -> QuerySet[User]:
    """People with everything that an act needs of them."""
    return users.select_related("role", "agency").prefetch_related("groups")


def still_receives(user: User, module: str) -> bool:
    """Could she work on a case of this module today? Asked again before it becomes hers."""
    return _people(module).filter(pk=user.pk).exists()


def _people(module: str) -> QuerySet[User]:
    """Accounts in use whose role reads cases (of this module)."""
    reads = Q(role__permissions__contains={CASE: ["read"]}) | Q(role__permissions__contains={CASE: ["manage"]})
    rows = User.objects.filter(reads, disabled=False, unverified=False, role__disabled=False)
    rows = rows.filter(Q(role__user_category__isnull=True) | ~Q(role__user_category__in=NOT_PEOPLE))
    rows = rows.exclude(role__group_permission__in=[str(scope) for scope in SEES_NO_CASE])
    if module:
        supers = Role.objects.filter(manages(SUPER_RESOURCES), group_permission=str(Scope.ALL))
        rows = rows.filter(Q(role__module_unique_ids__contains=[module]) | Q(role__in=supers))
    return rows


def _eligible(sender: Viewer, kind: Kind, module: str) -> QuerySet[User]:
    rows = _people(module).exclude(pk=sender.user_id)
    if kind is not Kind.ASSIGN:
        return rows.filter(role__permissions__contains={CASE: [RECEIVES[kind]]})
    reach = assign_reach(sender)
    if reach == "agency":
        return rows.filter(agency__unique_id=sender.agency)
    if reach == "group":
        shared = UserGroup.objects.filter(unique_id__in=sender.groups, disabled=False)
        return rows.filter(id__in=User.groups.through.objects.filter(usergroup__in=shared).values("user_id"))
    return rows if reach == "all" else rows.none()


def _told(user: User, configuration: int) -> dict[str, Any]:
    return {
        "id": user.id,
        "user_name": user.user_name,
        "code": user.code,
        "position": user.position,
        "location": _reports_for(user.location, configuration),
        "agency": user.agency.unique_id,
        "disabled": user.disabled,
        "services": list(user.services),
    }


def _reports_for(location: str | None, configuration: int) -> str | None:
    """The place by which she reports: the one above hers at the level of reporting."""
    decided = settings_at(configuration).values.get("reporting_location_config") or {}
    if not location:
        return None
    path = places(configuration).get(location, (location,))
    level = decided.get("admin_level")
    return path[level] if isinstance(level, int) and level < len(path) else path[-1]


__all__ = ["Sought", "cannot_receive", "find_recipients", "get_recipient", "still_receives", "whole"]
