"""Answers given before a question was changed or put away still open, show and save."""

from __future__ import annotations

from cpims.forms.models import Field, Form
from cpims.lookups.models import Lookup
from cpims.records.models import Record
from tests.api.client import as_
from tests.cast import MODULE, text

STRICT = {"prefer": "handling=strict"}


def make(**answers: object) -> str:
    reply = as_("amina").post(
        "/api/v2/cases", {"data": {"module_id": MODULE, "name_first": "Noor", "sex": "female"} | answers}
    )
    assert reply.status == 200, reply.json
    return str(reply.data["id"])


def fields_of(name: str) -> tuple[int, list[dict]]:
    form = next(f for f in as_("esther").get("/api/v2/forms").data if f["unique_id"] == name)
    return form["id"], form["fields"]


def change_fields(form: str, fields: list[dict]) -> None:
    form_id, _ = fields_of(form)
    reply = as_("esther").patch(f"/api/v2/forms/{form_id}", {"data": {"fields": fields}})
    assert reply.status == 200, reply.json


def test_an_option_that_is_put_away_stays_where_it_was_chosen(cast):
    case = make(risk_level="high")
    lookup = Lookup.objects.get(unique_id="lookup-risk")
    values = [{"id": "high", "disabled": True, "display_text": text("High")}]
    assert as_("esther").patch(f"/api/v2/lookups/{lookup.id}", {"data": {"values": values}}).status == 200
    amina = as_("amina")
    assert amina.get(f"/api/v2/cases/{case}").data["risk_level"] == "high"
    saved = amina.patch(f"/api/v2/cases/{case}", {"data": {"risk_level": "high", "age": 7}}, **STRICT)
    assert saved.status == 200, saved.json
    assert [row["id"] for row in amina.get("/api/v2/cases?risk_level=high").data] == [case]


def test_an_option_that_was_taken_out_of_an_inline_list_stays_too(cast):
    case = as_("farid").post("/api/v2/cases", {"data": {"module_id": MODULE, "hiv_status": "yes"}}).data["id"]
    _, fields = fields_of("sensitive")
    for field in fields:
        if field["name"] == "hiv_status":
            field["option_strings_text"] = [o for o in field["option_strings_text"] if o["id"] != "yes"]
    change_fields("sensitive", fields)
    farid = as_("farid")
    assert farid.get(f"/api/v2/cases/{case}").data["hiv_status"] == "yes"
    assert farid.patch(f"/api/v2/cases/{case}", {"data": {"hiv_status": "yes"}}, **STRICT).status == 200
    assert farid.patch(f"/api/v2/cases/{case}", {"data": {"hiv_status": "perhaps"}}, **STRICT).status == 422


def test_a_question_that_is_put_away_keeps_its_answers(cast):
    case = make(name_nickname="Nunu", siblings=3)
    _, fields = fields_of("basic_identity")
    change_fields("basic_identity", [f for f in fields if f["name"] != "name_nickname"])
    assert Field.objects.get(name="name_nickname").retired_at is not None
    amina = as_("amina")
    shown = amina.get(f"/api/v2/cases/{case}")
    assert shown.status == 200 and shown.data["siblings"] == 3
    saved = amina.patch(f"/api/v2/cases/{case}", {"data": {"siblings": 4}}, **STRICT)
    assert saved.status == 200 and saved.data["siblings"] == 4
    assert Record.objects.get(pk=case).data["name_nickname"] == "Nunu", "what she told once is not lost"
    refused = amina.patch(f"/api/v2/cases/{case}", {"data": {"name_nickname": "Other"}}, **STRICT)
    assert refused.status == 422
    change_fields("basic_identity", fields)
    assert as_("amina").get(f"/api/v2/cases/{case}").data["name_nickname"] == "Nunu", "and comes back with the question"


def test_a_question_that_became_required_or_narrower_does_not_lock_the_case(cast):
    case = make(siblings=3)
    _, fields = fields_of("basic_identity")
    for field in fields:
        if field["name"] == "national_id_no":
            field["required"] = True
        if field["name"] == "telephone_current":
            field["display_conditions_record"] = {"eq": {"sex": "male"}}
    change_fields("basic_identity", fields)
    amina = as_("amina")
    saved = amina.patch(f"/api/v2/cases/{case}", {"data": {"siblings": 5}}, **STRICT)
    assert saved.status == 200, saved.json
    assert {"pointer": "/national_id_no", "code": "required", "form": "basic_identity"} in saved.json["metadata"][
        "incomplete"
    ]


def test_a_form_that_is_put_away_closes_no_case(cast):
    case = make(consent_given=True)
    form = Form.objects.get(unique_id="consent")
    assert as_("esther").delete(f"/api/v2/forms/{form.id}").status == 200
    amina = as_("amina")
    assert amina.get(f"/api/v2/cases/{case}").status == 200
    assert amina.patch(f"/api/v2/cases/{case}", {"data": {"age": 8}}, **STRICT).status == 200
    assert Record.objects.get(pk=case).data["consent_given"] is True
