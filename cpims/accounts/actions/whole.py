"""Agencies, user groups and roles written whole, many at once, for the act that applies a configuration.

The caller holds the configuration, permits, and raises its number. Everything here takes a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, TextField, Value
from django.db.models.functions import Concat

from cpims.access.rules.catalogue import ACTIONS
from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.sign_in import raise_epochs
from cpims.accounts.events import (
    AgencyChanged,
    AgencyCreated,
    AgencyDisabled,
    RoleChanged,
    RoleCreated,
    RoleRetired,
    UserGroupChanged,
    UserGroupCreated,
    UserGroupDisabled,
)
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.accounts.queries.standing import said_of_agency, said_of_role
from cpims.accounts.rules.refusals import AgencyInvalid, GroupInvalid, RoleInvalid
from cpims.accounts.rules.roles import role_problems, unknown_permissions
from cpims.accounts.rules.teams import AGENCY_LATER, agency_problems, group_problems
from cpims.audit.actions import record_many
from cpims.audit.events import Event, differences
from cpims.lib.errors import Invalid, Problem

Said = Mapping[str, Any]
Things = Mapping[str, Said]
#: What is laid down of each; whatever is not said is what stands by default.
AGENCY: Final = (
    *("agency_code", "order", "name", "description", "telephone", "services", "logo_enabled", "pdf_logo_option"),
    *("terms_of_use_enabled", "exclude_agency_from_lookups", "disabled"),
    *("contact_email", "contact_name", "contact_phone", "notes"),
)
GROUP: Final = ("name", "description", "core_resource", "disabled")
ROLE: Final = (
    *("name", "description", "permissions", "group_permission", "is_manager", "referral", "transfer"),
    *("referral_authorization", "reporting_location_level", "disabled", "user_category", "module_unique_ids"),
)


@dataclass(frozen=True)
class _Kind:
    """How one kind of thing is written: its columns, the one that is unique, what the books say, its events."""

    model: Any
    subject: str
    columns: tuple[str, ...]
    unique: str
    said: Callable[[Any], dict[str, Any]]
    made: type[Event]
    changed: type[Event]
    away: type[Event]
    refusal: type[Invalid]
    taken: str


_AGENCIES: Final = _Kind(
    *(Agency, "agency", AGENCY, "agency_code", said_of_agency),
    *(AgencyCreated, AgencyChanged, AgencyDisabled, AgencyInvalid, "agency.code.taken"),
)
_ROLES: Final = _Kind(
    *(Role, "role", ROLE, "name", said_of_role),
    *(RoleCreated, RoleChanged, RoleRetired, RoleInvalid, "role.name.taken"),
)


def _said_of_group(group: UserGroup) -> dict[str, Any]:
    """What the books say of a team, its agencies as they were read before."""
    agencies = sorted(agency.unique_id for agency in group.agencies.all()) if group.pk else []
    return {key: getattr(group, key) for key in ("unique_id", *GROUP)} | {"agency_unique_ids": agencies}


_GROUPS: Final = _Kind(
    *(UserGroup, "user_group", GROUP, "name", _said_of_group),
    *(UserGroupCreated, UserGroupChanged, UserGroupDisabled, GroupInvalid, "user_group.name.taken"),
)


def write_agencies(agencies: Things, *, actor: Viewer | None, at: datetime) -> None:
    """Agencies become what is said of them and nothing else.

    Raises: AgencyInvalid. Records: AgencyCreated, AgencyChanged.
    """
    problems = [
        problem
        for name, said in agencies.items()
        for problem in _at(name, agency_problems({k: v for k, v in said.items() if k not in AGENCY_LATER}, new=True))
    ]
    _write(_AGENCIES, agencies, problems, actor=actor, at=at)


def write_user_groups(groups: Things, *, actor: Viewer | None, at: datetime) -> None:
    """Teams become what is said of them and nothing else; what their members see of each other follows at once.

    Raises: GroupInvalid. Records: UserGroupCreated, UserGroupChanged.
    """
    wanted = {name: sorted(set(said.get("agency_unique_ids") or ())) for name, said in groups.items()}
    numbers = dict(
        Agency.objects.filter(unique_id__in={a for names in wanted.values() for a in names}).values_list(
            "unique_id", "pk"
        )
    )
    problems = [problem for name, said in groups.items() for problem in _at(name, group_problems(said, new=True))]
    problems += [
        Problem(f"/{name}/agency_unique_ids", "user_group.agencies.unknown")
        for name, names in wanted.items()
        if not set(names) <= set(numbers)
    ]
    rows = _write(
        _GROUPS, groups, problems, actor=actor, at=at, more={n: {"agency_unique_ids": w} for n, w in wanted.items()}
    )
    through = UserGroup.agencies.through
    held = through._default_manager.filter(usergroup_id__in=[row.pk for row in rows.values()])
    stand = set(held.values_list("usergroup_id", "agency_id"))
    want = {(rows[name].pk, numbers[agency]) for name, names in wanted.items() for agency in names}
    gone = [
        pk for pk, group, agency in held.values_list("pk", "usergroup_id", "agency_id") if (group, agency) not in want
    ]
    through._default_manager.filter(pk__in=gone).delete()
    through._default_manager.bulk_create(
        [through(usergroup_id=group, agency_id=agency) for group, agency in sorted(want - stand)]
    )
    raise_epochs(groups__in=[row.pk for row in rows.values()])


def write_roles(
    roles: Things, *, levels: Iterable[int], modules: Iterable[str], actor: Viewer | None, at: datetime
) -> None:
    """Roles become what is said of them and nothing else; their holders may do what they say from the next request on.

    Raises: RoleInvalid. Records: RoleCreated, RoleChanged.
    """
    levels, modules = set(levels), set(modules)
    problems: list[Problem] = []
    for name, said in roles.items():
        problems += _at(name, role_problems(said, new=True, levels=levels, modules=modules))
        if isinstance(said.get("permissions"), Mapping):
            unknown = unknown_permissions(said["permissions"])
            problems += [Problem(f"/{name}{pointer}", "role.permissions.unknown") for pointer in unknown]
    ordered = {name: {**said, "permissions": _in_order(said.get("permissions"))} for name, said in roles.items()}
    rows = _write(_ROLES, ordered, problems, actor=actor, at=at)
    raise_epochs(role__in=[row.pk for row in rows.values()])


def write_agencies_away(names: Sequence[str], *, actor: Viewer | None, at: datetime) -> None:
    """Agencies are put away: switched off, for accounts and records name them. Records: AgencyDisabled."""
    _write_away(_AGENCIES, names, actor=actor, at=at)


def write_user_groups_away(names: Sequence[str], *, actor: Viewer | None, at: datetime) -> None:
    """Teams are put away: switched off, for records name them. Records: UserGroupDisabled."""
    raise_epochs(groups__in=_write_away(_GROUPS, names, actor=actor, at=at))


def write_roles_away(names: Sequence[str], *, actor: Viewer | None, at: datetime) -> None:
    """Roles that nobody who works holds are put away: switched off, for the books name them. Records: RoleRetired."""
    raise_epochs(role__in=_write_away(_ROLES, names, actor=actor, at=at))


def holders_of(names: Iterable[str]) -> dict[str, int]:
    """How many accounts in use hold each of these roles; roles that nobody holds are left out."""
    counted: dict[str, int] = {}
    for name in User.objects.filter(disabled=False, role__unique_id__in=set(names)).values_list(
        "role__unique_id", flat=True
    ):
        counted[name] = counted.get(name, 0) + 1
    return counted


def _at(name: str, problems: Iterable[Problem]) -> list[Problem]:
    return [Problem(f"/{name}{problem.pointer}", problem.code, problem.params) for problem in problems]


def _in_order(permissions: Any) -> Any:
    """The permissions with the actions in the order of the catalogue."""
    if not isinstance(permissions, Mapping):
        return permissions
    return {
        resource: [action for action in ACTIONS[resource] if action in actions]
        if resource in ACTIONS and isinstance(actions, list)
        else actions
        for resource, actions in permissions.items()
    }


def _write(
    kind: _Kind,
    given: Things,
    problems: list[Problem],
    *,
    actor: Viewer | None,
    at: datetime,
    more: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Make or change the rows; answers the given ones. ``more`` is what is said of each beside its columns."""
    if problems:
        raise kind.refusal(problems)
    if not given:
        return {}
    stored = _all(kind)
    usual = {key: kind.model._meta.get_field(key) for key in kind.columns}
    rows: dict[str, Any] = {}
    events: list[Event] = []
    moved: list[int] = []
    for name, said in given.items():
        row = stored.get(name)
        before = kind.said(row) if row else {}
        row = rows[name] = row or kind.model(unique_id=name, created_at=at)
        unique = getattr(row, kind.unique)
        for key, column in usual.items():
            value = said.get(key)
            setattr(row, key, column.get_default() if value is None else value)
        if row.pk and unique != getattr(row, kind.unique):
            moved.append(row.pk)
        row.retired_at, row.updated_at = None, at
        changes = differences(before, {**kind.said(row), **(more or {}).get(name, {})})
        event = kind.changed if before else kind.made
        events.append(event(subject=f"{kind.subject}:{name}", changes=changes))
    _make_room(kind, rows, stored, moved, at=at)
    kind.model.objects.bulk_create([row for row in rows.values() if not row.pk])
    columns = [*kind.columns, "retired_at", "updated_at"]
    kind.model.objects.bulk_update([row for row in rows.values() if row.pk], columns, batch_size=200)
    record_many([(event, actor, at) for event in events if event.changes], {})
    return rows


