"""All open traces are compared with the cases anew, one after the other: each night, or when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record
from cpims.forms.queries.viewers import viewer_of
from cpims.lib.clock import today
from cpims.lib.ids import new_id
from cpims.lib.queue import put_off
from cpims.lib.transactions import atomic
from cpims.settings.queries import configuration_number
from cpims.tracing.events import RematchBegun, RematchCancelled, TraceProposed
from cpims.tracing.models import Rematch, Trace
from cpims.tracing.queries.matches import likely_cases
from cpims.tracing.rules.deciding import may_compare
from cpims.tracing.rules.refusals import RematchHasEnded, RematchNotFound, RematchUnderWay
from cpims.tracing.rules.rematching import MOVES, RunStatus, require_may_run

#: The task of the worker that goes on with a run.
TASK: Final = "tracing.rematch"
#: So many traces are compared before other work has its turn.
AT_A_TIME: Final = 50
SUBJECT: Final = "rematch"


@atomic
def begin_rematch(*, actor: Viewer | None, at: datetime) -> Rematch:
    """All open traces are compared with the cases anew; nobody asks for the run of the night.

    Raises: Forbidden, RematchUnderWay.
    Records: RematchBegun.
    """
    if actor is not None:
        require_may_run(actor)
    run = Rematch(
        id=new_id(),
        begun_by=actor.user_name if actor else "",
        total=Trace.objects.filter(open=True).count(),
        created_at=at,
        worked_at=at,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        raise RematchUnderWay from error
    record(RematchBegun(subject=f"{SUBJECT}:{run.id}", about={"traces": run.total}), actor=actor, at=at)
    put_off(TASK, run=str(run.id))
    return run


@atomic
def cancel_rematch(*, run_id: UUID, actor: Viewer, at: datetime) -> Rematch:
    """The traces that were not compared yet are left for another time.

    Raises: Forbidden, RematchNotFound, RematchHasEnded.
    Records: RematchCancelled.
    """
    require_may_run(actor)
    run = Rematch.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise RematchNotFound
    _move(run, RunStatus.CANCELLED, at)
    record(RematchCancelled(subject=f"{SUBJECT}:{run.id}", about={"done": run.done}), actor=actor, at=at)
    return run


def run_rematch(*, run_id: UUID, clock: Callable[[], datetime], most: int = AT_A_TIME) -> bool:
    """Go on with a run; each trace and what is known of the run are one transaction, so that it may be cut off anywhere.

    Answers whether something may be left to do.
    """
    return all(_compare_next(run_id=run_id, at=clock()) for _ in range(most))


@atomic
def _compare_next(*, run_id: UUID, at: datetime) -> bool:
    run = Rematch.objects.select_for_update().filter(pk=run_id, status=RunStatus.RUNNING.value).first()
    if run is None:
        return False
    rows = Trace.objects.filter(open=True).select_related("request__owner").order_by("id")
    trace = (rows if run.reached is None else rows.filter(pk__gt=run.reached)).first()
    if trace is None:
        _move(run, RunStatus.DONE, at)
        return False
    run.found += _propose(trace, run, at)
    run.done, run.reached, run.worked_at = run.done + 1, trace.id, at
    run.save(update_fields=["done", "found", "reached", "worked_at"])
    return True


def _propose(trace: Trace, run: Rematch, at: datetime) -> int:
    """What is new among the likely cases is told to whoever owns the request: within her sight, and no name of anybody."""
    owner = trace.request.owner
    if owner.disabled:
        return 0
    viewer = viewer_of(owner.pk, owner.access_epoch, configuration_number())
    if not may_compare(viewer) or not trace.request.is_visible_to(viewer):
        return 0
    likely = likely_cases(trace, viewer=viewer, today=today(settings.ENVIRONMENT.time_zone, at))
    new = set(likely) - set(trace.proposed)
    if set(likely) != set(trace.proposed):
        Trace.objects.filter(pk=trace.pk).update(proposed=sorted(likely))
    if new:
        told = TraceProposed(
            record=trace.request_id,
            subject=f"{SUBJECT}:{run.id}",
            revision=trace.request.revision,
            about={"trace": str(trace.id), "cases": len(new)},
        )
        record(told, actor=None, at=at)
    return len(new)


def _move(run: Rematch, to: RunStatus, at: datetime) -> None:
    if to not in MOVES[RunStatus(run.status)]:
        raise RematchHasEnded
    run.status, run.worked_at, run.ended_at = to.value, at, at
    run.save(update_fields=["status", "worked_at", "ended_at"])
