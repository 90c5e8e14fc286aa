"""What each part of two persons says for and against their being one, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import erf, exp, log, pi, sqrt
from typing import Final

from cpims.matching.rules.naming import OTHER_FORM, Named, agreement, compare_names
from cpims.matching.rules.numbers import SHORTEST_PHONE, identifier_key, phone_key
from cpims.matching.rules.persons import Birth, Person
from cpims.matching.rules.weights import Weights
from cpims.matching.rules.words import name_words

#: A year in days.
YEAR: Final = 365.25
#: Children of one family are born at least so many days apart, or on one day.
BETWEEN_SIBLINGS: Final = 270
#: Ages of the children who are looked for lie within so many years.
CHILDHOOD: Final = 18.0
#: Brothers and sisters are born within so many years; so many of them are twins.
GAP: Final = 6.0
TWINS: Final = 0.02
#: Of a span within which any day is as likely, the standard deviation is this share of its length.
EVEN: Final = 0.3
#: A day that somebody knew may still be written down wrongly.
A_MONTH: Final = 0.1
#: Roles that tell one person from another whoever is asked; each child has one mother and one father.
ONLY_ONE: Final = frozenset({"mother", "father"})
#: Relatives who are compared with one another whatever they are called.
ALIKE_ROLES: Final[Mapping[str, str]] = {
    "sister": "sibling", "brother": "sibling", "stepmother": "mother", "stepfather": "father",
}  # fmt: skip
NEAR_DAYS: Final = 30
FAR_DAYS: Final = 730
#: Places of the same sort count whole, of two sorts less: who lived there last may have been parted there.
OTHER_SORT: Final = 0.5


@dataclass(frozen=True)
class Reason:
    """One piece of evidence: ``matching.reason.<code>`` is its message, ``weight`` is above zero where it speaks for a match."""

    code: str
    part: str
    weight: float
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What one part says: of one person against two strangers, of one person against brother and sister, and in words."""

    strangers: float
    kin: float
    reasons: tuple[Reason, ...]


def _one(code: str, part: str, strangers: float, kin: float, **params: str | int) -> Evidence:
    return Evidence(strangers, kin, (Reason(code, part, strangers, params),))


def of_names(one: Person, other: Person, w: Weights) -> Evidence | None:
    """The names that fit best; a nickname may stand for the first name."""
    mine, theirs = _whole_names(one), _whole_names(other)
    compared = [named for a in mine for b in theirs if (named := compare_names(a, b)) is not None]
    found = [_of_name(named, w) for named in compared]
    best = max(found, key=lambda evidence: evidence.kin + sum(why.weight for why in evidence.reasons), default=None)
    if best is not None and best.reasons[0].weight > 0:
        return best
    called = _of_nicknames(one, other, compared, w)
    return called if called is not None and (best is None or called.strangers > best.strangers) else best


def _whole_names(person: Person) -> tuple[str, ...]:
    """Her names, and what of her other names is a whole one: often the same name in other letters."""
    return (*person.names, *(name for name in person.nicknames if len(name_words(name)) > 1))


def _of_name(named: Named, w: Weights) -> Evidence:
    first, code = named.first, f"first_name_{named.kind}"
    strangers = first * w.first_name if first > 0 else -first * w.first_name_against
    kin = first * w.kin_first_name if first > 0 else -first * w.kin_first_name_against
    reasons = [Reason(code if first > 0 else "first_name_differs", "name", strangers if first > 0 else kin)]
    more = sum(says * w.further_name for says in named.further)
    if more:
        reasons.append(Reason("further_names", "name", more, {"count": len(named.further)}))
    less = sum(-says * w.further_name_against for says in named.against)
    if less:
        reasons.append(Reason("further_names_differ", "name", less, {"count": len(named.against)}))
    gone = named.missing * w.name_missing
    if named.missing:
        reasons.append(Reason("names_missing", "name", gone, {"count": named.missing}))
    if named.swapped:
        reasons.append(Reason("names_in_other_order", "name", w.name_order))
    agree = min(strangers + more, w.names_most)
    return Evidence(agree + less + gone + named.swapped * w.name_order, kin, tuple(reasons))


def _of_nicknames(one: Person, other: Person, compared: Iterable[Named], w: Weights) -> Evidence | None:
    pairs = [(a, b) for a in one.nicknames for b in (*other.nicknames, *other.names)]
    pairs += [(a, b) for a in one.names for b in other.nicknames]
    says = max((agreement(a, b) for a, b in pairs), default=-1.0)
    if says < OTHER_FORM:
        return None
    first = says * OTHER_FORM
    further = max((named.further for named in compared), key=sum, default=())
    against = min((named.against for named in compared), key=len, default=())
    return _of_name(Named(first, further, against, kind="nickname"), w)


