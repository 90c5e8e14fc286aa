"""Alerts: the numbers on a client's badges, the alerts of one case, taking one off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.reply import no_content, reply
from cpims.audit.actions import note_sighting
from cpims.lib.clock import now
from cpims.lib.ids import read_id
from cpims.notices.actions import drop_alert
from cpims.notices.queries import alerts_waiting, find_alerts
from cpims.records.queries.reading import get_record

router = Router(tags=["alerts"])
KIND = "case"


@router.get("/alerts")
def count_alerts(request: HttpRequest) -> HttpResponse:
    """Open records in sight that carry alerts, by kind."""
    viewer = viewer_of(request)
    counted = alerts_waiting(viewer)
    note_sighting(viewer, road="alerts.count", action="count")
    return reply(counted)


@router.get("/cases/{case_id}/alerts", summary="The alerts on a case")
def list_alerts(request: HttpRequest, case_id: str) -> HttpResponse:
    """What somebody should look at, and on which form it stands."""
    viewer = viewer_of(request)
    record, alerts = find_alerts(kind=KIND, record_id=read_id(case_id), viewer=viewer)
    note_sighting(viewer, road="cases.alerts", action="show", record_kind=KIND, record_ids=[record.id])
    return reply(alerts)


@router.delete("/cases/{case_id}/alerts/{alert_id}", summary="Take an alert off a case")
def delete_alert(request: HttpRequest, case_id: str, alert_id: str) -> HttpResponse:
    """Somebody has seen to it."""
    viewer = viewer_of(request)
    require(viewer, KIND, "remove_alert")
    case = get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer)
    drop_alert(kind=KIND, record_id=case.id, alert_id=read_id(alert_id), actor=viewer, at=now())
    return no_content()
