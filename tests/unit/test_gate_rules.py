"""The gates by their rules: what opens them, what does not, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cpims.rollout.rules.gates import (
    DEMO,
    MOST_DEVICES,
    PRODUCTION,
    STALE_AFTER,
    Administrator,
    Alignment,
    Evidence,
    Side,
    State,
    evaluate,
    is_named_person,
    standing,
)
from cpims.rollout.rules.refusals import MOST_DAYS, waiver_problems
from cpims.rollout.rules.road import GATE, GATES, ROAD

AT = datetime(2026, 5, 6, 9, tzinfo=UTC)
CAME = Administrator(
    sent_at=AT, delivered_at=AT, opened_at=AT, used_at=AT, own_password_at=AT, first_sign_in_at=AT, is_named=True, devices=2
)  # fmt: skip
ALIGNED = Alignment(
    requirements=2, brought_at=AT, accepted=1, hash="a", attested_hash="a", attested_requirements=2, attested_at=AT
)
DEMO_SIDE = Side(DEMO, AT, administrators=[CAME], is_paired=True, alignment=ALIGNED)
OTHER = Side(PRODUCTION, AT, False, [CAME], is_paired=True, is_closed=True, drifts=False, by_hand=0)
WHOLE = Evidence(AT, DEMO_SIDE, OTHER)


def missing(gate: str, evidence: Evidence) -> set[tuple[str, str]]:
    return {(check.side, check.code) for check in evaluate(gate, evidence).missing}


def test_the_register_has_fifteen_gates_and_every_step_is_opened_by_one_of_them() -> None:
    assert len(GATES) == 15 == len(GATE)
    steps = {step.id for phase in ROAD for step in phase.steps}
    assert {gate.stands_at for gate in GATES} <= steps
    assert {step.opened_by for phase in ROAD for step in phase.steps} - {""} <= set(GATE)


@pytest.mark.parametrize("gate", [gate.id for gate in GATES])
def test_a_gate_without_a_rule_is_never_open(gate: str) -> None:
    verdict = evaluate(gate, WHOLE)
    assert (verdict.state is State.NOT_BUILT) is not GATE[gate].is_built
    assert standing(evaluate(gate, WHOLE), is_waived=True) is (State.MET if GATE[gate].is_built else State.NOT_BUILT)


@pytest.mark.parametrize("gate", ["g1", "g1b", "g2"])
def test_whole_evidence_opens_the_gates_and_none_opens_nothing(gate: str) -> None:
    assert evaluate(gate, WHOLE).state is State.MET
    assert evaluate(gate, Evidence(AT)).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("lack", "code"),
    [
        ({"sent_at": None}, "invitation_sent"),
        ({"delivered_at": None, "opened_at": None, "used_at": None}, "invitation_delivered"),
        ({"opened_at": None, "used_at": None}, "invitation_opened"),
        ({"own_password_at": None}, "own_password_set"),
        ({"first_sign_in_at": None}, "signed_in"),
        ({"is_named": False}, "account_named"),
        ({"devices": MOST_DEVICES + 1}, "account_not_shared"),
    ],
)
def test_credentials_rest_on_each_piece_of_evidence(lack: dict[str, Any], code: str) -> None:
    side = replace(OTHER, administrators=[replace(CAME, **lack)])
    verdict = evaluate("g1", replace(WHOLE, production=side))
    assert verdict.state is State.UNMET
    assert code in {check.code for check in verdict.missing if check.side == PRODUCTION and check.holds is False}
    assert evaluate(
        "g1", replace(WHOLE, production=replace(side, administrators=[replace(CAME, **lack), CAME]))
    ).state is (State.MET)


def test_what_was_opened_has_arrived() -> None:
    side = replace(OTHER, administrators=[replace(CAME, delivered_at=None)])
    assert evaluate("g1", replace(WHOLE, production=side)).state is State.MET


def test_what_the_other_side_said_goes_stale_and_what_is_here_does_not() -> None:
    later = replace(WHOLE, at=AT + STALE_AFTER + timedelta(seconds=1))
    assert evaluate("g1", later).state is State.UNKNOWN
    assert missing("g1", later) == {(PRODUCTION, "instance_heard")}
    assert evaluate("g2", later).state is State.MET
    assert evaluate("g1", replace(WHOLE, at=AT + STALE_AFTER)).state is State.MET


@pytest.mark.parametrize(
    ("lack", "code", "state"),
    [
        ({"is_paired": False}, "instances_paired", State.UNMET),
        ({"is_closed": False}, "production_closed", State.UNMET),
        ({"drifts": True}, "no_drift", State.UNMET),
        ({"drifts": None}, "no_drift", State.UNKNOWN),
        ({"by_hand": 3}, "nothing_by_hand", State.UNMET),
        ({"by_hand": None}, "nothing_by_hand", State.UNKNOWN),
    ],
)
def test_production_changes_by_promotion_alone(lack: dict[str, Any], code: str, state: State) -> None:
    evidence = replace(WHOLE, production=replace(OTHER, **lack))
    assert evaluate("g1b", evidence).state is state
    assert missing("g1b", evidence) == {(PRODUCTION, code)}


@pytest.mark.parametrize(
    ("lack", "codes"),
    [
        ({"requirements": None}, {"requirements_brought", "no_open_differences", "alignment_attested"}),
        ({"open": 1}, {"no_open_differences"}),
        ({"errors": 1}, {"no_errors"}),
        ({"attested_hash": ""}, {"alignment_attested"}),
        ({"hash": "b"}, {"alignment_attested"}),
        ({"requirements": 3}, {"alignment_attested"}),
    ],
)
def test_alignment_opens_again_when_anything_changes(lack: dict[str, Any], codes: set[str]) -> None:
    side = replace(DEMO_SIDE, alignment=replace(ALIGNED, **lack))
    evidence = replace(WHOLE, demo=side)
    assert evaluate("g2", evidence).state is State.UNMET
    assert missing("g2", evidence) == {(DEMO, code) for code in codes}


def test_a_waiver_stands_in_for_what_is_missing_and_for_nothing_else() -> None:
    assert standing(evaluate("g2", WHOLE), is_waived=True) is State.MET
    assert standing(evaluate("g2", Evidence(AT)), is_waived=True) is State.WAIVED
    assert standing(evaluate("g3", WHOLE), is_waived=True) is State.NOT_BUILT


@pytest.mark.parametrize(
    ("user_name", "full_name", "named"),
    [
        ("esther", "Esther", True),
        ("e.w", "Esther Wanjiru", True),
        ("admin", "Esther Wanjiru", False),
        ("admin2", "Esther Wanjiru", False),
        ("esther", "System Administrator", False),
        ("esther", "  ", False),
        ("esther", "12", False),
    ],
)
def test_an_account_of_an_office_is_nobodys(user_name: str, full_name: str, named: bool) -> None:
    assert is_named_person(user_name, full_name) is named


def test_a_waiver_needs_a_gate_that_is_built_a_reason_and_a_day_that_is_near() -> None:
    today = date(2026, 5, 6)
    good = {"gate": "g1", "reason": "The mail server comes on Monday", "until": today + timedelta(days=MOST_DAYS)}
    assert waiver_problems(good, today=today) == []
    bad = {"gate": "g3", "reason": " ", "until": today - timedelta(days=1)}
    assert [problem.pointer for problem in waiver_problems(bad, today=today)] == ["/reason", "/gate", "/until"]
    assert [
        p.pointer for p in waiver_problems({**good, "until": today + timedelta(days=MOST_DAYS + 1)}, today=today)
    ] == ["/until"]
    assert [p.pointer for p in waiver_problems({**good, "gate": "nine"}, today=today)] == ["/gate"]
