"""Runs over all open traces: how far they are."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.tracing.models import Rematch
from cpims.tracing.rules.refusals import RematchNotFound
from cpims.tracing.rules.rematching import UNDER_WAY, require_may_run

LATEST: Final = 10


def find_rematches(*, viewer: Viewer) -> list[Rematch]:
    """The latest runs, the newest first.

    Raises: Forbidden.
    """
    require_may_run(viewer)
    return list(Rematch.objects.order_by("-created_at", "-id")[:LATEST])


def get_rematch(run_id: UUID | None, *, viewer: Viewer) -> Rematch:
    """One run.

    Raises: Forbidden, RematchNotFound.
    """
    require_may_run(viewer)
    found = Rematch.objects.filter(pk=run_id).first() if run_id else None
    if found is None:
        raise RematchNotFound
    return found


def find_rematch_left_alone(*, before: datetime) -> UUID | None:
    """A run that is not at its end and on which nobody has worked since."""
    rows = Rematch.objects.filter(status__in=[one.value for one in UNDER_WAY], worked_at__lt=before)
    return rows.values_list("pk", flat=True).first()
