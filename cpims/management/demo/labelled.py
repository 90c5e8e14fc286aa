"""Inventing pairs of records that speak of one child, or of two who are easily taken for one another, each with its label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from cpims.management.demo.misspelling import misspell, mistype
from cpims.management.demo.naming import Household, Name, found_household, pick_names
from cpims.management.demo.recipes import Culture, Recipes
from cpims.matching.formats import LabelledPair
from cpims.matching.rules.folding import fold
from cpims.matching.rules.persons import Birth, Person
from cpims.matching.rules.scripts import script_of

#: Of a hundred pairs, so many of each kind; the first alone are one child.
SHARES: Final[Mapping[str, int]] = {
    "same": 50, "sibling": 18, "twin": 4, "namesake": 6, "lookalike": 8, "parent": 2, "unrelated": 12,
}  # fmt: skip
#: The day on which the pairs were written, so that they are the same for ever.
TODAY: Final = date(2026, 1, 15)
PROVINCES: Final = 6
DISTRICTS: Final = 7
Path = tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """A child as she is, before anybody writes her down."""

    household: Household
    name: Name
    female: bool
    born: date
    place: Path
    birth_place: Path
    separated_on: date
    phone: str
    card: str
    ration_card: str
    culture: Culture


def invent_pairs(*, count: int, seed: int, recipes: Recipes, today: date = TODAY) -> Iterator[LabelledPair]:
    """Invent labelled pairs; the same seed gives the same, whatever the day."""
    rng = Random(f"{seed}/labelled")
    kinds = list(SHARES)
    for number in range(count):
        kind = rng.choices(kinds, list(SHARES.values()))[0]
        culture = rng.choices(recipes.cultures, [c.weight for c in recipes.cultures])[0]
        truth = _child(rng, culture, today)
        other = truth if kind == "same" else _another(rng, truth, kind, recipes, today)
        one, two = _written(rng, truth, today), _written(rng, other, today)
        scripts = sorted({script_of(fold(" ".join(person.names))) or "other" for person in (one, two)})
        yield LabelledPair(f"p{number:05}", kind == "same", kind, " and ".join(scripts), one, two)


def _child(rng: Random, culture: Culture, today: date) -> Truth:
    household = found_household(rng, culture)
    female = rng.random() < 0.49
    place = _place(rng)
    return Truth(
        household=household,
        name=pick_names(rng, household, [female])[0],
        female=female,
        born=today - timedelta(days=rng.randint(365, 17 * 365)),
        place=place,
        birth_place=place if rng.random() < 0.5 else _place(rng),
        separated_on=today - timedelta(days=rng.randint(10, 900)),
        phone=f"+999{rng.randint(10_000_000, 99_999_999)}",
        card=f"{rng.choice('KLM')}{rng.randint(100_000, 999_999)}",
        ration_card=f"R{rng.randint(10_000, 99_999)}",
        culture=culture,
    )


def _place(rng: Random) -> Path:
    province = f"KL{rng.randint(1, PROVINCES):02}"
    return ("KL", province, f"{province}{rng.randint(1, DISTRICTS):02}")


def _another(rng: Random, child: Truth, kind: str, recipes: Recipes, today: date) -> Truth:
    """Another child, of whom the first is easily taken for one."""
    culture = child.culture
    own_card = f"{rng.choice('KLM')}{rng.randint(100_000, 999_999)}"
    if kind in ("sibling", "twin"):
        female = child.female if kind == "twin" and rng.random() < 0.6 else rng.random() < 0.49
        years = 0 if kind == "twin" else rng.choice([-5, -4, -3, -2, -2, -1, 1, 2, 2, 3, 4, 5])
        born = child.born + timedelta(days=round(years * 365.25) + (rng.randint(-60, 60) if years else 0))
        name = _other_name(rng, child, female)
        return replace(child, name=name, female=female, born=min(born, today - timedelta(days=200)), card=own_card)
    stranger = _child(rng, culture, today)
    if kind == "namesake":
        return replace(stranger, name=child.name, female=child.female)
    if kind == "lookalike":
        pool = culture.girls if child.female else culture.boys
        given = min(
            (pair for pair in pool if pair[0] != child.name.first),
            key=lambda pair: _unlike(pair[1], (child.name.latin or child.name.full)),
        )
        alike = child.household.child(given, child.female)
        return replace(stranger, name=alike, female=child.female, place=child.place)
    if kind == "parent":
        first, middle = child.name.first, child.name.middle or child.name.last
        parts = (child.name.latin or child.name.full).split()
        latin = " ".join((parts[1], parts[0], *parts[2:])) if len(parts) > 1 else parts[0]
        turned = Name(middle or first, first, child.name.last if child.name.middle else "", latin)
        return replace(stranger, name=turned, female=False, born=child.born - timedelta(days=25 * 365))
    return stranger


def _other_name(rng: Random, child: Truth, female: bool) -> Name:
    for _ in range(20):
        name = pick_names(rng, child.household, [female])[0]
        if name.first != child.name.first:
            return name
    return name


def _unlike(one: str, other: str) -> float:
    first = other.split()[0]
    common = len(set(one.lower()) & set(first.lower()))
    return abs(len(one) - len(first)) - common


def _written(rng: Random, child: Truth, today: date) -> Person:
    """A child as a worker wrote her down: in one script, with what she knew, as well as she heard it."""
    latin = rng.random() < 0.55
    known = rng.random
    relatives: dict[str, tuple[str, ...]] = {}
    if known() < 0.8:
        relatives["mother"] = (_spelled(rng, child.household.mother_name(), latin, child.culture),)
    if known() < 0.65:
        relatives["father"] = (_spelled(rng, child.household.father_name(), latin, child.culture),)
    places = {"current": (_where(rng, child.place),)} if known() < 0.92 else {}
    if known() < 0.6:
        places["birth"] = (child.birth_place,)
    return Person(
        names=(_whole_name(rng, child, latin),),
        sex=_sex(rng, child.female),
        birth=_birth(rng, child.born, today),
        relatives=relatives,
        places=places,
        languages=frozenset({child.culture.language}) if known() < 0.8 else frozenset(),
        separated_on=child.separated_on + timedelta(days=round(rng.gauss(0, 15))) if known() < 0.4 else None,
        phones=(child.phone,) if known() < 0.45 else (),
        identifiers={"unhcr_individual_no": child.card} if known() < 0.3 else {},
        household={"ration_card_no": child.ration_card} if known() < 0.3 else {},
    )


def _whole_name(rng: Random, child: Truth, latin: bool) -> str:
    words = _spelled(rng, child.name, latin, child.culture).split()
    if len(words) > 2 and rng.random() < 0.2:
        del words[rng.randrange(1, len(words))]
    if len(words) > 1 and rng.random() < 0.06:
        words = [words[-1], *words[:-1]]
    return " ".join(words)


def _spelled(rng: Random, name: Name, latin: bool, culture: Culture) -> str:
    text = (name.latin or name.full) if latin else name.full
    if text.isascii() and culture.name not in ("spanish",):
        text = misspell(rng, text)
    return mistype(rng, text) if rng.random() < 0.1 else text


def _sex(rng: Random, female: bool) -> str:
    if rng.random() < 0.03:
        return ""
    return ("male", "female")[female != (rng.random() < 0.005)]


def _where(rng: Random, place: Path) -> Path:
    if rng.random() < 0.65:
        return place
    if rng.random() < 0.6:
        return (*place[:2], f"{place[1]}{rng.randint(1, DISTRICTS):02}")
    return place[:2] if rng.random() < 0.5 else _place(rng)


def _birth(rng: Random, born: date, today: date) -> Birth | None:
    """A day that somebody knew, or an age that somebody guessed some time ago."""
    chance = rng.random()
    if chance < 0.04:
        return None
    if chance < 0.4:
        return Birth(born, born)
    if chance < 0.43 and born.day <= 12:
        turned = date(born.year, born.day, born.month)
        return Birth(turned, turned)
    told = today - timedelta(days=rng.randint(0, 700))
    true = max((told - born).days / 365.25, 0.3)
    guessed = chance > 0.6
    age = max(round(true - 0.5 + rng.gauss(0, 0.11 * true + 0.3)), 0) if guessed else int(true)
    high = told - timedelta(days=round(age * 365.25))
    return Birth(high - timedelta(days=364), high, guessed)
