"""The middle of a child's story: assessment, plan, reviews and, at the end of some, the transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from cpims.management.demo.recipes import Recipes
from cpims.management.demo.rows import chance, row

Answers = dict[str, Any]

#: Days from registration to the assessment, from there to the plan, and between reviews, by risk level.
LIMITS: Final[Mapping[str, tuple[int, int, int]]] = {"high": (3, 7, 30), "medium": (7, 14, 60), "low": (14, 30, 90)}
#: What is looked at, and under which name the action stands.
DOMAINS: Final = (
    ("physical_wellbeing", "physical"),
    ("emotional_wellbeing", "emotional"),
    ("social_relationships", "social"),
    ("education", "education"),
    ("documentation", "documentation"),
    ("living_environment_family", "family"),
    ("care_arrangment", "care"),
    ("community", "community"),
    ("safety", "safety"),
)
#: Which part of life a concern weighs on most; all others weigh on the child's safety.
WEIGHS_ON: Final[Mapping[str, tuple[str, str]]] = {
    "worst_forms_of_child_labor": DOMAINS[3],
    "disabled": DOMAINS[3],
    "statelessness": DOMAINS[4],
    "arrested_detained": DOMAINS[4],
    "serious_health_issue": DOMAINS[0],
    "mentally_distressed": DOMAINS[1],
    "living_with_vulnerable_person": DOMAINS[5],
    "child_mother": DOMAINS[5],
    "child_headed_household": DOMAINS[6],
    "street_child": DOMAINS[6],
    "other": DOMAINS[6],
}
#: From this age on a child is asked and answers for itself.
ASKED_FROM: Final = 6


@dataclass(frozen=True)
class Course:
    """How a case runs: since when, until when, at which risk, for which concerns and services, told in which language."""

    age: int
    registered: date
    until: date
    today: date
    ended: bool
    language: str
    risk: str
    concerns: Sequence[str]
    services: Sequence[str]
    detail: str
    unsafe: bool


def run_process(rng: Random, course: Course, recipes: Recipes) -> Answers:
    """Assessment, plan and reviews as far as the case has come."""
    to_assess, to_plan, between = LIMITS[course.risk]
    found: Answers = {"assessment_due_date": (course.registered + timedelta(days=to_assess)).isoformat()}
    begun = course.registered + timedelta(days=rng.randint(0, to_assess + 4))
    if begun > course.until or not chance(rng, 0.86):
        return found
    found |= _assessment(rng, course, begun, recipes)
    finished = found.get("assessment_completed_on")
    if finished is None:
        return found
    found["case_plan_due_date"] = (date.fromisoformat(finished) + timedelta(days=to_plan)).isoformat()
    planned = date.fromisoformat(finished) + timedelta(days=rng.randint(0, to_plan + 5))
    if planned > course.until or not chance(rng, 0.85):
        return found
    return found | _plan(rng, course, planned, between, recipes) | _reviews(rng, course, planned, between, recipes)


def _said(rng: Random, kind: str, course: Course, recipes: Recipes) -> str:
    return str(rng.choice(recipes.said(kind, course.language)))


def _assessment(rng: Random, course: Course, begun: date, recipes: Recipes) -> Answers:
    seen = chance(rng, 0.93)
    home = chance(rng, 0.7) and not course.unsafe
    found: Answers = {
        "assessment_requested_on": begun.isoformat(),
        "assessment_child_seen": "true" if seen else "false",
        "assessment_home_visit": "true" if home else "false",
    }
    if seen:
        kind = "child_says" if course.age >= ASKED_FROM else "small_child_shows"
        found["assessment_child_views"] = _said(rng, kind, course, recipes)
    else:
        found["assessment_child_seen_details"] = "Away with relatives for two weeks; a new day is agreed."
    if not course.unsafe:
        found["assessment_caregiver_views"] = _said(rng, "caregiver_says", course, recipes)
    for name, short in DOMAINS:
        found[f"assessment_{name}"] = _said(rng, "well", course, recipes)
        found[f"assessment_{short}_action"] = rng.choices(
            ["no_further_action_needed", "ongoing_monitoring"], [7, 3] if course.risk == "low" else [5, 5]
        )[0]
    worst = WEIGHS_ON.get(course.concerns[0], DOMAINS[8])
    found[f"assessment_{worst[0]}"] = course.detail
    found[f"assessment_{worst[1]}_action"] = "urgent_intervention" if course.risk == "high" else "ongoing_monitoring"
    finished = begun + timedelta(days=rng.randint(0, 6))
    if finished > course.until or not chance(rng, 0.93):
        return found
    found |= {
        "assessment_completed_on": finished.isoformat(),
        "assessment_summary": course.detail,
        "assessment_risk_level_reasons": "The assessment confirms what was seen at registration.",
        "protective_factors": sorted(rng.sample(["caring_caregiver", "trusted_adult", "siblings_friends"], 2)),
    }
    if course.risk != "low":
        found["risk_factors"] = sorted(rng.sample(["not_enough_to_live", "caregiver_overburdened", "out_of_school"], 2))
        found["assessment_safety_plan"] = _said(rng, "safety_plans", course, recipes)
    return found


def _plan(rng: Random, course: Course, planned: date, between: int, recipes: Recipes) -> Answers:
    child, caregiver = course.age >= ASKED_FROM and chance(rng, 0.92), not course.unsafe and chance(rng, 0.9)
    steps = recipes.texts["steps"]
    actions = []
    for number, kind in enumerate(course.services[: rng.choice([1, 2, 2, 3])]):
        change, step = steps.get(kind) or steps["default"]
        until = planned + timedelta(days=rng.randint(14, 60))
        reached = until <= course.until and chance(rng, 0.85 if course.ended else 0.55)
        actions.append(
            row(
                rng,
                intervention_need_addressed=course.concerns[number % len(course.concerns)],
                intervention_service_goal=change,
                intervention_service_to_be_provided=step,
                case_plan_provider_and_contact_details="We and the provider together; ask at our office.",
                case_plan_timeframe=until.isoformat(),
                intervention_service_success="true" if reached else None,
                intervention_completed_date=until.isoformat() if reached else None,
            )
        )
    return {
        "date_case_plan": planned.isoformat(),
        "date_case_plan_agreed": planned.isoformat() if child or caregiver else None,
        "case_plan_goal": _said(rng, "goals", course, recipes),
        "cp_case_plan_subform_case_plan_interventions": actions,
        "interventions_child_involved": "true" if child else "false",
        "interventions_caregiver_involved": "true" if caregiver else "false",
        "case_plan_review_date": (planned + timedelta(days=between)).isoformat(),
    }


def _reviews(rng: Random, course: Course, planned: date, between: int, recipes: Recipes) -> Answers:
    rows: list[Answers] = []
    due = planned + timedelta(days=between)
    while due <= course.until and len(rows) < 4:
        held = min(due + timedelta(days=rng.randint(-3, 6)), course.until)
        rows.append(
            row(
                rng,
                case_review_due_date=due.isoformat(),
                case_review_date=held.isoformat(),
                case_review_child_present="true" if course.age >= ASKED_FROM and chance(rng, 0.7) else "false",
                case_review_caregiver_present="false" if course.unsafe or chance(rng, 0.3) else "true",
                case_review_progress=rng.choices(["on_track", "off_track"], [8, 2])[0],
                case_review_summary=_said(rng, "reviews", course, recipes),
                case_review_risk_same="true" if chance(rng, 0.85) else "false",
                case_review_outcome=rng.choices(["continue", "reassess"], [9, 1])[0],
                case_review_next_date=(held + timedelta(days=between)).isoformat(),
            )
        )
        due = held + timedelta(days=between)
    if not course.ended:
        rows.append(row(rng, case_review_due_date=due.isoformat()))
    return {"case_review_section": rows}


def hand_over(rng: Random, course: Course) -> Answers:
    """The handing over of a case that another agency goes on with."""
    return {
        "case_transfer_section": [
            row(
                rng,
                transfer_date=course.until.isoformat(),
                transfer_reason=rng.choices(["organisational_reasons", "specialized_service"], [6, 4])[0],
                transfer_external=True,
                transfer_to_agency_external="Social office of the next province",
                transfer_child_informed="true" if course.age >= ASKED_FROM else "false",
                transfer_summary=course.detail,
                transfer_documents_shared=["assessment", "case_plan", "consent"],
                transfer_received_confirmed="true",
            )
        ]
    }
