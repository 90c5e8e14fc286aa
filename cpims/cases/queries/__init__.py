"""Questions about cases that no other kind of record asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from cpims.access.rules.viewer import Viewer, require
from cpims.access.rules.visibility import sight_of
from cpims.accounts.models import User
from cpims.audit.queries import Happening, find_happenings
from cpims.cases.models import Task
from cpims.cases.rules.due import TYPES, fill_due
from cpims.cases.rules.timeline import FLAGS, INCIDENTS, RELATED, Told, told_of
from cpims.forms.queries.catalogue import catalogue
from cpims.records.models import Record
from cpims.records.queries.lending import Lending, readable_of
from cpims.records.queries.reading import served
from cpims.records.queries.setup import checks_of, decided_of, readable_fields, setup_of
from cpims.records.rules.refusals import RecordNotFound

#: A task is near when it is due within so many days.
SOON: Final = timedelta(days=7)
#: Tasks are counted no further.
COUNTED: Final = 10_000
#: The column that each name orders by, and the name that must be readable for it.
ORDERS: Final[Mapping[str, tuple[str, str]]] = {
    "due_date": ("due_on", ""),
    "status": ("due_on", ""),
    "created_at": ("due_on", ""),
    "type": ("type", ""),
    "detail": ("detail", ""),
    "priority": ("record__risk_level", "risk_level"),
    "record_id_display": ("record__display_id", ""),
    "name": ("record__name_sort", "name"),
}
SHOWN: Final = ("name", "risk_level")
#: So many entries of the book are opened for one page of a story, however few of them tell anything.
OPENED: Final = 300


def get_identified_case(viewer: Viewer) -> Record:
    """The case that is about the viewer herself, in her sight like any other.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, "case", "read")
    found = Record.objects.visible_to(viewer).of_kind("case").filter(identified_by=viewer.user_name).first()
    if found is None:
        raise RecordNotFound
    return found


def with_due_days(
    before: Mapping[str, Any], after: dict[str, Any], *, module: str, configuration: int
) -> dict[str, Any]:
    """The answers of a change with the days that the instance's time limits set, as far as the module's forms ask."""
    asked = checks_of(configuration, "case", module).fields.by_name
    return fill_due(before, after, decided=decided_of(configuration), asked=asked)


@dataclass(frozen=True)
class TasksAsked:
    """Which tasks are asked for: of which workers (``None``: of everybody in sight), which types, due when."""

    workers: Collection[str] | None
    types: Collection[str] = ()
    due: Collection[str] = ()
    order_by: str = "due_date"
    descending: bool = False


@dataclass(frozen=True)
class Due:
    """A task as the viewer may read it, with the case that it lies in."""

    case_id: UUID
    display_id: str
    module: str
    owned_by: str
    type: str
    detail: str
    row: str
    due_on: date
    overdue: bool
    soon: bool
    name: str | None
    risk_level: str | None


@dataclass(frozen=True)
class Tasks:
    """A page of tasks and how many there are in all."""

    rows: list[Due] = field(default_factory=list)
    total: int = 0
    total_exact: bool = True


def visible_tasks(viewer: Viewer) -> QuerySet[Task]:
    """The tasks of open cases in sight, of the types that she may read there."""
    cases = Record.objects.visible_to(viewer).of_kind("case")
    kept_out = Lending(viewer, "case").kept_out({one.needs for one in TYPES.values()})
    cases = cases if kept_out is None else cases.exclude(kept_out)
    return Task.objects.filter(_readable_types(viewer), record__in=cases)


def find_tasks(*, viewer: Viewer, asked: TasksAsked, offset: int, per: int, today: date) -> Tasks:
    """What is due in open cases, the earliest first unless it is asked otherwise.

    Raises: Forbidden.
    Shows: tasks of cases in sight whose day she may read; the child's name masked as in lists.
    """
    require(viewer, "case", "read")
    found = visible_tasks(viewer)
    if asked.workers is not None:
        found = found.filter(owned_by__in=sorted(asked.workers))
    if asked.types:
        found = found.filter(type__in=sorted(asked.types))
    if asked.due:
        spans = due_spans(today)
        wanted = Q()
        for name in asked.due:
            wanted |= spans[name]
        found = found.filter(wanted)
    total = found.order_by()[: COUNTED + 1].count()
    rows = list(found.order_by(*_order(asked, viewer))[offset : offset + per])
    unread = ("data", "facets", "facet_keys", "name_keys", "identifiers", "phones", "incomplete", "tasks")
    cases = Record.objects.defer(*unread).in_bulk({row.record_id for row in rows})
    shown = {key: served(case, viewer, today=today, names=SHOWN, whole=False) for key, case in cases.items()}
    return Tasks(
        [_due(row, cases[row.record_id], shown[row.record_id], today) for row in rows if row.record_id in cases],
        min(total, COUNTED),
        total <= COUNTED,
    )