def of_sex(one: Person, other: Person, w: Weights) -> Evidence | None:
    """The same sex says little, another one much; what is not known says nothing."""
    if not one.sex or not other.sex:
        return None
    if one.sex == other.sex:
        return _one("same_sex", "sex", w.sex, w.sex)
    return _one("other_sex", "sex", w.sex_against, w.sex_against)


def of_births(one: Person, other: Person, w: Weights) -> Evidence | None:
    """Birth days, or the spans in which they lie, each as wide as the guess is rough."""
    if one.birth is None or other.birth is None:
        return None
    a, b = one.birth, other.birth
    if _is_day(a) and _is_day(b):
        if a.low == b.low:
            return _one("same_birth_day", "birth", w.born_same_day, w.kin_born_same_day)
        if _is_swapped(a.low, b.low):
            return _one("birth_day_swapped", "birth", w.born_swapped, w.born_swapped)
    apart = abs(_middle(a) - _middle(b)) / YEAR
    spread = sqrt(_spread(a, w) ** 2 + _spread(b, w) ** 2)
    one_child = exp(-(apart**2) / (2 * spread**2)) / (spread * sqrt(2 * pi))
    siblings = TWINS * one_child + (1 - TWINS) * _chance_of_siblings(apart, spread)
    says = _bounded(log(max(one_child, 1e-9) * CHILDHOOD), w)
    kin = _bounded(log(max(one_child, 1e-9) / siblings), w)
    years = round(apart)
    if says < 0:
        return _one("birth_differs", "birth", says, kin, years=max(years, 1))
    return _one("age_fits", "birth", says, kin, years=years) if years else _one("same_age", "birth", says, kin)


def _bounded(says: float, w: Weights) -> float:
    return max(min(says * w.birth, w.birth_most), w.birth_against_most)


def _chance_of_siblings(apart: float, spread: float) -> float:
    """How often brothers and sisters are so many years apart: any gap within some years, but hardly less than nine months."""
    least = BETWEEN_SIBLINGS / YEAR
    within = (erf((least - apart) / (spread * sqrt(2))) + erf((least + apart) / (spread * sqrt(2)))) / 2
    return max(1 - within, 0.02) / (2 * GAP)


def _is_day(birth: Birth) -> bool:
    """Is it a day that somebody knew?"""
    return birth.low == birth.high and not birth.estimated and not _is_year(birth)


def _is_year(birth: Birth) -> bool:
    """The first of January stands for a year of which nobody knew the day."""
    return birth.low == birth.high and (birth.low.month, birth.low.day) == (1, 1)


def _is_swapped(one: date, other: date) -> bool:
    return one.year == other.year and (one.month, one.day) == (other.day, other.month)


def _middle(birth: Birth) -> float:
    middle = (birth.low.toordinal() + birth.high.toordinal()) / 2
    return middle + YEAR / 2 if _is_year(birth) else middle


def _spread(birth: Birth, w: Weights) -> float:
    """By how many years a birth may lie beside the middle of what was told."""
    years = (birth.high - birth.low).days / YEAR
    if _is_year(birth):
        years = 1.0
    told = max(years * EVEN, A_MONTH)
    return sqrt(told**2 + w.guessed_years**2) if birth.estimated else told


def of_relatives(one: Person, other: Person, w: Weights) -> Evidence | None:
    """Relatives of the same role by name: a mother or a father whom both name says most."""
    mine, theirs = _by_role(one.relatives), _by_role(other.relatives)
    strangers = 0.0
    reasons: list[Reason] = []
    for role in mine.keys() & theirs.keys():
        says = max(_same_relative(a, b) for a in mine[role] for b in theirs[role])
        worth = {"mother": w.mother, "father": w.father}.get(role, w.relative)
        if says > 0:
            reasons.append(Reason(f"same_{_told(role)}", "relatives", says * worth))
        elif role in ONLY_ONE and says < 0:
            worth = w.mother_against if role == "mother" else w.father_against
            reasons.append(Reason(f"other_{role}", "relatives", -says * worth))
        else:
            continue
        strangers += reasons[-1].weight
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.code))
    return Evidence(strangers, min(strangers, 0.0), tuple(reasons)) if reasons else None


#: The roles that the sentences name; all others are “a relative”.
TOLD_ROLES: Final = frozenset(("mother", "father", "sibling", "caregiver"))


def _told(role: str) -> str:
    return role if role in TOLD_ROLES else "relative"


