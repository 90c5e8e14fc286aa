"""Incidents, tracing requests, families, registry records: registered, found, changed, closed, seen by whom, refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.records.actions.companions import COMPANIONS, register_companion
from cpims.records.actions.deriving import derive_records
from cpims.records.models import Record
from cpims.records.queries.history import find_history
from cpims.records.queries.listing import find_records
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.editing import Base, Edit
from cpims.records.rules.refusals import (
    AnswersInvalid,
    EditConflict,
    RecordExists,
    RecordNotFound,
    RecordStale,
    UnknownAct,
)
from tests.cast import AT, MODULE, viewer
from tests.kinds import AMENDS, KINDS, NAMED, NEW, REGISTERS, TOLD, put_kinds, register_kind

TODAY = date(2026, 3, 2)
LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def kinds(cast):
    put_kinds()


def amend(record: Record, by: str = "amina", **edit: Any):
    return AMENDS[record.kind](record_id=record.id, edit=Edit(**edit), actor=viewer(by), at=LATER)


def found(kind: str, by: str = "amina", **query: Any) -> set[UUID]:
    page = find_records(kind=kind, viewer=viewer(by), query=query, offset=0, per=50, today=TODAY)
    assert page.total == len(page.rows)
    return {record.id for record in page.records}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_registered_served_and_told(kind):
    record = register_kind(kind)
    assert (record.kind, record.owned_by, record.status, record.revision) == (kind, "amina", "open", 1)
    assert record.associated_user_groups == ["usergroup-north"] and record.registration_date == TODAY
    shown = served(get_record(kind=kind, record_id=record.id, viewer=viewer("amina")), viewer("amina"), today=TODAY)
    for name, value in NEW[kind].items():
        if isinstance(value, list):
            assert [{k: v for k, v in row.items() if k != "unique_id"} for row in shown[name]] == value
        else:
            assert shown[name] == value
    assert shown["owned_by"] == "amina" and shown["module_id"] == MODULE and shown["id"] == str(record.id)
    assert [h.event for h in find_happenings(record.id)] == [f"{kind}.registered"]


def test_the_codes_are_those_of_the_kind():
    state = {kind: register_kind(kind).state_values() for kind in KINDS}
    assert state["registry_record"]["registry_id_display"] == state["registry_record"]["short_id"]
    assert state["family"]["family_id_display"] == state["family"]["short_id"]
    assert {"incident_id", "incident_id_display"} <= state["incident"].keys()
    assert {"tracing_request_id", "tracing_request_id_display"} <= state["tracing_request"].keys()
    assert "case_id" not in {name for one in state.values() for name in one}


@pytest.mark.parametrize("kind", KINDS)
def test_who_sees_it(kind):
    record = register_kind(kind)
    for name in ("amina", "bilal", "chantal", "farid"):
        assert get_record(kind=kind, record_id=record.id, viewer=viewer(name)).id == record.id
        assert found(kind, name) == {record.id}
    assert found(kind, "dawit") == set()
    for other in (*KINDS, "case"):
        if other != kind:
            with pytest.raises(RecordNotFound):
                get_record(kind=other, record_id=record.id, viewer=viewer("farid"))
    with pytest.raises(RecordNotFound):
        get_record(kind=kind, record_id=record.id, viewer=viewer("dawit"))
    with pytest.raises(Forbidden):
        get_record(kind=kind, record_id=record.id, viewer=viewer("esther"))


@pytest.mark.parametrize("kind", sorted(NAMED))
def test_it_is_found_by_its_name_however_it_is_written(kind):
    record = register_kind(kind)
    for text in (NAMED[kind][1], NAMED[kind][1].upper(), NAMED[kind][1].split()[-1]):
        assert record.id in found(kind, query=text, phonetic="true"), text
        assert found(kind, "dawit", query=text, phonetic="true") == set()
    assert found(kind, query="Zanele", phonetic="true") == set()


def test_a_mother_who_writes_arabic_is_found_in_latin_letters_and_her_children_too():
    traces = [{"name": "نور حداد"}, {"name": "عمر حداد"}]
    record = register_kind("tracing_request", relation_name="مريم حداد", tracing_request_subform_section=traces)
    for text in ("Mariam Haddad", "مريم", "Noor Haddad", "Omar Haddad"):
        assert found("tracing_request", query=text, phonetic="true") == {record.id}, text
    assert found("tracing_request", query="+99912345678", phone_number="true") == {record.id}
    shown = served(record, viewer("amina"), today=TODAY, names=("tracing_names",))
    assert shown["tracing_names"] == ["نور حداد", "عمر حداد"]


@pytest.mark.parametrize(
    ("kind", "number"),
    [("incident", "SC-1177"), ("family", "F-2040"), ("registry_record", "R-88")],
)
def test_it_is_found_by_its_number(kind, number):
    record = register_kind(kind)
    assert found(kind, query=number, id_search="true") == {record.id}
    assert found(kind, query=record.short_id, id_search="true") == {record.id}
    assert found(kind, "dawit", query=number, id_search="true") == set()


@pytest.mark.parametrize("kind", KINDS)
def test_lists_are_narrowed_and_ordered(kind):
    name, one, other = TOLD[kind]
    first, second = register_kind(kind, **{name: one}), register_kind(kind, **{name: other})
    assert found(kind, **{name: str(one)}) == {first.id}
    assert found(kind, **{name: str(other)}) == {second.id}
    assert found(kind, status="closed") == set() and found(kind, status="open") == {first.id, second.id}


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_merged_and_two_answers_to_one_question_are_a_conflict(kind):
    name, one, other = TOLD[kind]
    record = register_kind(kind, **{name: one})
    base = Base(revision=1, values={name: one})
    outcome = amend(record, values={name: other}, base=base)
    assert outcome.changes == {name: (one, other)} and outcome.record.revision == 2
    with pytest.raises(EditConflict) as refused:
        amend(record, "bilal", values={name: None}, base=base)
    assert refused.value.params["conflicts"][0]["name" if "name" in refused.value.params["conflicts"][0] else "pointer"]
    with pytest.raises(RecordStale):
        amend(record, values={name: one}, if_match=1)
    assert amend(record, values={name: other}).changes == {}
    assert [h.event for h in find_happenings(record.id)] == [f"{kind}.amended", f"{kind}.registered"]


@pytest.mark.parametrize("kind", KINDS)
def test_refusals_change_nothing(kind):
    record = register_kind(kind)
    name, _, other = TOLD[kind]
    entries = ChangeEntry.objects.count()
    for by, refusal in (("dawit", RecordNotFound), ("esther", Forbidden)):
        with pytest.raises(refusal):
            amend(record, by, values={name: other})
    with pytest.raises(UnknownAct):
        amend(record, values={}, move="add_note")
    with pytest.raises(AnswersInvalid):
        amend(record, values={name: ["not", {"an": "answer"}]})
    with pytest.raises(AnswersInvalid):
        amend(record, values={"no_such_question": 1}, strict=True)
    with pytest.raises(RecordExists):
        REGISTERS[kind](values={"module_id": MODULE}, actor=viewer("bilal"), at=AT, record_id=record.id)
    with pytest.raises(Forbidden):
        REGISTERS[kind](values={"module_id": MODULE}, actor=viewer("esther"), at=AT)
    assert ChangeEntry.objects.count() == entries
    assert Record.objects.get(pk=record.id).revision == 1 and Record.objects.of_kind(kind).count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_hers_to_write_is_named_and_left(kind):
    record = register_kind(kind, medical_findings="fever", owned_by="dawit", status="closed")
    assert "medical_findings" not in record.data and (record.owned_by, record.status) == ("amina", "open")
    by_farid = register_kind(kind, by="farid", medical_findings="fever")
    assert by_farid.data["medical_findings"] == "fever"
    ours = amend(record, values={"medical_findings": "cold", "created_by": "x", "module_id": "other"})
    assert {p.pointer for p in ours.ignored} == {"/medical_findings", "/created_by", "/module_id"}
    assert ours.changes == {}
    history = find_history(kind=kind, record_id=by_farid.id, viewer=viewer("farid"), names=None, offset=0, per=9)
    assert "fever" in str(history.entries)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_closed_opened_switched_off_and_on(kind):
    record = register_kind(kind)
    closed = amend(record, values={"status": "closed"}).record
    assert (closed.status, closed.date_closure) == ("closed", TODAY)
    opened = amend(record, values={"status": "open"}).record
    assert (opened.status, opened.date_closure, opened.case_status_reopened) == ("open", None, True)
    off = amend(record, values={"record_state": False}, move="enable_disable_record").record
    assert off.record_state is False and found(kind, record_state="true") == set()
    amend(record, values={"record_state": True})
    told = [h.event for h in find_happenings(record.id)]
    assert told == [f"{kind}.{what}" for what in ("enabled", "disabled", "reopened", "closed", "registered")]
    with pytest.raises(AnswersInvalid):
        amend(record, values={"status": "transferred"})


def test_a_family_is_closed_by_those_who_may_close_families_only():
    from cpims.accounts.models import Role, User

    family = register_kind("family")
    for role in Role.objects.filter(unique_id="role-worker"):
        role.permissions = role.permissions | {"family": ["read", "write"]}
        role.save()
    User.objects.filter(user_name="amina").update(access_epoch=77)
    outcome = amend(family, values={"status": "closed", "record_state": False, "family_size": 6})
    assert {p.pointer for p in outcome.ignored} == {"/status", "/record_state"}
    assert (outcome.record.status, outcome.record.record_state) == ("open", True)
    assert outcome.record.data["family_size"] == 6


@pytest.mark.parametrize("kind", KINDS)
def test_derived_columns_follow_the_forms(kind):
    record = register_kind(kind)
    kept = list(record.name_keys), dict(record.facets), list(record.identifiers), record.registration_date
    Record.objects.filter(pk=record.id).update(name_keys=[], facets={}, identifiers=[], registration_date=None)
    assert [p.finished for p in derive_records(kind=kind, at=AT, again=True)] == [True]
    again = Record.objects.get(pk=record.id)
    assert (list(again.name_keys), again.facets, list(again.identifiers), again.registration_date) == kept


def test_an_incident_says_its_day_and_how_late_it_was_told():
    record = register_kind("incident", incident_date="2026-02-20", date_of_first_report="2026-02-24")
    shown = served(record, viewer("amina"), today=TODAY)
    assert shown["incident_date_derived"] == "2026-02-20"
    assert "elapsed_reporting_time" not in shown  # no form of hers asks for it
    assert record.facets["elapsed_reporting_time"] == "4_5_days"
    assert found("incident", incident_date_derived="2026-02-01..2026-02-28") == {record.id}


class Elsewhere:
    """Notes of a family that are kept somewhere else: here, in a dictionary."""

    kind = "family"
    names = frozenset({"family_notes"})

    def __init__(self) -> None:
        self.kept: dict[UUID, Any] = {}
        self.settled: list[UUID] = []
        self.asked = 0

    def take(self, record, sent, *, base, actor, at):
        if "family_notes" in sent:
            self.kept[record.id] = sent["family_notes"]
        return {name: value for name, value in sent.items() if name != "family_notes"}

    def settle(self, record, *, actor, at):
        self.settled.append(record.id)

    def assemble(self, records, viewer):
        self.asked += 1
        return {r.id: {"family_notes": self.kept[r.id], "medical_findings": "?"} for r in records if r.id in self.kept}


@pytest.fixture
def companion():
    known = list(COMPANIONS.get("family", ()))
    COMPANIONS["family"] = []
    one = Elsewhere()
    register_companion(one)
    register_companion(one)
    yield one
    COMPANIONS["family"] = known


def test_a_companion_keeps_some_answers_elsewhere(companion):
    first, second = register_kind("family", family_notes="Quiet"), register_kind("family", family_notes="Loud")
    assert "family_notes" not in first.data and companion.settled == [first.id, second.id]
    assert served(first, viewer("amina"), today=TODAY)["family_notes"] == "Quiet"
    assert "medical_findings" not in served(first, viewer("amina"), today=TODAY)  # not hers to read, whoever lays it
    companion.asked = 0
    rows = find_records(kind="family", viewer=viewer("amina"), query={}, offset=0, per=9, today=TODAY).rows
    assert {row["family_notes"] for row in rows} == {"Quiet", "Loud"} and companion.asked == 1
    outcome = amend(first, values={"family_notes": "Quieter"})
    assert outcome.changes == {"family_notes": (None, "Quieter")} and outcome.record.revision == 2
    told = next(iter(find_happenings(first.id)))
    assert (told.event, told.changes, told.about["elsewhere"]) == ("family.amended", {}, ["family_notes"])
    with pytest.raises(AnswersInvalid):
        amend(first, values={"family_notes": 7})


def test_an_unknown_id_is_refused_like_a_hidden_one():
    for kind in KINDS:
        with pytest.raises(RecordNotFound):
            AMENDS[kind](record_id=uuid4(), edit=Edit(values={}), actor=viewer("dawit"), at=AT)
