"""Legal moves and consent: decided on values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from cpims.transitions.rules.consent import GBV, Purpose, Statement, may_share
from cpims.transitions.rules.moves import Kind, Status, moves_from, require_move, table
from cpims.transitions.rules.refusals import TransitionMoveNotAllowed
from cpims.transitions.rules.sharing import Share, helpers_after, sharing_state
from tests.consistency.reading import CONTRACTS, read

AT = datetime(2026, 3, 2, tzinfo=UTC)
YES = {"disclosure_other_orgs": True, "consent_for_services": True}


def test_the_client_reads_the_same_table() -> None:
    stored = json.loads(read(CONTRACTS / "moves.json"))["transition"]
    assert {k: {s: sorted(m) for s, m in v.items()} for k, v in stored.items()} == table()


def test_what_ended_moves_no_more() -> None:
    ends = {Status.REJECTED, Status.DONE, Status.REVOKED}
    assert [(kind, status) for kind in Kind for status in ends if moves_from(kind, status)] == []
    assert moves_from(Kind.TRANSFER, Status.ACCEPTED) == frozenset()
    with pytest.raises(TransitionMoveNotAllowed):
        require_move(Kind.REFERRAL, Status.IN_PROGRESS, Status.DONE)


def said(*statements: tuple[bool, str, str]) -> list[Statement]:
    return [
        Statement(given, AT + timedelta(hours=hour), purpose, agency)
        for hour, (given, purpose, agency) in enumerate(statements)
    ]


@pytest.mark.parametrize(
    ("answers", "statements", "services_a", "services_b", "transfer_b"),
    [
        ({}, [], False, False, False),
        (YES, [], True, True, True),
        ({"disclosure_other_orgs": True}, [], False, False, True),
        ({"disclosure_other_orgs": "false", "consent_for_services": "true"}, [], False, False, False),
        (YES, [(False, "", "")], False, False, False),
        (YES, [(False, "", "b")], True, False, False),
        (YES, [(False, "services", "")], False, False, True),
        # a yes takes a no back only when it speaks of nothing wider
        (YES, [(False, "", ""), (True, "services", "b")], False, True, False),
        (YES, [(False, "", "b"), (True, "", "")], True, False, False),
        (YES, [(False, "services", "b"), (True, "services", "b")], True, True, True),
        (YES, [(True, "", "b"), (False, "", "")], False, False, False),
        ({}, [(True, "transfer", "b")], False, False, True),
    ],
)
def test_consent(answers, statements, services_a, services_b, transfer_b) -> None:
    def may(purpose: Purpose, agency: str) -> bool:
        return may_share(purpose, agency, answers=answers, module="primeromodule-cp", statements=said(*statements))

    found = (may(Purpose.SERVICES, "a"), may(Purpose.SERVICES, "b"), may(Purpose.TRANSFER, "b"))
    assert found == (services_a, services_b, transfer_b)


def test_one_module_asks_one_question() -> None:
    answers = {"consent_for_services": True}
    assert may_share(Purpose.TRANSFER, "a", answers=answers, module=GBV, statements=[])
    assert not may_share(Purpose.TRANSFER, "a", answers=answers, module="primeromodule-cp", statements=[])


def test_helpers_who_came_another_way_stay() -> None:
    shares = [Share(Kind.REFERRAL, Status.DONE, "dawit"), Share(Kind.TRANSFER, Status.IN_PROGRESS, "bilal")]
    assert helpers_after(["sara", "dawit"], shares) == ["bilal", "sara"]


def test_a_case_tells_of_its_last_transfer() -> None:
    shares = [
        Share(Kind.TRANSFER, Status.REJECTED, "dawit", ("south",), AT),
        Share(Kind.TRANSFER, Status.IN_PROGRESS, "bilal", ("north", "west")),
        Share(Kind.REFERRAL, Status.REJECTED, "dawit", (), AT),
        Share(Kind.REFERRAL, Status.ACCEPTED, "chantal", ()),
    ]
    state = sharing_state(shares)
    assert state["transfer_status"] == "in_progress" and state["transferred_to_user_groups"] == ["north", "west"]
    assert state["referred_users"] == state["referred_users_accepted"] == ["chantal"]
    assert state["referred_users_pending_present"] is False and state["referred_users_present"] is True
    assert state["last_referral_rejected_at"] == "2026-03-02T00:00:00.000Z" and state["last_referral_done_at"] is None
