"""Filters as conditions on rows: readable names only, on columns and keys that indexes serve."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from cpims.access.rules.viewer import Viewer
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.lib.json import dumps
from cpims.matching.rules import identifier_key
from cpims.records.models import ASKED_ABOVE
from cpims.records.queries.lending import Lending
from cpims.records.queries.setup import may_use, setup_of
from cpims.records.rules.filters import (
    NO_FILTERS,
    Span,
    Unreadable,
    as_day,
    as_flag,
    as_moment,
    as_number,
    as_text,
    birth_span,
    number_keys,
    parts_of,
    span_keys,
)
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.projections import CHOICES, LONGEST_FACET, NUMBERS, facet_column

TEXTS = {
    "status": "status", "workflow": "workflow", "owned_by": "owned_by", "owned_by_agency_id": "owned_by_agency_id",
    "module_id": "module", "sex": "sex", "risk_level": "risk_level", "created_by": "created_by",
    "last_updated_by": "last_updated_by", "identified_by": "identified_by",
}  # fmt: skip
#: Columns that are answers: their keys stand in one index with who sees the record.
ANSWERED = frozenset({"sex", "risk_level"})
FLAGS = {"record_state": "record_state", "hidden_name": "hidden_name", "case_status_reopened": "case_status_reopened"}
LISTS = {
    name: name
    for name in (
        "owned_by_groups", "assigned_user_names", "associated_user_names", "associated_user_groups",
        "associated_user_agencies",
    )
}  # fmt: skip
DAYS = {"registration_date": "registration_date", "date_closure": "date_closure"}
MOMENTS = {"created_at": "created_at", "last_updated_at": "last_updated_at"}
COUNTERS = {"flag_count": "flag_count", "alert_count": "alert_count"}
PLACE = re.compile(r"^loc:([a-z][a-z0-9_]*?)([0-5])?$")
NOTHING = Q(pk__in=[])
LONG = frozenset({"text_field", "textarea"})
#: Filters that stand in the indexes by which lists are paged, and the column there.
NARROW = {"status": "status", "module_id": "module", "record_state": "record_state"}


@dataclass
class Filtered:
    """The conditions of a list request and the names that were not used, with the reason.

    ``narrow`` holds the same conditions once more, as values of columns, when all of them stand in the lists' own
    indexes; otherwise it is empty.
    """

    condition: Q = field(default_factory=Q)
    ignored: list[Problem] = field(default_factory=list)
    narrow: dict[str, list[Any]] | None = field(default_factory=dict)


def read_filters(
    query: Mapping[str, Any], *, kind: str, viewer: Viewer, today: date, lending: Lending | None = None
) -> Filtered:
    """The filters of a list request. Names that do not exist and names she may not read are ignored alike.

    A record for which a role was lent to her answers only what she reads of it with that role.
    """
    result = Filtered()
    reader = _Reader(kind, viewer, today, result.ignored)
    for name, value in query.items():
        if name in NO_FILTERS:
            continue
        condition = reader.read(name, value)
        if condition is None:
            reader.ignore(name)
            continue
        result.condition &= condition
        values = _narrow(name, value)
        if values is None or result.narrow is None:
            result.narrow = None
        else:
            result.narrow[NARROW[name]] = values
    kept_out = (lending or Lending(viewer, kind)).kept_out(reader.used)
    if kept_out is not None:
        result.condition &= ~kept_out
    return result


def _narrow(name: str, value: Any) -> list[Any] | None:
    if name not in NARROW:
        return None
    try:
        parts = parts_of(value)
        if name == "record_state":
            return sorted({as_flag(part) for part in parts})
        return sorted({as_text(part) for part in parts})
    except Unreadable:
        return None


class _Reader:
    def __init__(self, kind: str, viewer: Viewer, today: date, ignored: list[Problem]) -> None:
        self.kind = KINDS[kind]
        self.viewer = viewer
        self.today = today
        self.ignored = ignored
        self.setup = setup_of(viewer.configuration, kind)
        self.fields = self.setup.fields
        self.own_ids = frozenset({"id", "unique_identifier", f"{kind}_id"})
        #: The names that were asked for and may be used, wherever they stand.
        self.used: set[str] = set()

    def ignore(self, name: str, inside: str = "") -> None:
        """Say that a name was not used."""
        self.ignored.append(Problem(f"{inside}/{name}", "filter.ignored", {"name": name}))

    def read(self, name: str, value: Any) -> Q | None:
        """One filter as a condition, nothing when its name is not usable, an empty list when its value does not fit."""
        if name == "or":
            return self._any_of(value)
        if name == "not":
            return self._none_of(value)
        place = PLACE.match(name)
        plain = place.group(1) if place else name
        if plain not in self.own_ids and not may_use(plain, self.viewer, self.kind.name):
            return None
        if plain not in self.own_ids and plain != "owned_by_location":
            self.used.add(plain)
        try:
            if place:
                return self._place(plain, place.group(2), value)
            return self._condition(name, value)
        except Unreadable:
            return NOTHING

    def _pairs(self, value: Any) -> list[tuple[str, Any]] | None:
        if isinstance(value, Mapping):
            return list(value.items())
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            return [pair for item in value for pair in item.items()]
        return None

    def _alternatives(self, value: Any, inside: str) -> list[Q] | None:
        """Conditions that can be used; the others are named. Nothing when there is none at all."""
        known = []
        unused = []
        for name, inner in self._pairs(value) or []:
            condition = self.read(name, inner) if name not in ("or", "not") else None
            if condition is None:
                unused.append(name)
            else:
                known.append(condition)
        if not known:
            return None
        for name in unused:
            self.ignore(name, inside)
        return known

    def _any_of(self, value: Any) -> Q | None:
        known = self._alternatives(value, "/or")
        if known is None:
            return None
        condition = known[0]
        for other in known[1:]:
            condition |= other
        return condition

    def _none_of(self, value: Any) -> Q | None:
        known = self._alternatives(value, "/not")
        if known is None:
            return None
        condition = Q()
        for one in known:
            condition &= ~one
        return condition

    def _condition(self, name: str, value: Any) -> Q | None:
        if name in self.own_ids:
            return Q(pk__in=[i for part in parts_of(value) if (i := read_id(part)) is not None])
        if name in ("short_id", self.kind.own_code, *self.kind.identifier_fields):
            return self._identifier(name, value)
        if name in TEXTS:
            texts = [as_text(p) for p in parts_of(value)]
            by_key = name in ANSWERED and (self._definition(name) or {}).get("type") in CHOICES
            named = self._field(name, [t for t in texts if t]) if by_key else Q(**{f"{TEXTS[name]}__in": texts})
            assert named is not None
            return named | Q(**{f"{TEXTS[name]}__isnull": True}) if "" in texts else named
        if name == "flagged":
            return self._either(value, lambda yes: Q(flag_count__gt=0) if yes else Q(flag_count=0))
        if name == "not_edited_by_owner":
            return self._either(
                value, lambda yes: ~Q(last_updated_by=F("owned_by")) if yes else Q(last_updated_by=F("owned_by"))
            )
        if name in FLAGS:
            return self._either(value, lambda yes: Q(**{FLAGS[name]: True}) if yes else ~Q(**{FLAGS[name]: True}))
        if name in ASKED_ABOVE:
            return ASKED_ABOVE[name]([as_text(p) for p in parts_of(value)])
        if name in LISTS:
            return Q(**{f"{LISTS[name]}__overlap": [as_text(p) for p in parts_of(value)]})
        if name == "record_in_scope":
            return self._either(value, lambda yes: Q() if yes else NOTHING)
        if name == "age" and self.kind.grows_older:
            return self._ages(value)
        if name in COUNTERS:
            return self._ranged(COUNTERS[name], value, as_number)
        if name in DAYS:
            return self._ranged(DAYS[name], value, as_day)
        if name in MOMENTS:
            return self._moments(MOMENTS[name], value)
        return self._field(name, value)

    def _identifier(self, name: str, value: Any) -> Q:
        wanted = [f"{name}={identifier_key(as_text(p))}" for p in parts_of(value, verbatim=True)]
        return Q(identifiers__overlap=wanted)

    def _either(self, value: Any, condition: Any) -> Q:
        wanted = {as_flag(part) for part in parts_of(value)}
        return Q() if len(wanted) == 2 else condition(wanted.pop()) if wanted else NOTHING

    def _ages(self, value: Any) -> Q:
        condition = Q()
        for part in parts_of(value):
            earliest, latest = birth_span(part if isinstance(part, Span) else Span(part, part), self.today)
            one = Q(birth_on__isnull=False)
            if earliest is not None:
                one &= Q(birth_on__gte=earliest)
            if latest is not None:
                one &= Q(birth_on__lte=latest)
            condition |= one
        return condition

    def _ranged(self, column: str, value: Any, read: Any) -> Q:
        condition = Q()
        for part in parts_of(value):
            if isinstance(part, Span):
                one = Q(**{f"{column}__isnull": False})
                if part.start is not None:
                    one &= Q(**{f"{column}__gte": read(part.start)})
                if part.end is not None:
                    one &= Q(**{f"{column}__lte": read(part.end)})
                condition |= one
            else:
                condition |= Q(**{column: read(part)})
        return condition

    def _moments(self, column: str, value: Any) -> Q:
        condition = Q()
        for part in parts_of(value):
            span = part if isinstance(part, Span) else Span(part, part)
            one = Q()
            if span.start is not None:
                one &= Q(**{f"{column}__gte": as_moment(span.start)})
            if span.end is not None:
                one &= Q(**{f"{column}__lte": as_moment(span.end, end=True)})
            condition |= one
        return condition

    def _place(self, name: str, level: str | None, value: Any) -> Q | None:
        """A place or any place in it; of a level, when one is named, only places at that level or below it."""
        definition = self._definition(name)
        if definition is None:
            return None
        codes = [as_text(part).upper() for part in parts_of(value)]
        if level is not None:
            codes = [code for code in codes if len(self.setup.places.get(code, ())) > int(level)]
        return Q(facet_keys__overlap=[f"loc:{name}={code}" for code in codes])

    def _definition(self, name: str) -> Mapping[str, Any] | None:
        """The question of a name, a question inside rows (``rows.question``), or what is kept beside the answers."""
        section, _, inner = name.partition(".")
        if inner:
            nested = self.fields.get(section, {}).get("subform") or {}
            found = next((f for f in nested.get("fields", ()) if f["name"] == inner), None)
            return None if found is None or found["type"] in LONG else found
        if name in self.fields:
            return self.fields[name]
        return {"type": self.kind.narrowed_by[name]} if name in self.kind.narrowed_by else None

    def _field(self, name: str, value: Any) -> Q | None:
        definition = self._definition(name)
        if definition is None:
            return None
        kind = definition["type"]
        if kind in CHOICES:
            return Q(facet_keys__overlap=[f"{name}={as_text(p)}" for p in parts_of(value)])
        if kind == "tick_box":
            ticked = Q(facet_keys__contains=[f"{name}=true"])
            return self._either(value, lambda yes: ticked if yes else ~ticked)
        if kind == "date_field":
            keys = [key for span in _spans(value) for key in span_keys(name, span, self.today)]
            return Q(facet_keys__overlap=keys)
        if kind in NUMBERS:
            return self._numbers(name, value)
        if kind in LONG:
            return self._text(name, value)
        return None

    def _text(self, name: str, value: Any) -> Q:
        texts = [as_text(part) for part in parts_of(value, verbatim=True)]
        if name in self.setup.filterable and name not in self.kind.masked_fields:
            short = Q(facet(name, "IN", [text[:LONGEST_FACET] for text in texts]))
            return short & Q(**{f"data__{name}__in": texts}) if any(len(t) > LONGEST_FACET for t in texts) else short
        condition = Q(**{f"data__{name}__in": texts})
        if name in self.kind.masked_fields:
            condition &= Q(hidden_name=False) | Q(owned_by=self.viewer.user_name)
        return condition

    def _numbers(self, name: str, value: Any) -> Q:
        """Found by their whole parts, then compared as the numbers they are."""
        condition = Q()
        for span in _spans(value):
            keys = number_keys(name, span)
            one = Q(facet(name, "BETWEEN", [span.start, span.end]))
            if keys is not None:
                one &= Q(facet_keys__overlap=keys)
            condition |= one
        return condition


def _spans(value: Any) -> list[Span]:
    return [part if isinstance(part, Span) else Span(part, part) for part in parts_of(value)]


def facet(name: str, how: str, values: list[Any]) -> RawSQL:
    """A condition on one short answer, written so that an index on it serves (the name stands in the statement).

    ``name`` is a configured name, checked by its caller. Raises: Unreadable.
    """
    column = facet_column(name)
    if how == "IN":
        sql = f"{column} = ANY (SELECT to_jsonb(t) FROM unnest(%s::text[]) AS t)" if len(values) != 1 else ""
        return RawSQL(sql or f"{column} = to_jsonb(%s::text)", [values if sql else values[0]], BooleanField())
    path, params = [], {}
    for bound, sign, key in ((values[0], ">=", "a"), (values[1], "<=", "b")):
        if bound is not None:
            path.append(f"@ {sign} ${key}")
            params[key] = as_number(bound)
    tested = " && ".join(path) or '@.type() == "number"'
    sql = f"jsonb_path_exists(facets -> '{name}', '$[*] ? ({tested})', %s::jsonb)"
    return RawSQL(sql, [dumps(params).decode()], BooleanField())
