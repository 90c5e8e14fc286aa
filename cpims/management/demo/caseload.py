"""Inventing a caseload: who works with which child since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from cpims.management.demo.answers import Child, tell
from cpims.management.demo.naming import Household, Name, found_household, pick_names
from cpims.management.demo.recipes import Recipes, Story

#: Days back to the first registration.
SPAN = 730
#: How many cases of a thousand the first workers of the cast have; never more than this.
CAST = {"amina": 46, "bilal": 44, "dawit": 32}
#: What is always so for Noor, whatever the dice say.
NOOR: Mapping[str, Any] = {
    "name_nickname": "Nunu",
    "risk_level": "high",
    "urgent_protection_concern": "false",
    "safe_to_contact": "yes",
    "preferred_contact_method": "call",
    "safe_contact_times": ["afternoon"],
    "safe_contact_by": "woman_only",
    "safe_contact_details": "It is the aunt's telephone. Say that you call from the sewing class.",
}


@dataclass(frozen=True)
class Worker:
    """A case worker of the demo: where she works, in which language, and what agencies around her offer."""

    user_name: str
    location: str
    language: str


@dataclass(frozen=True)
class InventedCase:
    """A case as it would be registered: whose, since when, with which answers, and perhaps closed."""

    case_id: UUID
    owner: str
    created_at: datetime
    answers: Mapping[str, Any]
    workflow: str
    closed_on: date | None = None
    hidden_name: bool = False


def invent_caseload(
    *,
    count: int,
    seed: int,
    today: date,
    workers: Sequence[Worker],
    providers: Mapping[str, Sequence[str]],
    recipes: Recipes,
) -> Iterator[InventedCase]:
    """Invent ``count`` cases of the last two years, worker by worker; the same seed and day give the same cases.

    ``providers`` names the agencies that give each kind of service. The first case of the first worker is a girl
    called Noor.
    """
    quotas = share_out(count, workers)
    for number, worker in enumerate(workers):
        rng = Random(f"{seed}/{worker.user_name}")
        left = quotas[worker.user_name]
        if number == 0 and left:
            yield _noor(Random(f"{seed}/noor"), worker, today, providers, recipes)
            left -= 1
        while left > 0:
            for case in _family(rng, worker, today, providers, recipes, left):
                left -= 1
                yield case


def share_out(count: int, workers: Sequence[Worker]) -> dict[str, int]:
    """How many cases each worker gets: a plausible caseload for the cast, the others share the rest evenly."""
    quotas = {
        w.user_name: min(CAST[w.user_name], -(-count * CAST[w.user_name] // 1000))
        for w in workers
        if w.user_name in CAST
    }
    others = [worker.user_name for worker in workers if worker.user_name not in CAST]
    rest = max(0, count - sum(quotas.values()))
    if not others:
        others = [worker.user_name for worker in workers]
    for place, name in enumerate(others):
        quotas[name] = quotas.get(name, 0) + rest // len(others) + (1 if place < rest % len(others) else 0)
    surplus = sum(quotas.values()) - count
    for name in reversed([worker.user_name for worker in workers]):
        taken = min(surplus, quotas[name])
        quotas[name] -= taken
        surplus -= taken
    return quotas


def _family(
    rng: Random, worker: Worker, today: date, providers: Mapping[str, Sequence[str]], recipes: Recipes, most: int
) -> Iterator[InventedCase]:
    story = rng.choices(recipes.stories, [s.weight for s in recipes.stories])[0]
    culture = rng.choices(recipes.cultures, [c.weight for c in recipes.cultures])[0]
    household = found_household(rng, culture)
    size = 1 + rng.choices([0, 1, 2, 3], [62, 22, 11, 5])[0]
    size = min(size, 1 if story.hidden_name else size, most, story.ages[1] - story.ages[0] + 1)
    females = [story.sex == "female" or (not story.sex and rng.random() < 0.49) for _ in range(size)]
    names = pick_names(rng, household, females)
    ages = sorted(rng.sample(range(story.ages[0], story.ages[1] + 1), size), reverse=True)
    first_day = today - timedelta(days=1 + int((SPAN - 1) * rng.random() ** 1.15))
    phone = _phone(rng)
    for place, (name, female, age) in enumerate(zip(names, females, ages, strict=True)):
        day = min(today - timedelta(days=1), first_day + timedelta(days=rng.randint(0, 9) if place else 0))
        siblings = [(n, f, a) for n, f, a in zip(names, females, ages, strict=True) if n is not name]
        yield _case(rng, worker, day, today, story, household, name, female, age, siblings, phone, providers, recipes)


def _case(
    rng: Random,
    worker: Worker,
    day: date,
    today: date,
    story: Story,
    household: Household,
    name: Name,
    female: bool,
    age: int,
    siblings: Sequence[tuple[Name, bool, int]],
    phone: str,
    providers: Mapping[str, Sequence[str]],
    recipes: Recipes,
) -> InventedCase:
    created_at = datetime.combine(day, time(8 + rng.randint(0, 8), rng.randint(0, 59), rng.randint(0, 59)), UTC)
    days = (today - day).days
    closed_on = None
    if days > 45 and rng.random() < 0.14 + 0.40 * days / SPAN:
        closed_on = day + timedelta(days=rng.randint(40, days))
    child = Child(
        story=story,
        household=household,
        name=name,
        female=female,
        age=age,
        siblings=siblings,
        phone=phone,
        location=worker.location,
        worker=worker.user_name,
        language=_language(rng, worker, household),
        registered=day,
        ends=closed_on,
        today=today,
    )
    answers, workflow = tell(rng, child, providers, recipes)
    return InventedCase(
        case_id=UUID(int=rng.getrandbits(128), version=4),
        owner=worker.user_name,
        created_at=created_at,
        answers=answers,
        workflow="closed" if closed_on else workflow,
        closed_on=closed_on,
        hidden_name=story.hidden_name and rng.random() < 0.7,
    )


def _noor(
    rng: Random, worker: Worker, today: date, providers: Mapping[str, Sequence[str]], recipes: Recipes
) -> InventedCase:
    story = next(s for s in recipes.stories if s.name == "separated_on_the_way")
    culture = next(c for c in recipes.cultures if c.name == "arabic")
    household = found_household(rng, culture)
    brother = pick_names(rng, household, [False])[0]
    shape = household.child(("نور", "Noor"), True)
    latin = shape.latin.split(" ")
    name = Name("Noor", " ".join(latin[1:-1]), latin[-1], shape.full)
    day = today - timedelta(days=41)
    phone = _phone(rng)
    case = _case(
        rng, worker, day, today, story, household, name, True, 9, [(brother, False, 14)], phone, providers, recipes
    )
    return replace(case, answers={**case.answers, **NOOR, "telephone_current": phone})


def _language(rng: Random, worker: Worker, household: Household) -> str:
    native = {"spanish": "es", "french": "fr"}.get(household.culture.name)
    return native if native and rng.random() < 0.5 else worker.language


def _phone(rng: Random) -> str:
    """A number in a country code that no country has."""
    return f"+999{rng.randint(10_000_000, 99_999_999)}"
