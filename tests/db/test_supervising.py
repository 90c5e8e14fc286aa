"""Approvals, flags and alerts on a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F

from cpims.access.rules.viewer import Forbidden
from cpims.approvals.actions import answer_approval, request_approval, withdraw_approval
from cpims.approvals.queries import compare_with_approved
from cpims.approvals.rules import (
    ApprovalCaseNotOpen,
    ApprovalMoveNotAllowed,
    ApprovalNotFound,
    NotYoursToCancel,
    OwnApproval,
)
from cpims.audit.models import ChangeEntry
from cpims.cases.actions import amend_case
from cpims.flags.actions import amend_flag, raise_flag, resolve_flag
from cpims.flags.models import Flag
from cpims.flags.queries import find_all_flags
from cpims.flags.rules import FlagIsResolved, FlagNotFound, NotYoursToResolve
from cpims.flags.rules import Wish as FlagWish
from cpims.forms.models import Field, Form
from cpims.modules.models import Module
from cpims.notices.actions import drop_alert
from cpims.notices.models import Alert
from cpims.notices.rules import AlertNotFound
from cpims.records.models import Record
from cpims.records.queries.history import find_history
from cpims.records.rules.editing import Edit
from cpims.records.rules.refusals import RecordNotFound, SectionsIncomplete
from cpims.settings.models import Instance
from cpims.transitions.rules.moves import Kind, Status
from tests.cast import AT, register, set_the_stage, viewer
from tests.db.sharing import agreed_case, answer, let_them_share, share
from tests.db.supervising import let_them_ask
from tests.db.test_forms_races import at_once

LATER = AT + timedelta(days=1)


@pytest.fixture
def case(cast: None) -> UUID:
    let_them_ask()
    return register().id


def ask(case: UUID, kind: str = "case_plan", by: str = "amina", approval_type: str = "") -> Record:
    done = request_approval(case_id=case, kind=kind, approval_type=approval_type, actor=viewer(by), at=AT)
    return done.record


def say(case: UUID, approved: bool, kind: str = "case_plan", by: str = "chantal", notes: str = "") -> Record:
    done = answer_approval(case_id=case, kind=kind, approved=approved, notes=notes, actor=viewer(by), at=LATER)
    return done.record


def stands(case: UUID) -> tuple[Any, ...]:
    row = Record.objects.get(pk=case)
    return row.revision, row.state, ChangeEntry.objects.count(), Alert.objects.count()


def test_a_plan_is_asked_for_and_approved(case: UUID) -> None:
    row = ask(case)
    assert row.state["approval_status_case_plan"] == "pending"
    assert (row.alert_count, row.state["current_alert_types"]) == (1, ["case_plan"])
    assert row.state["approval_subforms"] == [
        {
            "approval_requested_for": "case_plan",
            "approval_date": "2026-03-02",
            "approval_status": "requested",
            "requested_by": "amina",
        }
    ]
    row = say(case, True, notes="Well done")
    assert row.state["case_plan_approved"] is True and row.state["approval_status_case_plan"] == "approved"
    assert row.state["case_plan_approved_date"] == "2026-03-03"
    assert row.state["case_plan_approved_comments"] == "Well done"
    assert row.state["approval_subforms"][1] == {
        "approval_response_for": "case_plan",
        "approval_date": "2026-03-03",
        "approval_status": "approved",
        "approved_by": "chantal",
        "approval_manager_comments": "Well done",
    }
    assert (row.alert_count, "current_alert_types" in row.state) == (0, False)
    assert row.facets["approval_status_case_plan"] == "approved"


def test_there_is_no_approval_without_a_request(case: UUID) -> None:
    before = stands(case)
    for approved in (True, False):
        with pytest.raises(ApprovalMoveNotAllowed):
            say(case, approved)
    assert stands(case) == before
    ask(case)
    with pytest.raises(ApprovalMoveNotAllowed):
        ask(case)
    say(case, False)
    before = stands(case)
    with pytest.raises(ApprovalMoveNotAllowed):
        say(case, True)
    assert stands(case) == before
    assert ask(case).state["approval_status_case_plan"] == "pending"


def test_nobody_approves_her_own_without_the_right(case: UUID) -> None:
    let_them_ask(worker=["approve_case_plan"], supervisor=["request_approval_case_plan"])
    ask(case, by="chantal")
    before = stands(case)
    with pytest.raises(OwnApproval):
        say(case, True, by="amina")  # her own case
    with pytest.raises(OwnApproval):
        say(case, True, by="chantal")  # her own request
    assert stands(case) == before
    let_them_ask(worker=["approve_case_plan", "self_approve"])
    assert say(case, True, by="amina").state["case_plan_approved"] is True


def test_who_may_not_is_refused_without_a_trace(case: UUID) -> None:
    ask(case)
    before = stands(case)
    with pytest.raises(Forbidden):
        say(case, True, by="bilal")
    with pytest.raises(Forbidden):
        say(case, True, by="esther")
    let_them_ask(worker=["approve_case_plan"])
    with pytest.raises(RecordNotFound):
        say(case, True, by="dawit")
    with pytest.raises(ApprovalNotFound):
        say(case, True, kind="holiday")
    assert stands(case) == before


def test_a_request_is_taken_back_and_the_answer_before_stands_again(case: UUID) -> None:
    ask(case)
    say(case, False)
    ask(case)
    before = stands(case)
    with pytest.raises(NotYoursToCancel):
        withdraw_approval(case_id=case, kind="case_plan", actor=viewer("bilal"), at=LATER)
    assert stands(case) == before
    row = withdraw_approval(case_id=case, kind="case_plan", actor=viewer("amina"), at=LATER).record
    assert row.state["approval_status_case_plan"] == "rejected" and row.alert_count == 0
    with pytest.raises(ApprovalMoveNotAllowed):
        withdraw_approval(case_id=case, kind="case_plan", actor=viewer("amina"), at=LATER)


def test_a_request_rests_on_complete_sections(case: UUID) -> None:
    Record.objects.filter(pk=case).update(
        incomplete=[{"pointer": "/closure_reason", "code": "required", "form": "closure"}]
    )
    before = stands(case)
    with pytest.raises(SectionsIncomplete) as refused:
        ask(case, "closure")
    assert [p.pointer for p in refused.value.problems] == ["/closure_reason"]
    assert stands(case) == before
    assert ask(case, "assessment").state["approval_status_assessment"] == "pending"


def test_only_an_open_case_is_approved(case: UUID) -> None:
    ask(case)
    Record.objects.filter(pk=case).update(record_state=False)
    with pytest.raises(ApprovalCaseNotOpen):
        say(case, True)


def test_a_plain_patch_changes_no_approval(case: UUID) -> None:
    before = stands(case)
    wish = {
        "approval_status_case_plan": "approved",
        "case_plan_approved": True,
        "approval_subforms": [],
        "flagged": True,
    }
    done = amend_case(case_id=case, edit=Edit(values=wish), actor=viewer("amina"), at=LATER)
    assert {p.pointer for p in done.ignored} == {f"/{name}" for name in wish}
    assert stands(case) == before


def test_a_form_shows_an_approval_and_does_not_write_it(case: UUID) -> None:
    form = Form.objects.get(unique_id="consent")
    for name, kind in (("approval_status_case_plan", "select_box"), ("case_plan_approved", "tick_box")):
        Field.objects.create(form=form, name=name, type=kind, order=9, display_name={"en": name})
    Instance.objects.update(configuration=F("configuration") + 1)
    wish = {"approval_status_case_plan": "approved", "case_plan_approved": True}
    done = amend_case(case_id=case, edit=Edit(values=wish), actor=viewer("amina"), at=LATER)
    assert {p.pointer for p in done.ignored} == {f"/{name}" for name in wish} and not done.changes
    ask(case)
    row = say(case, True)
    assert "approval_status_case_plan=approved" in row.facet_keys and not wish.keys() & row.data.keys()
    compared = compare_with_approved(case_id=case, kind="case_plan", viewer=viewer("chantal"))
    assert compared.changes == []


def test_six_answers_at_the_same_moment_give_one(committed_db: str) -> None:
    set_the_stage()
    let_them_ask()
    case = register().id
    ask(case)
    viewer("chantal")
    outcomes = at_once(*(lambda number=n: say(case, number % 2 == 0) for n in range(6)))
    assert sorted(type(one).__name__ for one in outcomes) == ["ApprovalMoveNotAllowed"] * 5 + ["Record"], outcomes
    answers = ChangeEntry.objects.filter(record_id=case, event__in=("approval.given", "approval.rejected"))
    assert answers.count() == 1 and len(Record.objects.get(pk=case).state["approval_subforms"]) == 2


def test_the_type_of_a_plan_is_kept_where_the_module_lets_it_be_chosen(case: UUID) -> None:
    assert "case_plan_approval_type" not in ask(case, approval_type="alternative").state
    withdraw_approval(case_id=case, kind="case_plan", actor=viewer("amina"), at=LATER)
    Module.objects.update(options={"selectable_approval_types": True})
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    row = ask(case, approval_type="alternative")
    assert row.state["case_plan_approval_type"] == "alternative"
    assert say(case, True).state["approval_subforms"][-1]["approval_for_type"] == "alternative"


def test_what_changed_since_it_was_approved_stands_side_by_side(case: UUID) -> None:
    first = compare_with_approved(case_id=case, kind="case_plan", viewer=viewer("chantal"))
    assert first.since is None and {"name": "age", "from": None, "to": 9} in first.changes
    ask(case)
    say(case, True)
    for values in ({"siblings": 2}, {"siblings": 3, "consent_reason": "Said so"}, {"consent_reason": None}):
        amend_case(case_id=case, edit=Edit(values=values), actor=viewer("amina"), at=LATER)
    amend_case(case_id=case, edit=Edit(values={"hiv_status": "yes"}), actor=viewer("farid"), at=LATER)
    found = compare_with_approved(case_id=case, kind="case_plan", viewer=viewer("chantal"))
    assert (found.since, found.by) == (LATER, "chantal")
    assert {c["name"]: (c["from"], c["to"]) for c in found.changes} == {
        "siblings": (None, 3),
        "hiv_status": (None, "yes"),
    }
    hers = compare_with_approved(case_id=case, kind="case_plan", viewer=viewer("amina"))
    assert {c["name"] for c in hers.changes} == {"siblings"}  # not what she may not read
    with pytest.raises(RecordNotFound):
        compare_with_approved(case_id=case, kind="case_plan", viewer=viewer("dawit"))


def flag(case: UUID, by: str = "amina", message: str = "Check the address") -> Flag:
    done = raise_flag(kind="case", record_id=case, wish=FlagWish(message=message), actor=viewer(by), at=AT)
    assert done.flag is not None
    return done.flag


def resolve(case: UUID, one: Flag, by: str) -> None:
    resolve_flag(kind="case", record_id=case, flag_id=one.id, message="Done", actor=viewer(by), at=LATER)


def test_a_flag_is_raised_changed_and_resolved(case: UUID) -> None:
    one = flag(case, "bilal")
    assert (one.date.isoformat(), one.flagged_by, Record.objects.get(pk=case).flag_count) == ("2026-03-02", "bilal", 1)
    wish = FlagWish(message="Check the telephone")
    amend_flag(kind="case", record_id=case, flag_id=one.id, wish=wish, actor=viewer("chantal"), at=LATER)
    resolve(case, one, "amina")  # the case is hers
    one.refresh_from_db()
    assert (one.removed, one.unflagged_by, one.message) == (True, "amina", "Check the telephone")
    assert Record.objects.get(pk=case).flag_count == 0
    history = find_history(kind="case", record_id=case, viewer=viewer("amina"), names=None, offset=0, per=10).entries
    assert [entry["action"] for entry in history[:3]] == ["unflag", "flag", "flag"]
    assert history[1]["record_changes"][0]["flags"]["from"]["message"] == "Check the address"


def test_not_everybody_resolves_a_flag(case: UUID) -> None:
    one = flag(case, "chantal")
    other = register().id
    before = stands(case)
    with pytest.raises(NotYoursToResolve):
        resolve(case, one, "bilal")
    with pytest.raises(FlagNotFound):
        resolve(other, one, "amina")
    with pytest.raises(RecordNotFound):
        resolve(case, one, "dawit")
    with pytest.raises(Forbidden):
        resolve(case, one, "esther")
    with pytest.raises(Forbidden):
        amend_flag(kind="case", record_id=case, flag_id=one.id, wish=FlagWish(), actor=viewer("amina"), at=LATER)
    assert stands(case) == before and not Flag.objects.get(pk=one.pk).removed
    let_them_ask(group_worker=["resolve_any_flag"])
    resolve(case, one, "bilal")
    with pytest.raises(FlagIsResolved):
        resolve(case, one, "bilal")


def test_flags_are_listed_on_records_in_sight_only(case: UUID) -> None:
    flag(case)
    flag(register("dawit").id, "dawit", "Elsewhere")
    resolve(case, flag(case, message="Old"), "amina")

    def listed(name: str, **more: Any) -> list[str]:
        narrowed = {"open_only": False, "mine": False} | more
        found, total = find_all_flags(viewer=viewer(name), kinds=["case"], offset=0, per=None, **narrowed)
        assert total == len(found)
        return sorted(one.message for one in found)

    assert listed("chantal") == ["Check the address", "Old"]
    assert listed("chantal", open_only=True) == ["Check the address"]
    assert listed("dawit") == ["Elsewhere"] and listed("chantal", mine=True) == []
    assert listed("farid") == ["Check the address", "Elsewhere", "Old"]
    with pytest.raises(Forbidden):
        listed("esther")


def watch(**strategy: Any) -> None:
    instance = Instance.objects.get()
    instance.data = instance.data | {"changes_field_to_form": strategy}
    instance.configuration += 1
    instance.save()


def amend(case: UUID, by: str, **values: Any) -> Record:
    return amend_case(case_id=case, edit=Edit(values=values), actor=viewer(by), at=LATER).record


def test_a_change_by_somebody_else_raises_an_alert_until_the_owner_has_worked_on_it(case: UUID) -> None:
    watch(siblings="basic_identity")
    assert amend(case, "amina", siblings=1).alert_count == 0
    assert amend(case, "bilal", name_nickname="Nunu").alert_count == 0
    row = amend(case, "bilal", siblings=2)
    assert (row.alert_count, row.state["current_alert_types"]) == (1, ["basic_identity"])
    assert amend(case, "bilal", siblings=3).alert_count == 1
    assert Alert.objects.get().alert_for == "field_change"
    row = amend(case, "amina", name_nickname="Nunna")
    assert row.alert_count == 0 and "current_alert_types" not in row.facets


def test_an_alert_for_everybody_stays(case: UUID) -> None:
    watch(siblings={"form_section_unique_id": "basic_identity", "alert_strategy": "associated_users"})
    assert amend(case, "amina", siblings=1).alert_count == 1
    assert amend(case, "amina", name_nickname="Nunna").alert_count == 1


def test_an_alert_is_taken_off_by_who_may(case: UUID) -> None:
    ask(case)
    one = Alert.objects.get()
    other = register().id
    before = stands(case)

    def remove(name: str, record: UUID = case) -> None:
        drop_alert(kind="case", record_id=record, alert_id=one.id, actor=viewer(name), at=LATER)

    for name, refusal in (("amina", Forbidden), ("esther", Forbidden)):
        with pytest.raises(refusal):
            remove(name)
    with pytest.raises(AlertNotFound):
        remove("chantal", other)
    assert stands(case) == before
    remove("chantal")
    row = Record.objects.get(pk=case)
    assert (row.alert_count, "current_alert_types" in row.state, Alert.objects.count()) == (0, False, 0)
    assert row.state["approval_status_case_plan"] == "pending"


def test_a_referral_raises_an_alert_until_it_is_answered(cast: None) -> None:
    let_them_share()
    case = agreed_case().id
    first, second = (share(Kind.REFERRAL, case, "amina", to=name) for name in ("bilal", "dawit"))
    assert Record.objects.get(pk=case).state["current_alert_types"] == ["referral"]
    answer(first, "bilal", Status.ACCEPTED)
    assert Record.objects.get(pk=case).alert_count == 1
    answer(second, "dawit", Status.REJECTED)
    assert Record.objects.get(pk=case).alert_count == 0
