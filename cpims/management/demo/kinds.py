"""Inventing what lies beside the cases: who looks for a child, which families there are, what happened to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from cpims.management.demo.caseload import InventedCase
from cpims.management.demo.naming import found_household, pick_names
from cpims.management.demo.recipes import Recipes
from cpims.management.demo.rows import row

#: One record for so many cases; and never more than this, however many cases there are.
FOR_SO_MANY: Final = 10
MOST: Final = 300
TURN: Final = ("tracing_request", "incident", "family")
#: How a person of a case's family is called as a member of it.
AS_MEMBER: Final = {"relation": "family_relationship", "relation_is_caregiver": "family_relation_is_caregiver"}
OF_MEMBER: Final = ("relation_name", "relation_nickname", "relation_sex", "relation_age", "relation_is_alive")


@dataclass(frozen=True)
class InventedRecord:
    """A record as it would be registered: of which kind, whose, since when, with which answers."""

    kind: str
    record_id: UUID
    owner: str
    created_at: datetime
    answers: Mapping[str, Any]


def invent_beside(
    cases: Sequence[InventedCase], *, seed: int, today: date, recipes: Recipes
) -> Iterator[InventedRecord]:
    """Invent a tracing request, an incident, a family by turns, one beside each of these cases; the same seed gives the
    same.

    No case is touched: whoever links them does it herself.
    """
    rng = Random(f"{seed}/beside")
    for number, case in enumerate(cases):
        kind = TURN[number % len(TURN)]
        days = min(27, max(1, (today - case.created_at.date()).days))
        day = case.created_at.date() + timedelta(days=rng.randrange(days))
        answers = {"tracing_request": _request, "incident": _incident, "family": _family}[kind](rng, case, day, recipes)
        moment = datetime.combine(day, time(9 + rng.randint(0, 6), rng.randint(0, 59)), UTC)
        yield InventedRecord(
            kind=kind,
            record_id=UUID(int=rng.getrandbits(128), version=4),
            owner=case.owner,
            created_at=max(moment, case.created_at),
            answers=answers,
        )


def _request(rng: Random, case: InventedCase, day: date, recipes: Recipes) -> dict[str, Any]:
    """A mother looks for the child of the case, written as she writes it, and for another who is nowhere."""
    culture = rng.choices(recipes.cultures, [c.weight for c in recipes.cultures])[0]
    lost = pick_names(rng, found_household(rng, culture), [False])[0]
    child = case.answers
    written = child.get("name_other") or _full(child)
    mother: Mapping[str, Any] = next(
        (r for r in child.get("family_details_section") or () if r.get("relation") == "mother"), {}
    )
    traces = [
        row(rng, name=written, relation="mother", sex=child.get("sex"), age=child.get("age")),
        row(rng, name=lost.full, name_other=lost.latin or None, relation="mother", sex="male", age=rng.randint(3, 15)),
    ]
    return _said(
        relation_name=mother.get("relation_name") or f"{lost.last} {lost.first}",
        relation_nickname=mother.get("relation_nickname"),
        relation_age=mother.get("relation_age"),
        inquirer_sex="female",
        inquiry_date=day.isoformat(),
        inquirer_consent="true",
        separation_cause=rng.choice(("conflict", "abandonment", "sickness_of_family_member")),
        location_last=child.get("location_current"),
        relation_telephone=f"+999{rng.randint(10_000_000, 99_999_999)}",
        tracing_request_subform_section=traces,
    )


def _incident(rng: Random, case: InventedCase, day: date, recipes: Recipes) -> dict[str, Any]:
    happened = day - timedelta(days=rng.randint(0, 20))
    return _said(
        incident_date=happened.isoformat(),
        date_of_first_report=day.isoformat(),
        cp_incident_violence_type=rng.choice(("physical_assault", "psychological_emotional_abuse", "forced_marriage")),
        incident_location=case.answers.get("location_current"),
        age=case.answers.get("age"),
        cp_sex=case.answers.get("sex"),
        incident_description=rng.choice(
            (
                "Her teacher saw the marks and brought her to the centre.",
                "A neighbour heard shouting and told the community worker.",
                "She told the community worker on the way home.",
            )
        ),
    )


def _family(rng: Random, case: InventedCase, day: date, recipes: Recipes) -> dict[str, Any]:
    relatives = case.answers.get("family_details_section") or ()
    members = [
        row(
            rng,
            **{name: person.get(name) for name in OF_MEMBER},
            **{member: person.get(name) for name, member in AS_MEMBER.items()},
        )
        for person in relatives
    ]
    return _said(
        family_name=case.answers.get("name_last") or case.answers.get("name_first"),
        family_number=f"F-{rng.randint(1000, 9999)}",
        family_registration_date=day.isoformat(),
        family_size=len(members) + 1,
        family_location_current=case.answers.get("location_current"),
        family_notes=case.answers.get("family_notes"),
        family_members=members,
    )


def _full(answers: Mapping[str, Any]) -> str:
    parts = (answers.get(name) for name in ("name_first", "name_middle", "name_last"))
    return " ".join(part for part in parts if part)


def _said(**answers: Any) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if value is not None}
