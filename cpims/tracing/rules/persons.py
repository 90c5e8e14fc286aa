"""Who is looked for, and who a case is about, as the matching compares them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

from cpims.lib.json import canonical, read_moment
from cpims.matching.rules.persons import Birth, Person
from cpims.records.rules.precision import birth_of

Answers = Mapping[str, Any]
Paths = Mapping[str, tuple[str, ...]]

TRACES: Final = "tracing_request_subform_section"
PARENTS: Final = ("mother", "father")
#: Under which question the adult of a request is asked what is also asked of the child.
OF_THE_ADULT: Final[Mapping[str, str]] = {
    "nationality": "relation_nationality",
    "language": "relation_language",
    "religion": "relation_religion",
    "ethnicity": "relation_ethnicity",
    "sub_ethnicity_1": "relation_sub_ethnicity1",
    "sub_ethnicity_2": "relation_sub_ethnicity2",
}
#: Questions about the separation: the row's own answers, else those that the request gives for all of its children.
SEPARATION: Final = (
    *("date_of_separation", "separation_cause", "separation_cause_other", "location_separation"),
    *("location_last", "telephone_last", "location_before_separation"),
)


def rows_of(answers: Answers, section: str) -> list[Answers]:
    """The rows of a subform, as far as they are rows."""
    rows = answers.get(section)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def said_of_child(request: Answers, row: Answers, name: str) -> Any:
    """What a request says of one of its children: in her row, else for all of them together."""
    own = row.get(name)
    if not is_blank(own):
        return own
    if name in SEPARATION:
        return request.get(name)
    twin = OF_THE_ADULT.get(name)
    return request.get(twin) if twin else None


def person_of_trace(request: Answers, row: Answers, *, places: Paths, recorded_on: date) -> Person:
    """The child who is looked for: what her row tells, and what the adult tells of herself and of all her children.

    Who is looked for by the same adult as her own is taken for a sister or a brother; ``recorded_on`` is the day on which
    a typed age was true.
    """
    told = birth_of(row, recorded_on)
    relatives: dict[str, list[str]] = {}
    role = _code(row.get("relation")) or "other"
    relatives[role] = texts(request.get("relation_name"), request.get("relation_nickname"))
    if role in PARENTS:
        relatives["sibling"] = [
            name
            for other in rows_of(request, TRACES)
            if other.get("unique_id") != row.get("unique_id") and other.get("relation") == row.get("relation")
            for name in texts(other.get("name"))
        ]
    return Person(
        names=tuple(texts(row.get("name"))),
        nicknames=tuple(texts(row.get("name_nickname"), row.get("name_other"))),
        sex=_code(row.get("sex")),
        birth=Birth(told.first, told.last, told.estimated) if told else None,
        relatives={role: tuple(names) for role, names in relatives.items() if names},
        places=_places(
            {
                "last": said_of_child(request, row, "location_last"),
                "separation": said_of_child(request, row, "location_separation"),
                "current": row.get("location_current"),
                "birth": row.get("location_birth"),
            },
            places,
        ),
        languages=_codes(said_of_child(request, row, "language")),
        nationalities=_codes(said_of_child(request, row, "nationality")),
        ethnicities=_codes(said_of_child(request, row, "ethnicity")),
        religions=_codes(said_of_child(request, row, "religion")),
        separated_on=_day(said_of_child(request, row, "date_of_separation")),
        phones=tuple(
            texts(row.get("telephone_last"), request.get("telephone_last"), request.get("relation_telephone"))
        ),
    )


def mark_of(person: Person) -> str:
    """The same as long as nothing that weighs has changed."""
    told = {one.name: _plain(getattr(person, one.name)) for one in fields(person)}
    return hashlib.sha256(canonical(told)).hexdigest()[:32]


def _plain(value: Any) -> Any:
    if isinstance(value, Birth):
        return [value.low.isoformat(), value.high.isoformat(), value.estimated]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def is_blank(value: Any) -> bool:
    """Was nothing answered?"""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def texts(*values: Any) -> list[str]:
    """The texts among some answers, each once; an answer may be several."""
    flat: Iterable[Any] = (one for value in values for one in (value if isinstance(value, list) else [value]))
    return list(dict.fromkeys(one.strip() for one in flat if isinstance(one, str) and one.strip()))


def _code(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _codes(value: Any) -> frozenset[str]:
    return frozenset(texts(value))


def _places(said: Mapping[str, Any], paths: Paths) -> dict[str, tuple[tuple[str, ...], ...]]:
    found = {what: tuple(path_of(code, paths) for code in texts(value)) for what, value in said.items()}
    return {what: all_ for what, all_ in found.items() if all_}


def path_of(code: str, paths: Paths) -> tuple[str, ...]:
    """The codes from the country down to a place; the code alone where the tree does not know it."""
    return paths.get(code.upper(), (code.upper(),))


def _day(value: Any) -> date | None:
    moment = read_moment(value) if isinstance(value, str) else None
    return moment.date() if moment else None