def due_spans(today: date) -> dict[str, Q]:
    """When a task is overdue, due soon, or later."""
    return {
        "overdue": Q(due_on__lt=today),
        "soon": Q(due_on__gte=today, due_on__lte=today + SOON),
        "later": Q(due_on__gt=today + SOON),
    }


def _due(task: Task, case: Record, shown: Mapping[str, Any], today: date) -> Due:
    overdue = task.due_on < today
    return Due(
        case_id=case.id,
        display_id=case.display_id,
        module=task.module,
        owned_by=task.owned_by,
        type=task.type,
        detail=task.detail,
        row=task.row,
        due_on=task.due_on,
        overdue=overdue,
        soon=not overdue and task.due_on <= today + SOON,
        name=shown.get("name"),
        risk_level=shown.get("risk_level"),
    )


def _order(asked: TasksAsked, viewer: Viewer) -> list[OrderBy | str]:
    column, needs = ORDERS.get(asked.order_by, ORDERS["due_date"])
    if needs and needs not in readable_fields(viewer, "case", None):
        column = "due_on"
    first = F(column).desc(nulls_last=True) if asked.descending else F(column).asc(nulls_last=True)
    if column == "due_on":  # never empty; without more ado the index has this order
        first = F(column).desc() if asked.descending else F(column).asc()
    return [first, "record_id", "number"] if column == "due_on" else [first, "due_on", "record_id", "number"]


def modules_in_sight(viewer: Viewer) -> list[str]:
    """The parts of the work whose cases ask anything and may be in her sight."""
    asking = {module for form in catalogue(viewer.configuration).by_kind.get("case", ()) for module in form.module_ids}
    seen = sight_of(viewer).modules
    return sorted(asking if seen is None else asking & set(seen))


def _readable_types(viewer: Viewer) -> Q:
    condition = Q(pk__in=[])
    for module in modules_in_sight(viewer):
        readable = readable_fields(viewer, "case", module)
        types = [name for name, one in TYPES.items() if one.needs in readable]
        if types:
            condition |= Q(module=module, type__in=types)
    return condition


@dataclass(frozen=True)
class Chapter:
    """One thing that happened to a case: who did it, when, and what is told of it."""

    happening: Happening
    full_name: str
    told: Told


@dataclass(frozen=True)
class Story:
    """A page of what happened to a case, newest first; ``next`` is where the page after it begins."""

    chapters: list[Chapter] = field(default_factory=list)
    next: int | None = None
    #: The names of the people whom it speaks of, by their user names.
    people: Mapping[str, str] = field(default_factory=dict)


def find_story(case: Record, *, viewer: Viewer, shared: Collection[str], before: int | None, per: int) -> Story:
    """What happened to a case in sight, in the words of the work.

    Raises: Forbidden.
    Shows: what her rights of today let her read; of handing the case on, the transitions in ``shared``.
    """
    require(viewer, "case", "change_log")
    readable = readable_of(case, viewer)
    readable |= {"flags"} if viewer.may("case", "flag") else set()
    readable |= {INCIDENTS} if viewer.may("case", "view_incident_from_case") else set()
    readable |= {RELATED} if viewer.may_any("case", "view_case_relationships", "update_case_relationships") else set()
    questions = setup_of(viewer.configuration, "case").fields
    found: list[tuple[Happening, Told]] = []
    last = None
    for number, happening in enumerate(find_happenings(case.id, before_id=before), start=1):
        if last is not None and (len(found) >= per or number > OPENED):
            break
        last = happening.id
        if happening.event in FLAGS and "flags" not in readable:
            continue
        changes = {name: change for name, change in happening.changes.items() if name in readable}
        told = told_of(happening.event, changes, happening.about, readable=readable, questions=questions, shared=shared)
        found += [(happening, one) for one in told]
    else:
        last = None
    names = {happening.actor_name for happening, _ in found} | {told.person for _, told in found if told.person}
    people = dict(User.objects.filter(user_name__in=sorted(names)).values_list("user_name", "full_name"))
    return Story([Chapter(one, people.get(one.actor_name, ""), told) for one, told in found], last, people)
