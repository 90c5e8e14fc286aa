"""Approvals of a case: asking, answering, taking back, comparing with what was approved before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, read_data
from cpims.api.http.prefer import once, prefers
from cpims.api.http.reply import reply
from cpims.approvals.actions import answer_approval, request_approval, withdraw_approval
from cpims.approvals.queries import compare_with_approved
from cpims.approvals.rules import read_wish, require_known, require_takes_part
from cpims.audit.actions import note_sighting
from cpims.lib.clock import iso, now, today
from cpims.lib.ids import read_id
from cpims.records.actions.writing import Outcome
from cpims.records.queries.reading import get_record, served

router = Router(tags=["approvals"])
ours = Router(tags=["approvals"])
KIND = "case"


@router.api_operation(
    ["PATCH", "PUT"], "/cases/{case_id}/approvals/{approval}", summary="Ask for an approval, or answer"
)
def change_approval(request: HttpRequest, case_id: str, approval: str) -> HttpResponse:
    """A worker asks; a supervisor approves or rejects."""
    viewer = viewer_of(request)
    record_id = _reachable(viewer, case_id, approval)

    def act() -> HttpResponse:
        wish, unknown = read_wish(read_data(request))
        if unknown and prefers(request, "handling=strict"):
            raise BodyInvalid(unknown)
        if wish.status == "requested":
            asked = {"approval_type": wish.approval_type, "notes": wish.notes}
            done = request_approval(case_id=record_id, kind=approval, **asked, actor=viewer, at=now())
        else:
            approved = wish.status == "approved"
            done = answer_approval(
                case_id=record_id, kind=approval, approved=approved, notes=wish.notes, actor=viewer, at=now()
            )
        return _done(viewer, done, [{"pointer": p.pointer, "code": p.code} for p in unknown])

    return once(request, viewer, act)


@ours.delete("/cases/{case_id}/approvals/{approval}", summary="Take a request for an approval back")
def take_back(request: HttpRequest, case_id: str, approval: str) -> HttpResponse:
    """The answer before it stands again."""
    viewer = viewer_of(request)
    require_known(approval)
    require(viewer, KIND, f"request_approval_{approval}")
    case = get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer)
    return _done(viewer, withdraw_approval(case_id=case.id, kind=approval, actor=viewer, at=now()), [])


@ours.get("/cases/{case_id}/approvals/{approval}/comparison", summary="What changed since it was approved")
def compare(request: HttpRequest, case_id: str, approval: str) -> HttpResponse:
    """Each answer as it was approved last and as it is now, side by side."""
    viewer = viewer_of(request)
    found = compare_with_approved(case_id=read_id(case_id), kind=approval, viewer=viewer)
    note_sighting(viewer, road="approvals.comparison", action="show", record_kind=KIND, record_ids=[found.record.id])
    since = iso(found.since) if found.since else None
    return reply({"since": since, "approved_by": found.by or None, "changes": found.changes})


def _reachable(viewer: Viewer, case_id: str, approval: str) -> UUID:
    require_known(approval)
    require_takes_part(viewer, approval)
    return get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer).id


def _done(viewer: Viewer, outcome: Outcome, ignored: list[dict[str, Any]]) -> HttpResponse:
    day = today(settings.ENVIRONMENT.time_zone)
    record = served(outcome.record, viewer, today=day, names={*outcome.changes, "alert_count"})
    return reply({"record": record}, {"ignored": ignored} if ignored else None)
