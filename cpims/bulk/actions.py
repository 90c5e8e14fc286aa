"""Asking for one act on many cases, doing it case by case, cancelling it, trying again what was refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.audit.events import Event
from cpims.bulk.events import BulkBegun, BulkCancelled, BulkRetried
from cpims.bulk.models import BulkCase, BulkJob
from cpims.bulk.queries import bulk_key
from cpims.bulk.rules import (
    CASE,
    MOST,
    MOVES,
    NOT_FOR_MANY,
    UNDER_WAY,
    Act,
    ActorGone,
    BulkAsksForLess,
    BulkHasEnded,
    BulkInvalid,
    BulkNotFound,
    BulkUnderWay,
    Result,
    Status,
    require_may_begin,
    require_number,
    told,
)
from cpims.flags.actions import raise_flag
from cpims.flags.rules import Wish as FlagWish
from cpims.flags.rules import read_wish as read_flag
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.clock import today
from cpims.lib.crypto import seal, unseal
from cpims.lib.errors import Problem, Refusal
from cpims.lib.ids import new_id
from cpims.lib.json import dumps, loads
from cpims.lib.queue import put_off
from cpims.lib.transactions import atomic
from cpims.records.queries.choosing import choose_records
from cpims.transitions.actions import assign_case, refer_case, transfer_case
from cpims.transitions.queries.recipients import get_recipient
from cpims.transitions.rules.moves import Kind
from cpims.transitions.rules.wishes import Wish, read_wish

log = logging.getLogger("cpims.bulk")
#: The task of the worker that goes on with a job.
TASK: Final = "bulk.run"
#: So many cases are done before other work has its turn.
AT_A_TIME: Final = 100
KINDS: Final = {Act.ASSIGN: Kind.ASSIGN, Act.REFER: Kind.REFERRAL, Act.TRANSFER: Kind.TRANSFER}
SHARES: Final = {Act.ASSIGN: assign_case, Act.REFER: refer_case, Act.TRANSFER: transfer_case}


@atomic
def begin_bulk(
    *, act: Act, wish: Mapping[str, Any], ids: Sequence[UUID] | None, search: Mapping[str, Any] | None, actor: Viewer,
    at: datetime, later: bool = True,
) -> BulkJob:  # fmt: skip
    """Somebody asks for one act on many cases: those she names, or those of a list when the work begins.

    Not ``later``: who asks does the work herself, at once.
    Raises: Forbidden, BulkInvalid, TransitionInvalid, FlagInvalid.
    Records: BulkBegun.
    """
    require_may_begin(actor, act)
    recipient = _check(act, wish, actor)
    about: dict[str, Any] = {"act": act.value} | ({"to": recipient} if recipient else {})
    if (ids is None) == (search is None):
        raise BulkInvalid([Problem("/ids", "bulk.ids_or_search")])
    if search is None:
        chosen = list(dict.fromkeys(ids or ()))
        require_number(len(chosen), "/ids", act)
        about["cases"] = len(chosen)
    else:
        chosen = []
        found = choose_records(kind=CASE, viewer=actor, query=search, today=_today(at), most=MOST + 1)
        if found.ignored:
            raise BulkInvalid(found.ignored)
        require_number(len(found.ids), "/search", act)
        if found.more:
            raise BulkInvalid([Problem("/search/query", "bulk.search_too_wide")])
        about |= {"cases": len(found.ids), "by": sorted(search)}
    job = BulkJob(
        id=new_id(),
        user_id=actor.user_id,
        act=act.value,
        status=(Status.WAITING if search is not None else Status.RUNNING).value,
        recipient=recipient,
        created_at=at,
        chosen_at=None if search is not None else at,
        worked_at=at,
    )
    asked = {"wish": dict(wish), "search": None if search is None else dict(search)}
    job.sealed = seal(bulk_key(), dumps(asked), job.id.bytes)
    job.save(force_insert=True)
    _lay(job, chosen)
    _write(BulkBegun, job, about, actor, at)
    if later:
        put_off(TASK, job=str(job.id))
    return job


@atomic
def cancel_bulk(*, job_id: UUID, actor: Viewer, at: datetime) -> BulkJob:
    """The cases that were not done yet are left alone; the one that is just being done is finished.

    Raises: BulkNotFound, BulkHasEnded.
    Records: BulkCancelled.
    """
    job = _hold(job_id, actor)
    if Status.CANCELLED not in MOVES[Status(job.status)]:
        raise BulkHasEnded
    _move(job, Status.CANCELLED, at)
    _write(BulkCancelled, job, {}, actor, at)
    return job


@atomic
def retry_bulk(*, job_id: UUID, actor: Viewer, at: datetime) -> BulkJob:
    """The cases that were refused, or were left alone, are tried again; those that are done stay as they are.

    Raises: Forbidden, BulkNotFound, BulkUnderWay, BulkHasEnded.
    Records: BulkRetried.
    """
    job = _hold(job_id, actor)
    require_may_begin(actor, Act(job.act))
    if job.status in UNDER_WAY:
        raise BulkUnderWay
    left = BulkCase.objects.filter(job=job).exclude(state=Result.DONE.value)
    again = left.update(state=Result.WAITING.value, errors=[], at=None)
    if job.chosen_at is not None and not again:
        raise BulkHasEnded
    _move(job, Status.WAITING if job.chosen_at is None else Status.RUNNING, at)
    _write(BulkRetried, job, {"cases": again}, actor, at)
    put_off(TASK, job=str(job.id))
    return job


def run_bulk(*, job_id: UUID, clock: Callable[[], datetime], most: int = AT_A_TIME) -> bool:
    """Go on with a job, each case by the act as its doer would do it singly, with her rights of this moment.

    A case and its result are one transaction: whoever is cut off, and whoever works beside, does no case twice.
    Answers whether something may be left to do.
    """
    _choose(job_id=job_id, at=clock())
    for _ in range(most):
        if not _do_next(job_id=job_id, at=clock()):
            _end(job_id=job_id, at=clock())
            return False
    return True


@atomic
def _choose(*, job_id: UUID, at: datetime) -> None:
    """The cases of a filter, as they stand when the work begins, within the sight of who asked."""
    job = BulkJob.objects.select_for_update(of=("self",)).select_related("user").filter(pk=job_id).first()
    if job is None or job.status not in UNDER_WAY:
        return
    BulkJob.objects.filter(pk=job_id).update(worked_at=at)
    if job.chosen_at is not None:
        return
    try:
        actor = _actor(job)
        search = loads(unseal(bulk_key(), bytes(job.sealed), job.id.bytes))["search"]
        found = choose_records(kind=CASE, viewer=actor, query=search, today=_today(at), most=MOST)
        if found.ignored or found.more:
            raise BulkAsksForLess
    except Refusal as refusal:
        job.refusal = refusal.code
        _move(job, Status.REFUSED, at)
        return
    _lay(job, found.ids)
    job.chosen_at = at
    _move(job, Status.RUNNING, at)


@atomic
def _do_next(*, job_id: UUID, at: datetime) -> bool:
    """The next case that nobody has in hand, and its result; answers whether there was one."""
    job = BulkJob.objects.select_related("user").filter(pk=job_id, status=Status.RUNNING.value).first()
    if job is None:
        return False
    rows = BulkCase.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.filter(job_id=job_id, state=Result.WAITING.value).order_by("id").first()
    if row is None:
        return False
    try:
        actor = _actor(job)
    except ActorGone as gone:
        job.refusal = gone.code
        _move(job, Status.REFUSED, at)
        return False
    row.state, row.at = Result.DONE.value, at
    try:
        row.transition_id = _act(job, row.record_id, actor, at)
    except Refusal as refusal:
        row.state, row.errors = Result.REFUSED.value, told(refusal)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a case of a job failed")
        row.state, row.errors = Result.REFUSED.value, [{"pointer": "", "code": "unexpected", "params": {}}]
    row.save(update_fields=["state", "at", "errors", "transition_id"])
    return True


@atomic
def _end(*, job_id: UUID, at: datetime) -> None:
    job = BulkJob.objects.select_for_update().filter(pk=job_id, status=Status.RUNNING.value).first()
    if job is not None and not BulkCase.objects.filter(job=job, state=Result.WAITING.value).exists():
        _move(job, Status.DONE, at)


def _act(job: BulkJob, record_id: UUID, actor: Viewer, at: datetime) -> UUID | None:
    act = Act(job.act)
    sent = loads(unseal(bulk_key(), bytes(job.sealed), job.id.bytes))["wish"]
    if act is Act.FLAG:
        require(actor, CASE, "flag_multiple")
        flag, _ = read_flag(sent, new=True)
        raise_flag(kind=CASE, record_id=record_id, wish=replace(flag, bulk=str(job.id)), actor=actor, at=at)
        return None
    wish, _ = read_wish(sent)
    done = SHARES[act](case_id=record_id, wish=replace(wish, bulk=str(job.id)), actor=actor, at=at)
    return done.transition.id if done.transition else None


def _check(act: Act, sent: Mapping[str, Any], actor: Viewer) -> str:
    """What is wrong whatever the case is said at once; answers to whom the cases go."""
    wish: Wish | FlagWish
    if act is Act.FLAG:
        wish, unknown = read_flag(sent, new=True)
        _refuse(unknown)
        return ""
    wish, unknown = read_wish(sent)
    unfit = [Problem(f"/{name}", "unknown_key", {"name": name}) for name in NOT_FOR_MANY if sent.get(name)]
    _refuse([*unknown, *unfit])
    if wish.overridden:
        require(actor, CASE, "consent_override")
        if not wish.notes.strip():
            _refuse([Problem("/notes", "transition.override_reason")])
    if wish.remote and act is not Act.ASSIGN:
        return wish.to_remote or wish.agency
    return get_recipient(actor, KINDS[act], module="", user_name=wish.to).user_name


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise BulkInvalid(problems)


def _actor(job: BulkJob) -> Viewer:
    if job.user.disabled:
        raise ActorGone
    return current_viewer(job.user.user_name)


def _hold(job_id: UUID, actor: Viewer) -> BulkJob:
    job = BulkJob.objects.select_for_update().filter(pk=job_id, user_id=actor.user_id).first()
    if job is None:
        raise BulkNotFound
    return job


def _lay(job: BulkJob, ids: Sequence[UUID]) -> None:
    BulkCase.objects.bulk_create([BulkCase(job=job, record_id=one) for one in ids], batch_size=1_000)


def _move(job: BulkJob, to: Status, at: datetime) -> None:
    if to not in MOVES[Status(job.status)]:
        raise BulkHasEnded
    job.status, job.worked_at = to.value, at
    job.ended_at = None if to in UNDER_WAY else at
    if to in UNDER_WAY:
        job.refusal = ""
    job.save(update_fields=["status", "worked_at", "ended_at", "refusal", "chosen_at"])


def _write(event: type[Event], job: BulkJob, about: dict[str, Any], actor: Viewer, at: datetime) -> None:
    record(event(subject=f"bulk:{job.id}", about=about), actor=actor, at=at)


def _today(at: datetime) -> date:
    return today(settings.ENVIRONMENT.time_zone, at)
