"""Referrals and transfers that nobody answers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record
from cpims.lib.transactions import atomic
from cpims.settings.queries import configuration_number
from cpims.transitions.actions.laying import about_of
from cpims.transitions.events import TransitionUnanswered
from cpims.transitions.models import Transition
from cpims.transitions.queries.received import overdue_since
from cpims.transitions.rules.moves import Kind, Status

BATCH: Final = 500


@atomic
def raise_unanswered(*, actor: Viewer | None, at: datetime) -> int:
    """What has waited too long for an answer is told once; answers how many. It may run twice, also at the same time.

    Records: TransitionUnanswered.
    """
    waiting = Transition.objects.select_for_update(of=("self",), skip_locked=True).filter(
        status=Status.IN_PROGRESS.value,
        type__in=(Kind.REFERRAL.value, Kind.TRANSFER.value),
        escalated_at__isnull=True,
        recipient__isnull=False,
        created_at__lte=overdue_since(at, configuration_number()),
    )
    rows = list(waiting.order_by("created_at")[:BATCH])
    for row in rows:
        row.escalated_at = at
        row.save(update_fields=["escalated_at"])
        record(TransitionUnanswered(record=row.record_id, about=about_of(row)), actor=actor, at=at)
    return len(rows)
