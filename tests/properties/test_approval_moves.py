"""Every sequence of asking, answering and taking back stays in the table of moves and leaves one change for each move."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpims.approvals.actions import answer_approval, request_approval, withdraw_approval
from cpims.approvals.rules import LOG, MOVES, Status, answered_before, log_of, status_of
from cpims.audit.models import ChangeEntry
from cpims.lib.errors import Refusal
from cpims.lib.json import dumps
from cpims.notices.models import Alert
from cpims.records.models import Record
from tests.cast import AT, register, viewer
from tests.db.supervising import let_them_ask

KINDS = ("case_plan", "assessment", "closure")
PEOPLE = ("amina", "bilal", "chantal", "dawit", "esther", "farid")
STEP = st.tuples(
    st.sampled_from(["ask", "approve", "reject", "take back"]), st.sampled_from(KINDS), st.sampled_from(PEOPLE)
)


def do(step: tuple[str, str, str], case: UUID, at: Any) -> None:
    what, kind, by = step
    about: dict[str, Any] = {"case_id": case, "kind": kind, "actor": viewer(by), "at": at}
    if what == "ask":
        request_approval(approval_type="", **about)
    elif what == "take back":
        withdraw_approval(**about)
    else:
        answer_approval(approved=what == "approve", notes="", **about)


def as_stored(case: UUID) -> str:
    """Everything that is stored of a case and its alerts, to compare."""
    rows = [Record.objects.values().get(pk=case), *Alert.objects.filter(record=case).order_by("id").values()]
    return dumps([{k: str(v) for k, v in one.items()} for one in rows]).decode()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=10))
def test_every_sequence_of_moves(cast: None, steps: list[Any]) -> None:
    point = transaction.savepoint()
    let_them_ask()
    case = register(closure_reason="aged out").id
    for number, step in enumerate(steps):
        kind = step[1]
        before = Record.objects.get(pk=case)
        old, stored = status_of(before.state, kind), as_stored(case)
        entries = ChangeEntry.objects.filter(record_id=case).count()
        try:
            with transaction.atomic():
                do(step, case, AT + timedelta(minutes=number))
        except Refusal:
            assert as_stored(case) == stored
            assert ChangeEntry.objects.filter(record_id=case).count() == entries
            continue
        now = Record.objects.get(pk=case)
        new = status_of(now.state, kind)
        moved = Status.NONE if step[0] == "take back" else new
        assert moved in MOVES[old], (old, step)
        if step[0] == "take back":  # the answer before stands again
            assert new is answered_before(log_of(before.state), kind)
        assert len(now.state[LOG]) == len(log_of(before.state)) + 1
        assert now.revision == before.revision + 1
        assert ChangeEntry.objects.filter(record_id=case).count() == entries + 1
        for other in KINDS:
            waits = status_of(now.state, other) is Status.PENDING
            assert Alert.objects.filter(record=case, type=other).count() == int(waits)
            assert other == kind or status_of(now.state, other) is status_of(before.state, other)
    transaction.savepoint_rollback(point)
