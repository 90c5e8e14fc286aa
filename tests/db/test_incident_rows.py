"""Incidents that are sent with their case, and the violations that lie in an incident."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role
from cpims.cases.actions import amend_case
from cpims.forms.models import FormGrant
from cpims.incidents.actions.recording import amend_incident, register_incident
from cpims.records.models import Record
from cpims.records.rules.editing import Base, Edit
from cpims.records.rules.refusals import AnswersInvalid, EditConflict
from tests.cast import _form, field, register, viewer
from tests.db.incidents import (
    FROM_CASE,
    LATER,
    details,
    events,
    fresh,
    on_case,
    put_incidents,
    renew,
    shown,
    untouched,
)
from tests.kinds import register_kind


@pytest.fixture(autouse=True)
def kinds(cast: None) -> None:
    put_incidents()


def test_rows_sent_with_a_case_register_and_change_incidents_in_one_save_of_the_case():
    case = register()
    new = str(uuid4())
    outcome = details(case, {"unique_id": new, "incident_date": "2026-02-21", "cp_incident_violence_type": "robbed"})
    incident = Record.objects.get(pk=new)
    assert incident.data["cp_incident_violence_type"] == "robbed" and incident.data["age"] == 9
    assert incident.state["incident_case_id"] == str(case.id) and incident.owned_by == "amina"
    after = fresh(case)
    assert after.revision == case.revision + 1 and after.state["has_incidents"] is True
    assert "incident_details" not in after.data and "incident_details" in outcome.changes
    assert events(case) == ["case.incidents_added", "case.amended", "case.registered"]
    details(case, {"unique_id": new, "cp_incident_violence_type": "beaten"})
    assert fresh(incident).data["cp_incident_violence_type"] == "beaten"
    assert fresh(incident).data["incident_date"] == "2026-02-21"
    assert Record.objects.of_kind("incident").count() == 1


def test_a_child_is_registered_together_with_what_happened():
    new = str(uuid4())
    case = register(incident_details=[{"unique_id": new, "cp_incident_violence_type": "beaten"}])
    assert Record.objects.get(pk=new).state["incident_case_id"] == str(case.id)
    assert fresh(case).state["has_incidents"] is True
    assert [row["unique_id"] for row in shown(case)["incident_details"]] == [new]


def test_an_incident_opens_a_closed_case_again():
    case = register(closure_reason="done")
    amend_case(case_id=case.id, edit=Edit(values={"status": "closed"}), actor=viewer("amina"), at=LATER)
    assert fresh(case).status == "closed"
    details(case, {"cp_incident_violence_type": "beaten"})
    assert fresh(case).status == "open" and fresh(case).case_status_reopened is True


def test_two_answers_to_one_question_of_a_row_are_a_conflict():
    case = register()
    incident = on_case(case)
    seen = {"incident_details": shown(case)["incident_details"]}
    details(case, {"unique_id": str(incident.id), "cp_incident_violence_type": "robbed"}, by="bilal")
    row = {"unique_id": str(incident.id), "cp_incident_violence_type": None}

    def clash() -> None:
        with pytest.raises(EditConflict) as refused:
            details(case, row, base=Base(1, seen))
        pointer = refused.value.params["conflicts"][0]["pointer"]
        assert pointer == f"/incident_details/{incident.id}/cp_incident_violence_type"

    untouched(clash)


@pytest.mark.parametrize("kind", ["incident", "case", "tracing_request", "incident of another case", "out of sight"])
def test_an_id_of_anything_that_is_not_an_incident_of_this_case_is_refused_alike(kind):
    case = register()
    other = {
        "incident": lambda: register_kind("incident"),
        "case": register,
        "tracing_request": lambda: register_kind("tracing_request"),
        "incident of another case": lambda: on_case(register()),
        "out of sight": lambda: register_kind("incident", by="dawit"),
    }[kind]()

    def reach() -> None:
        with pytest.raises(AnswersInvalid) as refused:
            details(case, {"unique_id": str(other.id), "cp_incident_violence_type": "robbed"})
        told = [(p.pointer, p.code) for p in refused.value.problems]
        assert told == [(f"/incident_details/{other.id}/unique_id", "incident.not_of_this_case")]

    untouched(reach)


def test_rows_that_cannot_be_taken_are_named_and_change_nothing():
    case = register()
    incident = on_case(case)
    same = str(uuid4())

    def refuse() -> None:
        for rows, codes in (
            ([{"unique_id": "7"}], {"invalid_unique_id"}),
            ([{"unique_id": same}, {"unique_id": same}], {"duplicate_unique_id"}),
            ([{"unique_id": str(incident.id), "_destroy": True}], {"incident.not_removed_here"}),
            ([{"cp_incident_violence_type": "no such thing"}], {"not_an_option"}),
            (["row"], {"wrong_type"}),
        ):
            with pytest.raises(AnswersInvalid) as refused:
                details(case, *rows)
            assert {p.code for p in refused.value.problems} == codes

    untouched(refuse)


def test_who_may_neither_read_nor_write_incidents_writes_what_the_forms_of_the_case_let_her():
    for role in ("role-worker", "role-group-worker"):
        stored = Role.objects.get(unique_id=role)
        stored.permissions.pop("incident")
        stored.save()
    FormGrant.objects.filter(form__parent_form="incident", role__unique_id="role-worker").delete()
    rows = _form("incident_rows", 1, field("incident_description", "textarea"), is_nested=True, visible=False)
    form = _form("incident_details_container", 90, field("incident_details", "subform", subform=rows))
    FormGrant.objects.create(form=form, role=Role.objects.get(unique_id="role-worker"), access="rw")
    renew()
    case = register()
    new = str(uuid4())
    details(case, {"unique_id": new, "incident_description": "told", "cp_incident_violence_type": "beaten"})
    assert Record.objects.get(pk=new).data["incident_description"] == "told"
    assert "cp_incident_violence_type" not in Record.objects.get(pk=new).data
    with pytest.raises(Forbidden):
        register_kind("incident")


def test_without_the_permission_rows_are_left_and_a_link_too():
    for role in ("role-worker",):
        stored = Role.objects.get(unique_id=role)
        stored.permissions["case"] = [one for one in stored.permissions["case"] if one not in FROM_CASE]
        stored.permissions["incident"] = [
            one for one in stored.permissions["incident"] if one != "link_incident_to_case"
        ]
        stored.save()
    renew()
    case = register()
    outcome = details(case, {"cp_incident_violence_type": "beaten"})
    assert [p.pointer for p in outcome.ignored] == ["/incident_details"]
    assert Record.objects.of_kind("incident").count() == 0
    alone = register_incident(values={"incident_case_id": str(case.id), "age": 4}, actor=viewer("amina"), at=LATER)
    assert [p.pointer for p in alone.ignored] == ["/incident_case_id"]
    assert "incident_case_id" not in alone.record.state and fresh(case).state.get("has_incidents") is None


def test_violations_lie_in_their_incident_and_those_of_another_are_refused():
    rows = {
        name: _form(f"{name}_rows", 1, *fields, parent="incident", is_nested=True, visible=False)
        for name, fields in (
            ("killing", (field("ctfmr_verified"), field("ctfmr_verified_date", "date_field"), field("weapon_type"))),
            ("individual_victims", (field("individual_sex"), field("violations_ids", "select_box", multi_select=True))),
        )
    }
    form = _form("mrm", 30, *(field(name, "subform", subform=row) for name, row in rows.items()), parent="incident")
    FormGrant.objects.create(form=form, role=Role.objects.get(unique_id="role-worker"), access="rw")
    renew()
    killed, victim, other = (str(uuid4()) for _ in range(3))
    killing = {
        "unique_id": killed,
        "ctfmr_verified": "verified",
        "ctfmr_verified_date": "2026-04-01",
        "weapon_type": "mine",
    }
    incident = register_kind(
        "incident", killing=[killing], individual_victims=[{"unique_id": victim, "violations_ids": [killed], "individual_sex": "male"}]
    )  # fmt: skip
    elsewhere = register_kind("incident", killing=[{"unique_id": other, "weapon_type": "mine"}])
    assert shown(incident)["killing"][0]["is_late_verification"] is True
    assert "is_late_verification" not in fresh(incident).data["killing"][0]
    assert fresh(incident).facets["violation_with_verification_status"] == ["killing_verified"]

    def amend(**values: Any):
        return amend_incident(record_id=incident.id, edit=Edit(values=values), actor=viewer("amina"), at=LATER)

    def reach() -> None:
        with pytest.raises(AnswersInvalid) as refused:
            amend(individual_victims=[{"unique_id": victim, "violations_ids": [other]}])
        assert [p.code for p in refused.value.problems] == ["incident.violation_unknown"]

    untouched(reach)
    amend(killing=[{"unique_id": other, "weapon_type": "airstrike"}])
    assert fresh(elsewhere).data["killing"] == [{"unique_id": other, "weapon_type": "mine"}]
    amend(killing=[{"unique_id": killed, "_destroy": True}])
    after = fresh(incident)
    assert [row["unique_id"] for row in after.data["killing"]] == [other]
    assert after.data["individual_victims"][0]["violations_ids"] == []
    assert after.facets["violation_with_verification_status"] == []
