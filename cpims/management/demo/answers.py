"""Telling a child's story as answers to the standard forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from cpims.management.demo.ending import close_story, step_of
from cpims.management.demo.naming import Household, Name
from cpims.management.demo.process import Course, hand_over, run_process
from cpims.management.demo.recipes import Recipes, Story
from cpims.management.demo.rows import chance, moment, row

Answers = dict[str, Any]

#: Kinds of care in which no relative of the child's home is the caregiver.
ELSEWHERE = frozenset(
    {"foster_care", "residential_care", "independent_living", "unrelated_adult", "no_care_arrangement"}
)
#: From this age on children are asked, and speak of school.
SCHOOL_AGE = 6
#: Concerns that a small child does not have.
FROM_AGE = {"worst_forms_of_child_labor": 7, "street_child": 7, "arrested_detained": 11, "sexually_exploited": 11}


@dataclass(frozen=True)
class Child:
    """A child of the demo before the forms are filled in."""

    story: Story
    household: Household
    name: Name
    female: bool
    age: int
    siblings: Sequence[tuple[Name, bool, int]]
    phone: str
    location: str
    worker: str
    language: str
    registered: date
    ends: date | None
    today: date

    @property
    def until(self) -> date:
        """The last day on which anything can have happened."""
        return self.ends or self.today


def tell(rng: Random, child: Child, providers: Mapping[str, Sequence[str]], recipes: Recipes) -> tuple[Answers, str]:
    """The answers of a case and the step it has reached."""
    care = rng.choices(child.story.care, range(len(child.story.care), 0, -1))[0]
    services = _services(rng, child, providers, recipes)
    concerns = _concerns(rng, child)
    course = Course(
        age=child.age,
        registered=child.registered,
        until=child.until,
        today=child.today,
        ended=child.ends is not None,
        language=child.language,
        risk=concerns["risk_level"],
        concerns=concerns["protection_concerns"],
        services=child.story.services,
        detail=child.story.detail,
        unsafe=child.story.unsafe_phone,
    )
    closure = close_story(rng, child.age, child.story.closing, care) if child.ends else {}
    answers: Answers = {
        **_identity(rng, child, recipes),
        **_consent(rng, child),
        **concerns,
        **run_process(rng, course, recipes),
        **_family(rng, child, care, recipes),
        "services_section": services,
        "followup_subform_section": _followups(rng, child, recipes),
        "notes_section": _notes(rng, child, recipes),
        **closure,
        **(hand_over(rng, course) if closure.get("closure_reason") == "transferred" else {}),
    }
    kept = {key: value for key, value in answers.items() if value not in (None, "", [])}
    return kept, step_of(services, kept)


def _identity(rng: Random, child: Child, recipes: Recipes) -> Answers:
    born = child.registered - timedelta(days=child.age * 365 + child.age // 4 + rng.randint(1, 350))
    known = chance(rng, 0.55)
    found: Answers = {
        "name_first": child.name.first,
        "name_middle": child.name.middle,
        "name_last": child.name.last,
        "name_other": child.name.latin if chance(rng, 0.75) else None,
        "sex": "female" if child.female else "male",
        "age": child.age,
        "date_of_birth": born.isoformat() if known else None,
        "estimated": not known,
        "registration_date": child.registered.isoformat(),
        "location_current": child.location if chance(rng, 0.8) else child.location[:4] + "01",
        "address_current": rng.choice(recipes.texts["streets"]),
        "landmark_current": rng.choice(recipes.texts["landmarks"]) if chance(rng, 0.5) else None,
        "address_is_permanent": chance(rng, 0.4),
        "language": [child.household.culture.language],
        "displacement_status": rng.choice(child.story.displacement),
        "disability_type": rng.choice(child.story.disability) if child.story.disability else None,
        "maritial_status": "single" if child.age >= 10 and chance(rng, 0.5) else None,
        "occupation": "Carries goods"
        if "worst_forms_of_child_labor" in child.story.concerns and child.age > 9
        else None,
    }
    if chance(rng, 0.94):
        found |= _safety(rng, child, recipes, "safe_to_contact", "telephone_current", "safe_contact_details")
    return found


def _safety(rng: Random, child: Child, recipes: Recipes, ask: str, phone: str, details: str) -> Answers:
    if child.story.unsafe_phone:
        answer = rng.choices(["no", "unknown", "no_phone"], [6, 2, 2])[0]
    else:
        answer = rng.choices(["yes", "no_phone", "unknown", "no"], [55, 25, 14, 6])[0]
    found: Answers = {ask: answer}
    if answer == "no_phone":
        return found
    found[phone] = child.phone if answer != "unknown" or chance(rng, 0.7) else None
    if answer == "yes":
        times = ["morning", "afternoon", "evening", "school_days", "weekend", "agreed_each_time"]
        found["safe_contact_times"] = sorted(rng.sample(times, rng.choice([1, 1, 2])))
        found["preferred_contact_method"] = rng.choices(
            ["call", "text_message", "messaging_app", "through_trusted_person"], [5, 2, 3, 1]
        )[0]
        found["safe_contact_by"] = rng.choices(["any_worker", "case_worker_only", "woman_only"], [5, 3, 2])[0]
        found[details] = rng.choice(recipes.texts["careful"]) if chance(rng, 0.5) else None
    elif answer == "no":
        found[details] = rng.choice(recipes.texts["unsafe"])
    return found


def _consent(rng: Random, child: Child) -> Answers:
    asked = "individual" if child.age >= 14 and chance(rng, 0.65) else rng.choices(["caregiver", "other"], [9, 1])[0]
    agreed = chance(rng, 0.94)
    shared = agreed and chance(rng, 0.78)
    found: Answers = {
        "interview_subject": asked,
        "consent_date": child.registered.isoformat(),
        "consent_for_services": agreed,
        "consent_reporting": "true" if chance(rng, 0.88) else "false",
        "disclosure_other_orgs": shared,
        "withhold_information": "true" if child.story.unsafe_phone else "false",
    }
    if asked != "individual":
        found["assent_obtained"] = "true" if child.age >= 5 and chance(rng, 0.9) else "false"
    if asked == "other":
        found["consent_source_other"] = "Teacher who brought the child"
    if not agreed:
        found["consent_not_obtained_reason"] = "No grown-up could be reached, and waiting would not have been safe."
        found["legitimate_basis"] = ["vital_interest"]
    if shared:
        found["consent_info_sharing"] = sorted({"other_organizations", rng.choice(["family", "unhcr", "authorities"])})
    if child.story.separation:
        found["consent_for_tracing"] = "true" if agreed and chance(rng, 0.9) else "false"
    if child.story.unsafe_phone:
        found["disclosure_deny_details"] = "Nothing to the household until the child says so."
        found["withholding_info_reason"] = ["fear"]
    return found


def _concerns(rng: Random, child: Child) -> Answers:
    story = child.story
    also = [concern for concern in story.also if chance(rng, 0.35) and child.age >= FROM_AGE.get(concern, 0)]
    concerns = [*story.concerns, *also]
    risk = rng.choices(["high", "medium", "low"], story.risk)[0]
    urgent = risk == "high" and chance(rng, 0.55)
    found: Answers = {
        "protection_concerns": concerns,
        "protection_concerns_other": story.other if "other" in concerns else None,
        "protection_status": story.separation or None,
        "risk_level": risk,
        "urgent_protection_concern": "true" if urgent else "false",
    }
    if risk != "low" and chance(rng, 0.92):
        found["rapid_risk_level_reasons"] = story.reason
        found["rapid_next_contact_date"] = (child.registered + timedelta(days=2 if risk == "high" else 7)).isoformat()
    if urgent:
        found["rapid_assessment_concerns"] = [
            row(
                rng,
                rapid_concern_type=story.concerns[0],
                rapid_concern_summary=story.reason,
                rapid_concern_action="Stayed with the child until a safe place for the night was found.",
                rapid_concern_action_date=child.registered.isoformat(),
                rapid_concern_resolved="true" if chance(rng, 0.6) else "false",
            )
        ]
    found["protection_concern_detail_subform_section"] = [
        _concern(rng, child, concern, risk) for concern in concerns if concern in story.concerns or chance(rng, 0.5)
    ]
    return found


def _concern(rng: Random, child: Child, concern: str, risk: str) -> Answers:
    needed = {"high": "urgent_intervention", "medium": "ongoing_monitoring", "low": "no_further_action_needed"}[risk]
    acted = chance(rng, 0.6)
    return row(
        rng,
        protection_concern_type=concern,
        date_concern_identified=rng.choices(["registration", "follow_up_in_care"], [8, 2])[0],
        concern_details=child.story.detail if concern in child.story.concerns else None,
        concern_intervention_needed=needed,
        date_concern_intervention_needed_by=(child.registered + timedelta(days=3)).isoformat()
        if needed == "urgent_intervention"
        else None,
        concern_action_taken_already=acted,
        concern_action_taken_details="Talked over with the supervisor and agreed on the next step." if acted else None,
        concern_action_taken_date=min(child.until, child.registered + timedelta(days=rng.randint(0, 4))).isoformat()
        if acted
        else None,
        concern_is_resolved=bool(child.ends) and chance(rng, 0.8),
    )


def _family(rng: Random, child: Child, care: str, recipes: Recipes) -> Answers:
    away = bool(child.story.separation) or care in ELSEWHERE
    father, mother = child.household.father_name(), child.household.mother_name()
    grandmother = child.household.grandmother_name()
    alive = ("unknown" if chance(rng, 0.5) else "alive") if away else "alive"
    adults = [("mother", mother, True, rng.randint(24, 44)), ("father", father, False, rng.randint(27, 52))]
    if care == "kinship_care_extended_family" or chance(rng, 0.15):
        adults.append(("grandmother", grandmother, True, rng.randint(52, 71)))
    caregiver = {"parent_s": "mother", "customary_caregiver_s": "mother", "step_parent": "mother"}.get(care)
    if care == "kinship_care_extended_family":
        caregiver = "grandmother"
    rows = []
    for relation, name, female, age in adults:
        cares = relation == caregiver
        there = cares or (not away and relation != "grandmother" and chance(rng, 0.8))
        found: Answers = {
            "relation_name": name.full,
            "relation": relation,
            "relation_is_caregiver": cares,
            "relation_lives_with_child": there,
            "relation_is_alive": "alive" if there else alive,
            "relation_sex": "female" if female else "male",
            "relation_age": age,
            "relation_nickname": name.latin or None,
        }
        if cares and not child.story.unsafe_phone and chance(rng, 0.6):
            found |= {
                "child_consent_relation_contact": True,
                "relation_safe_to_contact": "yes",
                "relation_telephone": child.phone,
                "relation_contact_method": rng.choices(["call", "text_message", "messaging_app"], [6, 2, 2])[0],
                "relation_contact_by": rng.choices(["any_worker", "case_worker_only"], [6, 4])[0],
                "relation_contact_times": [rng.choice(["morning", "afternoon", "weekend"])],
                "relation_safe_contact_details": rng.choice(recipes.texts["careful"]) if chance(rng, 0.4) else None,
            }
        rows.append(row(rng, **found))
    for name, female, age in child.siblings:
        rows.append(
            row(
                rng,
                relation_name=name.full,
                relation="sister" if female else "brother",
                relation_lives_with_child=True,
                relation_is_alive="alive",
                relation_sex="female" if female else "male",
                relation_age=age,
                relation_nickname=name.latin or None,
            )
        )
    holder = {"mother": mother, "grandmother": grandmother}.get(caregiver or "")
    since = child.registered - timedelta(days=rng.randint(1, 400))
    arrangement = row(
        rng,
        care_arrangements_type=care,
        care_arrangement_started_date=since.isoformat(),
        name_caregiver=holder.full if holder else None,
        relationship_caregiver=caregiver,
    )
    return {
        "family_size": rng.randint(2, 6) + len(child.siblings),
        "family_details_section": rows,
        "care_arrangements_section": [arrangement] if chance(rng, 0.93) else [],
        "family_notes": "They hold together and share what they have." if chance(rng, 0.25) else None,
    }


def _services(rng: Random, child: Child, providers: Mapping[str, Sequence[str]], recipes: Recipes) -> list[Answers]:
    rows = []
    day = child.registered + timedelta(days=rng.randint(0, 5))
    for kind in child.story.services[: rng.choices([0, 1, 2, 3, 4], [10, 28, 34, 20, 8])[0]]:
        if day > child.until:
            break
        agencies = providers.get(kind, ())
        appointment = day + timedelta(days=rng.randint(2, 16))
        given = appointment <= child.until and chance(rng, 0.9 if child.ends else 0.62)
        rows.append(
            row(
                rng,
                service_type=kind,
                service_response_type=rng.choices(["service_provision", "care_plan", "action_plan"], [7, 2, 1])[0],
                service_response_day_time=moment(rng, day),
                service_response_timeframe=rng.choice(["1_day", "3_days"]),
                service_appointment_date=appointment.isoformat(),
                service_external_referral=not agencies,
                service_implementing_agency=rng.choice(agencies) if agencies else None,
                service_implementing_agency_external=None if agencies else "District social office",
                service_delivery_location=child.location[:6] if agencies else None,
                service_location=None if agencies else "Office behind the market hall",
                service_referral_notes=rng.choice(recipes.texts["referrals"]) if chance(rng, 0.6) else None,
                service_implemented="implemented" if given else "not_implemented",
                service_implemented_day_time=moment(rng, appointment) if given else None,
            )
        )
        day += timedelta(days=rng.randint(3, 30))
    return rows


def _followups(rng: Random, child: Child, recipes: Recipes) -> list[Answers]:
    rows: list[Answers] = []
    visits = recipes.said("visits_small" if child.age < SCHOOL_AGE else "visits", child.language)
    day = child.registered + timedelta(days=rng.randint(7, 21))
    while day <= child.until and len(rows) < 5:
        seen = chance(rng, 0.88)
        again = day + timedelta(days=45) < child.until
        rows.append(
            row(
                rng,
                followup_type=rng.choices(["in_care", "for_service"], [8, 2])[0],
                followup_needed_by_date=(day + timedelta(days=rng.randint(-3, 4))).isoformat(),
                followup_date=day.isoformat(),
                child_was_seen="true" if seen else "false",
                reason_child_not_seen=None
                if seen
                else [rng.choice(["at_school", "working", "visiting_friends_relatives"])],
                followup_comments=rng.choice(visits) if seen else None,
                need_follow_up_visit="true" if again or not child.ends else "false",
            )
        )
        day += timedelta(days=rng.randint(20, 75))
    if not child.ends and chance(rng, 0.7):
        due = child.today + timedelta(days=rng.choices([rng.randint(-20, -1), rng.randint(0, 30)], [1, 3])[0])
        rows.append(row(rng, followup_type="in_care", followup_needed_by_date=max(due, child.registered).isoformat()))
    return rows


def _notes(rng: Random, child: Child, recipes: Recipes) -> list[Answers]:
    span = max(1, (child.until - child.registered).days)
    days = sorted(rng.randint(0, span) for _ in range(rng.choices([0, 1, 2, 3, 4], [10, 30, 30, 20, 10])[0]))
    told = list(recipes.said("notes_small" if child.age < SCHOOL_AGE else "notes", child.language))
    rng.shuffle(told)
    return [
        row(
            rng,
            note_date=moment(rng, min(child.registered + timedelta(days=after), child.today - timedelta(days=1))),
            note_subject=subject,
            note_text=text,
            note_created_by=child.worker,
        )
        for after, (subject, text) in zip(days, told, strict=False)
    ]
