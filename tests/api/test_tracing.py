"""Tracing through HTTP: Primero's routes, ours, what is written into the books, and what a device delivers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.records.models import Record
from cpims.tracing.models import Rematch, TraceMatch
from tests.api.client import as_
from tests.api.test_matrix import SILENT
from tests.cast import AT
from tests.consistency.test_replies import misfits
from tests.tracing import NOOR, OMAR, changed, child, put_tracing, request_of_mariam, trace

V2, V1 = "/api/v2", "/api/cpims/v1"
ROWS = "tracing_request_subform_section"


@pytest.fixture(autouse=True)
def tracing(cast: None) -> None:
    put_tracing()


def statements(name: str, path: str) -> int:
    caller = as_(name)
    caller.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(path).status == 200
    return len([one for one in captured.captured_queries if not one["sql"].startswith(SILENT)])


def test_the_traces_of_a_request_as_primero_tells_them():
    request = request_of_mariam()
    rows = as_("amina").get(f"{V2}/tracing_requests/{request.id}/traces").data
    assert [row["name"] for row in rows] == ["نور حداد", "عمر حداد", "سارة حداد"]
    assert rows[0] == {
        "id": str(NOOR), "tracing_request_id": str(request.id), "inquirer_id": request.display_id,
        "matched_case_id": None, "relation": "mother", "relation_name": "مريم حداد", "inquiry_date": "2026-02-01",
        "name": "نور حداد", "sex": "female", "age": 9,
    }  # fmt: skip
    assert as_("amina").get(f"{V2}/traces/{NOOR}").data == rows[0]
    for who, status in (("dawit", 404), ("esther", 403)):
        assert as_(who).get(f"{V2}/traces/{NOOR}").status == status


def test_potential_matches_as_primero_tells_them_both_ways():
    request_of_mariam()
    case = child()
    of_trace = as_("chantal").get(f"{V2}/traces/{NOOR}/potential_matches").data
    of_case = as_("chantal").get(f"{V2}/cases/{case.id}/potential_matches").data
    assert of_trace["record"] == {"id": str(NOOR), "type": "trace"}
    assert of_case["record"] == {"id": str(case.id), "type": "case"}
    for found in (of_trace, of_case):
        (one,) = found["potential_matches"]
        assert one["likelihood"] == "likely" and 0.9 < one["score"] <= 1
        assert (one["case"]["id"], one["trace"]["id"]) == (str(case.id), str(NOOR))
        assert one["case"]["name"] == "Nour Hadad" and "photos" not in one["case"] and "photos" not in one["trace"]
        lines = {line["field_name"]: line for line in one["comparison"]["case_to_trace"]}
        assert lines["name"] == {
            "field_name": "name", "match": "match", "case_value": "Nour Hadad", "trace_value": "نور حداد"
        }  # fmt: skip
        assert lines["sex"]["match"] == "match" and lines["nationality"]["match"] == "blank"
        (mother,) = one["comparison"]["family_to_inquirer"]
        told = {line["field_name"]: line["match"] for line in mother}
        assert told["relation"] == told["relation_name"] == "match" and told["relation_telephone"] == "blank"


def test_photos_only_with_the_permission():
    from cpims.accounts.models import Role

    request_of_mariam()
    child()
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions["potential_match"] = ["read", "view_photo"]
    role.save()
    changed()
    (one,) = as_("chantal").get(f"{V1}/traces/{NOOR}/matches").data
    assert one["case"]["photos"] == one["trace"]["photos"] == [] and "recorded_audio" not in one["case"]


def test_a_patch_of_matched_case_id_matches_and_null_undoes():
    request_of_mariam()
    case = child()
    done = as_("chantal").patch(f"{V2}/traces/{NOOR}", {"data": {"matched_case_id": str(case.id), "name": "X"}})
    assert done.data["matched_case_id"] == str(case.id) and done.data["name"] == "نور حداد"
    assert done.json["metadata"]["ignored"] == [{"pointer": "/name", "code": "not_writable"}]
    assert done.data["matched_case_comparison"]["case_to_trace"]
    (told,) = as_("chantal").get(f"{V2}/cases/{case.id}/traces").data
    assert told["id"] == str(NOOR) and told["matched_case_comparison"]
    again = as_("chantal").patch(f"{V2}/traces/{NOOR}", {"data": {"matched_case_id": str(case.id)}})
    assert again.status == 200 and TraceMatch.objects.count() == 1
    by_amina = as_("amina").get(f"{V2}/traces/{NOOR}").data
    assert by_amina["matched_case_id"] == str(case.id) and "matched_case_comparison" not in by_amina
    other = child("chantal")
    refused = as_("chantal").patch(f"{V2}/traces/{NOOR}", {"data": {"matched_case_id": str(other.id)}})
    assert (refused.status, refused.json["errors"][0]["code"]) == (409, "trace.already_matched")
    undone = as_("chantal").patch(f"{V2}/traces/{NOOR}", {"data": {"matched_case_id": None}})
    assert undone.data["matched_case_id"] is None and trace().matched_case_id is None
    far = child("dawit")
    for named in (str(far.id), str(uuid4())):
        assert as_("chantal").patch(f"{V2}/traces/{NOOR}", {"data": {"matched_case_id": named}}).status == 404
    assert as_("chantal").patch(f"{V2}/traces/{NOOR}", {"data": {"matched_case_id": "x"}}).status == 422


def test_ours_tells_the_reasons_and_what_was_decided():
    request_of_mariam()
    case = child()
    (one,) = as_("chantal").get(f"{V1}/traces/{NOOR}/matches").data
    codes = {why["code"] for why in one["reasons"]}
    assert {"same_mother", "same_sex"} <= codes and any(code.startswith("first_name") for code in codes)
    assert one["decided"] is None and one["may_decide"] is True and one["outside"] is None
    done = as_("chantal").post(f"{V1}/traces/{NOOR}/reject", {"case": str(case.id), "note": "Another mother"})
    assert done.status == 200 and done.data["matched_case_id"] is None
    for path in (f"traces/{NOOR}", f"cases/{case.id}"):
        (one,) = as_("chantal").get(f"{V1}/{path}/matches").data
        assert one["decided"] == {
            "decision": "rejected", "by": "chantal", "at": one["decided"]["at"], "note": "Another mother",
        }  # fmt: skip
    assert as_("chantal").get(f"{V2}/traces/{NOOR}/potential_matches").data["potential_matches"] == []
    assert as_("chantal").post(f"{V1}/traces/{NOOR}/undo", {"case": str(case.id)}).status == 200
    assert as_("chantal").post(f"{V1}/traces/{NOOR}/confirm", {"case": str(case.id)}).status == 200
    (one,) = as_("chantal").get(f"{V1}/cases/{case.id}/matches").data
    assert one["decided"]["decision"] == "confirmed"


@pytest.mark.parametrize(
    "body", [{}, {"case": "x"}, {"case": 1}, {"case": None}, {"note": "x"}, {"case": str(NOOR), "who": 1}]
)
def test_a_decision_says_which_case(body):
    request_of_mariam()
    before = ChangeEntry.objects.count()
    assert as_("chantal").post(f"{V1}/traces/{NOOR}/confirm", body).status == 422
    assert ChangeEntry.objects.count() == before
    long = {"case": str(child().id), "note": "x" * 1001}
    assert as_("chantal").post(f"{V1}/traces/{NOOR}/confirm", long).status == 422


def test_the_statements_do_not_grow_with_the_matches():
    request_of_mariam()
    first = child()
    paths = [f"{V1}/traces/{NOOR}/matches", f"{V2}/traces/{NOOR}/potential_matches", f"{V1}/cases/{first.id}/matches"]
    one = [statements("chantal", path) for path in paths]
    for last in ("Hadad", "Haddad", "Haddaad"):
        child(name_last=last)
    for number in range(3):
        row = {"unique_id": str(uuid4()), "name": "Nour Haddad", "sex": "female", "age": 9, "relation": "mother"}
        request_of_mariam(**{ROWS: [row], "relation_name": f"Mariam Haddad {number}"})
    assert len(as_("chantal").get(paths[0]).data) == 4 and len(as_("chantal").get(paths[2]).data) == 4
    assert [statements("chantal", path) for path in paths] == one


def test_who_compares_stands_in_the_book_of_sightings():
    request = request_of_mariam()
    case, far = child(), child("dawit")
    changed(matching={"cross_agency": True})
    rows = as_("chantal").get(f"{V1}/traces/{NOOR}/matches").data
    assert [row["case"].get("id") for row in rows] == [str(case.id), None]
    assert rows[1] == {
        "likelihood": rows[1]["likelihood"], "score": 0.0, "reasons": [], "case": {}, "trace": {},
        "outside": {"agency": "agency-b", "owner": "dawit"}, "compared": [], "family": [], "decided": None,
        "elsewhere": False, "may_decide": False,
    }  # fmt: skip
    assert str(far.id) not in str(rows) and "Nour" not in str(rows[1])
    seen = SightingEntry.objects.filter(actor_name="chantal", road="traces.matches")
    told = {(one.action, one.record_ids[0]) for one in seen}
    assert told == {("show", request.id), ("show", case.id), ("found_by_stranger", far.id)}
    assert len(as_("chantal").get(f"{V2}/traces/{NOOR}/potential_matches").data["potential_matches"]) == 1


def test_the_story_and_the_history_of_a_case_tell_the_match():
    request = request_of_mariam()
    case = child()
    assert as_("chantal").post(f"{V1}/traces/{NOOR}/confirm", {"case": str(case.id)}).status == 200
    assert as_("chantal").post(f"{V1}/traces/{NOOR}/undo", {"case": str(case.id)}).status == 200
    story = as_("bilal").get(f"{V1}/cases/{case.id}/timeline").data
    assert [one["what"] for one in story] == ["unmatched", "matched", "registered"]
    history = as_("bilal").get(f"{V2}/cases/{case.id}/record_history").data
    assert [one["event"] for one in history] == ["case.unmatched", "case.matched", "case.registered"]
    of_request = as_("amina").get(f"{V2}/tracing_requests/{request.id}/record_history").data
    assert [one["event"] for one in of_request][:2] == ["trace.undone", "trace.confirmed"]


def test_the_way_back_over_the_api():
    case = child("amina", date_of_separation="2025-11-03", location_separation="KA0101", separation_cause="conflict")
    reply = as_("amina").get(f"{V1}/cases/{case.id}/journey")
    assert reply.data == [
        {
            "what": "separation", "on": "2025-11-03", "place": "KA0101", "path": ["KA", "KA01", "KA0101"], "address": "",
            "question": "separation_cause", "value": "conflict", "form": "tracing", "row": "",
        }
    ]  # fmt: skip
    assert set(reply.json["metadata"]["places"]) == {"KA", "KA01", "KA0101"}
    assert as_("dawit").get(f"{V1}/cases/{case.id}/journey").status == 404


def deliver(by: str, action: str, record: str, key: str = "one", **values: Any) -> Any:
    item = {"id": key, "action": action, "arguments": {"case_id": record, "values": values}, "at": AT.isoformat()}
    return as_(by).post(f"{V1}/sync/deliver", {"items": [item]}).data[0]


def test_decisions_come_from_the_outbox_once():
    request = request_of_mariam()
    case = child()
    sent = {"trace": str(NOOR), "case": str(case.id), "note": "She knew the song"}
    first = deliver("chantal", "confirm_match", str(request.id), **sent)
    assert first["outcome"] == "accepted", first
    again = deliver("chantal", "confirm_match", str(request.id), **sent)
    assert (again["outcome"], again["replayed"]) == ("accepted", True)
    assert TraceMatch.objects.count() == 1 and trace().matched_case_id == case.id
    other = deliver("chantal", "confirm_match", str(request.id), "two", **sent)
    assert other["outcome"] == "refused"
    assert deliver("chantal", "undo_match", str(request.id), "three", **sent)["outcome"] == "accepted"
    assert deliver("chantal", "reject_match", str(request.id), "four", **sent)["outcome"] == "accepted"
    decided = list(TraceMatch.objects.order_by("id").values_list("decision", flat=True))
    assert decided == ["confirmed", "undone", "rejected"]
    for key, change in (("five", {"trace": "x"}), ("six", {"who": "me"}), ("seven", {"note": 7})):
        assert deliver("chantal", "undo_match", str(request.id), key, **(sent | change))["outcome"] == "refused"
    elsewhere = request_of_mariam(relation_name="Huda", **{ROWS: [{"name": "Ali"}]})
    wrong = deliver("chantal", "undo_match", str(elsewhere.id), "eight", **sent)
    assert wrong["outcome"] == "refused"
    assert deliver("dawit", "undo_match", str(request.id), "nine", **sent)["outcome"] == "refused"
    assert list(TraceMatch.objects.order_by("id").values_list("decision", flat=True)) == decided


def test_a_run_is_begun_seen_and_cancelled():
    request_of_mariam()
    begun = as_("farid").post(f"{V1}/rematches", {})
    assert begun.data["status"] == "running" and begun.data["total"] == 3 and begun.data["may_cancel"]
    assert as_("farid").post(f"{V1}/rematches", {}).json["errors"][0]["code"] == "rematch.under_way"
    gone = as_("farid").post(f"{V1}/rematches/{begun.data['id']}/cancel", {})
    assert gone.data["status"] == "cancelled" and not gone.data["may_cancel"]
    assert as_("farid").post(f"{V1}/rematches/{begun.data['id']}/cancel", {}).status == 409
    assert as_("farid").post(f"{V1}/rematches/{uuid4()}/cancel", {}).status == 404
    assert [one["id"] for one in as_("farid").get(f"{V1}/rematches").data] == [begun.data["id"]]
    assert Rematch.objects.count() == 1 and as_("chantal").get(f"{V1}/rematches").status == 403


def test_a_row_of_anothers_request_is_refused_over_the_api():
    request_of_mariam()
    body = {
        "data": {"module_id": "primeromodule-cp", "relation_name": "X", ROWS: [{"unique_id": str(OMAR), "name": "Y"}]}
    }
    refused = as_("dawit").post(f"{V2}/tracing_requests", body)
    assert refused.status == 422 and "trace.taken" in str(refused.json)
    assert Record.objects.of_kind("tracing_request").count() == 1


def test_the_replies_have_the_shapes_that_are_described():
    request = request_of_mariam()
    case = child()
    changed(matching={"cross_agency": True})
    child("dawit")
    chantal = as_("chantal")
    body = {"case": str(case.id), "note": "She knew the song"}
    asked = [
        ("GET", V2, "tracing_requests/{id}/traces", request.id, None),
        ("GET", V2, "traces/{id}/potential_matches", NOOR, None),
        ("GET", V2, "cases/{id}/potential_matches", case.id, None),
        ("GET", V1, "traces/{id}/matches", NOOR, None),
        ("POST", V1, "traces/{id}/reject", NOOR, body),
        ("GET", V1, "traces/{id}/matches", NOOR, None),
        ("POST", V1, "traces/{id}/undo", NOOR, body),
        ("PATCH", V2, "traces/{id}", NOOR, {"data": {"matched_case_id": str(case.id)}}),
        ("GET", V1, "cases/{id}/matches", case.id, None),
        ("GET", V2, "traces/{id}", NOOR, None),
        ("GET", V2, "cases/{id}/traces", case.id, None),
        ("GET", V1, "cases/{id}/journey", case.id, None),
    ]
    for method, root, path, named, sent in asked:
        reply = chantal.send(method, f"{root}/{path}".format(id=named), sent)
        assert reply.status == 200, (path, reply.json)
        assert misfits(method, f"{root}/{path}", reply) == []
    begun = as_("farid").post(f"{V1}/rematches", {})
    assert misfits("POST", f"{V1}/rematches", begun) == []
    assert misfits("GET", f"{V1}/rematches", as_("farid").get(f"{V1}/rematches")) == []
