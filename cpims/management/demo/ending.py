"""The end of a child's story, and the step that a case has reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from cpims.management.demo.process import ASKED_FROM
from cpims.management.demo.rows import chance

Answers = dict[str, Any]


def close_story(rng: Random, age: int, closing: str, care: str) -> Answers:
    """Why a case ended, and how the child was then."""
    reason = rng.choices(
        ["formal_closing", "transferred", "not_seen_during_verification", "repatriated", "other"], [70, 9, 11, 5, 5]
    )[0]
    found: Answers = {"closure_reason": reason}
    if reason == "not_seen_during_verification":
        return found | {
            "closure_contact_attempts": rng.randint(3, 6),
            "closure_contact_attempts_details": "Visits on different days, the school, and the neighbours, without naming a reason.",
        }
    if reason == "other":
        return found | {"closure_reason_other": "Turned eighteen and asked to go on alone."}
    if reason in ("formal_closing", "transferred"):
        found["closure_plan_goals_met"] = rng.choices(["all", "most", "some"], [4, 4, 2])[0]
    found["closure_current_situation"] = closing
    found["closure_current_care_arrangement"] = care
    if reason != "formal_closing":
        found["closure_new_child_location"] = "With relatives in another province; the colleagues there know."
    told = chance(rng, 0.9 if age >= ASKED_FROM else 0.4)
    return found | {
        "closure_discussed_child": "true" if told else "false",
        "closure_discussed_child_no": None
        if told
        else "Too young to follow; told in a story instead."
        if age < ASKED_FROM
        else "Did not want to talk about an ending; the door stays open.",
        "closure_discussed_caregiver": "true",
        "closure_child_told_contact_support": "true",
    }


def step_of(services: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> str:
    """The step that these services mean, or else the plan or the assessment."""
    if not services:
        return "case_plan" if "date_case_plan" in answers else _assessed(answers)
    waiting = [entry for entry in services if not entry.get("service_implemented_day_time")]
    if not waiting:
        return "services_implemented"
    latest = max(waiting, key=lambda entry: str(entry["service_response_day_time"]))
    return str(latest["service_response_type"])


def _assessed(answers: Mapping[str, Any]) -> str:
    return "assessment" if "assessment_requested_on" in answers else "new"
