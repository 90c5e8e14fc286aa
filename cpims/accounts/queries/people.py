"""Who is here, as far as a viewer may see: accounts in her care, and the account of one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from cpims.access.rules.administration import Person, RoleFacts, may_look_after, may_touch_role, role_facts
from cpims.access.rules.catalogue import ADMIN_RESOURCES, MANAGE, SUPER_RESOURCES, Scope
from cpims.access.rules.viewer import Viewer, read_permissions, require
from cpims.accounts.models import Role, User, UserGroup
from cpims.accounts.rules.refusals import UserNotFound

SORTED_BY_NAME = ("full_name", "user_name", "email", "position", "code", "agency_office", "location", "phone")
SORTED_PLAIN = ("id", "created_at", "updated_at", "disabled")


@dataclass(frozen=True)
class Wanted:
    """Which accounts are asked for; what is empty does not narrow."""

    text: str = ""
    user_name: str = ""
    location: str = ""
    services: Sequence[str] = ()
    ids: Sequence[int] | None = None
    disabled: frozenset[bool] = frozenset()
    roles: Sequence[int] = ()
    agencies: Sequence[int] = ()
    groups: Sequence[str] = ()
    order_by: str = "created_at"
    descending: bool = True


@dataclass(frozen=True)
class People:
    """One page of accounts, and how many there are in all."""

    rows: list[User] = field(default_factory=list)
    total: int = 0


def manages(resources: Sequence[str]) -> Q:
    """Roles that manage all these resources."""
    return Q(permissions__contains={resource: [MANAGE] for resource in resources})


def facts_of(role: Role) -> RoleFacts:
    """What a stored role allows, for deciding about it."""
    return role_facts(
        role.unique_id,
        role.group_permission,
        role.permissions,
        role.module_unique_ids,
        disabled=role.disabled,
        leads=role.is_manager,
        lent=role.referral_authorization,
    )


def person_of(user: User) -> Person:
    """What of an account decides who may look after it."""
    return Person(
        user_id=user.id,
        agency=user.agency.unique_id,
        groups=frozenset(group.unique_id for group in user.groups.all() if not group.disabled),
        role=facts_of(user.role),
    )


def visible_users(viewer: Viewer) -> QuerySet[User]:
    """The accounts that a viewer may look after, and her own; the same rule as ``may_look_after``, for many."""
    everybody = User.objects.all()
    if viewer.is_super:
        return everybody
    others = ~Q(role__in=Role.objects.filter(manages(SUPER_RESOURCES)))
    if not viewer.is_admin:
        others &= ~Q(role__in=Role.objects.filter(manages(ADMIN_RESOURCES)))
        if viewer.holds("user", "agency_read"):
            others &= Q(agency__unique_id=viewer.agency)
        elif viewer.scope is Scope.GROUP and viewer.groups:
            shared = UserGroup.objects.filter(unique_id__in=viewer.groups, disabled=False)
            others &= Q(id__in=User.groups.through.objects.filter(usergroup__in=shared).values("user_id"))
        elif viewer.scope is not Scope.ALL:
            others = Q(pk__in=[])
    return everybody.filter(others | Q(id=viewer.user_id))


def whole(users: QuerySet[User]) -> QuerySet[User]:
    """Accounts with everything that is shown of them, in few queries."""
    return users.select_related("role", "agency").prefetch_related(
        Prefetch("groups", queryset=UserGroup.objects.order_by("id"))
    )


def get_user(viewer: Viewer, user_id: str, action: str = "read") -> User:
    """One account: her own, or one that she may look after and do this with.

    Raises: Forbidden, UserNotFound.
    """
    if user_id != str(viewer.user_id):
        require(viewer, "user", action)
    user = whole(User.objects.filter(pk=user_id)).first() if _is_number(user_id) else None
    if user is None or not may_look_after(viewer, person_of(user)):
        raise UserNotFound
    return user


def get_user_of_known_role(viewer: Viewer, user_name: str) -> User:
    """Somebody in the viewer's care whose role she may read as well, by name; or the viewer herself.

    Raises: Forbidden, UserNotFound.
    """
    require(viewer, "user", "read")
    require(viewer, "role", "read")
    user = whole(User.objects.filter(user_name=user_name)).first()
    if user is None or not may_look_after(viewer, person_of(user)):
        raise UserNotFound
    if user.id != viewer.user_id and not may_touch_role(viewer, facts_of(user.role), "read"):
        raise UserNotFound
    return user


def find_users(viewer: Viewer, wanted: Wanted, *, offset: int, length: int) -> People:
    """A page of the accounts that a viewer may look after.

    Raises: Forbidden.
    """
    require(viewer, "user", "read")
    found = _narrowed(visible_users(viewer), wanted)
    key = wanted.order_by if wanted.order_by in SORTED_BY_NAME + SORTED_PLAIN else "created_at"
    rows = list(found.values("id", "user_name", "full_name", *({key} - {"id", "user_name", "full_name"})))
    if wanted.text:
        text = wanted.text.casefold()
        rows = [row for row in rows if text in row["user_name"].casefold() or text in row["full_name"].casefold()]
    filled = [row for row in rows if row[key] is not None]
    filled.sort(key=lambda row: row["id"])
    by_name = key in SORTED_BY_NAME
    filled.sort(key=lambda row: row[key].casefold() if by_name else row[key], reverse=wanted.descending)
    ordered = [row["id"] for row in filled] + sorted(row["id"] for row in rows if row[key] is None)
    page = ordered[offset : offset + length]
    users = {user.id: user for user in whole(User.objects.filter(id__in=page))}
    return People(rows=[users[number] for number in page if number in users], total=len(ordered))


def find_identified(viewer: Viewer, text: str, *, offset: int, length: int) -> People:
    """A page of the people whom a case may be about: accounts in use whose role sees that one case only, by name.

    Raises: Forbidden.
    """
    require(viewer, "case", "attribute")
    rows = User.objects.filter(
        role__user_category="identified", role__disabled=False, disabled=False, unverified=False
    ).only("id", "user_name", "full_name", "email")
    wanted = text.strip().casefold()
    found = [user for user in rows if wanted in user.user_name.casefold() or wanted in user.full_name.casefold()]
    found.sort(key=lambda user: (user.full_name.casefold(), user.id))
    return People(rows=found[offset : offset + length], total=len(found))


def _narrowed(users: QuerySet[User], wanted: Wanted) -> QuerySet[User]:
    if wanted.user_name:
        users = users.filter(user_name=wanted.user_name)
    if wanted.location:
        users = users.filter(location=wanted.location)
    if wanted.services:
        users = users.filter(services__overlap=list(wanted.services))
    if wanted.ids is not None:
        users = users.filter(id__in=wanted.ids)
    if wanted.disabled:
        users = users.filter(disabled__in=wanted.disabled)
    if wanted.roles:
        users = users.filter(role_id__in=wanted.roles)
    if wanted.agencies:
        users = users.filter(agency_id__in=wanted.agencies)
    if wanted.groups:
        through = User.groups.through.objects.filter(usergroup__unique_id__in=wanted.groups)
        users = users.filter(id__in=through.values("user_id"))
    return users


def total_enabled() -> int:
    """How many people use this instance: standard accounts that are switched on."""
    return standard_users().filter(disabled=False).count()


def standard_users() -> QuerySet[User]:
    """The accounts that count against the limit of users."""
    return User.objects.filter(role__user_category__isnull=True, duplicate=False)


@dataclass(frozen=True)
class Colleague:
    """Somebody as managers know her: her name, and what decides whose list she stands on."""

    user_name: str
    enabled: bool
    agency: str
    groups: frozenset[str]


def roster() -> list[Colleague]:
    """Everybody with an account, by name; who may see whom is decided by ``managed_by``."""
    groups: dict[int, set[str]] = defaultdict(set)
    through = User.groups.through.objects.filter(usergroup__disabled=False)
    for user_id, name in through.values_list("user_id", "usergroup__unique_id"):
        groups[user_id].add(name)
    rows = User.objects.values_list("id", "user_name", "disabled", "agency__unique_id")
    people = [Colleague(name, not off, agency, frozenset(groups[number])) for number, name, off, agency in rows]
    return sorted(people, key=lambda person: person.user_name)


def managed_by(viewer: Viewer, people: Sequence[Colleague]) -> list[Colleague]:
    """Those whose cases a manager may ask for, those switched off too."""
    if viewer.scope is Scope.ALL:
        return list(people)
    if viewer.scope is Scope.AGENCY:
        return [person for person in people if person.agency == viewer.agency]
    if viewer.scope is Scope.GROUP and viewer.groups:
        return [person for person in people if not viewer.groups.isdisjoint(person.groups)]
    return [person for person in people if person.user_name == viewer.user_name]


def bare_viewer(user: User, *, configuration: int, form_access: Mapping[str, str] | None = None) -> Viewer:
    """The viewer behind an account; form grants live upstairs and are handed in by whoever has them."""
    role = user.role
    facts = facts_of(role)
    return Viewer(
        user_id=user.id,
        user_name=user.user_name,
        full_name=user.full_name,
        epoch=user.access_epoch,
        configuration=configuration,
        role=role.unique_id,
        role_name=role.name,
        scope=Scope(role.group_permission),
        permissions=read_permissions({} if role.disabled else role.permissions),
        modules=frozenset(role.module_unique_ids),
        groups=frozenset(group.unique_id for group in user.groups.all() if not group.disabled),
        agency=user.agency.unique_id,
        agency_id=user.agency_id,
        locale=user.locale or "",
        is_manager=role.is_manager,
        category=role.user_category,
        location=user.location,
        form_access=MappingProxyType(dict(form_access or {})),
        managed_roles=facts.roles,
        managed_agencies=facts.agencies,
        report_scope=facts.report_scope,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def said_of(user: User) -> dict[str, Any]:
    """What the books say of an account; never a password."""
    return {
        "user_name": user.user_name,
        "full_name": user.full_name,
        "code": user.code,
        "email": user.email,
        "phone": user.phone,
        "position": user.position,
        "location": user.location,
        "reporting_location_code": user.reporting_location_code,
        "time_zone": user.time_zone,
        "locale": user.locale,
        "disabled": user.disabled,
        "unverified": user.unverified,
        "send_mail": user.send_mail,
        "receive_webpush": user.receive_webpush,
        "settings": user.settings,
        "services": list(user.services),
        "agency_office": user.agency_office,
        "terms_of_use_accepted_on": user.terms_of_use_accepted_on,
        "code_of_conduct_id": user.code_of_conduct_id,
        "registration_stream": user.registration_stream,
        "identity_provider_unique_id": user.identity_provider_unique_id,
        "role_unique_id": user.role.unique_id,
        "agency_unique_id": user.agency.unique_id,
        "user_group_unique_ids": sorted(user.groups.values_list("unique_id", flat=True)) if user.pk else [],
    }
