"""Incidents over the API and from a device: on a case, alone, tied to a case; each road says the same."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pypdf
import pytest

from cpims.accounts.models import Role
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.records.models import Record
from tests.api.client import Caller, as_
from tests.api.test_sync import deliver, item, new, outcomes
from tests.cast import MODULE, register
from tests.db.incidents import FROM_CASE, grant
from tests.kinds import put_kinds, register_kind

HAPPENED = {"incident_date": "2026-02-20", "cp_incident_violence_type": "beaten"}


@pytest.fixture(autouse=True)
def kinds(cast):
    put_kinds()
    for role in ("role-worker", "role-group-worker"):
        grant(role, case=FROM_CASE, incident=["link_incident_to_case"])


def incidents_of(caller: Caller, case: Any) -> list[dict[str, Any]]:
    found = caller.get(f"/api/v2/cases/{case}/incidents")
    assert found.status == 200, found.raw
    return found.data


def test_from_a_case_to_its_incident_and_back():
    amina, case = as_("amina"), register()
    begun = amina.get(f"/api/v2/cases/{case.id}/incidents/new")
    assert begun.status == 200 and begun.data["incident_case_id"] == str(case.id) and begun.data["module_id"] == MODULE
    made = amina.send("POST", "/api/v2/incidents", {"data": begun.data | HAPPENED})
    assert made.status == 200, made.raw
    assert made.data["incident_case_id"] == str(case.id) and made.data["case_id_display"] == case.display_id
    told = incidents_of(amina, case.id)
    assert [one["id"] for one in told] == [made.data["id"]] and told[0]["incident_case_id"] == str(case.id)
    shown = amina.get(f"/api/v2/cases/{case.id}").data
    assert shown["has_incidents"] is True
    assert [row["unique_id"] for row in shown["incident_details"]] == [made.data["id"]]
    row = shown["incident_details"][0] | {"cp_incident_violence_type": "robbed"}
    changed = amina.send("PATCH", f"/api/v2/cases/{case.id}", {"data": {"incident_details": [row]}})
    assert changed.status == 200, changed.raw
    assert changed.data["incident_details"][0]["cp_incident_violence_type"] == "robbed"
    read = amina.get(f"/api/v2/incidents/{made.data['id']}")
    assert read.data["cp_incident_violence_type"] == "robbed" and read.data["incident_date"] == "2026-02-20"
    seen = SightingEntry.objects.filter(road="cases.incidents", record_ids__contains=[made.data["id"]])
    assert seen.exists()


def test_only_one_permission_on_cases_is_needed_to_open_an_incident_there():
    case = register()
    role = Role.objects.get(unique_id="role-group-worker")
    role.permissions["incident"] = ["read"]
    role.save()
    grant("role-group-worker", case=[])
    bilal = as_("bilal")
    made = bilal.send("POST", "/api/v2/incidents", {"data": {"incident_case_id": str(case.id), **HAPPENED}})
    assert made.status == 200 and made.data["cp_incident_violence_type"] == "beaten"
    assert Record.objects.get(pk=made.data["id"]).owned_by == "amina"
    entries = ChangeEntry.objects.count()
    alone = bilal.send("POST", "/api/v2/incidents", {"data": {"module_id": MODULE, **HAPPENED}})
    assert alone.status == 403 and ChangeEntry.objects.count() == entries


def test_incidents_are_tied_to_a_case_all_or_none_and_once():
    amina, case = as_("amina"), register()
    one, far = register_kind("incident"), register_kind("incident", by="dawit")
    address = f"/api/v2/cases/{case.id}/incidents"
    entries = ChangeEntry.objects.count()
    for ids, status in (([str(one.id), str(far.id)], 404), (["7"], 422), ([], 422), ([str(case.id)], 404)):
        assert amina.send("POST", address, {"data": {"incident_ids": ids}}).status == status
    forbidden = amina.send("POST", address, {"data": {"incident_ids": [str(one.id)], "assign": True}})
    assert forbidden.status == 403
    assert ChangeEntry.objects.count() == entries and incidents_of(amina, case.id) == []
    body = {"data": {"incident_ids": [str(one.id)]}}
    assert amina.send("POST", address, body, idempotency_key="k").status == 204
    assert amina.send("POST", address, body, idempotency_key="k").status == 204
    assert [found["id"] for found in incidents_of(amina, case.id)] == [str(one.id)]
    assert as_("dawit").get(address).status == 404


def test_a_case_and_its_incident_registered_without_a_network_arrive_in_their_order():
    amina, case, incident, other = as_("amina"), uuid4(), uuid4(), uuid4()
    on_case = item(
        "k2", "register_incident", incident, {"incident_case_id": str(case), **HAPPENED, "module_id": MODULE}
    )
    alone = item("k3", "register_incident", other, {**HAPPENED, "module_id": MODULE})
    link = item("k4", "link_incidents", case, {"incident_ids": [str(other)]})
    sent = [new("k1", case), on_case | {"depends_on": ["k1"]}, alone, link | {"depends_on": ["k1", "k3"]}]
    reply = deliver(amina, *sent)
    assert outcomes(reply) == ["accepted"] * 4, reply.raw
    assert {one["id"] for one in incidents_of(amina, case)} == {str(incident), str(other)}
    again = deliver(amina, *sent)
    assert [row["replayed"] for row in again.data] == [True] * 4
    assert Record.objects.of_kind("incident").count() == 2


def test_what_rests_on_a_case_that_was_refused_is_held():
    amina, case = as_("amina"), uuid4()
    on_case = item("k2", "register_incident", uuid4(), {"incident_case_id": str(case), "module_id": MODULE})
    reply = deliver(amina, new("k1", case, age="old"), on_case | {"depends_on": ["k1"]})
    assert outcomes(reply) == ["refused", "held"]
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{}, {"incident_ids": []}, {"incident_ids": ["7"]}, {"incident_ids": "x"}, {"incident_ids": [], "more": 1},
     {"incident_ids": ["00000000-0000-4000-8000-000000000000"], "assign": "yes"}],
)  # fmt: skip
def test_what_cannot_be_linked_is_refused_and_changes_nothing(values):
    amina, case = as_("amina"), register()
    entries = ChangeEntry.objects.count()
    assert outcomes(deliver(amina, item("k", "link_incidents", case.id, values))) == ["refused"]
    assert ChangeEntry.objects.count() == entries


def test_lists_of_incidents_are_narrowed_by_day_and_kind_of_violence():
    amina = as_("amina")
    first = register_kind("incident", incident_date="2026-01-10")
    second = register_kind("incident", incident_date="2026-02-20", cp_incident_violence_type="robbed")

    def found(asked: str) -> set[str]:
        reply = amina.get(f"/api/v2/incidents?{asked}")
        assert reply.status == 200 and "ignored" not in reply.json["metadata"], reply.raw
        return {row["id"] for row in reply.data}

    assert found("incident_date=2026-01-01..2026-01-31") == {str(first.id)}
    assert found("incident_date_derived=2026-02-01..2026-02-28") == {str(second.id)}
    assert found("cp_incident_violence_type=robbed") == {str(second.id)}
    assert found("cp_incident_violence_type=beaten,robbed") == {str(first.id), str(second.id)}


def test_an_incident_goes_out_as_its_reader_may_see_it_and_that_is_written_down():
    grant("role-worker", incident=["export_pdf", "export_xls"])
    grant("role-supervisor", incident=["export_pdf", "export_xls"])
    told = register_kind(
        "incident", by="farid", medical_findings="fever at night", incident_description="near the well"
    )
    other = register_kind("incident", by="dawit")
    address = f"/api/cpims/v1/incidents/{told.id}/print"
    Record.objects.filter(pk=told.id).update(associated_user_names=["farid", "amina"])

    def words(name: str) -> str:
        paper = as_(name).post(address, {})
        assert paper.status == 200, paper.raw
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.raw)).pages)

    assert "near the well" in words("farid") and "fever at night" in words("farid")
    assert "near the well" in words("amina") and "fever at night" not in words("amina")
    assert told.display_id in words("amina") and "Incident" in words("amina")
    assert as_("dawit").post(address, {}).status == 404
    assert SightingEntry.objects.filter(road="incidents.print", action="print", record_ids=[told.id]).count() == 6
    sheet = as_("amina").post(
        "/api/cpims/v1/incidents/list.xlsx", {"columns": ["short_id", "cp_incident_violence_type"]}
    )
    assert sheet.status == 200
    with ZipFile(io.BytesIO(sheet.raw)) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert told.short_id in text and other.short_id not in text
    assert as_("amina").post("/api/cpims/v1/incidents/list.xlsx", {}).status == 200
    # As the list on the screen asks for it.
    shown = "incident_id_display cp_incident_violence_type case_id_display status owned_by date_of_first_report".split()
    whole = as_("amina").post("/api/cpims/v1/incidents/list.xlsx", {"columns": shown})
    assert whole.status == 200, whole.json
    with ZipFile(io.BytesIO(whole.raw)) as book:
        assert "Incident number" in book.read("xl/worksheets/sheet1.xml").decode()
    hidden = as_("amina").post("/api/cpims/v1/incidents/list.xlsx", {"columns": ["medical_findings"]})
    assert hidden.codes == ["list.column_unknown"]
