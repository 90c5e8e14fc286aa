"""Is this child known already? Cases that may be about the same child, each with the reasons for and against."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.reply import reply
from cpims.api.shapes.matching import LikelyAsked
from cpims.audit.actions import note_sighting
from cpims.cases.queries.likely import LikelyCase, find_likely_cases, person_typed, persons_of
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.queries.listing import names_of_finds
from cpims.records.queries.reading import get_record, record_ids, served_all

ours = Router(tags=["cases"])
KIND = "case"


@ours.post("/cases/likely", summary="Cases that may be about the same child")
def find_likely(request: HttpRequest) -> HttpResponse:
    """Before a child is registered, or beside a case: who may be the same, the likeliest first, each with the reasons."""
    viewer = viewer_of(request)
    require(viewer, KIND, "read")
    asked = check(LikelyAsked, read_body(request))
    if (asked.case_id is None) == (asked.data is None):
        raise BodyInvalid([Problem("/data", "body.missing", {"name": "data"})])
    day = today(settings.ENVIRONMENT.time_zone)
    if asked.case_id is None:
        own, person = None, person_typed(asked.data or {}, viewer=viewer, today=day)
    else:
        own = get_record(kind=KIND, record_id=read_id(asked.case_id), viewer=viewer)
        person = persons_of([own], viewer=viewer, today=day)[own.id]
    found = find_likely_cases(viewer=viewer, person=person, today=day, leave_out=own.id if own else None)
    records = [one.record for one in found]
    note_sighting(
        viewer,
        road="cases.likely",
        action="search",
        record_kind=KIND,
        record_ids=record_ids(records),
        fields="short",
        query=" ".join(person.names) or None,
    )
    names = names_of_finds(KIND, viewer)
    rows = served_all(records, viewer, today=day, names=names, in_sight=True)
    return reply([{"case": row, **_told(one)} for row, one in zip(rows, found, strict=True)])


def _told(one: LikelyCase) -> dict[str, object]:
    return {
        "score": one.score.value,
        "likelihood": one.score.likelihood.value,
        "reasons": [
            {"code": why.code, "part": why.part, "weight": round(why.weight, 1), "params": dict(why.params)}
            for why in one.score.reasons
        ],
    }
