"""Handing a case on, through HTTP and through a device's delivery."""

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
from cpims.records.models import Quarantine, Record
from cpims.transitions.models import Transition
from tests.api.client import Reply, as_
from tests.consistency.test_replies import misfits, wrong
from tests.db.sharing import agreed_case, let_them_share


@pytest.fixture
def case(cast: None) -> str:
    let_them_share()
    return str(agreed_case().id)


def said(method: str, path: str, key: str, reply: Reply) -> Any:
    assert reply.status == 200, reply.raw[:600]
    record = reply.data.get("record") if isinstance(reply.data, dict) else None
    assert record is None or wrong(Case, record) == []
    bare = {name: value for name, value in reply.data.items() if name != "record"} if record else reply.data
    assert misfits(method, key or path, replace(reply, json=reply.json | {"data": bare})) == []
    return reply.data


def test_a_referral_from_beginning_to_end(case: str) -> None:
    path = f"{V2}/cases/{case}/referrals"
    made = said("POST", path, f"{V2}/cases/{{id}}/referrals", as_("amina").post(path, {"data": {
        "transitioned_to": "dawit", "notes": "Health care", "service": "health"}}))  # fmt: skip
    assert (made["status"], made["record"]["assigned_user_names"]) == ("in_progress", ["dawit"])
    assert made["user_can_revoke"] is True and made["user_can_accept_or_reject"] is False
    inbox = said("GET", f"{V1}/transitions/received", "", as_("dawit").get(f"{V1}/transitions/received"))
    assert [(one["id"], one["type"]) for one in inbox] == [(made["id"], "Referral")]
    one = f"{path}/{made['id']}"
    answered = f"{V2}/cases/{{id}}/referrals/{{id}}"
    assert (
        said("PATCH", one, answered, as_("dawit").patch(one, {"data": {"status": "accepted"}}))["status"] == "accepted"
    )
    again = as_("dawit").patch(one, {"data": {"status": "accepted"}})
    assert (again.status, again.codes) == (409, ["transition.move_not_allowed"])
    done = said("PATCH", one, answered, as_("dawit").patch(one, {"data": {"status": "done", "rejection_note": "Seen"}}))
    assert done["record_access_denied"] is True and "record" not in done
    assert as_("dawit").get(f"{V2}/cases/{case}").status == 404
    listed = said("GET", path, f"{V2}/cases/{{id}}/referrals", as_("amina").get(path))
    assert [(one["status"], one["rejection_note"]) for one in listed] == [("done", "Seen")]
    assert (
        said(
            "GET", "", f"{V2}/cases/{{id}}/transitions", as_("amina").get(f"{V2}/cases/{case}/transitions?types=Assign")
        )
        == []
    )


def test_a_transition_of_another_case_is_not_found(case: str) -> None:
    other = str(agreed_case(name_first="Sami").id)
    made = as_("amina").post(f"{V2}/cases/{case}/referrals", {"data": {"transitioned_to": "bilal"}}).data
    for reply in (
        as_("bilal").patch(f"{V2}/cases/{other}/referrals/{made['id']}", {"data": {"status": "accepted"}}),
        as_("amina").delete(f"{V2}/cases/{other}/referrals/{made['id']}"),
        as_("bilal").patch(f"{V2}/cases/{case}/transfers/{made['id']}", {"data": {"status": "accepted"}}),
    ):
        assert (reply.status, reply.codes) == (404, ["transition.not_found"])
    assert Transition.objects.get().status == "in_progress"


def test_everything_that_is_wrong_is_told(case: str) -> None:
    path = f"{V2}/cases/{case}/transfers"
    reply = as_("amina").post(path, {"data": {"transitioned_to": 7, "remote": "yes", "authorized_role_unique_id": 1}})
    assert reply.status == 422
    assert reply.codes == ["wrong_type"] * 3
    reply = as_("amina").post(path, {"data": {"transitioned_to": "esther"}})
    assert reply.json["errors"][0]["message"] == ["transition.errors.to_user_can_receive"]
    reply = as_("amina").post(path, {"data": {"transitioned_to": "bilal", "colour": "red"}}, Prefer="handling=strict")
    assert reply.status == 422 and not Transition.objects.exists()
    reply = as_("amina").post(path, {"data": {"transitioned_to": "bilal", "colour": "red"}})
    assert reply.json["metadata"]["ignored"] == [{"pointer": "/colour", "code": "unknown_key"}]


def test_preview_and_consent(case: str) -> None:
    path = f"{V1}/cases/{case}/transitions/preview"
    key = f"{V1}/cases/{{id}}/transitions/preview"
    ask = {"type": "Referral", "data": {"transitioned_to": "dawit"}}
    before = said("POST", path, key, as_("amina").post(path, ask))
    assert before["hindrances"] == [] and before["values"]["name_first"] == "Noor"
    consents = f"{V1}/cases/{case}/consents"
    as_("amina").post(f"{V2}/cases/{case}/referrals", {"data": {"transitioned_to": "bilal"}})
    reply = as_("amina").post(consents, {"given": False, "purpose": "services", "reason": "Afraid"})
    said("POST", consents, f"{V1}/cases/{{id}}/consents", reply)
    assert reply.json["metadata"] == {"told": ["bilal"]}
    after = said("POST", path, key, as_("amina").post(path, ask))
    assert [one["code"] for one in after["hindrances"]] == ["transition.consent"]
    refused = as_("amina").post(f"{V2}/cases/{case}/referrals", {"data": {"transitioned_to": "dawit"}})
    assert refused.json["errors"][0]["message"] == ["transition.errors.consent"]
    assert [
        one["given"] for one in said("GET", consents, f"{V1}/cases/{{id}}/consents", as_("amina").get(consents))
    ] == [False]


