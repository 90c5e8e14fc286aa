"""Kill the worker again and again while it does one thing to many cases: each case is done once, none is left out.

Four times here; ``make soak`` does thirty (CPIMS_TEST_BULK_KILLS).
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections import Counter
from uuid import UUID

import pytest
from django.db import connections

from cpims.audit.models import ChangeEntry
from cpims.bulk.actions import begin_bulk, run_bulk
from cpims.bulk.models import BulkCase, BulkJob
from cpims.bulk.rules import Act
from cpims.lib.clock import now
from cpims.records.models import Record
from cpims.transitions.models import Transition
from tests.cast import register, set_the_stage, viewer
from tests.db.sharing import let_them_share

KILLS = int(os.environ.get("CPIMS_TEST_BULK_KILLS", "4"))
BETWEEN = 5
PATIENCE = 60


def worker(job: UUID) -> int:
    """A worker of its own, with its own connection, that works on a job until it is done or killed."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            while run_bulk(job_id=job, clock=now):
                pass
            os._exit(0)
        except BaseException:
            os._exit(1)
    return child


def done(job: UUID) -> int:
    return BulkCase.objects.filter(job_id=job, state="done").count()


def ended(child: int) -> bool:
    pid, _ = os.waitpid(child, os.WNOHANG)
    return pid != 0


def killed_after(child: int, job: UUID, count: int) -> None:
    """End it as the kernel does, wherever it is, once so many cases are done."""
    deadline = time.monotonic() + PATIENCE
    while done(job) < count:
        assert time.monotonic() < deadline, "the worker does not get on"
        assert not ended(child), "the worker ended by itself"
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.crash
def test_each_case_is_done_once(committed_db: str) -> None:
    set_the_stage()
    let_them_share()
    cases = {register(name_first=f"Child {number}").id for number in range((KILLS + 1) * BETWEEN + 3)}
    job = begin_bulk(
        act=Act.ASSIGN, wish={"transitioned_to": "bilal"}, ids=None, search={"status": "open"}, actor=viewer("chantal"),
        at=now(),
    ).id  # fmt: skip
    for number in range(KILLS):
        child = worker(job)
        try:
            killed_after(child, job, (number + 1) * BETWEEN)
        finally:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        assert BulkJob.objects.get().status == "running"
        told = ChangeEntry.objects.filter(event="case.assigned").count()
        assert told == done(job) == Transition.objects.count(), "a result without its act, or an act without its result"
    _, status = os.waitpid(worker(job), 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert BulkJob.objects.get().status == "done"
    assert set(BulkCase.objects.values_list("record_id", "state")) == {(case, "done") for case in cases}
    entries = Counter(ChangeEntry.objects.filter(event="case.assigned").values_list("record_id", flat=True))
    assert entries == Counter(cases), "a case was done twice, or not at all"
    assert set(Record.objects.values_list("owned_by", flat=True)) == {"bilal"}
