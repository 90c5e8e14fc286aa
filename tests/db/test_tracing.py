"""Traces of requests, what may match them both ways, deciding, and a child's way."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.records.models import Record
from cpims.records.queries.reading import served
from cpims.records.rules.editing import Base, Edit
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound
from cpims.tracing.actions import (
    amend_tracing_request,
    confirm_match,
    register_tracing_request,
    reject_match,
    undo_match,
)
from cpims.tracing.models import Trace, TraceMatch
from cpims.tracing.queries.journey import find_journey
from cpims.tracing.queries.matches import find_matches_of_case, find_matches_of_trace
from cpims.tracing.queries.traces import Told, find_matched_traces, get_trace
from cpims.tracing.rules.comparing import compare_child
from cpims.tracing.rules.refusals import (
    AlreadyDecided,
    CaseAlreadyMatched,
    NoConsentToTracing,
    NothingDecided,
    TraceAlreadyMatched,
    TraceClosed,
    TraceKept,
    TraceNotFound,
)
from tests.cast import AT, MODULE, viewer
from tests.tracing import NOOR, OMAR, SARA, changed, child, put_tracing, request_of_mariam, trace

TODAY = date(2026, 3, 2)
LATER = AT + timedelta(hours=1)
ROWS = "tracing_request_subform_section"


@pytest.fixture(autouse=True)
def tracing(cast: None) -> None:
    put_tracing()


def amend(record: Record, by: str = "amina", **edit: Any) -> Record:
    return amend_tracing_request(record_id=record.id, edit=Edit(**edit), actor=viewer(by), at=LATER).record


def decide(act: Any, case: Record | UUID, named: UUID = NOOR, by: str = "chantal", **more: Any) -> Any:
    case_id = case.id if isinstance(case, Record) else case
    return act(trace_id=named, case_id=case_id, actor=viewer(by), at=LATER, **more)


def cases_for(named: UUID = NOOR, by: str = "chantal") -> list[UUID]:
    found = find_matches_of_trace(get_trace(named, viewer=viewer(by)), viewer=viewer(by), today=TODAY)
    return [one.case.id for one in found.matches if not one.rejected]


def traces_for(case: Record, by: str = "chantal") -> list[UUID]:
    found = find_matches_of_case(Record.objects.get(pk=case.id), viewer=viewer(by), today=TODAY)
    return [one.trace.id for one in found.matches if not one.rejected]


def standing() -> tuple[int, int, list[Any]]:
    """Everything that a refused act must leave as it was."""
    return (
        ChangeEntry.objects.count(),
        TraceMatch.objects.count(),
        list(Record.objects.values_list("id", "revision", "data")),
    )


# --- traces follow their request --------------------------------------------------------------------------------------


def test_each_row_of_a_request_is_a_trace():
    request = request_of_mariam()
    rows = list(Trace.objects.order_by("number"))
    assert [row.id for row in rows] == [NOOR, OMAR, SARA]
    assert all(row.request_id == request.id and row.open and row.mark and row.name_keys for row in rows)
    assert len({row.mark for row in rows}) == 3


def test_a_row_that_is_taken_out_is_looked_for_no_longer():
    request = request_of_mariam()
    amend(request, values={ROWS: [{"unique_id": str(OMAR), "_destroy": True}]})
    assert (trace(OMAR).removed, trace(OMAR).open) == (True, False)
    with pytest.raises(TraceNotFound):
        get_trace(OMAR, viewer=viewer("amina"))
    amend(request, values={ROWS: [{"unique_id": str(OMAR), "name": "Omar"}]})
    assert (trace(OMAR).removed, trace(OMAR).open) == (False, True)


def test_what_weighs_marks_a_trace_and_the_rest_does_not():
    request = request_of_mariam()
    before = {named: trace(named).mark for named in (NOOR, OMAR)}
    amend(request, values={ROWS: [{"unique_id": str(NOOR), "tracing_request_status": "open"}]})
    assert trace().mark == before[NOOR]
    amend(request, values={ROWS: [{"unique_id": str(NOOR), "age": 10}]})
    assert trace().mark != before[NOOR] and trace(OMAR).mark == before[OMAR]


def test_a_row_with_the_id_of_anothers_child_is_refused():
    request_of_mariam()
    before = standing()
    rows = [{"unique_id": str(NOOR), "name": "Another"}]
    with pytest.raises(AnswersInvalid) as refused:
        register_tracing_request(
            values={"module_id": MODULE, "relation_name": "X", ROWS: rows}, actor=viewer("dawit"), at=AT
        )
    assert [(p.pointer, p.code) for p in refused.value.problems] == [(f"/{ROWS}/0/unique_id", "trace.taken")]
    assert standing() == before


def test_a_closed_request_looks_for_nobody():
    request = request_of_mariam()
    amend(request, values={"status": "closed"})
    assert not Trace.objects.filter(open=True).exists()
    amend(request, values={"status": "open"})
    assert Trace.objects.filter(open=True).count() == 3


def test_in_which_case_a_child_was_found_is_nobodys_answer():
    request = request_of_mariam()
    stored = amend(request, values={ROWS: [{"unique_id": str(NOOR), "matched_case_id": str(uuid4())}]})
    assert "matched_case_id" not in stored.data[ROWS][0] and trace().matched_case_id is None
    case = child()
    decide(confirm_match, case)
    seen = [{"unique_id": str(NOOR), "name": "نور حداد", "sex": "female", "age": 9, "relation": "mother"}]
    mine = [seen[0] | {"name": "نور الهدى حداد", "matched_case_id": None}]
    stored = amend(request, values={ROWS: mine}, base=Base(revision=1, values={ROWS: seen}))
    row = next(row for row in stored.data[ROWS] if row["unique_id"] == str(NOOR))
    assert (row["name"], row["matched_case_id"]) == ("نور الهدى حداد", str(case.id))
    assert trace().matched_case_id == case.id


# --- matches, both ways -------------------------------------------------------------------------------------------------


def test_a_trace_in_arabic_finds_the_case_in_latin_letters_and_the_case_the_trace():
    request_of_mariam()
    noor, other = (
        child(),
        child(name_first="Zanele", name_last="Dlamini", family_details_section=[], sex="male", age=15),
    )
    assert cases_for() == [noor.id]
    assert traces_for(noor) == [NOOR]
    assert traces_for(other) == []


def test_a_sibling_is_not_the_child():
    request_of_mariam()
    omar = child(name_first="Omar", sex="male", age=6)
    assert omar.id not in cases_for(NOOR)
    assert omar.id in cases_for(OMAR)
    assert traces_for(omar) == [OMAR]


def test_without_consent_a_case_is_never_a_candidate():
    request_of_mariam()
    for said in (False, None):
        case = child(consent_for_tracing=said)
        assert cases_for() == [] and traces_for(case) == []
        with pytest.raises(NoConsentToTracing):
            decide(confirm_match, case)


def test_sight_holds_both_ways():
    request_of_mariam()
    near, far = child(), child("dawit")
    assert cases_for(by="amina") == []  # Bilal's case is not hers
    assert cases_for(by="chantal") == [near.id]
    assert set(cases_for(by="farid")) == {near.id, far.id}
    assert traces_for(far, by="dawit") == []  # the request is out of his sight
    with pytest.raises(TraceNotFound):
        get_trace(NOOR, viewer=viewer("dawit"))
    with pytest.raises(Forbidden):
        find_matches_of_trace(trace(), viewer=viewer("esther"), today=TODAY)


def test_a_hidden_name_neither_weighs_nor_shows():
    request_of_mariam()
    hidden = child(hidden_name=True, family_details_section=[])
    assert cases_for(by="chantal") == []
    told = find_matches_of_trace(get_trace(NOOR, viewer=viewer("bilal")), viewer=viewer("bilal"), today=TODAY)
    assert [one.case.id for one in told.matches] == [hidden.id]  # the owner reads it


def test_a_question_she_may_not_read_does_not_weigh():
    request_of_mariam()
    case = child("amina")
    Record.objects.filter(pk=case.id).update(data=case.data | {"name_other": "Nour Haddad", "language": "ar"})
    case = Record.objects.get(pk=case.id)
    for name, others, languages in (("amina", (), set()), ("chantal", ("Nour Haddad",), {"ar"})):
        told = Told(viewer(name), today=TODAY)
        child_of_case = told.person_of_case(case)
        assert (child_of_case.nicknames, child_of_case.languages) == (others, languages)
        lines = {one.field: one.case for one in compare_child(told.of(case), {}, {})}
        assert (lines["name_other"], lines["language"]) == ((others or (None,))[0], next(iter(languages), None))


def test_cases_of_others_are_told_of_only_where_the_instance_decided_so():
    request_of_mariam()
    far = child("dawit")
    told = find_matches_of_trace(get_trace(NOOR, viewer=viewer("amina")), viewer=viewer("amina"), today=TODAY)
    assert told.matches == [] and told.strangers == []
    changed(matching={"cross_agency": True})
    told = find_matches_of_trace(get_trace(NOOR, viewer=viewer("amina")), viewer=viewer("amina"), today=TODAY)
    assert told.matches == []
    assert [(one.case, one.agency, one.owner) for one in told.strangers] == [(far.id, "agency-b", "dawit")]
    child("dawit", hidden_name=True, consent_for_tracing=True)
    child("dawit", consent_for_tracing=False)
    told = find_matches_of_trace(get_trace(NOOR, viewer=viewer("amina")), viewer=viewer("amina"), today=TODAY)
    assert len(told.strangers) == 1


# --- deciding -----------------------------------------------------------------------------------------------------------


def test_confirming_joins_the_two_and_merges_nothing():
    request, case = request_of_mariam(), child()
    decide(confirm_match, case, note="She knew the song")
    request, case = Record.objects.get(pk=request.id), Record.objects.get(pk=case.id)
    assert (trace().matched_case_id, trace().matched_by, trace().open) == (case.id, "chantal", False)
    row = request.data[ROWS][0]
    assert (row["matched_case_id"], row["tracing_request_status"]) == (str(case.id), "tracing_in_progress")
    assert case.data["tracing_status"] == "tracing_in_progress"
    assert case.data["matched_tracing_request_id"] == request.display_id
    assert (case.revision, request.revision, case.owned_by, request.owned_by) == (2, 2, "bilal", "amina")
    decided = TraceMatch.objects.get()
    assert (decided.decision, decided.by, decided.note) == ("confirmed", "chantal", "She knew the song")
    assert decided.likelihood == "likely" and decided.reasons
    of_case, of_request = next(find_happenings(case.id)), next(find_happenings(request.id))
    assert (of_case.event, of_request.event) == ("case.matched", "trace.confirmed")
    assert set(of_case.changes) == {"tracing_status", "matched_tracing_request_id"}
    assert "Haddad" not in str(of_case.about) + str(of_request.about)
    assert traces_for(case) == [NOOR]
    assert [one.id for one in find_matched_traces(case, viewer=viewer("chantal"))] == [NOOR]


def test_a_search_that_went_on_keeps_its_state():
    request_of_mariam()
    case = child(tracing_status="verified")
    decide(confirm_match, case)
    assert Record.objects.get(pk=case.id).data["tracing_status"] == "verified"
    decide(undo_match, case)
    assert Record.objects.get(pk=case.id).data["tracing_status"] == "verified"


def test_undoing_takes_back_what_confirming_wrote_and_nothing_else():
    request, case = request_of_mariam(), child()
    before = dict(case.data), dict(request.data)
    decide(confirm_match, case)
    decide(undo_match, case)
    case, request = Record.objects.get(pk=case.id), Record.objects.get(pk=request.id)
    assert {k: v for k, v in case.data.items() if v is not None} == before[0]
    assert request.data == before[1]
    assert (trace().matched_case_id, trace().open) == (None, True)
    assert [one.decision for one in TraceMatch.objects.order_by("id")] == ["confirmed", "undone"]
    assert next(find_happenings(case.id)).event == "case.unmatched"
    assert cases_for() == [case.id]
    with pytest.raises(NothingDecided):
        decide(undo_match, case)


def test_a_rejected_case_is_not_offered_again_until_something_that_weighs_changes():
    request, case = request_of_mariam(), child()
    decide(reject_match, case, note="Another mother")
    assert cases_for() == [] and traces_for(case) == []
    shown = find_matches_of_trace(get_trace(NOOR, viewer=viewer("chantal")), viewer=viewer("chantal"), today=TODAY)
    assert [(one.case.id, one.decided.by) for one in shown.matches if one.decided] == [(case.id, "chantal")]
    before = standing()
    with pytest.raises(AlreadyDecided):
        decide(reject_match, case)
    assert standing() == before
    amend(request, values={ROWS: [{"unique_id": str(NOOR), "age": 8}]})
    assert cases_for() == [case.id] and traces_for(case) == [NOOR]
    decide(reject_match, case)
    assert cases_for() == []
    decide(undo_match, case)
    assert cases_for() == [case.id]


def test_one_trace_is_one_case_and_two_children_are_not_one():
    request_of_mariam()
    first, second = child(), child("chantal")
    decide(confirm_match, first)
    before = standing()
    for act, case, named, refusal in (
        (confirm_match, first, NOOR, AlreadyDecided),
        (confirm_match, second, NOOR, TraceAlreadyMatched),
        (reject_match, first, NOOR, TraceAlreadyMatched),
        (confirm_match, first, OMAR, CaseAlreadyMatched),
    ):
        with pytest.raises(refusal):
            decide(act, case, named)
    assert standing() == before


def test_a_case_found_for_another_is_shown_as_such_and_may_be_confirmed_for_the_father_too():
    request_of_mariam()
    case = child()
    decide(confirm_match, case)
    father = uuid4()
    rows = [{"unique_id": str(father), "name": "Nour Haddad", "sex": "female", "age": 9, "relation": "father"}]
    second = request_of_mariam(relation_name="Yusuf Haddad", **{ROWS: rows})
    found = find_matches_of_trace(get_trace(father, viewer=viewer("chantal")), viewer=viewer("chantal"), today=TODAY)
    assert [(one.case.id, one.elsewhere) for one in found.matches] == [(case.id, True)]
    decide(confirm_match, case, father)
    decide(undo_match, case, father)
    first = trace().request
    stored = Record.objects.get(pk=case.id).data
    assert stored["matched_tracing_request_id"] == first.display_id != second.display_id
    assert stored["tracing_status"] == "tracing_in_progress"


def test_a_matched_child_is_not_taken_out_of_the_request():
    request, case = request_of_mariam(), child()
    decide(confirm_match, case)
    before = standing()
    with pytest.raises(TraceKept):
        amend(request, values={ROWS: [{"unique_id": str(NOOR), "_destroy": True}]})
    assert standing() == before
    decide(undo_match, case)
    amend(request, values={ROWS: [{"unique_id": str(NOOR), "_destroy": True}]})
    assert trace().removed


def test_nobody_is_matched_with_a_request_that_is_closed():
    request, case = request_of_mariam(), child()
    amend(request, values={"status": "closed"})
    with pytest.raises(TraceClosed):
        decide(confirm_match, case)


def test_who_decides():
    request_of_mariam()
    near, far = child(), child("dawit")
    before = standing()
    for act in (confirm_match, reject_match, undo_match):
        with pytest.raises(Forbidden):
            decide(act, near, by="esther")
        with pytest.raises(TraceNotFound):
            decide(act, far, by="dawit")  # the request is out of his sight
        with pytest.raises(RecordNotFound):
            decide(act, near, by="amina")  # the case is out of hers
        with pytest.raises(TraceNotFound):
            decide(act, near, uuid4())
        with pytest.raises(RecordNotFound):
            decide(act, uuid4())
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions["case"] = [one for one in role.permissions["case"] if one != "find_tracing_match"]
    role.save()
    changed()
    with pytest.raises(Forbidden):
        decide(confirm_match, near)
    assert standing() == before


# --- the way ------------------------------------------------------------------------------------------------------------


def test_the_way_of_a_child_is_told_in_its_order_with_its_places():
    request_of_mariam()
    case = child(
        date_of_separation="2025-11-03", location_separation="KA0101", separation_cause="conflict",
        tracing_actions_section=[{"date_tracing": "2026-01-05", "location_tracing": "KA02", "tracing_outcome": "pending"}],
        reunification_details_section=[
            {"date_reunification": "2026-03-20", "location_reunified_adult": "KA01", "reunification_type": "mediation"}
        ],
        followup_subform_section=[
            {"followup_type": "after_reunification", "followup_date": "2026-04-01"},
            {"followup_type": "after_reunification"},
            {"followup_type": "for_service", "followup_date": "2026-04-02"},
        ],
    )  # fmt: skip
    decide(confirm_match, case)
    found = find_journey(Record.objects.get(pk=case.id), viewer=viewer("chantal"), today=TODAY)
    assert [(step.what, step.on, step.place) for step in found.steps] == [
        ("separation", "2025-11-03", "KA0101"),
        ("search", "2026-01-05", "KA02"),
        ("match", "2026-03-02", ""),
        ("reunification", "2026-03-20", "KA01"),
        ("followup", "2026-04-01", ""),
    ]
    assert found.paths["KA0101"] == ("KA", "KA01", "KA0101")
    assert set(found.names) == {"KA", "KA01", "KA0101", "KA02"} and found.names["KA"]["en"] == "KA"
    assert (
        found.steps[0].question == "separation_cause"
        and found.steps[1].question == "tracing_actions_section.tracing_outcome"
    )
    by_bilal = find_journey(Record.objects.get(pk=case.id), viewer=viewer("bilal"), today=TODAY)
    assert [step.what for step in by_bilal.steps] == [step.what for step in found.steps]


def test_a_request_tells_where_its_children_were_found():
    request, case = request_of_mariam(), child()
    decide(confirm_match, case)
    shown = served(Record.objects.get(pk=request.id), viewer("amina"), today=TODAY)
    assert [row.get("matched_case_id") for row in shown[ROWS]] == [str(case.id), None, None]


@pytest.mark.parametrize("seed", range(3))
def test_matches_agree_with_sight_and_consent_for_everybody(seed: int) -> None:
    draw = random.Random(seed)
    request_of_mariam(draw.choice(("amina", "bilal", "chantal")))
    for number in range(8):
        by = draw.choice(("amina", "bilal", "chantal", "dawit", "farid"))
        child(
            by, name_last=draw.choice(("Hadad", "Haddad")), consent_for_tracing=draw.random() < 0.8, age=8 + number % 3
        )
    for name in ("amina", "bilal", "chantal", "dawit", "farid"):
        who = viewer(name)
        seen = Record.objects.visible_to(who).of_kind("case")
        agreed = {one.id for one in seen if one.data.get("consent_for_tracing") is True}
        if not Record.objects.visible_to(who).of_kind("tracing_request").exists():
            with pytest.raises(TraceNotFound):
                get_trace(NOOR, viewer=who)
            assert not any(traces_for(one, name) for one in seen)
            continue
        assert set(cases_for(by=name)) == agreed
        assert {one.id for one in seen if NOOR in traces_for(one, name)} == agreed