def test_who_may_be_chosen_has_the_shape_that_is_described(case: str) -> None:
    for road in ("refer-to", "transfer-to"):
        path = f"{V2}/users/{road}"
        found = said(
            "GET",
            path,
            "",
            as_("amina").get(f"{path}?record_type=case&record_module_id=primeromodule-cp&agency=agency-b"),
        )
        assert [one["user_name"] for one in found] == ["dawit"]
    assert as_("amina").get(f"{V2}/users/refer-to?record_type=incident").data == []


def test_what_she_received_costs_the_same_for_one_and_for_many(case: str) -> None:
    bilal, counts = as_("bilal"), []
    for number in (1, 2, 3):
        made = agreed_case(name_first=f"Sami {number}").id
        assert as_("amina").post(f"{V2}/cases/{made}/referrals", {"data": {"transitioned_to": "bilal"}}).status == 200
        with CaptureQueriesContext(connection) as captured:
            assert bilal.get(f"{V1}/transitions/received").json["metadata"]["total"] == number
        counts.append(len([q for q in captured.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert counts[1:] == [6, 6]


def test_a_repeated_request_is_done_once(case: str) -> None:
    path, body = f"{V2}/cases/{case}/transfers", {"data": {"transitioned_to": "bilal"}}
    amina = as_("amina")
    first, again = (amina.send("POST", path, body, Idempotency_Key="k-1") for _ in range(2))
    assert first.data["id"] == again.data["id"] and Transition.objects.count() == 1


def deliver(name: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    reply = as_(name).post(f"{V1}/sync/deliver", {"items": list(items)})
    assert reply.status == 200 and misfits("POST", f"{V1}/sync/deliver", reply) == []
    return list(reply.data)


def item(action: str, case: str, **values: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "action": action, "arguments": {"case_id": case, "values": values}}


def test_a_device_delivers_sharing(case: str) -> None:
    send = item("transfer_case", case, transitioned_to="dawit", notes="Moved away")
    first, again = deliver("amina", send)[0], deliver("amina", send)[0]
    assert (first["outcome"], again["replayed"]) == ("accepted", True)
    row = Transition.objects.get()
    accept = item("answer_transition", case, transition=str(row.id), type="Transfer", status="accepted")
    assert deliver("dawit", accept)[0]["outcome"] == "accepted"
    assert Record.objects.get(pk=case).owned_by == "dawit"
    assert (
        deliver("dawit", item("answer_transition", case, transition=str(row.id), type="Transfer", status="accepted"))[
            0
        ]["errors"][0]["code"]
        == "transition.move_not_allowed"
    )


def test_a_device_that_sees_the_case_no_more_is_refused_and_nothing_is_quarantined(case: str) -> None:
    refer = item("refer_case", case, transitioned_to="dawit")
    assert deliver("amina", refer)[0]["outcome"] == "accepted"
    row = Transition.objects.get()
    rejected = deliver(
        "dawit", item("answer_transition", case, transition=str(row.id), type="Referral", status="rejected")
    )[0]
    assert (rejected["outcome"], rejected["incomplete"]) == ("accepted", [])
    entries = ChangeEntry.objects.count()
    late = deliver("dawit", item("refer_case", case, transitioned_to="bilal"))[0]
    assert (late["outcome"], late["errors"][0]["code"]) == ("refused", "record.not_found")
    assert not Quarantine.objects.exists() and ChangeEntry.objects.count() == entries


def test_items_that_do_not_fit_are_refused(case: str) -> None:
    wrong = (
        item("answer_transition", case, transition="x", type="Assignment", status="accepted"),
        item("revoke_transition", case, transition=str(uuid4()), type="Referral", colour="red"),
        item("withdraw_consent", case, purpose=7),
        item("refer_case", case, transitioned_to="dawit", colour="red"),
    )
    assert [found["outcome"] for found in deliver("amina", *wrong)] == ["refused"] * 4
    assert not Transition.objects.exists()
    said = deliver("amina", item("register_consent", case, agency="agency-b"), item("withdraw_consent", case))
    assert [found["outcome"] for found in said] == ["accepted"] * 2
    asked = deliver("dawit", item("request_transfer", case, notes="Her brother is here"))
    assert asked[0]["outcome"] == "accepted"
    row = Transition.objects.get()
    gone = deliver("dawit", item("revoke_transition", case, transition=str(row.id), type="TransferRequest"))
    assert gone[0]["outcome"] == "accepted" and Transition.objects.get().status == "revoked"
    assert deliver("chantal", item("assign_case", case, transitioned_to="bilal"))[0]["outcome"] == "accepted"
