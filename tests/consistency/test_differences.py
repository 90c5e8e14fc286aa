"""What docs/differences.md and SECURITY.md say of this program, looked at from outside: the rows that other tests do not hold."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.accounts.models import Role, User
from cpims.api.shapes.route import V2
from cpims.forms.models import Field, Form
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from tests.api.client import as_
from tests.cast import MODULE

REASON = {"closure_reason": "Safe at home"}


def case(**answers: Any) -> dict[str, Any]:
    reply = as_("amina").post(f"{V2}/cases", {"data": {"module_id": MODULE, "name_first": "Noor", **answers}})
    assert reply.status == 200, reply.json
    found: dict[str, Any] = reply.data
    return found


def test_out_of_sight_is_404_like_nothing(cast: None) -> None:
    there, nowhere = case()["id"], "00000000-0000-4000-8000-000000000000"
    replies = [as_("dawit").get(f"{V2}/cases/{number}") for number in (there, nowhere)]
    assert [reply.status for reply in replies] == [404, 404]
    assert replies[0].raw.replace(there.encode(), b"") == replies[1].raw.replace(nowhere.encode(), b"")


def test_only_json(cast: None) -> None:
    amina = as_("amina")
    reply = amina.client.post(
        f"{V2}/cases",
        "data[name_first]=Noor",
        "application/x-www-form-urlencoded",
        headers={"x-csrf-token": amina.token},
    )
    assert reply.status_code == 415


def test_owner_and_time_cannot_be_sent(cast: None) -> None:
    made = case()
    reply = as_("amina").patch(
        f"{V2}/cases/{made['id']}", {"data": {"owned_by": "dawit", "created_at": "2001-01-01T00:00:00Z"}}
    )
    assert {entry["pointer"] for entry in reply.json["metadata"]["ignored"]} == {"/owned_by", "/created_at"}
    after = as_("amina").get(f"{V2}/cases/{made['id']}").data
    assert (after["owned_by"], after["created_at"]) == ("amina", made["created_at"])


def test_a_status_needs_the_permission_of_its_act(cast: None) -> None:
    role = Role.objects.get(unique_id="role-worker")
    role.permissions = {"case": ["read", "create", "write"]}
    role.save()
    User.objects.filter(role=role).update(access_epoch=99)
    made = case()
    reply = as_("amina").patch(f"{V2}/cases/{made['id']}", {"data": {"status": "closed", "record_state": False}})
    assert {entry["pointer"] for entry in reply.json["metadata"]["ignored"]} == {"/status", "/record_state"}
    after = as_("amina").get(f"{V2}/cases/{made['id']}").data
    assert (after["status"], after["record_state"]) == ("open", True)


def test_text_that_looks_like_a_date_stays_text(cast: None) -> None:
    made = case(name_last="2026-01-02")
    assert as_("amina").get(f"{V2}/cases/{made['id']}").data["name_last"] == "2026-01-02"


def test_a_group_list_can_be_emptied(cast: None) -> None:
    user = User.objects.get(user_name="bilal")
    reply = as_("farid").patch(f"{V2}/users/{user.id}", {"data": {"user_group_unique_ids": []}})
    assert reply.status == 200, reply.json
    assert reply.data["user_group_unique_ids"] == []


def test_an_account_is_switched_off_and_never_deleted(cast: None) -> None:
    user, bilal = User.objects.get(user_name="bilal"), as_("bilal")
    assert bilal.get(f"{V2}/cases").status == 200
    assert as_("farid").delete(f"{V2}/users/{user.id}").status == 200
    assert User.objects.get(pk=user.pk).disabled
    assert bilal.get(f"{V2}/cases").status == 401


def test_nobody_switches_off_herself_or_the_last_super_user(cast: None) -> None:
    farid = User.objects.get(user_name="farid")
    assert as_("farid").delete(f"{V2}/users/{farid.id}").status == 409
    assert not User.objects.get(pk=farid.pk).disabled


@pytest.mark.parametrize("role", ["role-super", "role-administrator"])
def test_nobody_hands_out_more_than_she_has(cast: None, role: str) -> None:
    chosen = Role.objects.get(unique_id="role-supervisor")
    chosen.permissions = chosen.permissions | {"user": ["create", "read", "write"]}
    chosen.save()
    User.objects.filter(role=chosen).update(access_epoch=99)
    bilal = User.objects.get(user_name="bilal")
    reply = as_("chantal").patch(f"{V2}/users/{bilal.id}", {"data": {"role_unique_id": role}})
    assert reply.status in (403, 422), reply.json
    assert User.objects.get(pk=bilal.pk).role_id == bilal.role_id


def test_a_module_keeps_its_forms_when_none_are_named(cast: None) -> None:
    module = Module.objects.get(unique_id=MODULE)
    before = as_("farid").get(f"{V2}/primero_modules/{module.id}").data["form_section_unique_ids"]
    reply = as_("farid").patch(f"{V2}/primero_modules/{module.id}", {"data": {"description": "Children first"}})
    assert before
    assert reply.data["form_section_unique_ids"] == before


def test_an_option_is_retired_and_never_lost(cast: None) -> None:
    lookup = Lookup.objects.get(unique_id="lookup-risk")
    body = {"data": {"values": [{"id": "high", "_delete": True, "display_text": {"en": "High"}}]}}
    reply = as_("farid").patch(f"{V2}/lookups/{lookup.id}", body)
    assert reply.status == 200, reply.json
    options = {option["id"]: option for option in reply.data["values"]}
    assert set(options) == {"low", "medium", "high"}
    assert options["high"]["disabled"] is True
    assert options["low"]["display_text"]["ar"]


def test_a_lookup_in_use_stays(cast: None) -> None:
    used = Lookup.objects.get(unique_id="lookup-concerns")
    reply = as_("farid").delete(f"{V2}/lookups/{used.id}")
    assert (reply.status, reply.codes) == (409, ["lookup.in_use"])


def test_a_question_left_out_is_retired(cast: None) -> None:
    form = Form.objects.filter(is_nested=False, fields__type="text_field").distinct().order_by("id")[0]
    asked = as_("farid").get(f"{V2}/forms/{form.id}").data["fields"]
    reply = as_("farid").patch(f"{V2}/forms/{form.id}", {"data": {"fields": [{"name": asked[0]["name"]}]}})
    assert reply.status == 200, reply.json
    assert Field.objects.filter(form=form, retired_at__isnull=False).count() == len(asked) - 1


def test_a_single_value_of_a_list_parameter_is_read(cast: None) -> None:
    reply = as_("farid").get(f"{V2}/agencies?disabled=true")
    assert (reply.status, reply.data) == (200, [])


def test_an_unusable_order_is_told(cast: None) -> None:
    case()
    reply = as_("amina").get(f"{V2}/cases?order_by=hiv_status&xsex=male")
    assert {entry["pointer"] for entry in reply.json["metadata"]["ignored"]} == {"/order_by", "/xsex"}
    assert as_("amina").get(f"{V2}/cases?xsex=male", prefer="handling=strict").status == 422


def test_closing_again_takes_the_new_day(cast: None) -> None:
    made, amina = case(), as_("amina")
    path = f"{V2}/cases/{made['id']}"
    for action, answers in (
        ("close", {"status": "closed", "date_closure": "2026-01-05", **REASON}),
        ("reopen", {"status": "open", "case_status_reopened": True}),
        ("close", {"status": "closed", "date_closure": "2026-02-06"}),
    ):
        reply = amina.patch(path, {"data": answers, "record_action": action})
        assert reply.status == 200, reply.json
    assert amina.get(path).data["date_closure"] == "2026-02-06"


def test_a_note_opens_nothing_else(cast: None) -> None:
    role = Role.objects.get(unique_id="role-worker")
    made = case()
    role.permissions = {"case": ["read", "add_note"]}
    role.save()
    User.objects.filter(role=role).update(access_epoch=99)
    reply = as_("amina").patch(
        f"{V2}/cases/{made['id']}", {"data": {"name_first": "Nour"}, "record_action": "add_note"}
    )
    assert reply.status == 200, reply.json
    assert [entry["pointer"] for entry in reply.json["metadata"]["ignored"]] == ["/name_first"]
    assert as_("amina").get(f"{V2}/cases/{made['id']}").data["name_first"] == "Noor"
