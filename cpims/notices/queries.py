"""What waits for whom."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Count

from cpims.access.rules.viewer import Viewer
from cpims.lib.clock import iso
from cpims.modules.models import Module
from cpims.notices.models import Alert, Notice
from cpims.notices.rules import AlertSettings, read_alert_settings
from cpims.records.models import Record
from cpims.records.queries.reading import get_record
from cpims.records.rules.kinds import KINDS
from cpims.settings.queries import settings_at

KINDS_WITH_ALERTS: Final = ("case", "incident", "tracing_request")


def alerts_waiting(viewer: Viewer) -> dict[str, int]:
    """How many open records in the viewer's sight carry alerts, by kind of record; none of a kind she may not read."""
    kinds = [kind for kind in KINDS_WITH_ALERTS if viewer.may(kind, "read")]
    rows = Record.objects.visible_to(viewer).filter(kind__in=kinds, record_state=True, status="open", alert_count__gt=0)
    counted = dict(rows.order_by().values("kind").annotate(number=Count("pk")).values_list("kind", "number"))
    return {kind: counted.get(kind, 0) for kind in KINDS_WITH_ALERTS}


def find_alerts(*, kind: str, record_id: UUID | None, viewer: Viewer) -> tuple[Record, list[dict[str, Any]]]:
    """The alerts on one record in sight, the oldest first.

    Raises: Forbidden, RecordNotFound.
    """
    record = get_record(kind=kind, record_id=record_id, viewer=viewer)
    rows = Alert.objects.filter(record=record).order_by("date", "id")
    return record, [
        {
            "alert_for": row.alert_for,
            "type": row.type,
            "date": row.date.isoformat(),
            "form_unique_id": row.form_unique_id or None,
            "unique_id": str(row.id),
        }
        for row in rows
    ]


@lru_cache(maxsize=32)
def alert_settings(configuration: int, module: str) -> AlertSettings:
    """What was decided about alerts for a module, at a configuration number."""
    options = Module.objects.filter(unique_id=module).values_list("options", flat=True).first() or {}
    return read_alert_settings(settings_at(configuration).values, options)


def find_notices(
    viewer: Viewer, *, unread_only: bool, offset: int, length: int
) -> tuple[list[dict[str, Any]], int, list[UUID]]:
    """Her own notices, the newest first; how many; and the records that are named.

    Shows: a record only while it lies in her sight; never a child's name.
    """
    rows = Notice.objects.filter(user_id=viewer.user_id)
    rows = rows.filter(read_at__isnull=True) if unread_only else rows
    page = list(rows.order_by("-entry", "id")[offset : offset + length])
    seen = {
        pk: (kind, short)
        for pk, kind, short in Record.objects.visible_to(viewer)
        .filter(pk__in={row.record_id for row in page})
        .values_list("pk", "kind", "short_id")
        if viewer.may(kind, "read")
    }
    told = []
    for row in page:
        kind, short = seen.get(row.record_id, (None, None))
        told.append(
            {
                "id": str(row.id),
                "event": row.event,
                "happened_at": iso(row.happened_at),
                "read_at": iso(row.read_at) if row.read_at else None,
                "record_id": str(row.record_id) if kind else None,
                "record_type": KINDS[kind].plural if kind else None,
                "short_id": short,
            }
        )
    return told, rows.count(), list(seen)


def count_unread(viewer: Viewer) -> int:
    """How many notices she has not read."""
    return Notice.objects.filter(user_id=viewer.user_id, read_at__isnull=True).count()
