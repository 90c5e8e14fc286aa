"""Who is looked for as the matching compares her, what is the same on both sides, and the order of a child's way."""

from __future__ import annotations

from datetime import date

import pytest

from cpims.tracing.rules.comparing import compare, compare_child, compare_family
from cpims.tracing.rules.deciding import begun, consents
from cpims.tracing.rules.journey import Step, journey_of
from cpims.tracing.rules.persons import TRACES, mark_of, person_of_trace, said_of_child

PLACES = {"KA01": ("KA", "KA01"), "KA": ("KA",)}
DAY = date(2026, 2, 1)
ROW = {
    "unique_id": "a",
    "name": "Noor Haddad",
    "name_nickname": "Nunu",
    "sex": "female",
    "age": 9,
    "relation": "mother",
}
REQUEST = {
    "relation_name": "Mariam Haddad", "relation_language": "arabic", "date_of_separation": "2025-11-03",
    "location_last": "KA01", "telephone_last": "0912 345 678", "relation_telephone": "0999 111 222",
    TRACES: [ROW, {"unique_id": "b", "name": "Omar Haddad", "relation": "mother"},
             {"unique_id": "c", "name": "Huda Saleh", "relation": "aunt"}],
}  # fmt: skip


def test_a_trace_tells_of_its_row_and_of_what_the_adult_says_of_all():
    person = person_of_trace(REQUEST, ROW, places=PLACES, recorded_on=DAY)
    assert (person.names, person.nicknames, person.sex) == (("Noor Haddad",), ("Nunu",), "female")
    assert person.birth is not None and (person.birth.low, person.birth.high) == (date(2016, 2, 2), date(2017, 2, 1))
    assert person.relatives == {"mother": ("Mariam Haddad",), "sibling": ("Omar Haddad",)}
    assert person.places == {"last": (("KA", "KA01"),)} and person.languages == {"arabic"}
    assert person.separated_on == date(2025, 11, 3) and person.phones == ("0912 345 678", "0999 111 222")


def test_a_row_s_own_answer_comes_before_that_for_all():
    assert said_of_child(REQUEST, ROW | {"location_last": "KA"}, "location_last") == "KA"
    assert said_of_child(REQUEST, ROW, "location_last") == "KA01"
    assert said_of_child(REQUEST, ROW | {"language": "french"}, "language") == "french"
    assert said_of_child(REQUEST, ROW, "language") == "arabic"
    assert said_of_child(REQUEST, {}, "name") is None  # never the adult’s own


def test_an_aunt_s_nephews_are_no_brothers_of_each_other():
    person = person_of_trace(REQUEST, ROW | {"relation": "aunt"}, places=PLACES, recorded_on=DAY)
    assert person.relatives == {"aunt": ("Mariam Haddad",)}


def test_the_mark_changes_with_what_weighs_alone():
    mark = mark_of(person_of_trace(REQUEST, ROW, places=PLACES, recorded_on=DAY))
    same = ROW | {"tracing_request_status": "open", "physical_characteristics": "A scar", "matched_case_id": "x"}
    assert mark_of(person_of_trace(REQUEST, same, places=PLACES, recorded_on=DAY)) == mark
    for change in ({"age": 10}, {"name": "Nora Haddad"}, {"location_last": "KA"}):
        assert mark_of(person_of_trace(REQUEST, ROW | change, places=PLACES, recorded_on=DAY)) != mark
    assert mark_of(person_of_trace(REQUEST | {"relation_name": "X"}, ROW, places=PLACES, recorded_on=DAY)) != mark


@pytest.mark.parametrize(
    ("field", "case", "trace", "match"),
    [
        ("name", "Nour Hadad", "نور حداد", "match"),
        ("name", "Omar Haddad", "Noor Haddad", "mismatch"),
        ("sex", "female", "female", "match"),
        ("sex", "female", "male", "mismatch"),
        ("age", 9, 9, "match"),
        ("age", 9, 19, "mismatch"),
        ("language", ["arabic", "french"], "arabic", "match"),
        ("language", "arabic", ["arabic", "french"], "match"),
        ("address_current", "Camp 4, Block B", "block b", "match"),
        ("religion", None, "x", "blank"),
        ("religion", "x", "", "blank"),
        ("religion", [], None, "blank"),
    ],
)
def test_a_question_is_compared_alike_from_both_sides(field, case, trace, match):
    assert compare(field, case, trace).match == compare(field, trace, case).match == match


def test_each_relative_is_compared_with_the_adult_who_asks():
    case = {"family_details_section": [{"relation": "mother", "relation_name": "Meryem Hadad"}, {"relation": "father"}]}
    mother, father = compare_family(case, REQUEST, ROW)
    told = {one.field: one.match for one in mother}
    assert told["relation"] == told["relation_name"] == "match"
    assert {one.field: one.match for one in father}["relation"] == "mismatch"
    assert len(compare_child({}, REQUEST, ROW)) == 20 and compare_family({}, REQUEST, ROW) == []


@pytest.mark.parametrize(
    ("said", "agrees"), [(True, True), ("true", True), (False, False), ("false", False), (None, False), (1, False)]
)
def test_consent_is_said(said, agrees):
    assert consents({"consent_for_tracing": said}) is agrees


def test_a_search_that_had_not_begun_is_under_way():
    assert [begun(one) for one in (None, "", "open", "verified", "closed")] == [
        "tracing_in_progress", "tracing_in_progress", "tracing_in_progress", "verified", "closed"
    ]  # fmt: skip


def test_the_way_is_told_day_by_day_and_what_has_no_day_where_the_work_has_it():
    answers = {
        "separation_cause": "conflict",
        "location_current": "KA01",
        "evacuation_date": "2025-12-01",
        "evacuation_to": "The school",
        "tracing_actions_section": [
            {"unique_id": "t2", "date_tracing": "2026-01-20", "location_tracing": "KA"},
            {"unique_id": "t1", "date_tracing": "2026-01-05", "tracing_outcome": "pending"},
        ],
        "verification_subform_section": [{"unique_id": "v", "verification_status": "verified"}],
        "reunification_details_section": [{"unique_id": "r", "date_reunification": "2026-03-20"}],
        "followup_subform_section": [
            {"followup_type": "after_reunification", "followup_date": "2026-04-01T10:00:00Z"},
            {"followup_type": "in_care", "followup_date": "2026-02-01"},
        ],
        "reunification_followup_section": [{"reunification_visit_date": "2026-04-10"}, {}],
    }
    steps = journey_of(answers, [Step("match", "2026-02-10")])
    assert [(one.what, one.on, one.row) for one in steps] == [
        ("separation", "", ""),
        ("evacuation", "2025-12-01", ""),
        ("search", "2026-01-05", "t1"),
        ("search", "2026-01-20", "t2"),
        ("match", "2026-02-10", ""),
        ("verification", "", "v"),
        ("reunification", "2026-03-20", "r"),
        ("followup", "2026-04-01", ""),
        ("followup", "2026-04-10", ""),
    ]
    assert steps[0].question == "separation_cause" and steps[1].address == "The school"
    assert steps[2].question == "tracing_actions_section.tracing_outcome" and steps[3].question == ""
    assert journey_of({}) == [] and journey_of({"tracing_actions_section": "x", "location_current": 7}) == []
