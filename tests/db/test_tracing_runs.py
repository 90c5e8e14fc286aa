"""The run over all open traces: what is new is told once, it goes on where it was cut off, and it can be cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role, User
from cpims.audit.models import ChangeEntry
from cpims.tracing.actions import begin_rematch, cancel_rematch, reject_match, run_rematch
from cpims.tracing.models import Rematch, Trace
from cpims.tracing.queries.rematching import find_rematch_left_alone, find_rematches
from cpims.tracing.rules.refusals import RematchHasEnded, RematchUnderWay
from tests.cast import AT, viewer
from tests.tracing import NOOR, OMAR, SARA, changed, child, put_tracing, request_of_mariam, trace

LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def tracing(cast: None) -> None:
    put_tracing()


def run(most: int = 50) -> Rematch:
    """One whole run of the night."""
    begun = begin_rematch(actor=None, at=AT)
    while run_rematch(run_id=begun.id, clock=lambda: LATER, most=most):
        pass
    return Rematch.objects.get(pk=begun.id)


def told(event: str = "trace.proposed") -> list[tuple[str, int]]:
    return [(one.record_id, one.actor_id) for one in ChangeEntry.objects.filter(event=event).order_by("id")]


def test_a_run_tells_each_owner_what_is_new_and_nothing_twice():
    request = request_of_mariam("chantal")
    noor = child()
    first = run()
    assert (first.status, first.total, first.done, first.found) == ("done", 3, 3, 1)
    assert trace().proposed == [noor.id] and trace(OMAR).proposed == []
    assert told() == [(request.id, None)]
    entry = ChangeEntry.objects.get(event="trace.proposed")
    assert entry.subject == f"rematch:{first.id}" and entry.actor_name == "system"
    assert run().found == 0 and len(told()) == 1
    omar = child(name_first="Omar", sex="male", age=6)
    third = run()
    assert third.found == 1 and trace(OMAR).proposed == [omar.id] and len(told()) == 2


def test_a_run_sees_no_more_than_who_owns_the_request():
    request_of_mariam("amina")
    child("bilal")
    assert run().found == 0 and trace().proposed == []
    hers = child("amina")
    assert run().found == 1 and trace().proposed == [hers.id]


def test_what_was_decided_is_not_told_again():
    request_of_mariam("chantal")
    case = child()
    reject_match(trace_id=NOOR, case_id=case.id, actor=viewer("chantal"), at=AT)
    assert run().found == 0 and told() == []


def test_who_may_not_compare_or_was_switched_off_is_told_nothing():
    request_of_mariam("chantal")
    child()
    User.objects.filter(user_name="chantal").update(disabled=True)
    assert run().found == 0
    User.objects.filter(user_name="chantal").update(disabled=False)
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions.pop("potential_match")
    role.save()
    changed()
    assert run().found == 0 and told() == []


def test_a_run_is_cut_off_and_goes_on():
    request_of_mariam("chantal")
    child()
    begun = begin_rematch(actor=None, at=AT)
    assert run_rematch(run_id=begun.id, clock=lambda: AT, most=2) is True
    half = Rematch.objects.get(pk=begun.id)
    assert (half.status, half.done, half.reached) == ("running", 2, OMAR)
    assert find_rematch_left_alone(before=AT) is None
    assert find_rematch_left_alone(before=LATER) == begun.id
    assert run_rematch(run_id=begun.id, clock=lambda: LATER) is False
    whole = Rematch.objects.get(pk=begun.id)
    assert (whole.status, whole.done, whole.reached, whole.ended_at) == ("done", 3, SARA, LATER)
    assert run_rematch(run_id=begun.id, clock=lambda: LATER) is False


def test_a_run_is_cancelled_and_only_one_is_at_work():
    request_of_mariam("chantal")
    child()
    begun = begin_rematch(actor=viewer("farid"), at=AT)
    assert begun.begun_by == "farid"
    with pytest.raises(RematchUnderWay):
        begin_rematch(actor=None, at=AT)
    cancel_rematch(run_id=begun.id, actor=viewer("farid"), at=LATER)
    assert run_rematch(run_id=begun.id, clock=lambda: LATER) is False
    assert not Trace.objects.exclude(proposed=[]).exists() and told() == []
    with pytest.raises(RematchHasEnded):
        cancel_rematch(run_id=begun.id, actor=viewer("farid"), at=LATER)
    for act in (
        lambda: begin_rematch(actor=viewer("chantal"), at=AT),
        lambda: cancel_rematch(run_id=begun.id, actor=viewer("chantal"), at=AT),
        lambda: find_rematches(viewer=viewer("chantal")),
    ):
        with pytest.raises(Forbidden):
            act()
    assert [one.id for one in find_rematches(viewer=viewer("farid"))] == [begun.id]
