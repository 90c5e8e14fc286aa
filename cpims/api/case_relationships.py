"""How a case is related to other cases."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.families import short_names
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_data
from cpims.api.http.prefer import once
from cpims.api.http.query import read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.families import NewRelationship, RelationshipEdit
from cpims.audit.actions import note_sighting
from cpims.families.actions import amend_relationship, relate_cases
from cpims.families.actions.relating import Related
from cpims.families.models import CaseRelationship
from cpims.families.queries.relationships import decided_types, find_relationships, other_of
from cpims.families.rules.relationships import as_seen
from cpims.lib.clock import now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.models import Record
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.refusals import AnswersInvalid

router = Router(tags=["case_relationships"])
ACT = "update_case_relationships"


@router.get("/cases/{case_id}/case_relationships", summary="The cases that a case is related to")
def list_relationships(request: HttpRequest, case_id: str) -> HttpResponse:
    """The newest first; ``relationship_type`` narrows."""
    viewer = viewer_of(request)
    kind = read_query(request).get("relationship_type")
    asked = kind if isinstance(kind, str) or kind is None else ""
    case, found = find_relationships(case_id=read_id(case_id), kind=asked, viewer=viewer)
    seen = [case.id, *(other.id for _, other in found)]
    note_sighting(viewer, road="cases.relationships", action="list", record_kind="case", record_ids=seen)
    return reply([relationship_json(row, case, other, viewer) for row, other in found])


@router.post("/cases/{case_id}/case_relationships", summary="Relate a case to another")
def add_relationship(request: HttpRequest, case_id: str) -> HttpResponse:
    """Both cases must be in sight."""
    viewer = viewer_of(request)
    require(viewer, "case", ACT)
    case = get_record(kind="case", record_id=read_id(case_id), viewer=viewer)

    def act() -> HttpResponse:
        asked = check(NewRelationship, _data(request))
        named = read_id(asked.id) if asked.id is not None else None
        if asked.id is not None and named is None:
            raise AnswersInvalid([Problem("/id", "invalid_unique_id")])
        done = relate_cases(
            case_id=case.id, other_id=asked.case_id, kind=asked.relationship_type, primary=asked.primary is True,
            relationship_id=named, actor=viewer, at=now(),
        )  # fmt: skip
        return reply(_done(done, viewer))

    return once(request, viewer, act)


@router.api_operation(
    ["PATCH", "PUT"], "/cases/{case_id}/case_relationships/{relationship_id}", summary="Change how cases are related"
)
def change_relationship(request: HttpRequest, case_id: str, relationship_id: str) -> HttpResponse:
    """Which is the first of several, and whether it still holds."""
    viewer = viewer_of(request)
    require(viewer, "case", ACT)
    case = get_record(kind="case", record_id=read_id(case_id), viewer=viewer)

    def act() -> HttpResponse:
        asked = check(RelationshipEdit, _data(request))
        return reply(_done(_amend(case, relationship_id, viewer, asked.primary, asked.disabled), viewer))

    return once(request, viewer, act)


@router.delete("/cases/{case_id}/case_relationships/{relationship_id}", summary="End a relationship")
def end_relationship(request: HttpRequest, case_id: str, relationship_id: str) -> HttpResponse:
    """It holds no more; nothing is deleted."""
    viewer = viewer_of(request)
    require(viewer, "case", ACT)
    case = get_record(kind="case", record_id=read_id(case_id), viewer=viewer)
    return reply(_done(_amend(case, relationship_id, viewer, None, disabled=True), viewer))


def _amend(case: Record, relationship_id: str, viewer: Viewer, primary: bool | None, disabled: bool | None) -> Related:
    return amend_relationship(
        case_id=case.id, relationship_id=read_id(relationship_id), primary=primary, disabled=disabled, actor=viewer,
        at=now(),
    )  # fmt: skip


def _data(request: HttpRequest) -> dict[str, Any]:
    """The values of the body; Primero’s client lays them into the address, where every value is a text."""
    if request.body:
        return read_data(request)
    sent = read_query(request).get("data")
    told = {"true": True, "false": False}
    return (
        {name: told.get(v, v) if isinstance(v, str) else v for name, v in sent.items()}
        if isinstance(sent, dict)
        else {}
    )


def relationship_json(row: CaseRelationship, case: Record, other: Record, viewer: Viewer) -> dict[str, Any]:
    """A relationship from the side of one case, with what the viewer may read of the other."""
    day = today(settings.ENVIRONMENT.time_zone)
    return {
        "id": str(row.id),
        "case_id": str(other_of(row, case.id)),
        "relationship_type": as_seen(
            case.id, row.from_case_id, row.relationship_type, decided_types(viewer.configuration)
        ),
        "primary": row.primary,
        "disabled": row.disabled,
        "data": served(other, viewer, today=day, names=short_names(viewer), whole=False, in_sight=True),
    }


def _done(done: Related, viewer: Viewer) -> dict[str, Any]:
    assert done.relationship is not None and done.other is not None
    return relationship_json(done.relationship, done.record, done.other, viewer)
