"""Tying incidents to a case: who works on them then, what they take over, what the case is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.cases.rules.kind import CASE
from cpims.incidents.events import CaseIncidentsAdded, CaseIncidentsAmended, CaseIncidentsRemoved, IncidentLinked
from cpims.incidents.queries.of_case import acting_from_case, field_map_of, taken_over
from cpims.incidents.rules.kind import CASE_LINK, INCIDENT
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.lib.transactions import atomic
from cpims.notices.actions import alert_to_incident
from cpims.records.actions.writing import Outcome, derive_columns, derive_record, own, touch
from cpims.records.models import Record
from cpims.records.rules.fields import LENT
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound

#: At most so many incidents are linked at once.
MOST_LINKED = 50
HAS, TYPES = "has_incidents", "current_alert_types"
PEOPLE = ("owned_by", "assigned_user_names", "associated_user_names", "owned_by_agency_id", "owned_by_groups")


@atomic
def link_incidents(
    *, case_id: UUID | None, incident_ids: Sequence[UUID], actor: Viewer, at: datetime, assign: bool = False
) -> Outcome:
    """A worker ties incidents to a case. Each keeps its owner, unless she asks that they go to the owner of the case.

    Raises: Forbidden, AnswersInvalid, RecordNotFound (one that she does not see undoes all).
    Records: IncidentLinked, CaseIncidentsAdded, CaseIncidentsRemoved.
    """
    require(actor, "incident", "link_incident_to_case")
    require(actor, "case", "write", "incident_from_case")
    if assign:
        require(actor, "incident", "assign")
    wanted = sorted(set(incident_ids))
    if not wanted:
        raise AnswersInvalid([Problem("/incident_ids", "required")])
    if len(wanted) > MOST_LINKED:
        raise AnswersInvalid([Problem("/incident_ids", "incident.too_many_linked", {"most": MOST_LINKED})])
    case, others = hold_cases(wanted, case_id, actor)
    if case is None:
        raise RecordNotFound
    mine = Record.objects.visible_to(actor).of_kind("incident")
    held = list(mine.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("id"))
    if len(held) != len(wanted):
        raise RecordNotFound
    day = today(settings.ENVIRONMENT.time_zone, at)
    left: dict[UUID, list[UUID]] = {}
    added: list[UUID] = []
    for incident in held:
        before = read_id(incident.state.get(CASE_LINK))
        if before == case.id:
            continue
        if before is not None:
            left.setdefault(others[before].id, []).append(incident.id)
        standing, answers = people_of(incident), dict(incident.data)
        incident.data = answers | joined(incident, case, answers, owner=case.owner if assign else None, viewer=actor)
        derive_record(incident, INCIDENT, configuration=actor.configuration, today=day)
        touch(incident, actor=actor, at=at)
        incident.save()
        changes = differences(answers, incident.data) | differences(standing, people_of(incident))
        write_down(
            IncidentLinked(
                record=incident.id, revision=incident.revision, changes=changes, about={"case": str(case.id)}
            ),
            actor=actor,
            at=at,
        )
        added.append(incident.id)
    for former, gone in left.items():
        tell_case(others[former], removed=gone, actor=actor, at=at)
    if added:
        tell_case(case, added=added, actor=actor, at=at)
    return Outcome(record=case)


def hold_cases(
    incident_ids: Collection[UUID], wanted: UUID | None, actor: Viewer
) -> tuple[Record | None, dict[UUID, Record]]:
    """Lock the case that is wanted and those that the incidents leave, before any incident: always in this order.

    Raises: RecordNotFound when an incident would leave a case that she does not see.
    """
    links = (
        Record.objects.of_kind("incident").filter(pk__in=incident_ids).values_list("state__incident_case_id", flat=True)
    )
    ids = {found for link in links if (found := read_id(link))} | ({wanted} if wanted else set())
    seen = Record.objects.visible_to(actor).of_kind("case").select_for_update(of=("self",))
    held = {case.id: case for case in seen.filter(pk__in=ids).order_by("id")}
    if not ids - {wanted} <= held.keys():
        raise RecordNotFound
    return held.get(wanted) if wanted else None, held


def hold_wanted(wanted: Any, pointer: str, held: Mapping[UUID, Record]) -> Record:
    """Of the cases that are locked, the one that was named.

    Raises: AnswersInvalid when it is not there for her.
    """
    case = held.get(read_id(wanted) or UUID(int=0)) if isinstance(wanted, str) else None
    if case is None:
        raise AnswersInvalid([Problem(pointer, "incident.case_unknown")])
    return case


def begun_on_case(values: Mapping[str, Any], actor: Viewer) -> tuple[Mapping[str, Any], Viewer]:
    """What a new incident begins with and who registers it: on a case, through her permission on cases, in the module to
    which incidents of that case go; the case is locked. Alone, it needs her own permission to register incidents.

    Raises: Forbidden, AnswersInvalid.
    """
    wanted = values.get(CASE_LINK)
    if wanted is None:
        require(actor, "incident", "create")
        return values, actor
    _, held = hold_cases((), read_id(wanted) if isinstance(wanted, str) else None, actor)
    case = hold_wanted(wanted, f"/{CASE_LINK}", held)
    if values.get("module_id") is None:
        goes_to = field_map_of(case.module).module
        values = {**values, "module_id": goes_to if goes_to in actor.modules or actor.is_super else case.module}
    return values, acting_from_case(actor, "create") if actor.may("case", "incident_from_case") else actor


def joined(
    incident: Record, case: Record, answers: Mapping[str, Any], *, owner: User | None, viewer: Viewer
) -> dict[str, Any]:
    """Tie an incident that an act holds to a case that it holds, without saving it; answers what it takes over."""
    incident.state[CASE_LINK] = str(case.id)
    take_people(incident, case, owner=owner)
    return taken_over(case, answers, field_map_of(case.module), module=incident.module, viewer=viewer)


def parted(incident: Record) -> None:
    """Untie an incident that an act holds from its case, without saving it: its owner keeps it alone."""
    incident.state.pop(CASE_LINK, None)
    take_people(incident, None, owner=None)


def take_people(incident: Record, case: Record | None, *, owner: User | None) -> None:
    """Whoever works on a case works on its incidents, with the same forms; ``owner`` takes them over."""
    owner = owner or incident.owner
    people = {case.owned_by, *case.assigned_user_names} if case is not None else set()
    incident.assigned_user_names = sorted(people - {owner.user_name})
    lent = case.state.get(LENT) if case is not None else None
    incident.state.pop(LENT, None)
    if lent:
        incident.state[LENT] = lent
    own(incident, owner, sorted(group.unique_id for group in owner.groups.all() if not group.disabled))


def people_of(incident: Record) -> dict[str, Any]:
    """Who holds an incident and who works on it."""
    return {name: list(v) if isinstance(v := getattr(incident, name), list) else v for name in PEOPLE}


def lay_on_case(case: Record, *, actor: Viewer, at: datetime) -> None:
    """An incident came to a case that an act holds: the case says so, and its owner is alerted when it was somebody else."""
    case.state[HAS] = True
    alert_to_incident(case, actor=actor, at=at)


def tell_case(
    case: Record, *, added: Sequence[UUID] = (), removed: Sequence[UUID] = (), actor: Viewer, at: datetime
) -> None:
    """Incidents came to a case that an act holds, or left it: one save, one entry in its book."""
    before = {name: case.state.get(name) for name in (HAS, TYPES)}
    now_there = incident_ids_of(case)
    if added:
        lay_on_case(case, actor=actor, at=at)
    case.state[HAS] = bool(now_there)
    derive_columns(case, CASE, configuration=actor.configuration, today=case.created_at.date())
    touch(case, actor=actor, at=at)
    case.save()
    changes = differences(before, {name: case.state.get(name) for name in (HAS, TYPES)})
    write_entry(case, now_there, added=added, removed=removed, changes=changes, actor=actor, at=at)


def hold_case_of(incident_id: UUID, actor: Viewer) -> Record | None:
    """Lock the case of an incident in sight, whoever sees the case: before the incident, as always."""
    mine = Record.objects.visible_to(actor).of_kind("incident").filter(pk=incident_id)
    case_id = read_id(mine.values_list("state__incident_case_id", flat=True).first())
    cases = Record.objects.of_kind("case").select_for_update(of=("self",))
    return cases.filter(pk=case_id).first() if case_id else None


def tell_of_change(case: Record, *, actor: Viewer, at: datetime) -> None:
    """An incident of a case that an act holds was changed: who keeps the case gets it anew, for it shows the incident."""
    case.revision += 1
    case.save(update_fields=("revision",))
    write_down(CaseIncidentsAmended(record=case.id, revision=case.revision), actor=actor, at=at)


def write_entry(
    case: Record,
    now_there: Sequence[str],
    *,
    added: Sequence[UUID] = (),
    removed: Sequence[UUID] = (),
    changes: Mapping[str, tuple[Any, Any]],
    actor: Viewer,
    at: datetime,
) -> None:
    """Write down on a case which incidents it has now."""
    new, old = {str(one) for one in added}, [str(one) for one in removed]
    was = [one for one in now_there if one not in new] + old
    event = CaseIncidentsAdded if added else CaseIncidentsRemoved
    told = {**changes, "incidents": (was, list(now_there))}
    write_down(event(record=case.id, revision=case.revision, changes=told), actor=actor, at=at)


def incident_ids_of(case: Record) -> list[str]:
    """The incidents of a case, whoever sees them, the oldest first."""
    rows = Record.objects.of_kind("incident").filter(state__incident_case_id=str(case.id))
    return [str(one) for one in rows.order_by("created_at", "id").values_list("id", flat=True)]
