"""How many records of a list have each value of a question: for chips, counted no further than anybody reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.queries.catalogue import catalogue
from cpims.lib.errors import Problem
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.filtering import ANSWERED, PLACE, TEXTS, read_filters
from cpims.records.queries.lending import Lending
from cpims.records.queries.paging import EXACT_UP_TO, Order, way_to_newest
from cpims.records.queries.setup import instance_settings, may_use, setup_of
from cpims.records.rules.filters import birth_span, read_ages
from cpims.records.rules.kinds import KINDS, Kind
from cpims.records.rules.precision import OLDEST
from cpims.records.rules.projections import CHOICES, number_key
from cpims.records.rules.refusals import ListInvalid

MOST_FIELDS, MOST_VALUES = 20, 120
COLUMNS = {**TEXTS, "record_state": "record_state"}
ARRAYS = ("owned_by_groups", "assigned_user_names", "associated_user_names")
NEWEST = Order("created_at", descending=True)


@dataclass(frozen=True)
class ValueCount:
    """A value and how many records have it; ``capped`` when there are that many or more."""

    value: str
    count: int
    capped: bool


@dataclass
class Counts:
    """Counts by question, and the names that were not used."""

    values: dict[str, list[ValueCount]] = field(default_factory=dict)
    ignored: list[Problem] = field(default_factory=list)


def count_values(
    *, kind: str, viewer: Viewer, filters: Mapping[str, Any], fields: Sequence[str], today: date
) -> Counts:
    """How many records have each value of some questions, among those that the other filters leave.

    Raises: Forbidden, ListInvalid.
    Shows: readable questions of one choice or several, ticks, places, ages, and who holds the records; values without
    a record are left out.
    """
    require(viewer, kind, "read")
    if len(fields) > MOST_FIELDS:
        raise ListInvalid([Problem("/fields", "list.too_many_counts", {"most": MOST_FIELDS})])
    found = Counts(ignored=read_filters(filters, kind=kind, viewer=viewer, today=today).ignored)
    lending = Lending(viewer, kind)
    for number, name in enumerate(fields):
        others = {n: value for n, value in filters.items() if n not in (name, f"loc:{name}")}
        counted = _count(name, lending, others, today)
        if counted is None:
            found.ignored.append(Problem(f"/fields/{number}", "filter.ignored", {"name": name}))
        else:
            found.values[name] = counted
    return found


def _count(name: str, lending: Lending, filters: Mapping[str, Any], today: date) -> list[ValueCount] | None:
    viewer, kind = lending.viewer, lending.kind
    place = PLACE.match(name)
    plain = place.group(1) if place else name
    if not may_use(plain, viewer, kind):
        return None
    filtered = read_filters(filters, kind=kind, viewer=viewer, today=today, lending=lending)
    rows = Record.objects.visible_to(viewer).of_kind(kind).filter(filtered.condition)
    kept_out = lending.kept_out({plain})
    rows = rows if kept_out is None else rows.exclude(kept_out)
    short = way_to_newest(viewer, kind, filtered.narrow, NEWEST)
    if short is not None and name in ("status", "record_state"):
        values = short.seen(name, EXACT_UP_TO + 1)
        if name == "status":
            values = list(dict.fromkeys([*_options("lookup-case-status", viewer), *values]))
        allowed = set(short.narrow.get(name, values))
        counts = [short.with_only(name, [v] if v in allowed else []).count(EXACT_UP_TO + 1) for v in values]
        return _told(zip(values, counts, strict=True))
    conditions = _conditions(name, kind, viewer, today, rows)
    return None if conditions is None else _told(zip(conditions, _each(rows, list(conditions.values())), strict=True))


def _told(pairs: Any) -> list[ValueCount]:
    def text(value: Any) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)

    return [ValueCount(text(v), min(n, EXACT_UP_TO), n > EXACT_UP_TO) for v, n in pairs if n]


def _conditions(name: str, kind: str, viewer: Viewer, today: date, rows: RecordQuerySet) -> dict[Any, Q] | None:
    """The values that can be counted, each with its condition; nothing when the question has no such values."""
    setup = setup_of(viewer.configuration, kind)
    place = PLACE.match(name)
    if place:
        plain, level = place.group(1), int(place.group(2) or 0)
        if (setup.fields.get(plain) or {}).get("type") not in CHOICES and plain not in KINDS[kind].narrowed_by:
            return None
        codes = [code for code, path in setup.places.items() if len(path) == level + 1]
        return {code: Q(facet_keys__overlap=[f"loc:{plain}={code}"]) for code in codes[:MOST_VALUES]}
    if name == "age":
        return _ages(viewer, KINDS[kind], today)
    if name == "flagged":
        return {True: Q(flag_count__gt=0), False: Q(flag_count=0)}
    if name in COLUMNS and name not in ANSWERED:
        return {value: Q(**{COLUMNS[name]: value}) for value in _seen(rows, COLUMNS[name])[:MOST_VALUES]}
    definition = setup.fields.get(name) or {"type": KINDS[kind].narrowed_by.get(name, "")}
    if name in KINDS[kind].masked_fields:
        return None
    if definition["type"] in CHOICES:
        values = _choices(definition, viewer) or _seen(rows, "facets", name)
        return {value: Q(facet_keys__overlap=[f"{name}={value}"]) for value in values[:MOST_VALUES]}
    if definition["type"] == "tick_box":
        return {"true": Q(facet_keys__contains=[f"{name}=true"]), "false": ~Q(facet_keys__contains=[f"{name}=true"])}
    if name in COLUMNS:
        return {value: Q(**{COLUMNS[name]: value}) for value in _seen(rows, COLUMNS[name])[:MOST_VALUES]}
    if name in ARRAYS:
        return {value: Q(**{f"{name}__overlap": [value]}) for value in _seen(rows, name)[:MOST_VALUES]}
    return None


def _ages(viewer: Viewer, kind: Kind, today: date) -> dict[Any, Q]:
    decided = instance_settings(viewer.configuration)
    ranges = (decided.get("age_ranges") or {}).get(decided.get("primary_age_range") or "primero") or []
    found = {}
    for text in ranges:
        span = read_ages(text)
        if span is not None and kind.grows_older:
            earliest, latest = birth_span(span, today)
            born = Q(birth_on__lte=latest)
            found[text] = born & Q(birth_on__gte=earliest) if earliest is not None else born
        elif span is not None:
            ages = range(int(span.start or 0), (OLDEST if span.end is None else int(span.end)) + 1)
            found[text] = Q(facet_keys__overlap=[number_key("age", age) for age in ages])
    return found


def _choices(definition: Mapping[str, Any], viewer: Viewer) -> list[str]:
    source = str(definition.get("option_strings_source") or "")
    if source.startswith("lookup "):
        return list(_options(source.removeprefix("lookup ").strip(), viewer))
    return [str(option["id"]) for option in definition.get("option_strings_text") or () if "id" in option]


def _options(lookup: str, viewer: Viewer) -> tuple[str, ...]:
    return catalogue(viewer.configuration).options.get(lookup, ())


def _seen(rows: RecordQuerySet, column: str, name: str = "") -> list[Any]:
    """The values that occur among the first rows of a list."""
    some = rows.order_by().values_list(f"facets__{name}" if name else column, flat=True)[: EXACT_UP_TO + 1]
    found = {value for row in some for value in (row if isinstance(row, list) else [row]) if value is not None}
    return sorted(value for value in found if isinstance(value, (str, bool)) and value != "")


def _each(rows: RecordQuerySet, conditions: list[Q]) -> list[int]:
    """How many rows meet each condition, in one statement, each counted no further than the limit."""
    parts, params = list[str](), list[Any]()
    for condition in conditions:
        try:
            sql, values = rows.filter(condition).order_by().values("id").query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql} LIMIT {EXACT_UP_TO + 1}) AS n)")
        params += values
    if not parts:
        return []
    with connection.cursor() as statement:
        statement.execute("SELECT " + ", ".join(parts), params)
        row = statement.fetchone()
    assert row is not None
    return list(row)
