"""Incidents of a case: opened on it, sent with it, tied to it; who sees them, what the case is told, what is refused."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role
from cpims.cases.actions import amend_case
from cpims.forms.models import FormGrant
from cpims.incidents.actions.linking import link_incidents
from cpims.incidents.actions.recording import amend_incident, register_incident
from cpims.incidents.queries.of_case import find_incidents_of_case, get_new_incident
from cpims.notices.models import Alert
from cpims.records.models import Record
from cpims.records.queries.counting import count_values
from cpims.records.queries.history import find_history
from cpims.records.queries.listing import find_records
from cpims.records.queries.reading import get_record, served, served_all
from cpims.records.rules.editing import Edit
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound
from cpims.settings.models import Instance
from cpims.transitions.actions import assign_case
from cpims.transitions.rules.wishes import Wish
from tests.cast import MODULE, register, viewer
from tests.db.incidents import (
    LATER,
    TODAY,
    events,
    fresh,
    grant,
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


def test_an_incident_opened_on_a_case_belongs_to_it_and_takes_over_what_is_known():
    case = register(national_id_no="N-7")
    incident = on_case(case)
    assert incident.data["age"] == 9 and incident.data["survivor_code"] == "N-7"
    assert (incident.owned_by, incident.associated_user_names) == (case.owned_by, case.associated_user_names)
    told = shown(incident)
    assert told["incident_case_id"] == str(case.id) and told["case_id_display"] == case.display_id
    after = fresh(case)
    assert after.revision == case.revision + 1 and after.state["has_incidents"] is True
    assert events(case) == ["case.incidents_added", "case.registered"]
    assert after.alert_count == 0
    assert (
        find_records(
            kind="case", viewer=viewer("amina"), query={"has_incidents": "true"}, offset=0, per=9, today=TODAY
        ).total
        == 1
    )


def test_a_given_answer_is_kept_and_a_question_that_she_may_not_read_on_the_case_is_not_copied():
    case = register(national_id_no="N-7")
    assert on_case(case, age=8, survivor_code="mine").data["age"] == 8
    FormGrant.objects.filter(form__unique_id="basic_identity", role__unique_id="role-group-worker").delete()
    renew()
    by_bilal = on_case(case, by="bilal")
    assert "survivor_code" not in by_bilal.data


def test_the_age_is_that_of_the_day_of_the_incident_and_does_not_grow():
    case = register(date_of_birth="2016-05-01", age=None)
    incident = on_case(case, incident_date="2024-06-01")
    assert incident.data["age"] == 8
    assert served(incident, viewer("amina"), today=date(2036, 1, 1))["age"] == 8
    for ages, there in (("6..11", 1), ("8", 1), ("12..17", 0)):
        page = find_records(
            kind="incident", viewer=viewer("amina"), query={"age": ages}, offset=0, per=9, today=date(2036, 1, 1)
        )
        assert page.total == there
    instance = Instance.objects.get()
    instance.data = instance.data | {"age_ranges": {"primero": ["0 - 5", "6 - 11"]}}
    instance.save()
    renew()
    counted = count_values(kind="incident", viewer=viewer("amina"), filters={}, fields=["age"], today=date(2036, 1, 1))
    assert [(one.value, one.count) for one in counted.values["age"]] == [("6 - 11", 1)]


def test_somebody_elses_incident_is_the_owners_and_alerts_her_until_she_writes():
    case = register()
    incident = on_case(case, by="bilal")
    assert incident.owned_by == "amina" and incident.created_by == "bilal"
    alert = Alert.objects.get(record=case)
    assert (alert.alert_for, alert.type) == ("field_change", "incident_from_case")
    assert fresh(case).state["current_alert_types"] == ["incident_from_case"]
    amend_case(case_id=case.id, edit=Edit(values={"name_nickname": "Nunu"}), actor=viewer("amina"), at=LATER)
    assert not Alert.objects.exists() and fresh(case).alert_count == 0


def test_a_case_shows_the_incidents_that_lie_in_sight_to_those_who_may_see_them():
    case = register()
    incident = on_case(case, incident_description="told in the evening")
    row = shown(case)["incident_details"][0]
    assert row["unique_id"] == str(incident.id) and row["cp_incident_violence_type"] == "beaten"
    assert row["incident_date_derived"] == "2026-02-20"
    assert [one["unique_id"] for one in shown(case, "bilal")["incident_details"]] == [str(incident.id)]
    FormGrant.objects.filter(form__unique_id="incident_overview", role__unique_id="role-group-worker").delete()
    renew()
    assert "incident_description" not in shown(case, "bilal")["incident_details"][0]
    role = Role.objects.get(unique_id="role-group-worker")
    role.permissions["case"] = [one for one in role.permissions["case"] if one != "view_incident_from_case"]
    role.save()
    renew()
    assert "incident_details" not in shown(case, "bilal")


def test_an_incident_that_is_switched_off_is_not_shown_on_its_case():
    case = register()
    incident = on_case(case)
    off = Edit(values={"record_state": False}, move="enable_disable_record")
    amend_incident(record_id=incident.id, edit=off, actor=viewer("amina"), at=LATER)
    assert shown(case)["incident_details"] == []


def test_many_cases_with_incidents_are_shown_by_the_same_number_of_statements():
    amina = viewer("amina")

    def made(count: int) -> list[Record]:
        return [fresh(case) for case in (register() for _ in range(count)) if on_case(case) and on_case(case)]

    few, many = made(1), made(3)
    assert len(served_all(few, amina, today=TODAY)[0]["incident_details"]) == 2
    with CaptureQueriesContext(connection) as for_few:
        served_all(few, amina, today=TODAY)
    with CaptureQueriesContext(connection) as for_many:
        rows = served_all(many, amina, today=TODAY)
    assert len(for_few) == len(for_many)
    assert [len(row["incident_details"]) for row in rows] == [2, 2, 2]


@pytest.mark.parametrize("wanted", ["unknown", "out of sight", "another kind", "nonsense", 7])
def test_a_case_that_is_not_there_for_her_is_refused_alike(wanted):
    hidden, family = register(by="dawit"), register_kind("family")
    value = {"unknown": str(uuid4()), "out of sight": str(hidden.id), "another kind": str(family.id)}.get(
        wanted, wanted
    )

    def reach() -> None:
        with pytest.raises(AnswersInvalid) as refused:
            register_incident(values={"incident_case_id": value}, actor=viewer("amina"), at=LATER)
        assert [(p.pointer, p.code) for p in refused.value.problems] == [("/incident_case_id", "incident.case_unknown")]

    untouched(reach)


def test_linking_keeps_the_owner_and_the_people_of_the_case_see_it():
    case, incident = register(by="bilal"), register_kind("incident")
    link_incidents(case_id=case.id, incident_ids=[incident.id], actor=viewer("bilal"), at=LATER)
    after = fresh(incident)
    assert after.owned_by == "amina" and after.associated_user_names == ["amina", "bilal"]
    assert events(incident) == ["incident.linked", "incident.registered"]
    assert events(case) == ["case.incidents_added", "case.registered"]
    again = fresh(incident).revision, fresh(case).revision
    link_incidents(case_id=case.id, incident_ids=[incident.id], actor=viewer("bilal"), at=LATER)
    assert (fresh(incident).revision, fresh(case).revision) == again


def test_linking_gives_the_incident_to_the_owner_of_the_case_only_when_that_is_asked_and_allowed():
    case, incident = register(by="bilal"), register_kind("incident")
    with pytest.raises(Forbidden):
        link_incidents(case_id=case.id, incident_ids=[incident.id], actor=viewer("bilal"), at=LATER, assign=True)
    grant("role-group-worker", incident=["assign"])
    link_incidents(case_id=case.id, incident_ids=[incident.id], actor=viewer("bilal"), at=LATER, assign=True)
    assert fresh(incident).owned_by == "bilal" and fresh(incident).associated_user_names == ["bilal"]


def test_all_are_linked_or_none():
    case, near, far = register(), register_kind("incident"), register_kind("incident", by="dawit")

    def reach() -> None:
        for ids in ([near.id, far.id], [near.id, uuid4()], [near.id, case.id]):
            with pytest.raises(RecordNotFound):
                link_incidents(case_id=case.id, incident_ids=ids, actor=viewer("amina"), at=LATER)
        with pytest.raises(RecordNotFound):
            link_incidents(case_id=register(by="dawit").id, incident_ids=[near.id], actor=viewer("amina"), at=LATER)

    before = fresh(near).revision
    with pytest.raises(RecordNotFound):
        link_incidents(case_id=case.id, incident_ids=[near.id, far.id], actor=viewer("amina"), at=LATER)
    assert fresh(near).revision == before and "incident_case_id" not in fresh(near).state
    reach()
    for ids in ([], [uuid4() for _ in range(51)]):
        with pytest.raises(AnswersInvalid):
            link_incidents(case_id=case.id, incident_ids=ids, actor=viewer("amina"), at=LATER)


def test_an_incident_moves_to_another_case_and_is_freed_again():
    first, second = register(), register()
    incident = on_case(first)

    def move(to: str | None) -> None:
        edit = Edit(values={"incident_case_id": to})
        amend_incident(record_id=incident.id, edit=edit, actor=viewer("amina"), at=LATER)

    move(str(second.id))
    assert fresh(first).state["has_incidents"] is False and fresh(second).state["has_incidents"] is True
    assert events(first)[0] == "case.incidents_removed" and events(second)[0] == "case.incidents_added"
    move(None)
    assert "incident_case_id" not in fresh(incident).state and fresh(second).state["has_incidents"] is False
    assert shown(incident).get("incident_case_id") is None


def test_a_case_out_of_sight_is_not_named_by_its_incident_and_the_incident_does_not_leave_it():
    case, incident = register(by="bilal"), register_kind("incident")
    link_incidents(case_id=case.id, incident_ids=[incident.id], actor=viewer("bilal"), at=LATER)
    told = shown(incident)  # Amina owns the incident; the case is Bilal's
    assert told.get("incident_case_id") is None and "case_id_display" not in told
    rows = find_records(kind="incident", viewer=viewer("amina"), query={}, offset=0, per=9, today=TODAY).rows
    assert str(case.id) not in str(rows)
    edit = Edit(values={"incident_case_id": None})
    with pytest.raises(RecordNotFound):
        amend_incident(record_id=incident.id, edit=edit, actor=viewer("amina"), at=LATER)


def test_incidents_go_with_their_case():
    case = register()
    incident, others = on_case(case), register_kind("incident", by="bilal")
    link_incidents(case_id=case.id, incident_ids=[others.id], actor=viewer("bilal"), at=LATER)
    assign_case(case_id=case.id, wish=Wish(to="dawit"), actor=viewer("farid"), at=LATER)
    assert fresh(case).owned_by == "dawit"
    gone, stayed = fresh(incident), fresh(others)
    assert (gone.owned_by, gone.associated_user_names) == ("dawit", ["dawit"])
    assert gone.associated_user_agencies == ["agency-b"]
    assert stayed.owned_by == "bilal" and stayed.associated_user_names == ["bilal", "dawit"]
    assert events(incident)[0] == "incident.handed_over" and events(others)[0] == "incident.followed_case"
    with pytest.raises(RecordNotFound):
        get_record(kind="incident", record_id=incident.id, viewer=viewer("amina"))
    assert {one["unique_id"] for one in shown(case, "dawit")["incident_details"]} == {str(incident.id), str(others.id)}


def test_a_new_incident_of_a_case_begins_with_what_she_may_know():
    case = register(national_id_no="N-7")
    told = get_new_incident(case_id=case.id, viewer=viewer("amina"))
    assert told["incident_case_id"] == str(case.id) and told["owned_by"] == "amina" and told["module_id"] == MODULE
    assert told["age"] in (9, 10) and told["survivor_code"] == "N-7"  # she grows older with the calendar
    assert Record.objects.of_kind("incident").count() == 0
    with pytest.raises(RecordNotFound):
        get_new_incident(case_id=case.id, viewer=viewer("dawit"))
    with pytest.raises(Forbidden):
        get_new_incident(case_id=case.id, viewer=viewer("esther"))
    FormGrant.objects.filter(form__unique_id="basic_identity", role__unique_id="role-group-worker").delete()
    renew()
    assert "survivor_code" not in get_new_incident(case_id=case.id, viewer=viewer("bilal"))


def test_the_incidents_of_a_case_are_found_by_who_sees_both():
    case = register()
    incident = on_case(case)
    assert [one.id for one in find_incidents_of_case(case_id=case.id, viewer=viewer("chantal"))[1]] == [incident.id]
    with pytest.raises(RecordNotFound):
        find_incidents_of_case(case_id=case.id, viewer=viewer("dawit"))
    with pytest.raises(Forbidden):
        find_incidents_of_case(case_id=case.id, viewer=viewer("esther"))


def test_the_history_of_a_case_tells_its_incidents_to_those_who_may_see_them():
    case = register()
    incident = on_case(case)

    def told(by: str) -> str:
        page = find_history(kind="case", record_id=case.id, viewer=viewer(by), names=None, offset=0, per=9)
        return str(page.entries)

    assert str(incident.id) in told("amina")
    role = Role.objects.get(unique_id="role-group-worker")
    role.permissions["case"] = [one for one in role.permissions["case"] if one != "view_incident_from_case"]
    role.save()
    renew()
    assert str(incident.id) not in told("bilal")


def test_the_index_serves_the_incidents_of_a_case():
    case = register()
    on_case(case)
    wanted = Record.objects.of_kind("incident").filter(state__incident_case_id__in=[str(case.id)])
    with connection.cursor() as statement:
        statement.execute("SET LOCAL enable_seqscan = off")
    assert "records_incidents_of_case" in wanted.explain()
    assert UUID(wanted.get().state["incident_case_id"]) == case.id


def test_a_changed_incident_is_news_of_its_case_at_the_same_cost():
    case, alone, counts = register(), register_kind("incident"), []
    incident = on_case(case)
    bilal = viewer("bilal")
    amend_incident(record_id=incident.id, edit=Edit(values={"survivor_code": "S1"}), actor=bilal, at=LATER)
    for more in (0, 4):
        for _ in range(more):
            on_case(case)
        before = fresh(case)
        edit = Edit(values={"survivor_code": f"S{more}"})
        with CaptureQueriesContext(connection) as captured:
            amend_incident(record_id=incident.id, edit=edit, actor=bilal, at=LATER)
        counts.append(len(captured))
        after = fresh(case)
        assert after.revision == before.revision + 1 and events(case)[0] == "case.incidents_amended"
        assert (after.last_updated_by, after.state, after.data) == (before.last_updated_by, before.state, before.data)
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as captured:
        amend_incident(record_id=alone.id, edit=edit, actor=bilal, at=LATER)
    assert counts[0] - len(captured) <= 4, "the case is held, stored, and told"
    told = find_history(kind="case", record_id=case.id, viewer=viewer("amina"), names=None, offset=0, per=30)
    assert "case.incidents_amended" not in {entry["event"] for entry in told.entries}


def test_what_changes_nothing_or_is_refused_is_no_news_of_the_case():
    case = register()
    incident = on_case(case)

    def nothing() -> None:
        same = Edit(values={"cp_incident_violence_type": "beaten"})
        amend_incident(record_id=incident.id, edit=same, actor=viewer("amina"), at=LATER)
        with pytest.raises(RecordNotFound):
            amend_incident(record_id=incident.id, edit=same, actor=viewer("dawit"), at=LATER)
        with pytest.raises(AnswersInvalid):
            wrong = Edit(values={"cp_incident_violence_type": "no such thing"})
            amend_incident(record_id=incident.id, edit=wrong, actor=viewer("amina"), at=LATER)

    untouched(nothing)


def test_an_incident_that_leaves_its_case_or_is_switched_off_is_told_once():
    first, second = register(), register()
    incident = on_case(first)
    move = Edit(values={"incident_case_id": str(second.id), "survivor_code": "S9"})
    amend_incident(record_id=incident.id, edit=move, actor=viewer("amina"), at=LATER)
    assert events(first)[0] == "case.incidents_removed" and events(second)[0] == "case.incidents_added"
    assert "case.incidents_amended" not in events(first) + events(second)
    off = Edit(values={"record_state": False}, move="enable_disable_record")
    amend_incident(record_id=incident.id, edit=off, actor=viewer("amina"), at=LATER)
    assert events(second)[0] == "case.incidents_amended" and "case.incidents_amended" not in events(first)


def test_an_incident_is_news_of_a_case_that_she_who_changes_it_does_not_see():
    case, incident = register(by="bilal"), register_kind("incident")
    link_incidents(case_id=case.id, incident_ids=[incident.id], actor=viewer("bilal"), at=LATER)
    revision = fresh(case).revision
    changed = Edit(values={"survivor_code": "S9"})
    amend_incident(record_id=incident.id, edit=changed, actor=viewer("amina"), at=LATER)  # the case is Bilal's
    assert fresh(case).revision == revision + 1
