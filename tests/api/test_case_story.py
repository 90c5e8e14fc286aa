"""The story of a case over HTTP: its steps, its services and visits, its end and its new beginning."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from cpims.accounts.models import Role
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.forms.models import FormGrant
from cpims.modules.models import Module
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.api.client import Reply, as_
from tests.api.test_daily import allow
from tests.cast import MODULE, SUPERVISOR, _form, field, register
from tests.db.incidents import FROM_CASE, grant, on_case, renew
from tests.db.kinship import put_families
from tests.db.sharing import agreed_case, let_them_share
from tests.kinds import register_kind

V2, V1 = "/api/v2", "/api/cpims/v1"
SERVICE, VISIT = "6a4f0a52-4f0e-4c7a-9f8e-0d6d6f1c2b3a", "0b7e6f0e-51f6-4f3c-9a1d-6b0f4c6f7a11"
STEPS = {
    "use_workflow_assessment": True,
    "use_workflow_case_plan": True,
    "use_workflow_service_implemented": True,
}


@pytest.fixture
def work(cast: None) -> None:
    """Forms of an assessment, a plan and visits, and a module that follows the work through all its steps."""
    visits = _form(
        "visit_rows", 1, field("followup_type"), field("followup_needed_by_date", "date_field"),
        field("followup_date", "date_field"), is_nested=True, visible=False,
    )  # fmt: skip
    services = _form(
        "asked_rows", 1, field("service_type"), field("service_response_type"), field("service_implemented"),
        field("service_implemented_day_time", "date_field", date_include_time=True), is_nested=True, visible=False,
    )  # fmt: skip
    form = _form(
        "work", 35, field("assessment_requested_on", "date_field"), field("date_case_plan", "date_field"),
        field("rapid_risk_level_reasons", "textarea"), field("followup_subform_section", "subform", subform=visits),
        field("services_section", "subform", subform=services),
    )  # fmt: skip
    for role in Role.objects.exclude(unique_id="role-administrator"):
        FormGrant.objects.create(form=form, role=role, access="rw")
    Module.objects.filter(unique_id=MODULE).update(options=STEPS)
    allow("role-worker", "case", "flag", "request_approval_case_plan")
    allow("role-supervisor", "case", "approve_case_plan", "flag")


def change(case: str, by: str = "amina", act: str | None = None, /, **values: Any) -> Reply:
    """One change, which succeeds."""
    body: dict[str, Any] = {"data": values} | ({"record_action": act} if act else {})
    reply = as_(by).patch(f"{V2}/cases/{case}", body)
    assert reply.status == 200, reply.json
    return reply


def story(case: str, by: str = "amina", query: str = "") -> list[dict[str, Any]]:
    """What is told of it, newest first."""
    reply = as_(by).get(f"{V1}/cases/{case}/timeline{query}")
    assert reply.status == 200, reply.json
    found: list[dict[str, Any]] = reply.data
    return found


def test_a_case_moves_through_its_steps_and_each_is_told(work: None) -> None:
    case = str(register(age=9).id)
    steps = []
    for values in (
        {"risk_level": "high", "rapid_risk_level_reasons": "Works in a brick kiln"},
        {"assessment_requested_on": "2026-03-03"},
        {"date_case_plan": "2026-03-04"},
        {
            "services_section": [
                {"unique_id": SERVICE, "service_type": "health", "service_response_type": "action_plan"}
            ]
        },
        {"followup_subform_section": [{"unique_id": VISIT, "followup_type": "in_home"}]},
        {"followup_subform_section": [{"unique_id": VISIT, "followup_date": "2026-03-08"}]},
        {"services_section": [{"unique_id": SERVICE, "service_implemented_day_time": "2026-03-09T08:00:00Z"}]},
        {"assessment_requested_on": "2026-06-01"},
        {"closure_reason": "reunified", "status": "closed"},
    ):
        change(case, **values)
        steps.append(Record.objects.get().workflow)
    assert steps == [
        *("new", "assessment", "case_plan", "action_plan", "action_plan", "action_plan"),
        *("services_implemented", "assessment", "closed"),
    ]
    change(case, "amina", "reopen", status="open", reopened_reason="  Back at the kiln ")
    assert Record.objects.get().workflow == "reopened" and Record.objects.get().date_closure is None
    found = story(case)
    assert [one["what"] for one in found] == [
        *("reopened", "closed", "reassessed", "service_done", "follow_up_done", "follow_up_added"),
        *("service_added", "planned", "assessed", "risk", "registered"),
    ]
    told = {one["what"]: one for one in found}
    assert told["reopened"]["why"] == "Back at the kiln"
    assert (told["closed"]["value"], told["closed"]["question"]) == ("reunified", "closure_reason")
    assert (told["risk"]["value"], told["risk"]["why"]) == ("high", "Works in a brick kiln")
    assert (told["service_done"]["value"], told["service_done"]["on"]) == ("health", "2026-03-09")
    assert told["follow_up_done"]["question"] == "followup_subform_section.followup_type"
    assert {one["full_name"] for one in found} == {"Amina"}
    assert Record.objects.get().state["reopened_logs"][0]["reopened_reason"] == "Back at the kiln"


def test_a_case_closed_again_has_a_day_and_a_step_of_its_own(work: None) -> None:
    case = str(register(closure_reason="reunified").id)
    change(case, "amina", "close", status="closed", date_closure="2026-03-02")
    change(case, "amina", "reopen", status="open")
    change(case, "amina", date_case_plan="2026-03-05")
    assert Record.objects.get().workflow == "case_plan", "reopened once is not reopened for ever"
    closed = change(case, "amina", "close", status="closed").data
    assert closed["workflow"] == "closed" and closed["date_closure"] != "2026-03-02"


@pytest.mark.parametrize("reason", [7, ["x"], "x" * 2_001, "\x00"])
def test_a_reason_that_is_none_opens_nothing(work: None, reason: Any) -> None:
    case = str(register(closure_reason="reunified").id)
    change(case, "amina", "close", status="closed")
    before = ChangeEntry.objects.count()
    body = {"data": {"status": "open", "reopened_reason": reason}, "record_action": "reopen"}
    reply = as_("amina").patch(f"{V2}/cases/{case}", body)
    assert reply.status == 422 and reply.json["errors"][0]["detail"] == ["/reopened_reason"]
    assert Record.objects.get().status == "closed" and ChangeEntry.objects.count() == before


def test_a_story_comes_in_pages_and_costs_the_same(work: None) -> None:
    case = str(register().id)
    for age in range(1, 8):
        change(case, age=age)
    whole = [(one["what"], one["at"]) for one in story(case)]
    assert [what for what, _ in whole] == ["amended"] * 7 + ["registered"]
    paged, before, pages = [], "", 0
    while pages < 10:
        reply = as_("amina").get(f"{V1}/cases/{case}/timeline?per=3{before}")
        paged += [(one["what"], one["at"]) for one in reply.data]
        pages += 1
        if reply.json["metadata"]["next"] is None:
            break
        before = f"&before={reply.json['metadata']['next']}"
    assert paged == whole and pages == 3
    caller = as_("amina")
    counts = []
    for per in (1, 8):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            caller.get(f"{V1}/cases/{case}/timeline?per={per}")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert story(case, query="?before=nonsense&per=-1") == story(case)
    assert SightingEntry.objects.filter(road="cases.timeline", action="history").exists()


def test_what_she_may_not_read_is_not_told(work: None) -> None:
    case = str(register(by="farid", owned_by="amina").id)
    change(case, "farid", hiv_status="yes")
    flagged = as_("amina").post(f"{V2}/cases/{case}/flags", {"data": {"message": "Check the address"}})
    assert flagged.status == 200, flagged.json
    assert [one["what"] for one in story(case)] == ["flag_raised", "registered"]
    assert [one["what"] for one in story(case, "farid")] == ["flag_raised", "amended", "registered"]
    Role.objects.filter(unique_id="role-worker").update(permissions={"case": ["read", "change_log"]})
    Instance.objects.update(configuration=F("configuration") + 1)
    assert [one["what"] for one in story(case)] == ["registered"]


def test_approvals_are_told_to_who_works_on_them(work: None) -> None:
    case = str(register(date_case_plan="2026-03-04").id)
    path = f"{V2}/cases/{case}/approvals/case_plan"
    assert as_("amina").patch(path, {"data": {"approval_status": "requested"}}).status == 200
    answer = {"approval_status": "rejected", "notes": "Who takes her to school?"}
    assert as_("chantal").patch(path, {"data": answer}).status == 200
    found = story(case)
    assert [(one["what"], one.get("value")) for one in found[:2]] == [
        ("approval_rejected", "case_plan"),
        ("approval_requested", "case_plan"),
    ]
    assert (found[0]["why"], found[0]["full_name"]) == ("Who takes her to school?", "Chantal")
    assert [one["what"] for one in story(case, "bilal")] == ["registered"]


def test_a_referral_is_told_to_its_two_sides_only(cast: None) -> None:
    let_them_share()
    case = str(agreed_case().id)
    path = f"{V2}/cases/{case}/referrals"
    made = as_("amina").post(path, {"data": {"transitioned_to": "dawit", "notes": "Health care"}}).data
    assert as_("dawit").patch(f"{path}/{made['id']}", {"data": {"status": "accepted"}}).status == 200
    hers = [(one["what"], one.get("person")) for one in story(case)]
    assert hers[:2] == [("referral_accepted", "Amina"), ("referral_sent", "Dawit")]
    assert story(case, "dawit")[0]["what"] == "referral_accepted"
    Role.objects.filter(unique_id="role-supervisor").update(permissions={"case": SUPERVISOR})
    Instance.objects.update(configuration=F("configuration") + 1)
    seen = as_("chantal").get(f"{V1}/cases/{case}/timeline")
    assert seen.status == 200 and not [one for one in seen.data if one["what"].startswith("referral")]


def test_ties_to_other_records_are_told_to_who_may_see_them(cast: None) -> None:
    put_families()
    for role in ("role-worker", "role-group-worker"):
        grant(role, case=FROM_CASE, incident=["link_incident_to_case"])
    case, other, family = register(), register(name_first="Sami"), register_kind("family")
    incident = on_case(case)
    change(str(case.id), family_id=str(family.id))
    change(str(case.id), family_id=None)
    path = f"{V2}/cases/{case.id}/case_relationships"
    made = as_("amina").post(path, {"data": {"case_id": str(other.id), "relationship_type": "farmer_on"}})
    assert made.status == 200, made.json
    assert as_("amina").delete(f"{path}/{made.data['id']}").status in (200, 204)
    freed = as_("amina").patch(f"{V2}/incidents/{incident.id}", {"data": {"incident_case_id": None}})
    assert freed.status == 200, freed.json
    whole = ["incident_removed", "relationship_ended", "related", "family_unlinked", "family_linked", "incident_added"]
    found = story(str(case.id))
    assert [one["what"] for one in found] == [*whole, "registered"]
    assert not any(str(one.id) in str(found) for one in (other, incident, family)), "whose ids she may not know"
    assert [one["what"] for one in story(str(other.id))] == ["relationship_ended", "related", "registered"]
    for name, gone in (
        ("view_incident_from_case", {"incident_added", "incident_removed"}),
        ("update_case_relationships", set()),
        ("view_case_relationships", {"related", "relationship_ended"}),
    ):
        role = Role.objects.get(unique_id="role-group-worker")
        role.permissions["case"] = [one for one in role.permissions["case"] if one != name]
        role.save()
        renew()
        whole = [one for one in whole if one not in gone]
        assert [one["what"] for one in story(str(case.id), "bilal")] == [*whole, "registered"], name
