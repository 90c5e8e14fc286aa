"""Six people at the same moment: one acceptance succeeds, the case has one owner, the book has one change."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Count

from cpims.audit.models import ChangeEntry
from cpims.records.models import Record
from cpims.transitions.actions import request_transfer
from cpims.transitions.models import Transition
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.refusals import TransferPending, TransitionMoveNotAllowed
from tests.cast import set_the_stage, viewer
from tests.db.sharing import LATER, agreed_case, answer, let_them_share, share
from tests.db.test_forms_races import at_once


@pytest.fixture
def stage(committed_db: str) -> Record:
    set_the_stage()
    let_them_share()
    case = agreed_case()
    for name in ("amina", "bilal", "chantal", "dawit"):
        viewer(name)
    return case


def tally(outcomes: list[Any], refusal: type[Exception]) -> tuple[int, int]:
    return (
        sum(isinstance(one, Transition) for one in outcomes),
        sum(isinstance(one, refusal) for one in outcomes),
    )


def test_six_acceptances_give_one_success(stage: Record) -> None:
    row = share(Kind.TRANSFER, stage.id, "amina", "bilal")
    outcomes = at_once(*(lambda: answer(row, "bilal", Status.ACCEPTED) for _ in range(6)))
    assert tally(outcomes, TransitionMoveNotAllowed) == (1, 5), outcomes
    assert Record.objects.get(pk=stage.id).owned_by == "bilal"
    assert ChangeEntry.objects.filter(record_id=stage.id, event="transfer.accepted").count() == 1


def test_six_acceptances_of_a_referral_or_a_request_give_one_success(stage: Record) -> None:
    row = share(Kind.REFERRAL, stage.id, "amina", "bilal")
    outcomes = at_once(*(lambda: answer(row, "bilal", Status.ACCEPTED) for _ in range(6)))
    assert tally(outcomes, TransitionMoveNotAllowed) == (1, 5), outcomes
    asked = request_transfer(case_id=stage.id, notes="", individual=False, actor=viewer("dawit"), at=LATER).transition
    assert asked is not None
    outcomes = at_once(*(lambda: answer(asked, "amina", Status.ACCEPTED) for _ in range(6)))
    assert tally(outcomes, TransitionMoveNotAllowed) == (1, 5), outcomes
    told = dict(ChangeEntry.objects.filter(record_id=stage.id).values_list("event").annotate(n=Count("id")))
    assert (told["referral.accepted"], told["transfer_request.accepted"], told["transfer.sent"]) == (1, 1, 1)
    assert Record.objects.get(pk=stage.id).assigned_user_names == ["bilal", "dawit"]


def test_of_an_acceptance_and_a_revocation_one_wins(stage: Record) -> None:
    row = share(Kind.TRANSFER, stage.id, "amina", "bilal")
    outcomes = at_once(lambda: answer(row, "bilal", Status.ACCEPTED), lambda: answer(row, "amina", Status.REVOKED))
    assert tally(outcomes, Exception)[0] == 1, outcomes
    after, owner = Transition.objects.get(pk=row.id).status, Record.objects.get(pk=stage.id).owned_by
    assert (after, owner) in (("accepted", "bilal"), ("revoked", "amina"))


def test_two_transfers_at_once_are_one(stage: Record) -> None:
    outcomes = at_once(*(lambda to=to: share(Kind.TRANSFER, stage.id, "amina", to) for to in ("bilal", "dawit")))
    assert tally(outcomes, TransferPending) == (1, 1), outcomes


def test_referrals_at_once_lose_nobody(stage: Record) -> None:
    people = ("bilal", "chantal", "dawit")
    outcomes = at_once(*(lambda to=to: share(Kind.REFERRAL, stage.id, "amina", to) for to in people))
    assert tally(outcomes, Exception) == (3, 0), outcomes
    assert Record.objects.get(pk=stage.id).assigned_user_names == sorted(people)