def _all(kind: _Kind) -> dict[str, Any]:
    rows = kind.model.objects.select_for_update().order_by("id")
    return {row.unique_id: row for row in (rows.prefetch_related("agencies") if kind is _GROUPS else rows)}


def _make_room(
    kind: _Kind, rows: Mapping[str, Any], stored: Mapping[str, Any], moved: Sequence[int], *, at: datetime
) -> None:
    """A name that two want at a time: rows that change theirs let go of it first, and what is put away gives its name up."""
    wanted = {getattr(row, kind.unique): name for name, row in rows.items()}
    yielding = []
    for name, row in stored.items():
        held = getattr(row, kind.unique)
        if name in rows or held not in wanted:
            continue
        if not (row.disabled and row.retired_at):
            raise kind.refusal([Problem(f"/{wanted[held]}/{kind.unique}", kind.taken, {"value": held})])
        setattr(row, kind.unique, f"{held} ({name})")
        row.updated_at = at
        yielding.append(row)
    kind.model.objects.bulk_update(yielding, [kind.unique, "updated_at"])
    kind.model.objects.filter(pk__in=moved).update(
        **{kind.unique: Concat(Value("\x7f"), F("unique_id"), output_field=TextField())}
    )


def _write_away(kind: _Kind, names: Sequence[str], *, actor: Viewer | None, at: datetime) -> list[int]:
    """Switch rows off and mark them as put away; answers their numbers."""
    rows = list(kind.model.objects.select_for_update().filter(unique_id__in=names).order_by("id"))
    numbers = [row.pk for row in rows]
    kind.model.objects.filter(pk__in=numbers).update(disabled=True, retired_at=at, updated_at=at)
    events = [
        kind.away(
            subject=f"{kind.subject}:{row.unique_id}",
            changes=differences({"disabled": row.disabled}, {"disabled": True, "retired_at": at}),
        )
        for row in rows
    ]
    record_many([(event, actor, at) for event in events], {})
    return numbers
