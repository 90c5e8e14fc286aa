"""Registering a record of any kind but a case: what tracing requests, families, incidents and registry records share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Forbidden, Viewer
from cpims.accounts.models import User
from cpims.audit.actions import make_subject_keys
from cpims.audit.actions import record as write_down
from cpims.audit.events import Event, differences
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.modules.models import Module
from cpims.records.actions.companions import companions_of, settle_with, take_out
from cpims.records.actions.writing import Outcome, check, derive_record, insert, new_record, own
from cpims.records.models import Record
from cpims.records.queries.setup import readable_fields, writable_fields
from cpims.records.rules.editing import sort_edit
from cpims.records.rules.kinds import Kind
from cpims.records.rules.merging import merge_patch
from cpims.records.rules.opening import ON_CREATE, created_when, module_wanted, owner_wanted, unusual
from cpims.records.rules.refusals import AnswersInvalid


def _nobody_told(_: Record, __: Collection[str], *, actor: Viewer, at: datetime) -> None:
    """Nothing follows from a change."""


@dataclass(frozen=True)
class Course:
    """What a room says of registering and amending records of its kind."""

    kind: Kind
    registered: type[Event]
    amended: type[Event]
    closed: type[Event]
    reopened: type[Event]
    disabled: type[Event]
    enabled: type[Event]
    #: Permissions beside ``create`` of the kind that let a record be registered, as ``resource:action``.
    creates: tuple[str, ...] = ()
    #: Told of the answers that changed, with the record held: alerts are raised there.
    changed: Callable[..., None] = _nobody_told
    #: What a change of the answers is told as in the history: before and after of each that differs.
    told: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, tuple[Any, Any]]] = differences


def register_record(
    course: Course,
    *,
    values: Mapping[str, Any],
    actor: Viewer,
    at: datetime,
    record_id: UUID | None = None,
    strict: bool = False,
    owner: User | None = None,
) -> Outcome:
    """Within the act of a room: somebody registers a record; she owns it, unless ``owner`` is named by the act that registers it.

    Links that companions take (``Kind.links``) need their own permission.
    Raises: Forbidden, AnswersInvalid, RecordExists.
    Records: the course's ``registered``.
    """
    kind = course.kind
    require_may_register(course, actor)
    zone = settings.ENVIRONMENT.time_zone
    module, problems = module_wanted(values.get("module_id"), actor, others_modules(values.get("module_id"), actor))
    writable = writable_fields(actor, kind.name, module, True)
    parts = sort_edit(
        values, writable=writable, wishes=ON_CREATE | kind.links.keys(),
        readable=readable_fields(actor, kind.name, module), laid=kind.laid,
    )  # fmt: skip
    links = links_wanted(kind, parts.wishes, actor, parts.ignored)
    ignored = parts.ignored
    name = owner.user_name if owner is not None else owner_wanted(parts.wishes, actor, kind.name, ignored)
    created_at = created_when(parts.wishes, at, problems)
    ignored += unusual(parts.wishes)
    problems += ignored if strict else []
    if problems:
        raise AnswersInvalid(problems)
    day = today(zone, created_at)
    record = new_record(kind=kind, record_id=record_id, module=module, actor=actor, at=created_at, answers={})
    record.hidden_name = kind.hides_names and parts.wishes.get("hidden_name") is True
    record.state |= {"age_recorded_on": day.isoformat(), "posted_at": at.isoformat()}
    owner = _owner(name)
    own(record, owner, sorted(group.unique_id for group in owner.groups.all() if not group.disabled))
    left = take_out(record, parts.answers | links, actor=actor, at=at)
    record.data = merge_patch(kind.defaults(day), left, lambda: str(new_id()))
    taken = {name: value for name, value in parts.answers.items() if name not in left}
    notices = check(
        kind, parts.answers, after=record.data | taken, stored={}, module=module,
        configuration=actor.configuration, now=at, partial=False,
    )  # fmt: skip
    course.changed(record, list(record.data), actor=actor, at=at)
    derive_record(record, kind, configuration=actor.configuration, today=day)
    insert(record)
    make_subject_keys([record.id])
    begun = {"owned_by": record.owned_by, "status": record.status, "module_id": module}
    changes = differences({}, record.data | begun)
    write_down(course.registered(record=record.id, revision=1, changes=changes), actor=actor, at=created_at)
    settle_with(record, actor=actor, at=at)
    outcome = Outcome(record=record, ignored=[] if strict else ignored, notices=notices)
    outcome.changes = differences({}, record.data)
    return outcome


def others_modules(wanted: Any, actor: Viewer) -> list[str]:
    """The module that a super-user names and that her own role does not, where there is such a one."""
    if not actor.is_super or not isinstance(wanted, str) or wanted in actor.modules:
        return []
    return list(Module.objects.filter(unique_id=wanted).values_list("unique_id", flat=True))


def require_may_register(course: Course, actor: Viewer) -> None:
    """Refuse who may not register such a record in any way.

    Raises: Forbidden.
    """
    ways = (f"{course.kind.name}:create", *course.creates)
    if not any(actor.may(*way.split(":")) for way in ways):
        raise Forbidden(resource=course.kind.name, action="create")


def links_wanted(
    kind: Kind, wishes: dict[str, Any], actor: Viewer, ignored: list[Problem], opened: Collection[str] = ()
) -> dict[str, Any]:
    """Of the links that were sent, those she may make (with one of the permissions that each needs, or ``opened`` by an
    act); the others are named as ignored."""
    wanted = {name: wishes.pop(name) for name in kind.links if name in wishes}
    for name in list(wanted):
        if not companions_of(kind.name, (name,)):
            ignored.append(Problem(f"/{name}", "not_writable", {"name": name}))
            del wanted[name]
        elif name not in opened and not any(actor.may(*way.split(":")) for way in kind.links[name].split()):
            ignored.append(Problem(f"/{name}", "not_permitted", {"name": name}))
            del wanted[name]
    return wanted


def _owner(name: str) -> User:
    found = User.objects.filter(user_name=name, disabled=False).select_related("agency").prefetch_related("groups")
    owner = found.first()
    if owner is None:
        raise AnswersInvalid([Problem("/owned_by", "case.owner_unknown", {"name": name})])
    return owner
