"""The incidents of a case and the case of an incident, as far as a viewer sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.queries.catalogue import catalogue
from cpims.incidents.rules.copying import FieldMap, copied, read_field_map
from cpims.incidents.rules.deriving import day_of
from cpims.incidents.rules.kind import CASE_LINK, INCIDENT
from cpims.lib.clock import now, today
from cpims.lib.ids import read_id
from cpims.modules.models import Module
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import get_record, served
from cpims.records.queries.setup import setup_of, writable_fields
from cpims.records.rules.precision import age_on

DETAILS: Final = "incident_details"
#: Of the state of an incident, what its case shows.
SHOWN_ON_CASE: Final = frozenset(("short_id", "status", "created_at", "owned_by", "module_id"))


def of_cases(viewer: Viewer, case_ids: Collection[UUID]) -> RecordQuerySet:
    """The incidents of cases that lie in her own sight, the oldest first."""
    ids = [str(one) for one in case_ids]
    found = Record.objects.visible_to(viewer).of_kind("incident").filter(state__incident_case_id__in=ids)
    return found.filter(record_state=True).order_by("created_at", "id")


def find_incidents_of_case(*, case_id: UUID | None, viewer: Viewer) -> tuple[Record, list[Record]]:
    """A case, and its incidents that lie in the viewer's sight.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, "incident", "read")
    case = get_record(kind="case", record_id=case_id, viewer=viewer)
    return case, list(of_cases(viewer, [case.id]))


def get_new_incident(*, case_id: UUID | None, viewer: Viewer) -> dict[str, Any]:
    """An incident of a case as it would begin: what it takes over, as far as she reads it on the case.

    Raises: Forbidden, RecordNotFound.
    """
    if not viewer.may("case", "incident_from_case"):
        require(viewer, "incident", "create")
    case = get_record(kind="case", record_id=case_id, viewer=viewer)
    field_map = field_map_of(case.module)
    day = today(settings.ENVIRONMENT.time_zone, now())
    values = INCIDENT.defaults(day)
    begun = {CASE_LINK: str(case.id), "module_id": field_map.module, "owned_by": case.owned_by, "status": "open"}
    asks = writable_fields(acting_from_case(viewer, "create"), "incident", field_map.module, True)
    taken = taken_over(case, values, field_map, module=field_map.module, viewer=viewer)
    return {**begun, **{name: value for name, value in (values | taken).items() if name in asks}}


def field_map_of(module: str) -> FieldMap:
    """What goes from a case of this module to its incidents."""
    return read_field_map(Module.objects.filter(unique_id=module).values_list("field_map", flat=True).first(), module)


def taken_over(
    case: Record, incident: Mapping[str, Any], field_map: FieldMap, *, module: str, viewer: Viewer
) -> dict[str, Any]:
    """The answers that an incident takes over from its case: the age is the one on the day of the incident."""
    fields = catalogue(viewer.configuration).fields_of("incident", module)
    answers = dict(case.data)
    if case.birth_on is not None:
        day = day_of(incident.get("incident_date")) or today(settings.ENVIRONMENT.time_zone, now())
        answers["age"] = max(age_on(case.birth_on, day), 0)
    return copied(
        answers,
        incident,
        field_map,
        readable=readable_of(case, viewer),
        multiple={name: field.get("multi_select") is True for name, field in fields.items()},
    )


@lru_cache(maxsize=1024)
def acting_from_case(viewer: Viewer, *actions: str) -> Viewer:
    """The viewer as she looks at the incidents of a case through a permission on cases: forms and sight stay hers."""
    held = viewer.permissions.get("incident", frozenset()) | frozenset(actions)
    return replace(viewer, permissions=MappingProxyType({**viewer.permissions, "incident": held}))


def detail_names(viewer: Viewer) -> frozenset[str]:
    """The questions about an incident that a case's own forms ask, where such a form is granted to her."""
    field = setup_of(viewer.configuration, "case").fields.get(DETAILS) or {}
    rows = (field.get("subform") or {}).get("fields") or ()
    return frozenset(str(one["name"]) for one in rows)


def lay_over_cases(records: Sequence[Record], viewer: Viewer) -> dict[UUID, dict[str, Any]]:
    """``incident_details``: the incidents of each case that lie in her sight, flat, in one statement."""
    seer = acting_from_case(viewer, "read")
    day = today(settings.ENVIRONMENT.time_zone, now())
    laid: dict[UUID, dict[str, Any]] = {record.id: {DETAILS: []} for record in records if has_some(record)}
    for incident in of_cases(viewer, laid) if laid else ():
        laid[UUID(incident.state[CASE_LINK])][DETAILS].append(_flat(incident, seer, day))
    return laid


def has_some(case: Record) -> bool:
    """Was an incident ever linked to this case?"""
    return case.state.get("has_incidents") is True


def _flat(incident: Record, viewer: Viewer, day: Any) -> dict[str, Any]:
    names = incident.data.keys() | {"incident_date_derived"} | SHOWN_ON_CASE
    values = served(incident, viewer, today=day, names=names, laid={}, in_sight=True)
    rows = {
        name
        for name, value in values.items()
        if name not in names or (isinstance(value, list) and any(isinstance(one, Mapping) for one in value))
    }
    return {"unique_id": str(incident.id)} | {name: value for name, value in values.items() if name not in rows}


def lay_over_incidents(records: Sequence[Record], viewer: Viewer) -> dict[UUID, dict[str, Any]]:
    """The case of each incident, where it lies in her sight; nothing is said of another."""
    wanted = {record.id: read_id(record.state.get(CASE_LINK)) for record in records if record.state.get(CASE_LINK)}
    known: dict[UUID, str] = {}
    if wanted and viewer.may("case", "read"):
        seen = Record.objects.visible_to(viewer).of_kind("case").filter(pk__in=set(wanted.values()))
        known = dict(seen.values_list("id", "display_id"))
    return {
        record_id: {
            CASE_LINK: str(case) if case in known else None,
            "case_id_display": known.get(case) if case else None,
        }
        for record_id, case in wanted.items()
    }
