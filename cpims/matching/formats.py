"""Pairs of persons that somebody labelled as one or two, as a file: names alone (``cases``), or all that is known (``pairs``)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cpims.matching.rules.folding import fold
from cpims.matching.rules.persons import Birth, Person
from cpims.matching.rules.scripts import script_of

#: The scripts by the code that files give them.
SCRIPTS: Final[Mapping[str, str]] = {
    "Latn": "latin", "Arab": "arabic", "Cyrl": "cyrillic", "Ethi": "ethiopic", "Mymr": "myanmar", "Beng": "bengali",
}  # fmt: skip
_SETS: Final = ("languages", "nationalities", "ethnicities", "religions")


class PairsUnreadable(ValueError):
    """The file holds no labelled pairs that can be read; the argument says where."""


@dataclass(frozen=True)
class LabelledPair:
    """Two persons, whether they are one, how they differ, and in which script or scripts their names are written."""

    id: str
    same: bool
    kind: str
    scripts: str
    one: Person
    other: Person


def read_pairs(content: bytes) -> list[LabelledPair]:
    """The labelled pairs of a file.

    Raises: PairsUnreadable.
    """
    try:
        read = json.loads(content)
        if "pairs" in read:
            return [_pair(entry, person_of, person_of) for entry in read["pairs"]]
        return [_pair(entry, _named, _named) for entry in read["cases"]]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise PairsUnreadable(str(problem)) from problem


def write_pairs(pairs: Iterable[LabelledPair], *, seed: int) -> bytes:
    """A file of labelled pairs."""
    entries = [
        {
            "id": pair.id,
            "label": "same" if pair.same else "different",
            "kind": pair.kind,
            "a": person_json(pair.one),
            "b": person_json(pair.other),
        }
        for pair in pairs
    ]
    told = {"file": "labelled_duplicates", "version": 1, "seed": seed, "pairs": entries}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def person_of(told: Mapping[str, Any]) -> Person:
    """A person as a file tells of her."""
    birth = told.get("birth")
    return Person(
        names=tuple(told.get("names", ())),
        nicknames=tuple(told.get("nicknames", ())),
        sex=told.get("sex", ""),
        birth=Birth(date.fromisoformat(birth["low"]), date.fromisoformat(birth["high"]), birth["estimated"])
        if birth
        else None,
        relatives={role: tuple(names) for role, names in told.get("relatives", {}).items()},
        places={sort: tuple(map(tuple, paths)) for sort, paths in told.get("places", {}).items()},
        separated_on=date.fromisoformat(told["separated_on"]) if told.get("separated_on") else None,
        phones=tuple(told.get("phones", ())),
        identifiers=dict(told.get("identifiers", {})),
        household=dict(told.get("household", {})),
        **{name: frozenset(told.get(name, ())) for name in _SETS},
    )


def person_json(person: Person) -> dict[str, Any]:
    """A person as a file tells of her; what is not known is left out."""
    told: dict[str, Any] = {
        "names": list(person.names),
        "nicknames": list(person.nicknames),
        "sex": person.sex,
        "relatives": {role: list(names) for role, names in person.relatives.items()},
        "places": {sort: [list(path) for path in paths] for sort, paths in person.places.items()},
        "phones": list(person.phones),
        "identifiers": dict(person.identifiers),
        "household": dict(person.household),
        **{name: sorted(getattr(person, name)) for name in _SETS},
    }
    if person.birth is not None:
        low, high = person.birth.low.isoformat(), person.birth.high.isoformat()
        told["birth"] = {"low": low, "high": high, "estimated": person.birth.estimated}
    if person.separated_on is not None:
        told["separated_on"] = person.separated_on.isoformat()
    return {name: value for name, value in told.items() if value}


def _named(entry: Mapping[str, Any]) -> Person:
    return Person(names=(entry["text"],))


def _pair(entry: Mapping[str, Any], read_one: Any, read_other: Any) -> LabelledPair:
    one, other = read_one(entry["a"]), read_other(entry["b"])
    scripts = sorted({_script(entry[side], person) for side, person in (("a", one), ("b", other))})
    return LabelledPair(
        str(entry["id"]), entry["label"] == "same", str(entry["kind"]), " and ".join(scripts), one, other
    )


def _script(entry: Mapping[str, Any], person: Person) -> str:
    told = entry.get("script")
    if isinstance(told, str) and told in SCRIPTS:
        return SCRIPTS[told]
    return script_of(fold(" ".join(person.names))) or "other"
