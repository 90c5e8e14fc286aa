"""What is derived from a record's answers on every write: one pure function, never by hand."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from cpims.lib.json import read_moment
from cpims.matching.rules import identifier_key, identifier_pieces, name_keys, phone_keys, sort_key
from cpims.records.rules.kinds import Kind
from cpims.records.rules.precision import birth_of

LONGEST_FACET = 120
CHOICES = frozenset({"select_box", "radio_button", "place"})
NUMBERS = frozenset({"numeric_field", "calculated", "tally_field"})
TEXTS = frozenset({"text_field", "textarea"})


@dataclass(frozen=True)
class Setup:
    """What a configuration says about deriving one kind: its fields, how a name is put together, the tree of places."""

    fields: Mapping[str, Mapping[str, Any]]
    name_parts: tuple[str, ...]
    name_separator: str
    row_fields: frozenset[str]
    places: Mapping[str, tuple[str, ...]]
    filterable: frozenset[str] = frozenset()
    #: What the instance decides about what is due: time limits, whether appointments count, its time zone.
    decided: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Projections:
    """The derived columns of a record."""

    name: str | None = None
    name_sort: str | None = None
    sex: str | None = None
    birth_on: date | None = None
    birth_from: date | None = None
    birth_to: date | None = None
    risk_level: str | None = None
    registration_date: date | None = None
    protection_concerns: list[str] = field(default_factory=list)
    row: dict[str, Any] = field(default_factory=dict)
    facet_keys: list[str] = field(default_factory=list)
    facets: dict[str, Any] = field(default_factory=dict)
    name_keys: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)


def project(
    kind: Kind,
    answers: Mapping[str, Any],
    *,
    setup: Setup,
    hidden_name: bool,
    identifiers: Mapping[str, str],
    age_recorded_on: date,
    state: Mapping[str, Any] = MappingProxyType({}),
) -> Projections:
    """Everything that lists, filters, searches and counts read of a record.

    ``identifiers`` are the record's own codes beside those in the answers; ``age_recorded_on`` is the day on which a
    typed age was true; ``state`` is what is kept beside the answers.
    """
    tasks, due = kind.due(dict(answers), setup.decided)
    answers = {**answers, **due}
    name = name_of(answers, setup) if kind.called_by else None
    birth = birth_of(answers, age_recorded_on) if kind.grows_older else None
    keys, facets = _facets(kind, answers, state, setup)
    return Projections(
        name=name,
        name_sort=None if hidden_name or not name else sort_key(name),
        sex=_text(answers.get("sex")),
        birth_on=birth.day if birth else None,
        birth_from=birth.first if birth else None,
        birth_to=birth.last if birth else None,
        risk_level=_text(answers.get("risk_level")),
        registration_date=_day(answers.get(kind.dated_by)),
        protection_concerns=_texts(answers.get("protection_concerns")),
        row={name: answers[name] for name in setup.row_fields.union(kind.name_fields) if answers.get(name) is not None},
        facet_keys=sorted(keys),
        facets=facets,
        name_keys=_name_keys(kind, answers, name, hidden_name),
        identifiers=_identifiers(kind, answers, identifiers),
        phones=_phones(kind, answers),
        tasks=tasks,
    )


#: The derived columns, by name.
COLUMNS = tuple(part.name for part in fields(Projections))
#: Rises when this code derives something else from the same answers and forms.
EDITION = 4
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,127}(\.[a-z][a-z0-9_]{0,127})?")


def facet_column(name: str) -> str:
    """The expression of one short answer, as its index has it.

    Raises: ValueError when the name is not one of a question.
    """
    if not FIELD_NAME.fullmatch(name):
        raise ValueError(name)
    return f"(facets -> '{name}')"


def field_index(name: str) -> tuple[str, str]:
    """The mark by which the index of a question is known, and the expression that it is of."""
    return hashlib.sha256(name.encode()).hexdigest()[:12], facet_column(name)


def name_of(answers: Mapping[str, Any], setup: Setup) -> str | None:
    """The child's name as lists show it: its parts put together, else what was given as a whole."""
    parts = [str(answers[part]).strip() for part in setup.name_parts if _text(answers.get(part))]
    joined = setup.name_separator.join(part for part in parts if part)
    return joined or _text(answers.get("name"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _day(value: Any) -> date | None:
    moment = read_moment(value) if isinstance(value, str) else None
    return moment.date() if moment else None


def _facets(
    kind: Kind, answers: Mapping[str, Any], state: Mapping[str, Any], setup: Setup
) -> tuple[set[str], dict[str, Any]]:
    keys: set[str] = set()
    facets: dict[str, Any] = {}
    for name, value in answers.items():
        definition = setup.fields.get(name)
        if value is None or definition is None:
            continue
        if definition["type"] == "subform":
            _subform_facets(name, definition, value, setup, keys, facets)
        elif definition["type"] in TEXTS:
            if name in setup.filterable and name not in kind.masked_fields and isinstance(value, str):
                facets[name] = value[:LONGEST_FACET]
        else:
            _facet(name, definition, value, setup, keys, facets)
    for name, type_ in kind.narrowed_by.items():
        value = state.get(name, answers.get(name))
        if value is not None and (name in state or name not in setup.fields):  # a form may show what acts keep
            _facet(name, {"type": type_}, value, setup, keys, facets)
    return keys, facets


def _facet(
    name: str, definition: Mapping[str, Any], value: Any, setup: Setup, keys: set[str], facets: dict[str, Any]
) -> None:
    kind = definition["type"]
    values = value if isinstance(value, list) else [value]
    if kind in CHOICES:
        chosen = [str(v).lower() if isinstance(v, bool) else v for v in values]
        short = [v for v in chosen if isinstance(v, str) and len(v) <= LONGEST_FACET]
        facets[name] = value
        if kind == "place" or (definition.get("option_strings_source") or "") in ("Location", "ReportingLocation"):
            keys.update(f"loc:{name}={place}" for v in short for place in setup.places.get(v.upper(), (v.upper(),)))
        keys.update(f"{name}={v}" for v in short)
    elif kind == "tick_box":
        facets[name] = bool(value)
        keys.add(f"{name}={'true' if value else 'false'}")
    elif kind in NUMBERS:
        facets[name] = value
        keys.update(number_key(name, v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool))
    elif kind == "date_field":
        facets[name] = value
        keys.update(key for v in values if isinstance(v, str) for key in day_keys(name, v[:10]))


def number_key(name: str, value: float) -> str:
    """The key under which a number is found: its whole part; the number itself is compared afterwards."""
    return f"{name}#{math.floor(value)}"


def day_keys(name: str, day: str) -> tuple[str, ...]:
    """The keys under which a day is found: itself, its month, its year; a span is a few of them."""
    return (f"{name}={day}", f"{name}@{day[:7]}", f"{name}@{day[:4]}")


def _subform_facets(
    name: str, definition: Mapping[str, Any], rows: Any, setup: Setup, keys: set[str], facets: dict[str, Any]
) -> None:
    if not isinstance(rows, list):
        return
    nested = definition.get("subform") or {}
    for inner in nested.get("fields", ()):
        if inner["type"] not in ("select_box", "radio_button", "tick_box", "date_field", "numeric_field"):
            continue
        gathered = [row[inner["name"]] for row in rows if isinstance(row, dict) and row.get(inner["name"]) is not None]
        if gathered:
            path = f"{name}.{inner['name']}"
            facets[path] = gathered
            for value in gathered:
                _facet(path, inner, value, setup, keys, {})


def _name_keys(kind: Kind, answers: Mapping[str, Any], name: str | None, hidden: bool) -> list[str]:
    found: set[str] = set()
    for field_name in kind.name_fields:
        value = name if field_name == "name" else answers.get(field_name)
        texts = value if isinstance(value, list) else [value]
        for text in texts:
            if isinstance(text, str):
                found.update(key_of(field_name, key, hidden=hidden) for key in name_keys(text))
    return sorted(found)


def key_of(field_name: str, key: str, *, hidden: bool) -> str:
    """A name key as it is stored: with its field, and apart when the name is hidden."""
    return f"{'~' if hidden else ''}{field_name}:{key}"


def piece_of(piece: str) -> str:
    """A piece of any identifier as it is stored among the whole ones: which it is a piece of is looked at afterwards."""
    return f"~{piece}"


def _identifiers(kind: Kind, answers: Mapping[str, Any], own: Mapping[str, str]) -> list[str]:
    found = {f"{name}={identifier_key(value)}" for name, value in own.items() if value}
    for name in kind.identifier_fields:
        value = answers.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            found.add(f"{name}={identifier_key(str(value))}")
    wholes = {whole.partition("=")[2] for whole in found}
    return sorted(found | {piece_of(piece) for whole in wholes for piece in identifier_pieces(whole)})


def _phones(kind: Kind, answers: Mapping[str, Any]) -> list[str]:
    found: set[str] = set()
    for name in kind.phone_fields:
        section, _, inner = name.partition(".")
        rows = answers.get(section) if inner else None
        values = [row.get(inner) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        for value in values if inner else [answers.get(section)]:
            if isinstance(value, str):
                found.update(f"{name}={key}" for key in phone_keys(value))
    return sorted(found)
