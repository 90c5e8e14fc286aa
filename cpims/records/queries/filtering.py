"""Filters as conditions on rows: readable names only, on columns and facets, never inside the documents."""

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
from cpims.matching.rules import identifier_key
from cpims.records.queries.setup import readable_fields, setup_of
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
    parts_of,
)
from cpims.records.rules.kinds import KINDS

TEXTS = {
    "status": "status", "workflow": "workflow", "owned_by": "owned_by", "owned_by_agency_id": "owned_by_agency_id",
    "module_id": "module", "sex": "sex", "risk_level": "risk_level", "created_by": "created_by",
    "last_updated_by": "last_updated_by", "identified_by": "identified_by",
}  # fmt: skip
FLAGS = {"record_state": "record_state", "hidden_name": "hidden_name", "case_status_reopened": "case_status_reopened"}
LISTS = {
    name: name
    for name in (
        "owned_by_groups", "assigned_user_names", "associated_user_names", "associated_user_groups",
        "associated_user_agencies", "protection_concerns",
    )
}  # fmt: skip
DAYS = {"registration_date": "registration_date", "date_closure": "date_closure"}
MOMENTS = {"created_at": "created_at", "last_updated_at": "last_updated_at"}
NUMBERS = {"flag_count": "flag_count", "alert_count": "alert_count"}
PLACE = re.compile(r"^loc:([a-z][a-z0-9_]*?)([0-5])?$")
NOTHING = Q(pk__in=[])


@dataclass
class Filtered:
    """The conditions of a list request and the names that were not used, with the reason."""

    condition: Q = field(default_factory=Q)
    ignored: list[Problem] = field(default_factory=list)


def read_filters(query: Mapping[str, Any], *, kind: str, viewer: Viewer, today: date) -> Filtered:
    """The filters of a list request. Names that do not exist and names she may not read are ignored alike."""
    reader = _Reader(kind, viewer, today)
    result = Filtered()
    for name, value in query.items():
        if name in NO_FILTERS:
            continue
        condition = reader.read(name, value)
        if condition is None:
            result.ignored.append(Problem(f"/{name}", "filter.ignored", {"name": name}))
        else:
            result.condition &= condition
    return result


class _Reader:
    def __init__(self, kind: str, viewer: Viewer, today: date) -> None:
        self.kind = KINDS[kind]
        self.viewer = viewer
        self.today = today
        self.fields = setup_of(viewer.configuration, kind).fields
        self.readable = readable_fields(viewer, kind, None)

    def read(self, name: str, value: Any) -> Q | None:
        """One filter as a condition, nothing when its name is not usable, an empty list when its value does not fit."""
        if name == "or":
            return self._any_of(value)
        if name == "not":
            return self._none_of(value)
        place = PLACE.match(name)
        plain = place.group(1) if place else name
        if plain != "id" and plain not in self.readable and not self._reads_flag(plain):
            return None
        try:
            if place:
                return self._place(plain, place.group(2), value)
            return self._condition(name, value)
        except Unreadable:
            return NOTHING

    def _reads_flag(self, name: str) -> bool:
        return name == "not_edited_by_owner"

    def _pairs(self, value: Any) -> list[tuple[str, Any]] | None:
        if isinstance(value, Mapping):
            return list(value.items())
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            return [pair for item in value for pair in item.items()]
        return None

    def _any_of(self, value: Any) -> Q | None:
        pairs = self._pairs(value)
        known = [c for name, v in pairs or [] if name not in ("or", "not") and (c := self.read(name, v)) is not None]
        if not known:
            return None
        condition = known[0]
        for other in known[1:]:
            condition |= other
        return condition

    def _none_of(self, value: Any) -> Q | None:
        pairs = self._pairs(value)
        known = [c for name, v in pairs or [] if name not in ("or", "not") and (c := self.read(name, v)) is not None]
        if not known:
            return None
        condition = Q()
        for one in known:
            condition &= ~one
        return condition

    def _condition(self, name: str, value: Any) -> Q | None:
        if name == "id":
            return Q(pk__in=[i for part in parts_of(value) if (i := read_id(part)) is not None])
        if name in ("short_id", f"{self.kind.name}_id_display", *self.kind.identifier_fields):
            return self._identifier(name, value)
        if name in TEXTS:
            return Q(**{f"{TEXTS[name]}__in": [as_text(p) for p in parts_of(value)]})
        if name == "flagged":
            return self._either(value, lambda yes: Q(flag_count__gt=0) if yes else Q(flag_count=0))
        if name == "not_edited_by_owner":
            return self._either(
                value, lambda yes: ~Q(last_updated_by=F("owned_by")) if yes else Q(last_updated_by=F("owned_by"))
            )
        if name in FLAGS:
            return self._either(value, lambda yes: Q(**{FLAGS[name]: True}) if yes else ~Q(**{FLAGS[name]: True}))
        if name in LISTS:
            return Q(**{f"{LISTS[name]}__overlap": [as_text(p) for p in parts_of(value)]})
        if name == "age":
            return self._ages(value)
        if name in NUMBERS:
            return self._ranged(NUMBERS[name], value, as_number)
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
        codes = [as_text(part).upper() for part in parts_of(value)]
        if name == "owned_by_location":
            return None
        if name not in self.fields:
            return None
        return Q(facet_keys__overlap=[f"loc:{name}={code}" for code in codes])

    def _field(self, name: str, value: Any) -> Q | None:
        definition = self.fields.get(name)
        if definition is None:
            return None
        kind = definition["type"]
        if kind in ("select_box", "radio_button"):
            return Q(facet_keys__overlap=[f"{name}={as_text(p)}" for p in parts_of(value)])
        if kind == "tick_box":
            ticked = Q(facet_keys__contains=[f"{name}=true"])
            return self._either(value, lambda yes: ticked if yes else ~ticked)
        if kind == "date_field":
            return self._facet_range(name, value, lambda v: as_moment(v).date().isoformat(), "text")
        if kind in ("numeric_field", "calculated"):
            return self._facet_range(name, value, as_number, "numeric")
        if kind in ("text_field", "textarea"):
            condition = Q(**{f"data__{name}__in": [as_text(p) for p in parts_of(value, verbatim=True)]})
            if name in self.kind.masked_fields:
                condition &= Q(hidden_name=False) | Q(owned_by=self.viewer.user_name)
            return condition
        return None

    def _facet_range(self, name: str, value: Any, read: Any, cast: str) -> Q:
        condition = Q()
        for part in parts_of(value):
            span = part if isinstance(part, Span) else Span(part, part)
            pieces, params = [], []
            text = "left(facets ->> %s, 10)" if cast == "text" else "(facets ->> %s)::numeric"
            for bound, sign in ((span.start, ">="), (span.end, "<=")):
                if bound is not None:
                    pieces.append(f"{text} {sign} %s")
                    params += [name, read(bound)]
            if cast == "numeric":
                pieces.insert(0, "jsonb_typeof(facets -> %s) = 'number'")
                params.insert(0, name)
                sql = "CASE WHEN " + pieces[0] + " THEN " + (" AND ".join(pieces[1:]) or "true") + " ELSE false END"
            else:
                sql = " AND ".join(pieces) or "facets ? %s"
                params = params or [name]
            condition |= Q(RawSQL(sql, params, output_field=BooleanField()))
        return condition
