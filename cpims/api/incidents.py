"""The incidents of a case: read, begun from what the case knows, tied to it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_data
from cpims.api.http.prefer import once
from cpims.api.http.reply import no_content, reply
from cpims.api.shapes.incidents import IncidentsToLink
from cpims.audit.actions import note_sighting
from cpims.incidents.actions.linking import link_incidents
from cpims.incidents.queries.of_case import find_incidents_of_case, get_new_incident
from cpims.lib.clock import now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.queries.reading import get_record, record_ids, served_all
from cpims.records.rules.refusals import AnswersInvalid

router = Router(tags=["incidents"])


@router.get("/cases/{case_id}/incidents", summary="The incidents of a case")
def list_case_incidents(request: HttpRequest, case_id: str) -> HttpResponse:
    """Those in sight, the oldest first."""
    viewer = viewer_of(request)
    _, found = find_incidents_of_case(case_id=read_id(case_id), viewer=viewer)
    note_sighting(
        viewer,
        road="cases.incidents",
        action="show",
        record_kind="incident",
        record_ids=record_ids(found),
        fields="all",
    )
    return reply(served_all(found, viewer, today=today(settings.ENVIRONMENT.time_zone), in_sight=True))


@router.get("/cases/{case_id}/incidents/new", summary="An incident of a case as it would begin")
def read_new_incident(request: HttpRequest, case_id: str) -> HttpResponse:
    """Nothing is stored; what the case knows already stands in it."""
    viewer = viewer_of(request)
    found = read_id(case_id)
    values = get_new_incident(case_id=found, viewer=viewer)
    note_sighting(
        viewer, road="cases.incidents.new", action="show", record_kind="case", record_ids=[found] if found else []
    )
    return reply(values)


@router.post("/cases/{case_id}/incidents", summary="Tie incidents to a case")
def add_case_incidents(request: HttpRequest, case_id: str) -> HttpResponse:
    """All of them or none; each keeps its owner unless ``assign`` is asked for."""
    viewer = viewer_of(request)
    require(viewer, "incident", "link_incident_to_case")
    require(viewer, "case", "write", "incident_from_case")
    case = get_record(kind="case", record_id=read_id(case_id), viewer=viewer)

    def act() -> HttpResponse:
        asked = check(IncidentsToLink, read_data(request))
        ids = [read_id(one) for one in asked.incident_ids]
        wrong = [place for place, one in enumerate(ids) if one is None]
        if wrong:
            raise AnswersInvalid([Problem(f"/incident_ids/{place}", "invalid_unique_id") for place in wrong])
        link_incidents(
            case_id=case.id, incident_ids=[one for one in ids if one], actor=viewer, at=now(),
            assign=asked.assign is True,
        )  # fmt: skip
        return no_content()

    return once(request, viewer, act)
