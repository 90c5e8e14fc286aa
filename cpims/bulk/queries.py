"""One's own jobs for many cases: how far they are, and what became of each case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count

from cpims.access.rules.viewer import Viewer
from cpims.bulk.models import BulkCase, BulkJob
from cpims.bulk.rules import CASE, UNDER_WAY, BulkNotFound, Result
from cpims.lib.crypto import derive
from cpims.lib.secrets import secret
from cpims.records.models import Record
from cpims.records.queries.reading import served
from cpims.transitions.queries.transitions import Shown, show_transition

SHOWN: Final = ("name", "case_id_display")
#: So many of one's latest jobs are listed.
LATEST: Final = 20


@dataclass
class Progress:
    """How many cases of a job came to which result."""

    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All cases of the job, as far as they are known."""
        return sum(self.counts.values())

    def of(self, result: Result) -> int:
        """Those with one result."""
        return self.counts.get(result.value, 0)


@dataclass
class ResultShown:
    """What became of a case, with what its viewer may read of it; nothing of it where it is out of her sight."""

    row: BulkCase
    shown: dict[str, Any] | None


def bulk_key() -> bytes:
    """The key under which what was asked for is sealed."""
    return derive(secret("instance"), "bulk")


def get_bulk(*, job_id: UUID | None, viewer: Viewer) -> BulkJob:
    """One of her own jobs.

    Raises: BulkNotFound.
    """
    found = BulkJob.objects.filter(pk=job_id, user_id=viewer.user_id).first() if job_id else None
    if found is None:
        raise BulkNotFound
    return found


def find_bulks(*, viewer: Viewer) -> list[BulkJob]:
    """Her own latest jobs, the newest first."""
    return list(BulkJob.objects.filter(user_id=viewer.user_id).order_by("-created_at", "-id")[:LATEST])


def progress_of(jobs: Collection[UUID]) -> dict[UUID, Progress]:
    """How far some jobs are."""
    found = {job: Progress() for job in jobs}
    rows = BulkCase.objects.filter(job_id__in=list(jobs)).values_list("job_id", "state").annotate(number=Count("id"))
    for job, state, number in rows.order_by():
        found[job].counts[state] = number
    return found


def find_results(
    *, job: BulkJob, viewer: Viewer, state: Result | None, offset: int, per: int, today: date
) -> list[ResultShown]:
    """What became of the cases of a job, in the order in which they are done."""
    rows = BulkCase.objects.filter(job=job)
    if state is not None:
        rows = rows.filter(state=state.value)
    page = list(rows.order_by("id")[offset : offset + per])
    ids = [row.record_id for row in page]
    seen = {record.id: record for record in Record.objects.visible_to(viewer).of_kind(CASE).filter(pk__in=ids)}
    return [
        ResultShown(
            row, served(record, viewer, today=today, names=SHOWN, whole=False, in_sight=True) if record else None
        )
        for row in page
        for record in (seen.get(row.record_id),)
    ]


def find_made(*, job: BulkJob, viewer: Viewer) -> list[tuple[Shown, bool]]:
    """The transitions that a job made, in the order of its cases, and whether their case is out of sight (by now)."""
    rows = BulkCase.objects.filter(job=job, transition_id__isnull=False).order_by("id")
    cases = Record.objects.in_bulk([row.record_id for row in rows])
    found = []
    for row in rows:
        case, transition = cases[row.record_id], row.transition_id
        assert transition is not None
        shown = show_transition(transition, case=case, viewer=viewer)
        found.append((shown, not case.is_visible_to(viewer)))
    return found


def find_left_alone(*, before: datetime) -> list[UUID]:
    """Jobs that are not at their end and on which nobody has worked since."""
    rows = BulkJob.objects.filter(status__in=[s.value for s in UNDER_WAY], worked_at__lt=before)
    return list(rows.order_by("worked_at").values_list("pk", flat=True)[:100])
