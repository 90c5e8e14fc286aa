"""Entering, changing and switching off agencies and user groups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from cpims.access.rules.administration import BeyondYourRights, may_touch_agency, may_touch_group
from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.sign_in import raise_epochs
from cpims.accounts.actions.terms import lay_terms
from cpims.accounts.events import (
    AgencyChanged,
    AgencyCreated,
    AgencyDisabled,
    UserGroupChanged,
    UserGroupCreated,
    UserGroupDisabled,
)
from cpims.accounts.models import Agency, User, UserGroup
from cpims.accounts.queries.standing import said_of_agency, said_of_group
from cpims.accounts.rules.refusals import (
    AgencyExists,
    AgencyInvalid,
    AgencyNotFound,
    GroupExists,
    GroupHasMembers,
    GroupInvalid,
    GroupNotFound,
)
from cpims.accounts.rules.teams import AGENCY_LOCALIZED, AGENCY_PLAIN, agency_problems, group_problems
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id, slug
from cpims.lib.sequences import HIGHEST, step_over
from cpims.lib.transactions import atomic
from cpims.settings.actions import hold_configuration, raise_configuration


@atomic
def create_agency(*, values: Mapping[str, Any], actor: Viewer | None, at: datetime) -> Agency:
    """An administrator enters an organisation whose workers will use this instance.

    Raises: Forbidden, AgencyInvalid, AgencyExists.
    Records: AgencyCreated.
    """
    if actor is not None:
        require(actor, "agency", "manage")
    hold_configuration(actor)
    problems = agency_problems(values, new=True) + _number_problems(values)
    if problems:
        raise AgencyInvalid(problems)
    agency = Agency(created_at=at, updated_at=at)
    _lay_agency(agency, values)
    agency.unique_id = values.get("unique_id") or agency.agency_code
    if values.get("terms_of_use") is not None:
        lay_terms(agency, values["terms_of_use"], at=at)
    number = values.get("id")
    taken = Agency.objects.filter(unique_id=agency.unique_id) | Agency.objects.filter(agency_code=agency.agency_code)
    if taken.exists() or (number is not None and Agency.objects.filter(pk=number).exists()):
        raise AgencyExists(unique_id=agency.unique_id)
    if number is not None:
        agency.pk = number
        step_over("agencies", number)
    _save_agency(agency)
    raise_configuration()
    record(
        AgencyCreated(subject=f"agency:{agency.unique_id}", changes=differences({}, said_of_agency(agency))),
        actor=actor,
        at=at,
    )
    return agency


@atomic
def change_agency(*, agency_id: int, values: Mapping[str, Any], actor: Viewer | None, at: datetime) -> Agency:
    """An administrator changes an agency; texts are laid over locale by locale. New terms of use are asked of everybody.

    Raises: Forbidden, AgencyNotFound, AgencyInvalid, AgencyExists.
    Records: AgencyChanged or AgencyDisabled.
    """
    if actor is not None:
        require(actor, "agency", "write")
    hold_configuration(actor if values.keys() - {"terms_of_use"} else None)  # files travel with no promotion
    agency = Agency.objects.select_for_update().filter(pk=agency_id).first()
    if agency is None or (actor is not None and not may_touch_agency(actor, agency.unique_id, "write")):
        raise AgencyNotFound
    before = said_of_agency(agency)
    problems = agency_problems(values, new=False)
    if values.get("unique_id") not in (None, agency.unique_id):
        problems.append(Problem("/unique_id", "agency.unique_id.fixed"))
    if problems:
        raise AgencyInvalid(problems)
    _lay_agency(agency, values)
    if "terms_of_use" in values:
        lay_terms(agency, values["terms_of_use"], at=at)
    if Agency.objects.filter(agency_code=agency.agency_code).exclude(pk=agency.pk).exists():
        raise AgencyExists(agency_code=agency.agency_code)
    changes = differences(before, said_of_agency(agency))
    if changes:
        agency.updated_at = at
        _save_agency(agency)
        raise_configuration()
        kind = AgencyDisabled if changes.get("disabled") == (False, True) else AgencyChanged
        record(kind(subject=f"agency:{agency.unique_id}", changes=changes), actor=actor, at=at)
    return agency


@atomic
def disable_agency(*, agency_id: int, actor: Viewer, at: datetime) -> Agency:
    """An administrator takes an agency out of use; it stays, for records and accounts name it.

    Raises: Forbidden, AgencyNotFound.
    Records: AgencyDisabled.
    """
    return change_agency(agency_id=agency_id, values={"disabled": True}, actor=actor, at=at)


def _lay_agency(agency: Agency, values: Mapping[str, Any]) -> None:
    for key in AGENCY_PLAIN:
        if key in values:
            setattr(agency, key, values[key])
    agency.agency_code = agency.agency_code.strip()
    for key in AGENCY_LOCALIZED:
        if values.get(key) is not None:
            setattr(agency, key, {**getattr(agency, key), **{k: v or "" for k, v in values[key].items()}})


def _save_agency(agency: Agency) -> None:
    try:
        with transaction.atomic():
            agency.save()
    except IntegrityError as error:
        raise AgencyExists(unique_id=agency.unique_id) from error


def _number_problems(values: Mapping[str, Any]) -> list[Problem]:
    number = values.get("id")
    fits = number is None or (isinstance(number, int) and not isinstance(number, bool) and 0 < number <= HIGHEST)
    return [] if fits else [Problem("/id", "value.not_whole_number")]


@atomic
def create_user_group(*, values: Mapping[str, Any], actor: Viewer | None, at: datetime) -> UserGroup:
    """An administrator makes a team; whoever does not see every group belongs to the one she makes.

    Raises: Forbidden, BeyondYourRights, GroupInvalid, GroupExists.
    Records: UserGroupCreated.
    """
    if actor is not None:
        require(actor, "user_group", "create")
    hold_configuration(actor)
    group = UserGroup(created_at=at, updated_at=at)
    agencies = _check_group(values, group, new=True)
    _permit_agencies(actor, group, agencies)
    group.unique_id = values.get("unique_id") or f"usergroup-{slug(values['name']) or 'group'}-{new_id().hex[:7]}"
    number = values.get("id")
    taken = UserGroup.objects.filter(unique_id=group.unique_id)
    if taken.exists() or (number is not None and UserGroup.objects.filter(pk=number).exists()):
        raise GroupExists(unique_id=group.unique_id)
    if number is not None:
        group.pk = number
        step_over("user_groups", number)
    group.core_resource = bool(values.get("core_resource")) and actor is None
    _lay_group(group, values)
    group.agencies.set(agencies or ())
    if actor is not None and actor.scope in (Scope.SELF, Scope.GROUP, Scope.AGENCY):
        group.users.add(User.objects.get(pk=actor.user_id))
        raise_epochs(pk=actor.user_id)
    said = said_of_group(group)
    record(UserGroupCreated(subject=f"user_group:{group.unique_id}", changes=differences({}, said)), actor=actor, at=at)
    return group


@atomic
def change_user_group(*, group_id: int, values: Mapping[str, Any], actor: Viewer | None, at: datetime) -> UserGroup:
    """An administrator changes a team; switching it off ends at once what its members see of each other.

    Raises: Forbidden, BeyondYourRights, GroupNotFound, GroupInvalid, GroupExists.
    Records: UserGroupChanged or UserGroupDisabled.
    """
    if actor is not None:
        require(actor, "user_group", "write")
    hold_configuration(actor)
    group = _held_group(group_id, actor)
    before = said_of_group(group)
    agencies = _check_group(values, group, new=False)
    _permit_agencies(actor, group, agencies)
    if agencies is not None:
        group.agencies.set(agencies)
    _lay_group(group, values)
    changes = differences(before, said_of_group(group))
    if changes:
        UserGroup.objects.filter(pk=group.pk).update(updated_at=at)
        raise_epochs(groups=group)
        kind = UserGroupDisabled if changes.get("disabled") == (False, True) else UserGroupChanged
        record(kind(subject=f"user_group:{group.unique_id}", changes=changes), actor=actor, at=at)
    return group


@atomic
def disable_user_group(*, group_id: int, actor: Viewer, at: datetime) -> UserGroup:
    """An administrator puts a team away to which nobody belongs any more; records go on naming it.

    Raises: Forbidden, GroupNotFound, GroupHasMembers.
    Records: UserGroupDisabled.
    """
    require(actor, "user_group", "write")
    group = _held_group(group_id, actor)
    members = group.users.filter(disabled=False).count()
    if members:
        raise GroupHasMembers(members=members)
    return change_user_group(group_id=group_id, values={"disabled": True}, actor=actor, at=at)


def _held_group(group_id: int, actor: Viewer | None) -> UserGroup:
    group = UserGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is None or (actor is not None and not may_touch_group(actor, group.unique_id, "write")):
        raise GroupNotFound
    return group


def _check_group(values: Mapping[str, Any], group: UserGroup, *, new: bool) -> list[Agency] | None:
    problems = group_problems(values, new=new) + (_number_problems(values) if new else [])
    agencies: list[Agency] | None = None
    if not problems:
        name = (values.get("name") or "").strip()
        if name and UserGroup.objects.filter(name=name).exclude(pk=group.pk).exists():
            primero = {"primero": "errors.models.user_group.unique_name"}
            problems.append(Problem("/name", "user_group.name.taken", primero))
        if not new and values.get("unique_id") not in (None, group.unique_id):
            problems.append(Problem("/unique_id", "user_group.unique_id.fixed"))
        for key in ("agency_unique_ids", "agency_ids"):
            if key in values:
                names = {str(given) for given in values[key]}
                column = "pk" if key == "agency_ids" and all(n.isdigit() for n in names) else "unique_id"
                agencies = list(Agency.objects.filter(**{f"{column}__in": names}))
                if len(agencies) != len(names):
                    problems.append(Problem(f"/{key}", "user_group.agencies.unknown"))
                break
    if problems:
        raise GroupInvalid(problems)
    return agencies


def _permit_agencies(actor: Viewer | None, group: UserGroup, agencies: list[Agency] | None) -> None:
    """Who looks after some agencies only joins no other agency to a team, and takes no other away."""
    if actor is None or actor.managed_agencies is None or agencies is None:
        return
    stood = set(group.agencies.values_list("unique_id", flat=True)) if group.pk else set()
    moved = stood ^ {agency.unique_id for agency in agencies}
    if not moved <= actor.managed_agencies:
        raise BeyondYourRights(agencies=sorted(moved))


def _lay_group(group: UserGroup, values: Mapping[str, Any]) -> None:
    for key in ("description", "disabled"):
        if key in values:
            setattr(group, key, values[key])
    if "name" in values:
        group.name = values["name"].strip()
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        raise GroupExists(unique_id=group.unique_id) from error
