"""Making, changing and putting away roles. Which forms a role may read or fill is granted in the forms' own room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from cpims.access.rules.administration import may_touch_role, require_within
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.sign_in import raise_epochs
from cpims.accounts.events import RoleChanged, RoleCreated, RoleRetired
from cpims.accounts.models import Role
from cpims.accounts.queries.people import facts_of
from cpims.accounts.queries.standing import said_of_role
from cpims.accounts.rules.refusals import RoleExists, RoleHeld, RoleInvalid, RoleNotFound
from cpims.accounts.rules.roles import FLAGS, known_permissions, role_problems
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id, slug
from cpims.lib.sequences import HIGHEST, step_over
from cpims.lib.transactions import atomic
from cpims.modules.models import Module
from cpims.settings.actions import hold_configuration, raise_configuration
from cpims.settings.queries import configuration_number, settings_at


@atomic
def create_role(*, values: Mapping[str, Any], actor: Viewer | None, at: datetime) -> Role:
    """An administrator makes a role, within her own rights.

    Raises: Forbidden, BeyondYourRights, RoleInvalid, RoleExists.
    Records: RoleCreated.
    """
    if actor is not None:
        require(actor, "role", "create")
    hold_configuration(actor)
    _check(values, new=True, role=None)
    role = Role(created_at=at, updated_at=at)
    _lay(role, values)
    role.unique_id = values.get("unique_id") or f"role-{slug(role.name) or 'role'}-{new_id().hex[:7]}"
    if actor is not None:
        require_within(actor, facts_of(role))
    number = values.get("id")
    taken = Role.objects.filter(unique_id=role.unique_id)
    if taken.exists() or (number is not None and Role.objects.filter(pk=number).exists()):
        raise RoleExists(unique_id=role.unique_id)
    if number is not None:
        role.pk = number
        step_over("roles", number)
    _save(role)
    raise_configuration()
    record(
        RoleCreated(subject=f"role:{role.unique_id}", changes=differences({}, said_of_role(role))), actor=actor, at=at
    )
    return role


@atomic
def change_role(*, role_id: int, values: Mapping[str, Any], actor: Viewer | None, at: datetime) -> Role:
    """An administrator changes a role; whoever holds it sees and may do what it says from her next request on.

    Raises: Forbidden, RoleNotFound, BeyondYourRights, RoleInvalid.
    Records: RoleChanged.
    """
    if actor is not None:
        require(actor, "role", "write")
    hold_configuration(actor)
    role = hold_role(role_id, actor)
    before, stood = said_of_role(role), facts_of(role)
    _check(values, new=False, role=role)
    _lay(role, values)
    changes = differences(before, said_of_role(role))
    if not changes:
        return role
    if actor is not None:
        require_within(actor, facts_of(role), stood)
    role.updated_at = at
    _save(role)
    raise_epochs(role=role)
    raise_configuration()
    record(RoleChanged(subject=f"role:{role.unique_id}", changes=changes), actor=actor, at=at)
    return role


@atomic
def retire_role(*, role_id: int, actor: Viewer, at: datetime) -> Role:
    """An administrator puts a role away that nobody holds; it is switched off, for the books name it.

    Raises: Forbidden, RoleNotFound, RoleHeld.
    Records: RoleRetired.
    """
    require(actor, "role", "write")
    hold_configuration(actor)
    role = hold_role(role_id, actor)
    holders = role.users.count()
    if holders:
        raise RoleHeld(holders=holders)
    if not role.disabled:
        role.disabled, role.updated_at = True, at
        role.save(update_fields=["disabled", "updated_at"])
        raise_configuration()
        record(RoleRetired(subject=f"role:{role.unique_id}", changes={"disabled": (False, True)}), actor=actor, at=at)
    return role


def hold_role(role_id: int, actor: Viewer | None) -> Role:
    """Lock a role that the actor may change.

    Raises: RoleNotFound.
    """
    role = Role.objects.select_for_update().filter(pk=role_id).first()
    if role is None or (actor is not None and not may_touch_role(actor, facts_of(role), "write")):
        raise RoleNotFound
    return role


def _check(values: Mapping[str, Any], *, new: bool, role: Role | None) -> None:
    config = settings_at(configuration_number()).values.get("reporting_location_config") or {}
    levels = {int(level) for level in config.get("admin_level_map") or {} if str(level).isdigit()}
    modules = set(Module.objects.values_list("unique_id", flat=True)) | set(role.module_unique_ids if role else ())
    problems = role_problems(values, new=new, levels=levels, modules=modules)
    number = values.get("id")
    if (
        new
        and number is not None
        and (isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= HIGHEST)
    ):
        problems.append(Problem("/id", "value.not_whole_number"))
    if role is not None and values.get("unique_id") not in (None, role.unique_id):
        problems.append(Problem("/unique_id", "role.unique_id.fixed"))
    name = values.get("name")
    if isinstance(name, str) and "\x00" not in name:
        others = Role.objects.filter(name=name.strip())
        if (others.exclude(pk=role.pk) if role else others).exists():
            problems.append(Problem("/name", "role.name.taken", {"primero": "errors.models.role.unique_name"}))
    if problems:
        raise RoleInvalid(problems)


def _lay(role: Role, values: Mapping[str, Any]) -> None:
    for key in ("description", "reporting_location_level", "user_category", *FLAGS):
        if key in values:
            setattr(role, key, values[key])
    if "name" in values:
        role.name = values["name"].strip()
    if values.get("group_permission"):
        role.group_permission = values["group_permission"]
    if "module_unique_ids" in values:
        role.module_unique_ids = list(dict.fromkeys(values["module_unique_ids"]))
    if "permissions" in values:
        role.permissions = known_permissions(values["permissions"])


def _save(role: Role) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise RoleExists(unique_id=role.unique_id) from error
