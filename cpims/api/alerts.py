"""Alerts: the numbers on a client's badges, the alerts of one record, taking one off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.keys import key_of
from cpims.api.http.reply import no_content, reply
from cpims.audit.actions import note_sighting
from cpims.cases.rules.kind import CASE
from cpims.lib.clock import now
from cpims.lib.ids import read_id
from cpims.notices.actions import drop_alert
from cpims.notices.queries import alerts_waiting, find_alerts
from cpims.records.queries.reading import get_record
from cpims.records.rules.kinds import Kind

router = Router(tags=["alerts"])


@router.get("/alerts")
def count_alerts(request: HttpRequest) -> HttpResponse:
    """Open records in sight that carry alerts, by kind."""
    viewer = viewer_of(request)
    counted = alerts_waiting(viewer)
    note_sighting(viewer, road="alerts.count", action="count")
    return reply(counted)


def add_alerts(mounted: Router, kind: Kind) -> None:
    """Mount the alerts on records of a kind."""
    name, plural = kind.name, kind.plural
    address = f"/{plural}/{{{name}_id}}/alerts"

    @mounted.get(address, summary="The alerts on a record")
    def list_alerts(request: HttpRequest, record_id: str = key_of(name)) -> HttpResponse:
        """What somebody should look at, and on which form it stands."""
        viewer = viewer_of(request)
        record, alerts = find_alerts(kind=name, record_id=read_id(record_id), viewer=viewer)
        note_sighting(viewer, road=f"{plural}.alerts", action="show", record_kind=name, record_ids=[record.id])
        return reply(alerts)

    @mounted.delete(address + "/{alert_id}", summary="Take an alert off a record")
    def delete_alert(request: HttpRequest, alert_id: str, record_id: str = key_of(name)) -> HttpResponse:
        """Somebody has seen to it."""
        viewer = viewer_of(request)
        require(viewer, name, "remove_alert")
        record = get_record(kind=name, record_id=read_id(record_id), viewer=viewer)
        drop_alert(kind=name, record_id=record.id, alert_id=read_id(alert_id), actor=viewer, at=now())
        return no_content()


add_alerts(router, CASE)
