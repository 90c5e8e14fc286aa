"""Noor's case: registered, amended, closed, opened again; who sees it and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.cases.actions import amend_case, register_case
from cpims.records.models import Record
from cpims.records.queries.listing import count_records, find_records
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.editing import Base, Edit
from cpims.records.rules.refusals import (
    AnswersInvalid,
    EditConflict,
    RecordExists,
    RecordNotFound,
    RecordStale,
    SectionsIncomplete,
)
from tests.cast import AT, MODULE, in_production, register, viewer

TODAY = date(2026, 3, 2)


def amend(case: Record, by: str = "amina", move: str | None = None, **values: object):
    return amend_case(
        case_id=case.id, edit=Edit(values=values, move=move), actor=viewer(by), at=AT + timedelta(hours=1)
    )


def names_found(by: str, **query: object) -> list[str]:
    found = find_records(kind="case", viewer=viewer(by), query=query, offset=0, per=50, today=TODAY)
    assert found.total == len(found.rows)
    return [row["name"] for row in found.rows]


def test_amina_registers_noor(cast):
    case = register()
    assert (case.name, case.owned_by, case.status, case.workflow) == ("Noor Haddad", "amina", "open", "new")
    assert case.associated_user_groups == ["usergroup-north"] and case.associated_user_agencies == ["agency-a"]
    assert case.registration_date == TODAY and case.data["registration_date"] == "2026-03-02"
    happened = list(find_happenings(case.id))
    assert [h.event for h in happened] == ["case.registered"]
    assert happened[0].changes["name_first"] == {"from": None, "to": "Noor"}


def test_who_sees_noor(cast):
    case = register()
    for name in ("amina", "bilal", "chantal", "farid"):
        assert get_record(kind="case", record_id=case.id, viewer=viewer(name)).id == case.id
        assert names_found(name) == ["Noor Haddad"]
    with pytest.raises(RecordNotFound):
        get_record(kind="case", record_id=case.id, viewer=viewer("dawit"))
    assert names_found("dawit") == []
    assert count_records(kind="case", viewer=viewer("dawit"), query={}, today=TODAY) == (0, True)
    with pytest.raises(Forbidden):
        get_record(kind="case", record_id=case.id, viewer=viewer("esther"))
    with pytest.raises(Forbidden):
        names_found("esther")


def test_an_edit_changes_only_what_was_sent(cast):
    case = register(age=9, siblings=2)
    outcome = amend(case, age=10)
    assert set(outcome.changes) == {"age"} and outcome.record.revision == 2
    again = Record.objects.get(pk=case.id)
    assert again.data["age"] == 10 and again.data["siblings"] == 2 and again.last_updated_by == "amina"
    assert next(h.changes for h in find_happenings(case.id)) == {"age": {"from": 9, "to": 10}}


def test_nothing_changed_writes_nothing(cast):
    case = register(age=9)
    entries = ChangeEntry.objects.count()
    assert amend(case, age=9).changes == {}
    assert ChangeEntry.objects.count() == entries and Record.objects.get(pk=case.id).revision == 1


def test_wrong_answers_are_all_named_and_nothing_is_stored(cast):
    case = register()
    with pytest.raises(AnswersInvalid) as refused:
        amend(case, age="ten", sex="unknown", date_of_birth="2031-01-01", name_last="Changed")
    assert {(p.pointer, p.code) for p in refused.value.problems} == {
        ("/age", "wrong_type"),
        ("/sex", "not_an_option"),
        ("/date_of_birth", "date_in_future"),
    }
    assert Record.objects.get(pk=case.id).data["name_last"] == "Haddad"


def test_incomplete_is_kept_and_said(cast):
    case = register(name_first=None)
    assert {"pointer": "/name_first", "code": "required", "form": "basic_identity"} in case.incomplete


def test_a_form_she_may_not_see_is_neither_read_nor_written(cast):
    case = register(by="farid", owned_by="amina", hiv_status="yes", medical_findings="fever")
    shown = served(case, viewer("amina"), today=TODAY)
    assert "hiv_status" not in shown and "medical_findings" not in shown
    assert served(case, viewer("chantal"), today=TODAY)["hiv_status"] == "yes"
    outcome = amend(case, hiv_status="no", no_such_field=1)
    assert {(p.pointer, p.code) for p in outcome.ignored} == {
        ("/hiv_status", "unknown_key"),
        ("/no_such_field", "unknown_key"),
    }
    assert Record.objects.get(pk=case.id).data["hiv_status"] == "yes"
    assert names_found("amina", hiv_status="yes") == names_found("amina", no_such_field="1")
    assert names_found("chantal", hiv_status="no") == []


def test_strict_handling_refuses_what_it_cannot_use(cast):
    case = register()
    with pytest.raises(AnswersInvalid) as refused:
        amend_case(
            case_id=case.id,
            edit=Edit(values={"owned_by": "dawit", "age": "x"}, strict=True),
            actor=viewer("amina"),
            at=AT,
        )
    assert {(p.pointer, p.code) for p in refused.value.problems} == {
        ("/owned_by", "not_writable"),
        ("/age", "wrong_type"),
    }


def test_two_people_answer_the_same_question(cast):
    case = register(age=9, siblings=1)
    amend(case, by="bilal", age=11, siblings=4)
    mine = Edit(values={"age": 10}, base=Base(revision=1, values={"age": 9}))
    with pytest.raises(EditConflict) as refused:
        amend_case(case_id=case.id, edit=mine, actor=viewer("amina"), at=AT)
    conflict = refused.value.params["conflicts"][0]
    assert (conflict["pointer"], conflict["base"], conflict["mine"], conflict["theirs"], conflict["author"]) == (
        "/age", 9, 10, 11, "bilal",
    )  # fmt: skip
    other = Edit(values={"name_last": "Hadid"}, base=Base(revision=1, values={"name_last": "Haddad"}))
    assert amend_case(case_id=case.id, edit=other, actor=viewer("amina"), at=AT).record.data["siblings"] == 4


def test_if_match_is_strict(cast):
    case = register()
    amend(case, age=10)
    with pytest.raises(RecordStale):
        amend_case(case_id=case.id, edit=Edit(values={"age": 8}, if_match=1), actor=viewer("amina"), at=AT)


def test_closing_rests_on_the_closure_form(cast):
    case = register()
    with pytest.raises(SectionsIncomplete):
        amend(case, move="close", status="closed")
    outcome = amend(case, status="closed", closure_reason="reunified")
    assert (outcome.record.status, outcome.record.workflow, outcome.record.date_closure) == ("closed", "closed", TODAY)
    closed = next(find_happenings(case.id))
    assert closed.event == "case.closed" and closed.changes["closure_reason"]["to"] == "reunified"
    with pytest.raises(AnswersInvalid):
        amend(outcome.record, status="transferred")
    reopened = amend(case, move="reopen", status="open")
    assert (reopened.record.status, reopened.record.workflow) == ("open", "reopened")
    assert reopened.record.state["reopened_logs"][0]["reopened_user"] == "amina"


def test_an_act_opens_its_own_keys_only(cast):
    case = register()
    outcome = amend(case, by="chantal", move="add_note", notes_section=[{"note_text": "called"}])
    assert outcome.record.data["notes_section"][0]["note_text"] == "called"
    reader = viewer("amina")
    assert reader.may("case", "close")


def test_a_hidden_name_is_masked_for_others(cast):
    case = register(name_nickname="Nunu")
    amend(case, hidden_name=True)
    again = Record.objects.get(pk=case.id)
    mine, theirs = served(again, viewer("amina"), today=TODAY), served(again, viewer("bilal"), today=TODAY)
    assert mine["name"] == "*******" and mine["name_first"] == "Noor"
    assert theirs["name"] == theirs["name_first"] == theirs["name_nickname"] == "*******"
    assert names_found("amina", query="Noor", phonetic="true") == ["*******"]
    assert names_found("bilal", query="Noor", phonetic="true") == []
    assert names_found("bilal", name_first="Noor") == [] and names_found("amina", name_first="Noor") == ["*******"]
    outcome = amend(again, by="bilal", name_first="Changed")
    assert [p.pointer for p in outcome.ignored] == ["/name_first"]


def test_age_is_computed_from_the_birth_date_or_the_day_it_was_said(cast):
    told = register(age=9, date_of_birth=None)
    assert served(told, viewer("amina"), today=TODAY)["age"] == 9
    assert served(told, viewer("amina"), today=date(2028, 3, 2))["age"] == 11
    born = register(age=None, date_of_birth="2016-03-03")
    assert served(born, viewer("amina"), today=TODAY)["age"] == 9
    assert served(born, viewer("amina"), today=date(2026, 3, 3))["age"] == 10
    assert names_found("amina", age="9") and names_found("amina", age="10..18") == []


def test_filters_by_what_a_field_is(cast):
    register(
        name_first="Sara", location_current="KA0101", protection_concerns=["separated"], siblings=3, unaccompanied=True
    )
    register(name_first="Omar", sex="male", location_current="KA02", risk_level="high", siblings=1)
    assert names_found("amina", sex="male") == ["Omar Haddad"]
    assert names_found("amina", **{"loc:location_current": "KA01"}) == ["Sara Haddad"]
    assert sorted(names_found("amina", **{"loc:location_current": "ka"})) == ["Omar Haddad", "Sara Haddad"]
    assert names_found("amina", protection_concerns=["separated", "child_labour"]) == ["Sara Haddad"]
    assert names_found("amina", siblings="2..5") == ["Sara Haddad"] and names_found("amina", siblings="1") == [
        "Omar Haddad"
    ]
    assert names_found("amina", unaccompanied="false") == ["Omar Haddad"]
    assert names_found("amina", **{"not": {"risk_level": "high"}}) == ["Sara Haddad"]
    assert len(names_found("amina", **{"or": {"sex": "male", "unaccompanied": "true"}})) == 2
    assert names_found("amina", registration_date="2026-03-01..2026-03-31", status="open,closed", record_state="true")
    assert names_found("amina", registration_date="not-a-date") == []
    assert names_found("amina", order_by="name") == ["Omar Haddad", "Sara Haddad"]


def test_found_by_name_in_another_script_by_id_and_by_phone(cast):
    case = register(
        name_first="Mohammed", name_last="Hassan", telephone_current="+999 79 555 0101", national_id_no="AB-1234"
    )
    assert names_found("amina", query="محمد", phonetic="true") == ["Mohammed Hassan"]
    assert names_found("amina", query=case.short_id[:5], id_search="true") == ["Mohammed Hassan"]
    assert names_found("amina", query="ab1234", id_search="true") == ["Mohammed Hassan"]
    assert names_found("amina", query="00999795550101", phone_number="true") == ["Mohammed Hassan"]
    assert names_found("amina", query="Muhammad", any=True) == ["Mohammed Hassan"]
    assert names_found("dawit", query="Muhammad", any=True) == []


def test_an_id_is_used_once(cast):
    case = register()
    with pytest.raises(RecordExists):
        register_case(values={"module_id": MODULE, "name_first": "X"}, actor=viewer("amina"), at=AT, case_id=case.id)


def test_display_codes_are_lengthened_on_collision(cast):
    from uuid import UUID

    first = register_case(
        values={"name_first": "A"}, actor=viewer("amina"), at=AT, case_id=UUID("00000000-0000-4000-8000-000001234567")
    )
    second = register_case(
        values={"name_first": "B"}, actor=viewer("amina"), at=AT, case_id=UUID("00000000-0000-4000-8000-000011234567")
    )
    assert (first.record.display_id, second.record.display_id) == ("1234567", "0011234567")


def test_a_new_service_opens_a_closed_case(cast):
    case = register(closure_reason="done")
    amend(case, status="closed")
    outcome = amend(case, move="services_section_from_case", services_section=[{"service_type": "health"}])
    assert outcome.record.status == "open" and outcome.record.workflow == "reopened"


def test_a_note_is_signed_by_whoever_writes_it(cast):
    case = register()
    outcome = amend(case, by="bilal", notes_section=[{"note_text": "home visit", "note_created_by": "amina"}])
    note = outcome.record.data["notes_section"][0]
    assert note["note_created_by"] == "bilal" and note["note_date"] == "2026-03-02T10:30:00Z" and note["unique_id"]
    again = amend(case, notes_section=[{"unique_id": note["unique_id"], "note_text": "home visit, 40 minutes"}])
    assert again.record.data["notes_section"][0]["note_created_by"] == "bilal"


def test_a_service_is_given_or_not(cast):
    case = register(services_section=[{"service_type": "health"}])
    row = case.data["services_section"][0]
    assert row["service_implemented"] == "not_implemented"
    outcome = amend(
        case, services_section=[{"unique_id": row["unique_id"], "service_implemented_day_time": "2026-03-02T08:00:00Z"}]
    )
    assert outcome.record.data["services_section"][0]["service_implemented"] == "implemented"


def test_nobody_amends_what_she_does_not_see(cast):
    case = register()
    with pytest.raises(RecordNotFound):
        amend(case, by="dawit", age=3)
    with pytest.raises(Forbidden):
        amend(case, by="esther", age=3)
    assert Record.objects.get(pk=case.id).revision == 1


def test_a_form_that_is_only_read_is_not_filled(cast):
    case = register(by="farid", owned_by="amina", hiv_status="yes")
    outcome = amend(case, by="chantal", hiv_status="no")
    assert [(p.pointer, p.code) for p in outcome.ignored] == [("/hiv_status", "not_writable")]
    assert Record.objects.get(pk=case.id).data["hiv_status"] == "yes"


def test_an_act_needs_its_own_permission(cast):
    from cpims.accounts.models import Role
    from cpims.settings.models import Instance

    case = register(closure_reason="done")
    Role.objects.filter(unique_id="role-group-worker").update(permissions={"case": ["read", "write"]})
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    with pytest.raises(Forbidden):
        amend(case, by="bilal", move="close", status="closed")
    outcome = amend(case, by="bilal", status="closed", record_state=False)
    assert {(p.pointer, p.code) for p in outcome.ignored} == {
        ("/status", "not_permitted"),
        ("/record_state", "not_permitted"),
    }
    again = Record.objects.get(pk=case.id)
    assert again.status == "open" and again.record_state is True


def test_esther_registers_nobody(cast):
    with pytest.raises(Forbidden):
        register(by="esther")
    assert not Record.objects.exists()


def test_a_day_of_closing_that_was_written_before_is_kept_until_then(cast):
    case = register(closure_reason="done")
    outcome = amend(case, date_closure="2026-03-01")
    assert outcome.record.status == "open" and outcome.record.date_closure == date(2026, 3, 1)
    assert amend(case, status="closed").record.date_closure == date(2026, 3, 1)
    assert amend(case, move="reopen", status="open").record.date_closure is None
    amend(case, date_closure="2026-03-01")
    assert amend(case, date_closure=None).record.date_closure is None


def ranked(by: str, text: str, mode: str = "any") -> list[tuple[str, str, str]]:
    """What a search finds, the best first: name, why, and by which field."""
    found = find_records(
        kind="case", viewer=viewer(by), query={"query": text, mode: "true"}, offset=0, per=50, today=TODAY
    )
    return [(str(r.name), found.reasons[r.id].kind, found.reasons[r.id].field) for r in found.records]


def test_the_best_find_comes_first_with_its_reason(cast):
    for first, last in (("Noor", "Hassan"), ("Nour", "Hasan"), ("Noora", "Kaya"), ("Omar", "Hassan")):
        register(name_first=first, name_last=last)
    assert ranked("amina", "noor hassan") == [
        ("Noor Hassan", "name_same", "name"),
        ("Nour Hasan", "name_sound", "name"),
        ("Omar Hassan", "name_some", "name"),
        ("Noora Kaya", "name_some", "name"),
    ]
    assert ranked("amina", "نور حسن", "phonetic")[0][1] == "name_script"
    assert ranked("amina", "Noro Hassna", "phonetic")[0][0] in ("Noor Hassan", "Nour Hasan")
    assert ("Noora Kaya", "name_beginning", "name") in ranked("amina", "Noor")
    assert ranked("amina", "Zzyzx") == [] and ranked("amina", "٪؟") == [] and ranked("amina", "12") == []


def test_an_identifier_is_found_whole_before_a_part_and_a_telephone_in_any_notation(cast):
    in_production()
    register(name_first="Leyla", national_id_no="AB-2026-00417", telephone_current="079 123 4567 / 06 512 3456")
    register(name_first="Omar", national_id_no="00417")
    assert ranked("amina", "00417") == [
        ("Omar Haddad", "identifier", "national_id_no"),
        ("Leyla Haddad", "identifier_part", "national_id_no"),
    ]
    assert ranked("amina", "2026/004", "id_search") == [("Leyla Haddad", "identifier_part", "national_id_no")]
    assert ranked("amina", "17", "id_search") == []
    for typed in ("+962 79 123 4567", "00962791234567", "٠٧٩١٢٣٤٥٦٧", "791 234 567", "5123456", "+962-6-512 3456"):
        assert ranked("amina", typed, "phone_number") == [("Leyla Haddad", "phone", "telephone_current")], typed
        assert ranked("amina", typed)[0] == ("Leyla Haddad", "phone", "telephone_current"), typed


def test_a_rare_word_is_not_crowded_out_by_a_common_one(cast, monkeypatch):
    from cpims.records.queries import searching

    monkeypatch.setattr(searching, "SHARE_OF_A_WORD", 3)
    for number in range(6):
        register(name_first="Mohammed", name_last=f"Family{'abcdef'[number]}")
    register(name_first="Idris", name_last="Quvandyk")
    assert "Idris Quvandyk" in [name for name, _, _ in ranked("amina", "Mohammed Quvandyk")]


def test_a_search_asks_as_often_for_many_finds_as_for_one(cast):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in range(3):
        register(name_first="Noor", name_last=f"Family{'abc'[number]}")
        ranked("amina", "Noor")
        with CaptureQueriesContext(connection) as asked:
            assert len(ranked("amina", "Noor")) == number + 1
        counts.append(len(asked))
    assert len(set(counts)) == 1
