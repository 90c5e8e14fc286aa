"""The child of a case as the matching compares her: what is read of the answers, and of no others than are given here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from cpims.lib.json import read_moment
from cpims.matching.rules.persons import Birth, Person
from cpims.records.rules.precision import birth_of

Answers = Mapping[str, Any]
Paths = Mapping[str, tuple[str, ...]]

FAMILY: Final = "family_details_section"
#: Where each sort of place is asked.
PLACES_ASKED: Final = {
    "current": "location_current", "last": "location_last", "separation": "location_separation", "birth": "location_birth",
}  # fmt: skip
#: Numbers that a household shares; every other number of the case is the child's own.
HOUSEHOLD: Final = frozenset(
    "ration_card_no family_count_no family_number camp_id tent_number nfi_distribution_id registry_no dss_id".split()
)
#: Of an answer no more than this is compared.
LONGEST: Final = 200
#: What is looked at when cases are compared.
COMPARED: Final = frozenset(
    (
        "name name_nickname name_other sex age date_of_birth estimated nationality ethnicity religion language "
        "location_last location_birth location_current location_separation date_of_separation name_caregiver "
        "telephone_last telephone_current telephone_caregivers " + FAMILY
    ).split()
)


def person_of(
    answers: Answers, *, name: str | None, birth: Birth | None, places: Paths, identifiers: Mapping[str, str]
) -> Person:
    """The child of whom these answers tell."""
    relatives: dict[str, list[str]] = {"caregiver": _texts(answers.get("name_caregiver"))}
    phones = _texts(*(answers.get(name) for name in ("telephone_last", "telephone_current", "telephone_caregivers")))
    rows = answers.get(FAMILY)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            relation = row.get("relation")
            told = _texts(row.get("relation_name"), row.get("relation_nickname"))
            relatives.setdefault(relation if isinstance(relation, str) else "other", []).extend(told)
            phones += _texts(row.get("relation_telephone"))
    return Person(
        names=tuple(_texts(name)),
        nicknames=tuple(_texts(answers.get("name_nickname"), answers.get("name_other"))),
        sex=_text(answers.get("sex")),
        birth=birth,
        relatives={role: tuple(dict.fromkeys(names)) for role, names in relatives.items() if names},
        places={
            sort: tuple(places.get(code.upper(), (code.upper(),)) for code in codes)
            for sort, asked in PLACES_ASKED.items()
            if (codes := _texts(answers.get(asked)))
        },
        languages=frozenset(_texts(answers.get("language"))),
        nationalities=frozenset(_texts(answers.get("nationality"))),
        ethnicities=frozenset(_texts(answers.get("ethnicity"))),
        religions=frozenset(_texts(answers.get("religion"))),
        separated_on=_day(answers.get("date_of_separation")),
        phones=tuple(phones),
        identifiers={kind: number for kind, number in identifiers.items() if kind not in HOUSEHOLD},
        household={kind: number for kind, number in identifiers.items() if kind in HOUSEHOLD},
    )


def birth_told(answers: Answers, recorded_on: date) -> Birth | None:
    """The birth that answers tell of; a typed age was true on the day it was recorded."""
    told = birth_of(answers, recorded_on)
    return Birth(told.first, told.last, told.estimated) if told else None


def _texts(*values: Any) -> list[str]:
    flat = (one for value in values for one in (value if isinstance(value, list) else [value]))
    return list(dict.fromkeys(one.strip()[:LONGEST] for one in flat if isinstance(one, str) and one.strip()))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    moment = read_moment(value) if isinstance(value, str) else None
    return moment.date() if moment else None
