"""How an approval moves, and what alerts and mails rest on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from cpims.approvals.rules import (
    MOVES,
    ApprovalMoveNotAllowed,
    Status,
    answered_before,
    asked_by,
    require_move,
    rests_on,
    status_of,
    table,
)
from cpims.notices.rules import TOLD, forms_alerted, pause_after, read_alert_settings, wants_mail
from tests.consistency.reading import CONTRACTS, read


def test_the_table_is_the_clients() -> None:
    assert json.loads(read(CONTRACTS / "moves.json"))["approval"] == table()


def test_only_what_waits_is_answered() -> None:
    for before in Status:
        for after in Status:
            if after in MOVES[before]:
                require_move(before, after)
            else:
                with pytest.raises(ApprovalMoveNotAllowed):
                    require_move(before, after)
    assert {before for before, after in MOVES.items() if Status.APPROVED in after} == {Status.PENDING}


def test_the_log_tells_who_asked_and_what_was_answered() -> None:
    log = [
        {"approval_requested_for": "closure", "requested_by": "amina"},
        {"approval_response_for": "closure", "approval_status": "rejected", "approved_by": "chantal"},
        {"approval_requested_for": "case_plan", "requested_by": "bilal"},
        {"approval_requested_for": "closure", "requested_by": "dawit"},
    ]
    assert (asked_by(log, "closure"), asked_by(log, "case_plan"), asked_by(log, "assessment")) == ("dawit", "bilal", "")
    assert answered_before(log, "closure") is Status.REJECTED
    assert answered_before(log, "case_plan") is Status.NONE
    assert status_of({"approval_status_closure": "nonsense"}, "closure") is Status.NONE


def test_a_request_rests_on_the_forms_that_are_tied_to_it() -> None:
    tied = {"cp_case_plan": "case_plan", "assessment": "assessment"}
    assert rests_on("case_plan", tied) == {"cp_case_plan"}
    assert rests_on("closure", tied) == {"closure_form", "closure"}


def test_the_module_decides_before_the_instance() -> None:
    instance = {"changes_field_to_form": {"a": "one", "b": "one"}, "approval_forms_to_alert": {"x": "closure"}}
    module = {
        "changes_field_to_form": {"b": {"form_section_unique_id": "two", "alert_strategy": "associated_users"}},
        "selectable_approval_types": True,
    }
    decided = read_alert_settings(instance, module)
    assert decided.fields == {"a": ("one", "not_owner"), "b": ("two", "associated_users")}
    assert decided.approval_forms == {"x": "closure"} and decided.selectable_approval_types
    assert forms_alerted(["a", "b", "c"], decided, by_owner=False) == {"one": "not_owner", "two": "associated_users"}
    assert forms_alerted(["a", "b", "c"], decided, by_owner=True) == {"two": "associated_users"}


def test_mail_is_wanted_until_it_is_switched_off() -> None:
    person = {"email": "a@example.org", "send_mail": True, "disabled": False, "settings": None}
    assert all(wants_mail(event, **person) for event in TOLD)  # type: ignore[arg-type]
    off = {"notifications": {"send_mail": {"approval_request": False}}}
    assert not wants_mail("approval.requested", **(person | {"settings": off}))  # type: ignore[arg-type]
    assert wants_mail("approval.given", **(person | {"settings": off}))  # type: ignore[arg-type]
    for less in ({"email": None}, {"send_mail": False}, {"disabled": True}):
        assert not wants_mail("approval.given", **(person | less))  # type: ignore[arg-type]
    assert pause_after(1) == timedelta(minutes=2) and pause_after(12) == timedelta(days=1)
