"""Accounts and what they stand on, put in place many at once and as often as one likes; for packs and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cpims.accounts.actions.people import change_user, create_user
from cpims.accounts.actions.roles import change_role, create_role
from cpims.accounts.actions.teams import change_agency, change_user_group, create_agency, create_user_group
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.accounts.rules.users import user_name_of
from cpims.lib.transactions import atomic

Given = Sequence[Mapping[str, Any]]


@atomic
def put_agencies(*, agencies: Given, at: datetime) -> dict[str, Agency]:
    """Agencies by ``unique_id`` (else ``agency_code``) are made or changed to what is given.

    Raises: AgencyInvalid, AgencyExists.
    Records: AgencyCreated, AgencyChanged.
    """
    stored = {row.unique_id: row.pk for row in Agency.objects.all()}
    placed: dict[str, Agency] = {}
    for given in agencies:
        name = str(given.get("unique_id") or given.get("agency_code"))
        if name in stored:
            placed[name] = change_agency(agency_id=stored[name], values=given, actor=None, at=at)
        else:
            placed[name] = create_agency(values=given, actor=None, at=at)
    return placed


@atomic
def put_user_groups(*, groups: Given, at: datetime) -> dict[str, UserGroup]:
    """User groups by ``unique_id`` are made or changed to what is given.

    Raises: GroupInvalid, GroupExists.
    Records: UserGroupCreated, UserGroupChanged.
    """
    stored = {row.unique_id: row.pk for row in UserGroup.objects.all()}
    placed: dict[str, UserGroup] = {}
    for given in groups:
        name = str(given.get("unique_id"))
        if name in stored:
            placed[name] = change_user_group(group_id=stored[name], values=given, actor=None, at=at)
        else:
            placed[name] = create_user_group(values=given, actor=None, at=at)
    return placed


@atomic
def put_roles(*, roles: Given, at: datetime) -> dict[str, Role]:
    """Roles by ``unique_id`` are made or changed to what is given (their forms are granted in the forms' room).

    Raises: RoleInvalid, RoleExists.
    Records: RoleCreated, RoleChanged.
    """
    stored = {row.unique_id: row.pk for row in Role.objects.all()}
    placed: dict[str, Role] = {}
    for given in roles:
        name = str(given.get("unique_id"))
        if name in stored:
            placed[name] = change_role(role_id=stored[name], values=given, actor=None, at=at)
        else:
            placed[name] = create_role(values=given, actor=None, at=at)
    return placed


@atomic
def put_users(*, users: Given, at: datetime) -> dict[str, User]:
    """Accounts by ``user_name`` are made, or changed to what is given; a password is set only when the account is new.

    Raises: UserInvalid.
    Records: UserCreated, UserChanged.
    """
    stored = dict(User.objects.values_list("user_name", "pk"))
    placed: dict[str, User] = {}
    for given in users:
        name = user_name_of(str(given.get("user_name", "")))
        password = given.get("password")
        values = {key: value for key, value in given.items() if key != "password"}
        if name in stored:
            placed[name] = change_user(user_id=stored[name], values=values, actor=None, at=at)
        else:
            again = {"password": password, "password_confirmation": password} if password else {}
            placed[name] = create_user(values=values | again, actor=None, at=at, trusted=True)
    return placed
