"""What was sent to somebody and waits for her."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.clock import iso
from cpims.records.models import Record
from cpims.settings.queries import settings_at
from cpims.transitions.models import Transition
from cpims.transitions.rules.moves import Kind, Status

#: Hours after which an answer is overdue, unless the instance decided otherwise (``unanswered_after_hours``).
AFTER_HOURS = 72


def overdue_since(at: datetime, configuration: int) -> datetime:
    """What was sent before this moment and is not answered has waited too long."""
    return at - timedelta(hours=settings_at(configuration).option("unanswered_after_hours", AFTER_HOURS))


def find_received(
    viewer: Viewer, *, at: datetime, offset: int, length: int
) -> tuple[list[dict[str, Any]], int, list[UUID]]:
    """Referrals and transfers sent to her and requests for her cases, the oldest first; how many; and their cases.

    Raises: Forbidden.
    Shows: cases in sight only; no name of a child.
    """
    require(viewer, "case", "read")
    waits = Q(recipient_id=viewer.user_id, type=Kind.TRANSFER.value, status=Status.IN_PROGRESS.value)
    works = Q(recipient_id=viewer.user_id, type=Kind.REFERRAL.value)
    works &= Q(status__in=(Status.IN_PROGRESS.value, Status.ACCEPTED.value))
    asked = Q(record__owner_id=viewer.user_id, type=Kind.REQUEST.value, status=Status.IN_PROGRESS.value)
    sight = Record.objects.visible_to(viewer).filter(record_state=True)
    # looked up one after the other: together no index would serve them
    ids = [*Transition.objects.filter(waits | works).values_list("pk", flat=True)]
    ids += Transition.objects.filter(asked).values_list("pk", flat=True)
    rows = Transition.objects.filter(pk__in=ids, record__in=sight)
    page = list(rows.select_related("record").order_by("created_at", "id")[offset : offset + length])
    limit = overdue_since(at, viewer.configuration)
    told = [
        {
            "id": str(row.id),
            "type": row.type,
            "status": row.status,
            "record_id": str(row.record_id),
            "case_id_display": row.record.display_id,
            "transitioned_by": row.transitioned_by,
            "notes": row.notes or None,
            "service": row.service or None,
            "created_at": iso(row.created_at),
            "overdue": row.status == Status.IN_PROGRESS and row.created_at <= limit,
        }
        for row in page
    ]
    return told, rows.count(), [row.record_id for row in page]
