"""Approvals, flags, alerts and notices, through HTTP and through a device's delivery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.api.shapes.records import Case
from cpims.api.shapes.route import V1, V2
from cpims.audit.models import ChangeEntry
from cpims.flags.models import Flag
from cpims.notices.models import Notice
from cpims.records.models import Record
from tests.api.client import Reply, as_
from tests.cast import AT, register
from tests.consistency.test_replies import misfits, wrong
from tests.db.supervising import let_them_ask


@pytest.fixture
def case(cast: None) -> str:
    let_them_ask()
    return str(register().id)


def said(method: str, key: str, reply: Reply) -> Any:
    assert reply.status == 200, reply.raw[:600]
    record = reply.data.get("record") if isinstance(reply.data, dict) else None
    assert record is None or wrong(Case, record) == []
    if key.endswith("approvals/{id}"):
        assert set(reply.data) == {"record"}
        return record
    bare = {name: value for name, value in reply.data.items() if name != "record"} if record else reply.data
    assert misfits(method, key, replace(reply, json=reply.json | {"data": bare})) == []
    return reply.data


PLAN = f"{V2}/cases/{{id}}/approvals/{{id}}"


def test_an_approval_from_beginning_to_end(case: str) -> None:
    path, ours = f"{V2}/cases/{case}/approvals/case_plan", f"{V1}/cases/{case}/approvals/case_plan"
    amina, chantal = as_("amina"), as_("chantal")
    first = said("PATCH", PLAN, amina.patch(path, {"data": {"approval_status": "requested"}}))
    assert (first["approval_status_case_plan"], first["alert_count"]) == ("pending", 1)
    (alert,) = said("GET", f"{V2}/cases/{{id}}/alerts", amina.get(f"{V2}/cases/{case}/alerts"))
    assert (alert["alert_for"], alert["type"], alert["form_unique_id"]) == ("approval", "case_plan", None)
    listed = chantal.get(f"{V2}/cases?approval_status_case_plan=pending").data
    assert [one["id"] for one in listed] == [case]
    assert chantal.get(f"{V2}/cases?current_alert_types=case_plan").json["metadata"]["total"] == 1
    assert as_("bilal").patch(path, {"data": {"approval_status": "approved"}}).status == 403
    dawit = as_("dawit")  # may ask for approvals, but not about this case: the body is not looked at
    assert dawit.client.generic("PATCH", path, "{", "text/plain", HTTP_X_CSRF_TOKEN=dawit.token).status_code == 404
    done = said("PATCH", PLAN, chantal.patch(path, {"data": {"approval_status": "approved", "notes": "Good"}}))
    assert done["case_plan_approved_comments"] == "Good"
    again = chantal.patch(path, {"data": {"approval_status": "rejected"}})
    assert (again.status, again.codes) == (409, ["approval.move_not_allowed"])
    amina.patch(f"{V2}/cases/{case}", {"data": {"siblings": 4}})
    found = said("GET", f"{V1}/cases/{{id}}/approvals/{{id}}/comparison", chantal.get(f"{ours}/comparison"))
    assert found["approved_by"] == "chantal" and found["changes"] == [{"name": "siblings", "from": None, "to": 4}]
    amina.patch(path, {"data": {"approval_status": "requested"}})
    back = said("DELETE", f"{V1}/cases/{{id}}/approvals/{{id}}", amina.send("DELETE", ours))
    assert back["approval_status_case_plan"] == "approved"


def test_what_does_not_fit_is_told(case: str) -> None:
    path = f"{V2}/cases/{case}/approvals/case_plan"
    reply = as_("amina").patch(path, {"data": {"approval_status": "cancelled", "notes": 7}})
    assert reply.status == 422 and set(reply.codes) == {"approval.status", "wrong_type"}
    assert ["approvals.error_invalid_status"] in [error["message"] for error in reply.json["errors"]]
    assert as_("amina").patch(f"{V2}/cases/{case}/approvals/holiday", {"data": {}}).status == 404
    wish = {"data": {"approval_status": "requested", "colour": "red"}}
    assert as_("amina").patch(path, wish, Prefer="handling=strict").status == 422
    reply = as_("amina").patch(path, wish)
    assert reply.json["metadata"]["ignored"] == [{"pointer": "/colour", "code": "unknown_key"}]
    for body, codes in (
        ({"message": " "}, ["flag.message"]),
        ({"message": "x", "date": "soon"}, ["invalid_date"]),
        ({"message": 7}, ["wrong_type"]),
        ({"message": "x" * 10_001}, ["flag.too_long"]),
    ):
        reply = as_("amina").post(f"{V2}/cases/{case}/flags", {"data": body})
        assert (reply.status, reply.codes) == (422, codes)
    assert not Flag.objects.exists()


def test_a_flag_from_beginning_to_end(case: str) -> None:
    path, bilal = f"{V2}/cases/{case}/flags", as_("bilal")
    made = said(
        "POST", f"{V2}/cases/{{id}}/flags", bilal.post(path, {"data": {"message": "Look", "date": "2026-04-01"}})
    )
    assert (made["record"]["flag_count"], made["record"]["flagged"], made["name"]) == (1, True, "Noor Haddad")
    assert [one["id"] for one in said("GET", f"{V2}/cases/{{id}}/flags", as_("amina").get(path))] == [made["id"]]
    everywhere = f"{V2}/flags?active_only=true&record_type=cases&per=10"
    assert [one["id"] for one in said("GET", f"{V2}/flags", as_("chantal").get(everywhere))] == [made["id"]]
    assert as_("dawit").get(everywhere).data == []
    assert as_("chantal").get(f"{V2}/cases?flagged=true").json["metadata"]["total"] == 1
    one = f"{path}/{made['id']}"
    changed = said(
        "PATCH", f"{V2}/cases/{{id}}/flags/{{id}}", as_("chantal").patch(one, {"data": {"message": "Look twice"}})
    )
    assert changed["message"] == "Look twice"
    done = said("PATCH", f"{V2}/cases/{{id}}/flags/{{id}}", bilal.patch(one, {"data": {"unflag_message": "Seen"}}))
    assert done["removed"] is True and done["record"]["flagged"] is False
    again = bilal.patch(one, {"data": {"unflag_message": "Seen"}})
    assert (again.status, again.codes) == (409, ["flag.is_resolved"])
    for wrong_id in ("0", "x", "9" * 30, str(made["id"] + 1)):
        assert bilal.patch(f"{path}/{wrong_id}", {"data": {"unflag_message": "x"}}).status == 404
    other = str(register().id)
    assert bilal.patch(f"{V2}/cases/{other}/flags/{made['id']}", {"data": {"unflag_message": "x"}}).status == 404


def test_a_hidden_name_is_hidden_on_flags(case: str) -> None:
    as_("amina").post(f"{V2}/cases/{case}/flags", {"data": {"message": "Look"}})
    Record.objects.filter(pk=case).update(hidden_name=True)
    assert as_("chantal").get(f"{V2}/flags").data[0]["name"] == "*******"


def test_lists_cost_the_same_for_one_and_for_many(case: str) -> None:
    chantal, counts = as_("chantal"), []
    for number in (1, 2, 3):
        made = str(register(name_first=f"Sami {number}").id)
        as_("amina").post(f"{V2}/cases/{made}/flags", {"data": {"message": "Look"}})
        with CaptureQueriesContext(connection) as captured:
            assert chantal.get(f"{V2}/flags").json["metadata"]["total"] == number
        counts.append(len([q for q in captured.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert len(set(counts[1:])) == 1 and counts[1] <= 5


def test_ones_own_notices(case: str) -> None:
    row = Record.objects.get(pk=case)
    for number in (1, 2):
        Notice.objects.create(
            id=uuid4(), entry=number, event="flag.raised", user_id=row.owner_id, record=row, happened_at=AT
        )
    key, amina = f"{V1}/notices", as_("amina")
    listed = amina.get(key)
    assert said("GET", key, listed)[0]["record_id"] == case and listed.json["metadata"]["unread"] == 2
    one = listed.data[0]["id"]
    assert said("POST", f"{key}/read", as_("bilal").post(f"{key}/read", {})) == {"unread": 0}
    assert said("POST", f"{key}/read", amina.post(f"{key}/read", {"ids": [one, "nonsense"]})) == {"unread": 1}
    assert len(amina.get(f"{key}?unread_only=true").data) == 1
    assert amina.post(f"{key}/read", {"all": True}).status == 422


def deliver(name: str, action: str, case: str, **values: Any) -> Any:
    item = {"id": str(uuid4()), "action": action, "arguments": {"case_id": case, "values": values}}
    reply = as_(name).post(f"{V1}/sync/deliver", {"items": [item]})
    assert reply.status == 200, reply.raw
    again = as_(name).post(f"{V1}/sync/deliver", {"items": [item]})
    (first,), (second,) = reply.data, again.data
    assert second["outcome"] == first["outcome"]
    return first


def test_a_device_delivers_approvals_and_flags(case: str) -> None:
    def outcome(name: str, action: str, **values: Any) -> str:
        return str(deliver(name, action, case, **values)["outcome"])

    assert outcome("amina", "request_approval", approval="case_plan") == "accepted"
    assert outcome("amina", "withdraw_approval", approval="case_plan") == "accepted"
    assert outcome("amina", "request_approval", approval="case_plan", notes="She moves on Friday") == "accepted"
    asked = Record.objects.get(pk=case).state["approval_subforms"][-1]
    assert asked["approval_request_comments"] == "She moves on Friday"
    assert outcome("bilal", "answer_approval", approval="case_plan", approval_status="approved") == "refused"
    assert outcome("chantal", "answer_approval", approval="case_plan", approval_status="approved") == "accepted"
    assert outcome("amina", "raise_flag", message="Look") == "accepted"
    flag = Flag.objects.get()
    assert outcome("chantal", "amend_flag", flag=flag.id, message="Look twice") == "accepted"
    assert outcome("amina", "resolve_flag", flag=flag.id, unflag_message="Seen") == "accepted"
    row = Record.objects.get(pk=case)
    assert row.state["case_plan_approved"] is True and (row.flag_count, row.alert_count) == (0, 0)
    before = ChangeEntry.objects.count()
    for action, values in (
        ("request_approval", {"approval": 7}),
        ("request_approval", {"approval": "holiday"}),
        ("answer_approval", {"approval": "case_plan", "approval_status": "requested"}),
        ("withdraw_approval", {"approval": "case_plan", "colour": "red"}),
        ("raise_flag", {}),
        ("raise_flag", {"message": "x", "colour": "red"}),
        ("resolve_flag", {"flag": "7", "unflag_message": "x"}),
        ("resolve_flag", {"flag": True}),
    ):
        assert outcome("farid", action, **values) == "refused", (action, values)
    assert ChangeEntry.objects.count() == before
