"""What follows from an incident's answers, what it takes over from its case, and what violations tell of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpims.incidents.rules.copying import copied, read_field_map
from cpims.incidents.rules.deriving import derived
from cpims.incidents.rules.violations import (
    end_of_quarter,
    gathered,
    is_late,
    strangers,
    told,
    with_ties_cut,
    without_computed,
)

KILLED, HURT, OTHERS = "k1", "m1", "somebody-elses"


@pytest.mark.parametrize(
    ("told_on", "bucket"),
    [
        ("2026-03-01", "0_3_days"),
        ("2026-03-04", "0_3_days"),
        ("2026-03-05", "4_5_days"),
        ("2026-03-06", "4_5_days"),
        ("2026-03-07", "6_14_days"),
        ("2026-03-15", "6_14_days"),
        ("2026-03-16", "2_weeks_1_month"),
        ("2026-03-31", "2_weeks_1_month"),
        ("2026-04-01", "over_1_month"),
        ("2026-02-28", None),
        (None, None),
        ("soon", None),
    ],
)
def test_how_late_it_was_told(told_on: str | None, bucket: str | None) -> None:
    answers = {"incident_date": "2026-03-01", "date_of_first_report": told_on}
    assert derived(answers).get("elapsed_reporting_time") == bucket


def test_the_day_of_an_incident_is_the_one_asked_for_else_the_first_of_a_span() -> None:
    span = {"date_of_incident_from": "2026-01-05", "date_of_incident": "2026-01-09"}
    assert derived({"incident_date": "2026-02-01", **span})["incident_date_derived"] == "2026-02-01"
    assert derived({"incident_date": None, **span})["incident_date_derived"] == "2026-01-05"
    assert derived({"date_of_incident": "2026-01-09"})["incident_date_derived"] == "2026-01-09"
    assert derived({}) == {}


@pytest.mark.parametrize(("count", "name"), [(0, "none"), (1, "equal_to_1"), (3, "equal_to_3"), (4, "more_than_3")])
def test_how_many_did_it(count: int, name: str) -> None:
    assert (
        derived({"alleged_perpetrator": [{"unique_id": str(n)} for n in range(count)]})["number_of_perpetrators"]
        == name
    )


@pytest.mark.parametrize(
    ("answers", "context"),
    [
        ({"gbv_sexual_violence_type": "rape", "age": 17}, ["child_sexual_abuse"]),
        ({"gbv_sexual_violence_type": "rape", "age": 18}, []),
        ({"gbv_sexual_violence_type": "forced_marriage", "age": 15}, ["early_marriage"]),
        (
            {
                "gbv_sexual_violence_type": "physical_assault",
                "alleged_perpetrator": [{"perpetrator_relationship": "intimate_partner_former_partner"}],
            },
            ["intimate_partner_violence"],
        ),
        (
            {
                "gbv_sexual_violence_type": "non-gbv",
                "alleged_perpetrator": [{"perpetrator_relationship": "intimate_partner_former_partner"}],
                "harmful_traditional_practice": "type_of_practice_1",
            },
            [],
        ),
        (
            {
                "gbv_sexual_violence_type": "sexual_assault",
                "age": 30,
                "goods_money_exchanged": "true",
                "abduction_status_time_of_incident": "forced_conscription",
                "harmful_traditional_practice": "type_of_practice_1",
            },
            ["possible_sexual_exploitation", "possible_sexual_slavery", "harmful_traditional_practice"],
        ),
        ({"gbv_sexual_violence_type": "rape", "goods_money_exchanged": "false", "age": None}, []),
        ({"gbv_sexual_violence_type": "rape", "abduction_status_time_of_incident": "none"}, []),
    ],
)
def test_in_what_setting_it_happened(answers: dict[str, Any], context: list[str]) -> None:
    assert derived(answers)["gbv_case_context"] == context


def test_what_is_copied_is_the_first_given_source_and_only_into_empty_questions() -> None:
    field_map = read_field_map(
        {
            "map_to": "primeromodule-gbv",
            "fields": [
                {"source": ["sex_at_birth", "sex"], "target": "cp_sex"},
                {"source": "nationality", "target": "cp_nationality"},
                {"source": ["age"], "target": "age"},
                {"source": ["religion"], "target": "no_such_question"},
                {"source": ["risk_level"], "target": "secret"},
                {"source": None, "target": "x"},
                "nonsense",
            ],
        },
        "primeromodule-cp",
    )
    case = {"sex": "female", "sex_at_birth": "", "nationality": ["sy"], "age": 9, "religion": "r", "risk_level": "high"}
    found = copied(
        case,
        {"age": 8},
        field_map,
        readable={"sex", "sex_at_birth", "nationality", "age", "religion"},
        multiple={"cp_sex": False, "cp_nationality": True, "age": False, "secret": False},
    )
    assert field_map.module == "primeromodule-gbv"
    assert found == {"cp_sex": "female", "cp_nationality": ["sy"]}


def test_one_choice_and_several_choices_are_brought_together_where_nothing_is_lost() -> None:
    pairs = read_field_map({"fields": [{"source": "a", "target": "b"}]}, "m")
    assert copied({"a": ["x"]}, {}, pairs, readable={"a"}, multiple={"b": False}) == {"b": "x"}
    assert copied({"a": ["x", "y"]}, {}, pairs, readable={"a"}, multiple={"b": False}) == {}
    assert copied({"a": "x"}, {}, pairs, readable={"a"}, multiple={"b": True}) == {"b": ["x"]}


def test_a_module_without_a_map_copies_the_usual_fields() -> None:
    found = copied(
        {"survivor_code_no": "S-1", "gbv_religion": "r"},
        {},
        read_field_map(None, "m"),
        readable={"survivor_code_no", "gbv_religion"},
        multiple={"survivor_code": False, "religion": False},
    )
    assert found == {"survivor_code": "S-1", "religion": "r"}


def violations() -> dict[str, Any]:
    return {
        "incident_date": "2026-02-10",
        "incident_total_tally": {"boys": 2, "girls": 0, "total": 2},
        "killing": [
            {
                "unique_id": KILLED,
                "ctfmr_verified": "verified",
                "ctfmr_verified_date": "2026-04-01",
                "weapon_type": ["airstrike"],
                "violation_tally": {"unknown": 1, "total": 1},
            }
        ],
        "maiming": [{"unique_id": HURT, "ctfmr_verified": "report_pending_verification", "weapon_type": "mine"}],
        "individual_victims": [{"unique_id": "v1", "violations_ids": [KILLED], "individual_sex": "male"}],
        "perpetrators": [{"unique_id": "p1", "violations_ids": KILLED, "armed_force_group_party_name": "other"}],
    }


def test_what_violations_tell_of_their_incident() -> None:
    found = gathered(violations())
    assert found["verification_status"] == ["verified", "report_pending_verification"]
    assert found["violation_with_verification_status"] == ["killing_verified", "maiming_report_pending_verification"]
    assert found["violation_with_weapon_type"] == ["killing_airstrike", "maiming_mine"]
    assert found["individual_violations"] == ["killing"]
    assert found["individual_sex"] == ["male"]
    assert found["armed_force_group_party_names"] == ["other"]
    assert found["child_types"] == ["boys", "unknown"]
    assert found["late_verified_violations"] == ["killing"]
    assert found["has_late_verified_violations"] is True
    assert gathered({"incident_date": "2026-02-10"}) == {}


def test_nothing_of_a_removed_violation_lingers() -> None:
    answers = violations()
    answers["killing"] = []
    found = gathered(answers)
    assert found["weapon_type"] == ["mine"]
    assert found["child_types"] == ["boys"]
    assert found["has_late_verified_violations"] is False
    assert found["individual_violations"] == []


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-01-01", "2026-03-31"),
        ("2026-06-30", "2026-06-30"),
        ("2026-08-15", "2026-09-30"),
        ("2026-12-31", "2026-12-31"),
    ],
)
def test_the_end_of_a_quarter(day: str, last: str) -> None:
    assert end_of_quarter(date.fromisoformat(day)).isoformat() == last


@pytest.mark.parametrize(
    ("incident", "late"),
    [
        ({"incident_date": "2026-02-10"}, True),
        ({"incident_date": "2026-04-01"}, False),
        ({"incident_date": "2026-02-10", "is_incident_date_range": True, "incident_date_end": "2026-04-02"}, False),
        ({"incident_date": "2026-02-10", "is_incident_date_range": "true"}, False),
        ({"incident_date": "2026-02-10", "is_incident_date_range": "false", "incident_date_end": "2026-04-02"}, True),
        ({}, False),
    ],
)
def test_verified_after_the_quarter_is_late(incident: dict[str, Any], late: bool) -> None:
    verified = {"ctfmr_verified": "verified", "ctfmr_verified_date": "2026-04-01"}
    assert is_late(verified, incident) is late
    assert is_late(verified | {"ctfmr_verified": "reported_not_verified"}, incident) is False
    assert is_late({"ctfmr_verified": "verified"}, incident) is False


def test_late_is_computed_when_read_and_never_taken_from_what_is_sent() -> None:
    shown = told(violations())
    assert shown["killing"][0]["is_late_verification"] is True
    assert shown["maiming"][0]["is_late_verification"] is False
    assert without_computed(shown)["killing"] == violations()["killing"]


def test_a_victim_of_another_incidents_violation_is_refused() -> None:
    stored = violations()
    sent = {"individual_victims": [{"unique_id": "v2", "violations_ids": [HURT, OTHERS]}]}
    assert strangers(stored, sent) == ["/individual_victims/v2/violations_ids"]
    assert strangers(stored, {"individual_victims": [{"unique_id": "v2", "violations_ids": [HURT]}]}) == []
    assert strangers({}, {"killing": [{"unique_id": "n"}], "sources": [{"violations_ids": "n"}]}) == []
    removed = {"killing": [{"unique_id": KILLED, "_destroy": True}], "sources": [{"violations_ids": [KILLED]}]}
    assert strangers(stored, removed) == ["/sources/0/violations_ids"]


def test_removing_a_violation_cuts_what_is_tied_to_it() -> None:
    sent = {
        "killing": [{"unique_id": KILLED, "_destroy": True}],
        "individual_victims": [{"unique_id": "v1", "individual_sex": "female"}],
    }
    whole = with_ties_cut(violations(), sent)
    assert whole["individual_victims"] == [{"unique_id": "v1", "individual_sex": "female", "violations_ids": []}]
    assert whole["perpetrators"] == [{"unique_id": "p1", "violations_ids": []}]
    assert whole["killing"] == sent["killing"]
    assert with_ties_cut(violations(), {"maiming": []}) == {"maiming": []}