def _by_role(relatives: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for role, names in relatives.items():
        found.setdefault(ALIKE_ROLES.get(role, role), []).extend(name for name in names if name.strip())
    return {role: names for role, names in found.items() if names}


def _same_relative(one: str, other: str) -> float:
    named = compare_names(one, other)
    if named is None:
        return 0.0
    if named.first <= 0:
        return named.first
    against = sum(named.against)
    if not named.further and not against:
        return named.first * 0.7
    return max(min(named.first, (named.first + sum(named.further)) / 2) + against, -1.0)


def of_places(one: Person, other: Person, w: Weights) -> Evidence | None:
    """The two nearest places of both, up the tree: the same, under one parent, in one region."""
    best: tuple[float, str] | None = None
    for sort, paths in one.places.items():
        for other_sort, others in other.places.items():
            for path in paths:
                for there in others:
                    says, code = _near(path, there, w)
                    says *= 1.0 if sort == other_sort else OTHER_SORT
                    if code and (best is None or says > best[0]):
                        best = (says, code)
    if best is not None:
        return _one(best[1], "places", best[0], 0.0)
    for sort in ("birth", "current"):
        if all(any(len(path) > 1 for path in person.places.get(sort, ())) for person in (one, other)):
            return _one("other_place", "places", w.place_against, 0.0)
    return None


def _near(one: tuple[str, ...], other: tuple[str, ...], w: Weights) -> tuple[float, str]:
    """How near two places are in the tree; a country alone says nothing."""
    common = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        common += 1
    deepest = max(len(one), len(other))
    if common < 2:
        return 0.0, ""
    if common == deepest:
        return w.place, "same_place"
    if common == deepest - 1:
        return w.place_near, "near_place"
    return w.place_region, "same_region"


def _of_sets(
    part: str, read: Callable[[Person], frozenset[str]]
) -> Callable[[Person, Person, Weights], Evidence | None]:
    def compare(one: Person, other: Person, w: Weights) -> Evidence | None:
        mine, theirs = read(one), read(other)
        if not mine or not theirs:
            return None
        if mine & theirs:
            return _one(f"same_{part}", part, float(getattr(w, part)), 0.0)
        return _one(f"other_{part}", part, float(getattr(w, f"{part}_against")), 0.0)

    return compare


def of_separation(one: Person, other: Person, w: Weights) -> Evidence | None:
    """The day on which the child was parted from the family, as far as both remember it."""
    if one.separated_on is None or other.separated_on is None:
        return None
    apart = abs((one.separated_on - other.separated_on).days)
    if apart <= NEAR_DAYS:
        return _one("separated_near", "separation", w.separated_near * (1 - apart / (2 * NEAR_DAYS)), 0.0, days=apart)
    if apart >= FAR_DAYS:
        return _one(
            "separated_apart", "separation", w.separated_against, w.separated_against, years=round(apart / YEAR)
        )
    return None


def of_phones(one: Person, other: Person, w: Weights) -> Evidence | None:
    """A telephone number that both give: a family shares it, and so do neighbours."""
    keys = [{key for text in person.phones if len(key := phone_key(text)) >= SHORTEST_PHONE} for person in (one, other)]
    return _one("same_phone", "phones", w.phone, 0.0) if keys[0] & keys[1] else None


def of_identifiers(one: Person, other: Person, w: Weights) -> Evidence | None:
    """Numbers of cards: her own decides much, one of the household only that it is the family."""
    strangers = kin = 0.0
    reasons: list[Reason] = []
    own, other_own = _keys(one.identifiers), _keys(other.identifiers)
    shared = sorted(kind for kind in own.keys() & other_own.keys() if own[kind] == other_own[kind])
    if shared:
        strangers, kin = w.identifier, w.kin_identifier
        reasons.append(Reason("same_identifier", "identifiers", strangers))
    elif own.keys() & other_own.keys():
        strangers = kin = w.identifier_against
        reasons.append(Reason("other_identifier", "identifiers", strangers))
    household, other_household = _keys(one.household), _keys(other.household)
    if any(household[kind] == other_household[kind] for kind in household.keys() & other_household.keys()):
        strangers += w.household
        reasons.append(Reason("same_household", "identifiers", w.household))
    return Evidence(strangers, kin, tuple(reasons)) if reasons else None


def _keys(numbers: Mapping[str, str]) -> dict[str, str]:
    return {kind: key for kind, value in numbers.items() if (key := identifier_key(value))}


#: Every part, in the order of the reasons that weigh the same.
PARTS: Final[tuple[Callable[[Person, Person, Weights], Evidence | None], ...]] = (
    of_names,
    of_sex,
    of_births,
    of_relatives,
    of_places,
    of_separation,
    of_phones,
    of_identifiers,
    _of_sets("language", lambda person: person.languages),
    _of_sets("nationality", lambda person: person.nationalities),
    _of_sets("ethnicity", lambda person: person.ethnicities),
    _of_sets("religion", lambda person: person.religions),
)
