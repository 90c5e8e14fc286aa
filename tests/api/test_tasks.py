"""What is due: days from the time limits, tasks, and a supervisor's team."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.accounts.models import Role, User
from cpims.audit.models import SightingEntry
from cpims.cases.models import Task
from cpims.forms.models import Form, FormGrant
from cpims.lib.clock import today
from cpims.records.models import Record
from cpims.records.rules.kinds import MASK
from tests.api.client import as_
from tests.api.test_daily import allow, decide
from tests.cast import _form, field, register

V2, V1 = "/api/v2", "/api/cpims/v1"
ROW = "6a4f0a52-4f0e-4c7a-9f8e-0d6d6f1c2b3a"
LIMITS = {
    "high": {"days_to_assess": 3, "days_to_plan": 7, "days_between_follow_ups": 7, "days_between_reviews": 30},
    "low": {"days_to_assess": 14, "days_to_plan": 30, "days_between_follow_ups": 30, "days_between_reviews": 90},
}
DASHBOARDS = ("dash_tasks", "dash_cases_by_social_worker", "cases_by_task_overdue_assessment")


def ago(days: int) -> str:
    return (today("UTC") - timedelta(days=days)).isoformat()


@pytest.fixture
def plans(cast: None) -> None:
    """Forms that ask for days, time limits, and people who may ask what is due."""
    rows = _form(
        "followup_rows", 1, field("followup_type"), field("followup_needed_by_date", "date_field"),
        field("followup_date", "date_field"), is_nested=True, visible=False,
    )  # fmt: skip
    form = _form(
        "planning", 80, field("assessment_due_date", "date_field"), field("assessment_requested_on", "date_field"),
        field("case_plan_due_date", "date_field"), field("date_case_plan", "date_field"),
        field("followup_subform_section", "subform", subform=rows),
    )  # fmt: skip
    for role in Role.objects.exclude(unique_id="role-administrator"):
        FormGrant.objects.create(form=form, role=role, access="rw")
    for name in ("role-worker", "role-group-worker", "role-supervisor", "role-super"):
        allow(name, "dashboard", *DASHBOARDS)
    decide(timelines=LIMITS)


def due(name: str = "amina", **wanted: Any) -> list[dict[str, Any]]:
    reply = as_(name).post(f"{V1}/tasks/search", wanted)
    assert reply.status == 200, reply.json
    found: list[dict[str, Any]] = reply.data
    return found


def test_the_time_limit_of_the_risk_sets_the_day(plans: None) -> None:
    case = register(registration_date="2026-03-02", risk_level="high")
    assert case.data["assessment_due_date"] == "2026-03-05"
    reply = as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"risk_level": "low"}})
    assert reply.data["assessment_due_date"] == "2026-03-16"
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"assessment_due_date": "2026-03-10"}})
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"risk_level": "high"}})
    assert Record.objects.get().data["assessment_due_date"] == "2026-03-10"  # she chose it


def test_tasks_as_primero_tells_them(plans: None) -> None:
    case = register(risk_level="high", registration_date="2026-03-02")
    row = {"unique_id": ROW, "followup_type": "for_service", "followup_needed_by_date": ago(-3)}
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"followup_subform_section": [row]}})
    reply = as_("amina").get(f"{V2}/tasks")
    assert reply.json["metadata"] == {
        "total": 2, "per": 20, "page": 1,
        "field_names": {
            "assessment": "assessment_due_date", "case_plan": "case_plan_due_date",
            "follow_up": "followup_needed_by_date", "service": "service_response_timeframe",
            "review": "case_review_due_date",
        },
    }  # fmt: skip
    assessment, follow_up = reply.data
    assert assessment == {
        "record_type": "case", "id": str(case.id), "record_id_display": case.display_id, "name": "Noor Haddad",
        "priority": "high", "type": "assessment", "type_display": "Assessment", "detail": None,
        "due_date": "05-Mar-2026", "overdue": True, "upcoming_soon": False,
        "completion_field": "assessment_requested_on", "module_unique_id": "primeromodule-cp",
    }  # fmt: skip
    assert (follow_up["type_display"], follow_up["detail"]) == ("Follow-up - for_service", "for_service")
    assert (follow_up["overdue"], follow_up["upcoming_soon"]) == (False, True)
    assert [t["type"] for t in as_("amina").get(f"{V2}/tasks?order=desc").data] == ["follow_up", "assessment"]
    assert as_("dawit").get(f"{V2}/tasks").data == []
    assert as_("chantal").get(f"{V2}/tasks").data == []  # none of her own
    seen = SightingEntry.objects.filter(road="tasks.list").order_by("pk")
    assert seen[0].record_ids == [case.id]


def test_a_task_is_done_or_given_another_day_by_changing_the_case(plans: None) -> None:
    case = register(risk_level="high", registration_date=ago(10), date_case_plan=ago(9))
    tasks = {task["type"]: task for task in due()}
    assert tasks["follow_up"]["row"] is None and tasks["follow_up"]["due_on"] == ago(2)
    plan = {"followup_subform_section": [{"unique_id": ROW, "followup_needed_by_date": ago(-20)}]}
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": plan})
    (planned,) = due(types=["follow_up"])
    assert (planned["row"], planned["due_on"], planned["section"]) == (ROW, ago(-20), "followup_subform_section")
    done = {planned["section"]: [{"unique_id": planned["row"], planned["completion_field"]: ago(0)}]}
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": done})
    (coming,) = due(types=["follow_up"])
    assert (coming["row"], coming["due_on"]) == (None, ago(-7))
    assessment = tasks["assessment"]
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {assessment["completion_field"]: ago(0)}})
    assert due(types=["assessment"]) == []


@pytest.mark.parametrize("move", [{"status": "closed", "closure_reason": "done"}, {"record_state": False}])
def test_nothing_is_due_in_a_case_that_is_closed_or_off(plans: None, move: dict[str, Any]) -> None:
    case = register(risk_level="high")
    act = "close" if "status" in move else "enable_disable_record"
    assert len(due()) == 1
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": move, "record_action": act})
    assert due() == [] and not Task.objects.exists()
    back = {"status": "open", "case_status_reopened": True} if act == "close" else {"record_state": True}
    act = "reopen" if act == "close" else act
    as_("amina").patch(f"{V2}/cases/{case.id}", {"data": back, "record_action": act})
    assert len(due()) == 1


def test_filters(plans: None) -> None:
    register(risk_level="high", registration_date=ago(30))
    register("bilal", risk_level="high", registration_date=ago(-1))
    register("dawit", risk_level="high", registration_date=ago(-30))
    assert len(due("chantal")) == 0
    assert {task["owned_by"] for task in due("chantal", everybody=True)} == {"amina", "bilal"}
    assert [task["owned_by"] for task in due("chantal", workers=["bilal", "dawit"])] == ["bilal"]
    assert [task["owned_by"] for task in due("chantal", everybody=True, due=["overdue"])] == ["amina"]
    assert [task["owned_by"] for task in due("chantal", everybody=True, due=["soon", "later"])] == ["bilal"]
    assert due("chantal", everybody=True, types=["service"]) == []
    assert len(due("farid", everybody=True)) == 3
    assert as_("chantal").post(f"{V1}/tasks/search", {"due": ["never"]}).status == 422


def test_who_may_not_read_the_day_is_not_told_of_the_task(plans: None) -> None:
    register(risk_level="high")
    FormGrant.objects.filter(form=Form.objects.get(unique_id="planning"), role__unique_id="role-supervisor").delete()
    User.objects.filter(user_name="chantal").update(access_epoch=99)
    assert due("chantal", everybody=True) == []
    (load,) = [one for one in as_("chantal").get(f"{V1}/team").data if one["user_name"] == "amina"]
    assert (load["cases"], load["overdue"], load["by_type"]) == (1, 0, {})
    assert len(due("farid", everybody=True)) == 1


def test_a_hidden_name_stays_hidden(plans: None) -> None:
    case = register(risk_level="high", hidden_name=True)
    assert case.hidden_name
    assert [task["name"] for task in due("chantal", everybody=True, order_by="name")] == [MASK]


def test_the_team(plans: None) -> None:
    for days in (30, 20):
        register(risk_level="high", registration_date=ago(days))
    register("bilal", risk_level="low", registration_date=ago(10))
    register("dawit", risk_level="high", registration_date=ago(30))
    team = as_("chantal").get(f"{V1}/team").data
    assert [load["user_name"] for load in team] == ["amina", "bilal", "chantal"]
    amina, bilal, chantal = team
    assert (amina["cases"], amina["by_risk"], amina["overdue"]) == (2, {"high": 2}, 2)
    assert amina["by_type"] == {"assessment": {"overdue": 2, "soon": 0}}
    assert (bilal["cases"], bilal["overdue"], bilal["soon"], bilal["by_risk"]) == (1, 0, 1, {"low": 1})
    assert (chantal["cases"], chantal["quiet_since"], chantal["to_hand_over"]) == (0, None, False)
    assert chantal["by_risk"] == {}
    FormGrant.objects.filter(form__unique_id="protection", role__unique_id="role-supervisor").delete()
    User.objects.filter(user_name="chantal").update(access_epoch=98)
    assert {load["by_risk"] for load in as_("chantal").get(f"{V1}/team").data} == {None}
    assert not amina["to_hand_over"] and amina["quiet"] == 2  # registered in March
    User.objects.filter(user_name="amina").update(disabled=True)
    assert as_("chantal").get(f"{V1}/team").data[0]["to_hand_over"]
    Record.objects.filter(owned_by="amina").update(status="closed")
    assert [load["user_name"] for load in as_("chantal").get(f"{V1}/team").data] == ["bilal", "chantal"]


def test_as_many_statements_for_many_as_for_one(plans: None) -> None:
    roads = ("tasks", "search", "team")
    for road in roads:  # what is kept in memory is read once
        _statements(road)
    counts = []
    for _ in range(2):
        for _ in range(3):
            register(risk_level="high")
        register("bilal", risk_level="low")
        counts.append([_statements(road) for road in roads])
    assert counts[0] == counts[1]


def _statements(road: str) -> int:
    caller = as_("chantal")
    with CaptureQueriesContext(connection) as seen:
        if road == "search":
            caller.post(f"{V1}/tasks/search", {"everybody": True})
        else:
            caller.get(f"{V2}/tasks" if road == "tasks" else f"{V1}/team")
    return len(seen)


def test_days_are_of_every_road_of_writing(plans: None) -> None:
    """The rows follow whatever writes a record: an update of the table moves them with their case."""
    case = register(risk_level="high")
    Record.objects.filter(pk=case.pk).update(owned_by="bilal")
    assert Task.objects.get().owned_by == "bilal"
    case.tasks = []
    case.save()
    assert not Task.objects.exists()
