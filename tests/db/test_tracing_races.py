"""Several people decide at the same moment; and who is told of it, with real commits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry
from cpims.jobs.reactions import whom_to_tell
from cpims.notices.actions import tell_of_happenings
from cpims.notices.models import Notice
from cpims.records.models import Record
from cpims.records.rules.editing import Edit
from cpims.tracing.actions import (
    amend_tracing_request,
    begin_rematch,
    confirm_match,
    reject_match,
    run_rematch,
    undo_match,
)
from cpims.tracing.actions.deciding import Held
from cpims.tracing.models import Rematch, Trace, TraceMatch
from cpims.tracing.rules.refusals import AlreadyDecided, CaseAlreadyMatched, RematchUnderWay, TraceAlreadyMatched
from tests.cast import AT, set_the_stage, viewer
from tests.db.test_forms_races import at_once
from tests.tracing import NOOR, OMAR, child, put_tracing, request_of_mariam, trace


@pytest.fixture(autouse=True)
def stage(committed_db: str) -> None:
    set_the_stage()
    put_tracing()
    for name in ("amina", "bilal", "chantal", "farid"):
        viewer(name)


def decide(act: Any, case: Record, named: UUID = NOOR, by: str = "chantal") -> Held:
    return act(trace_id=named, case_id=case.id, actor=viewer(by), at=AT)


def tally(outcomes: list[Any], *refusals: type[Exception]) -> tuple[int, int]:
    return sum(isinstance(one, Held) for one in outcomes), sum(isinstance(one, refusals) for one in outcomes)


def tell() -> list[tuple[str, str]]:
    while seal_books():
        pass
    while tell_of_happenings(whom=whom_to_tell):
        pass
    return sorted(Notice.objects.values_list("event", "user__user_name"))


def test_six_confirm_two_cases_for_one_trace_and_one_succeeds() -> None:
    request_of_mariam()
    first, second = child(), child("chantal")
    acts = [lambda case=case, by=by: decide(confirm_match, case, by=by) for by in ("chantal", "farid", "bilal")
            for case in (first, second)]  # fmt: skip
    outcomes = at_once(*acts)
    assert tally(outcomes, TraceAlreadyMatched, AlreadyDecided) == (1, 5), outcomes
    found = trace().matched_case_id
    assert found in (first.id, second.id)
    assert TraceMatch.objects.filter(decision="confirmed").count() == 1
    assert ChangeEntry.objects.filter(event="trace.confirmed").count() == 1
    assert ChangeEntry.objects.filter(event="case.matched").count() == 1
    other = Record.objects.get(pk=second.id if found == first.id else first.id)
    assert "matched_tracing_request_id" not in other.data


def test_one_case_is_not_two_children_of_a_request_at_once() -> None:
    request_of_mariam()
    case = child()
    outcomes = at_once(lambda: decide(confirm_match, case, NOOR), lambda: decide(confirm_match, case, OMAR))
    assert tally(outcomes, CaseAlreadyMatched) == (1, 1), outcomes
    assert Trace.objects.filter(matched_case=case).count() == 1


def test_of_a_yes_and_a_no_at_once_the_book_tells_one_story() -> None:
    request_of_mariam()
    case = child()
    outcomes = at_once(lambda: decide(confirm_match, case), lambda: decide(reject_match, case, by="farid"))
    confirmed = trace().matched_case_id == case.id
    assert confirmed and tally(outcomes, TraceAlreadyMatched)[0] in (1, 2), outcomes
    decide(undo_match, case)
    assert trace().matched_case_id is None and trace().open


def test_a_change_of_the_request_meanwhile_is_not_lost() -> None:
    request = request_of_mariam()
    case = child()
    rows = [{"unique_id": str(NOOR), "age": 10}]
    edit = Edit(values={"tracing_request_subform_section": rows})
    outcomes = at_once(
        lambda: decide(confirm_match, case),
        lambda: amend_tracing_request(record_id=request.id, edit=edit, actor=viewer("amina"), at=AT),
    )
    assert not any(isinstance(one, Exception) for one in outcomes), outcomes
    row = Record.objects.get(pk=request.id).data["tracing_request_subform_section"][0]
    assert (row["age"], row["matched_case_id"]) == (10, str(case.id))
    assert trace().matched_case_id == case.id


def test_two_runs_at_once_are_one() -> None:
    request_of_mariam()
    outcomes = at_once(*(lambda: begin_rematch(actor=viewer("farid"), at=AT) for _ in range(3)))
    assert sum(isinstance(one, Rematch) for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, RematchUnderWay) for one in outcomes) == 2


def test_both_owners_are_told_of_a_match_without_a_name() -> None:
    request_of_mariam("amina")
    case = child("bilal")
    decide(confirm_match, case)
    assert tell() == [("case.matched", "bilal"), ("trace.confirmed", "amina")]
    decide(undo_match, case)
    assert tell()[1::2] == [("case.unmatched", "bilal"), ("trace.undone", "amina")]


def test_who_owns_many_requests_gets_one_notice_of_a_run() -> None:
    row = {"name": "نور حداد", "sex": "female", "age": 9, "relation": "mother"}
    request_of_mariam("chantal")
    request_of_mariam("chantal", tracing_request_subform_section=[row])
    request_of_mariam("bilal", tracing_request_subform_section=[row])
    child()
    begun = begin_rematch(actor=None, at=AT)
    run_rematch(run_id=begun.id, clock=lambda: AT)
    assert Rematch.objects.get().found == 3
    assert tell() == [("trace.proposed", "bilal"), ("trace.proposed", "chantal")]
    assert {one.batch for one in Notice.objects.all()} == {f"rematch:{begun.id}"}
