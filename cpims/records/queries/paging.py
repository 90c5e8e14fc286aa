"""Where a page of a list lies: its order, the place after which it begins, and the shortest way to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import F, OrderBy, RawSQL
from django.db.models.fields import BooleanField

from cpims.access.rules.viewer import Viewer
from cpims.access.rules.visibility import Sight, sight_of
from cpims.lib.crypto import CannotOpen, derive, seal, unseal
from cpims.lib.errors import Problem
from cpims.lib.json import canonical, dumps
from cpims.lib.secrets import secret
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.lending import Lending
from cpims.records.queries.setup import readable_fields, setup_of
from cpims.records.rules.filters import PLACING
from cpims.records.rules.kinds import KINDS, Kind
from cpims.records.rules.projections import facet_column
from cpims.records.rules.refusals import ListInvalid

EXACT_UP_TO = 10_000
ORDERS = {
    "created_at": "created_at", "last_updated_at": "last_updated_at", "registration_date": "registration_date",
    "date_closure": "date_closure", "name": "name_sort", "status": "status", "workflow": "workflow",
    "owned_by": "owned_by", "owned_by_agency_id": "owned_by_agency_id", "short_id": "short_id", "sex": "sex",
    "risk_level": "risk_level", "flag_count": "flag_count", "alert_count": "alert_count", "module_id": "module",
}  # fmt: skip
MAY_BE_EMPTY = frozenset({"registration_date", "date_closure", "name_sort", "sex", "risk_level", "birth_on"})


@dataclass(frozen=True)
class Order:
    """By what a list is ordered; ties fall to the id, so that no page repeats or skips a row."""

    column: str
    descending: bool
    facet: str = ""

    @property
    def may_be_empty(self) -> bool:
        """Can a record lack it? Such records come last, whichever way the list runs."""
        return bool(self.facet) or self.column in MAY_BE_EMPTY

    def clauses(self) -> list[OrderBy]:
        """The order as the database takes it."""
        by = RawSQL(facet_column(self.facet), []) if self.facet else F(self.column)
        if self.may_be_empty:
            first = OrderBy(by, descending=self.descending, nulls_last=True)
        else:
            first = OrderBy(by, descending=self.descending)
        return [first, OrderBy(F("id"), descending=self.descending)]

    def value_of(self, record: Record) -> Any:
        """What a record is placed by."""
        value = record.facets.get(self.facet) if self.facet else getattr(record, self.column)
        if isinstance(value, datetime):
            return value.isoformat()
        return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class Place:
    """The last row of a page, as the next one begins after it; with the total, so that it is counted once."""

    value: Any
    id: UUID
    total: int
    exact: bool


def _own_orders(kind: Kind) -> dict[str, str]:
    """What a kind of record calls its code, its name and the day on which it was registered."""
    called = {kind.called_by: "name_sort"} if kind.called_by else {}
    return {kind.own_code: "display_id", kind.dated_by: "registration_date"} | called


def order_of(query: Mapping[str, Any], kind: str, viewer: Viewer, ignored: list[Problem]) -> Order:
    """The order that was asked for by a name she may read; otherwise the newest first."""
    wanted = query.get("order_by") or "created_at"
    name = wanted if isinstance(wanted, str) else ""
    readable = readable_fields(viewer, kind, None)
    columns = ORDERS | _own_orders(KINDS[kind]) | ({"age": "birth_on"} if KINDS[kind].grows_older else {})
    marked = setup_of(viewer.configuration, kind).filterable - KINDS[kind].masked_fields
    usable = name in columns or name in marked
    barred = not usable or (name not in readable and name != "created_at")
    if barred or (name != "created_at" and Lending(viewer, kind).kept_out({name}) is not None):
        ignored.append(Problem("/order_by", "filter.ignored", {"name": "order_by"}))
        name = "created_at"
    descending = (query.get("order") or ("asc" if query.get("order_by") else "desc")) == "desc"
    if name not in columns:
        return Order("", descending, facet=name)
    return Order(columns[name], not descending if name == "age" else descending)


def read_place(token: str, query: Mapping[str, Any], kind: str, viewer: Viewer) -> Place:
    """The place that a token stands for; it holds for this viewer and for the same filters and order only.

    Raises: ListInvalid.
    """
    try:
        value, record_id, total, exact = orjson.loads(
            unseal(_key(), bytes.fromhex(token), _context(query, kind, viewer))
        )
    except (CannotOpen, ValueError) as error:
        raise ListInvalid([Problem("/after", "list.place_unknown")]) from error
    return Place(value, UUID(record_id), total, exact)


def write_place(place: Place, query: Mapping[str, Any], kind: str, viewer: Viewer) -> str:
    """A place as a token that tells nothing to whoever holds it."""
    plain = dumps([place.value, str(place.id), place.total, place.exact])
    return seal(_key(), plain, _context(query, kind, viewer)).hex()


def _key() -> bytes:
    return derive(secret("instance"), "list-places")


def _context(query: Mapping[str, Any], kind: str, viewer: Viewer) -> bytes:
    asked = {name: value for name, value in query.items() if name not in PLACING}
    return canonical([kind, viewer.user_id, asked])


@dataclass(frozen=True)
class Few:
    """A list that is short enough to be gathered whole: how many there are, and the ids of one page."""

    total: int
    ids: list[UUID]


def gathered(
    rows: RecordQuerySet,
    order: Order,
    place: Place | None,
    offset: int,
    count: int,
    *,
    scoped: bool,
    most: int | None = EXACT_UP_TO + 1,
) -> Few:
    """Gather what a list holds, no further than ``most``, and put only that in order.

    An index of the order would be walked through records that do not match; how far, nobody knows beforehand. Where
    the viewer does not see everything (``scoped``), what she sees is looked up and the table is never read through.
    """
    by = RawSQL(facet_column(order.facet), []) if order.facet else F(order.column)
    try:
        found, params = rows.order_by().annotate(place_by=by).values("id", "place_by").query.sql_with_params()
    except EmptyResultSet:
        return Few(0, [])
    sign, way = ("<", "DESC") if order.descending else (">", "ASC")
    limit = f" LIMIT {most}" if most else ""
    beyond, extra = "", list[Any]()
    if place is not None and place.value is None:
        beyond, extra = f"WHERE place_by IS NULL AND id {sign} %s", [place.id]
    elif place is not None:
        cast, value = ("::jsonb", dumps(place.value).decode()) if order.facet else ("", place.value)
        beyond = f"WHERE (place_by, id) {sign} (%s{cast}, %s) OR place_by IS NULL"
        extra = [value, place.id]
    sql = (
        f"WITH few AS MATERIALIZED ({found}{limit}) SELECT (SELECT count(*) FROM few), "
        f"ARRAY(SELECT id FROM few {beyond} ORDER BY place_by {way} NULLS LAST, id {way} "
        f"OFFSET {int(offset)} LIMIT {int(count)})"
    )
    with transaction.atomic(), connection.cursor() as statement:
        if scoped:
            statement.execute("SET LOCAL enable_seqscan = off")
        statement.execute(sql, [*params, *extra])
        row = statement.fetchone()
    assert row is not None
    return Few(row[0], row[1])


def rows_after(rows: RecordQuerySet, order: Order, place: Place, count: int) -> list[Record]:
    """The rows that follow a place, those without a value last."""
    ordered = rows.order_by(*order.clauses())
    empty = _is_empty(order)
    if place.value is None:
        return list(ordered.filter(empty, _beyond("", order, place))[:count])
    column = facet_column(order.facet) if order.facet else f'"records"."{order.column}"'
    found = list(ordered.filter(_beyond(column, order, place))[:count])
    if order.may_be_empty and len(found) < count:
        found += list(ordered.filter(empty)[: count - len(found)])
    return found


def _is_empty(order: Order) -> Q:
    if order.facet:
        return Q(RawSQL(f"{facet_column(order.facet)} IS NULL", [], BooleanField()))
    return Q(**{f"{order.column}__isnull": True})


def _beyond(column: str, order: Order, place: Place) -> Q:
    sign = "<" if order.descending else ">"
    if not column:
        return Q(id__lt=place.id) if order.descending else Q(id__gt=place.id)
    cast = "::jsonb" if order.facet else ""
    value = dumps(place.value).decode() if order.facet else place.value
    return Q(RawSQL(f'({column}, "records"."id") {sign} (%s{cast}, %s)', [value, place.id], BooleanField()))


def sights(sight: Sight) -> list[str]:
    """Under which keys the lists' own table has what lies in a sight; nothing when that is every record."""
    if sight.agency is not None:
        return [f"a:{sight.agency}"]
    if sight.groups:
        return [f"g:{group}" for group in sorted(sight.groups)]
    return [f"u:{sight.user_name}"] if sight.user_name is not None else []


def sees_everything(viewer: Viewer) -> bool:
    """Does this viewer's sight leave nothing out (but other modules)?"""
    return sight_of(viewer).everything


@dataclass(frozen=True)
class Newest:
    """The way to the newest records of a sight through the lists' own table: an index holds them in order.

    It serves lists that are narrowed by status, module and record state alone. Every record found is looked at through
    ``visible_to`` again.
    """

    sights: tuple[str, ...]
    kind: str
    narrow: Mapping[str, list[Any]]

    def among(self, order: Order, place: Place | None, offset: int, count: int) -> RawSQL:
        """The ids of a page, as a condition for ``pk__in``."""
        sign, way = ("<", "DESC") if order.descending else (">", "ASC")
        beyond, extra = "", []
        if place is not None:
            beyond, extra = f" AND (created_at, record_id) {sign} (%s::timestamptz, %s)", [place.value, place.id]
        tail = f"ORDER BY created_at {way}, record_id {way} LIMIT"
        branches, params = self._branches("created_at, record_id", f"{beyond} {tail} {int(offset + count)}", extra)
        sql = f"SELECT record_id FROM ({branches}) AS n {tail} {int(count)} OFFSET {int(offset)}"
        return RawSQL(sql, params)

    def count(self, most: int) -> int:
        """How many there are, counted no further than ``most``."""
        sql, params = self.counted(most)
        with connection.cursor() as statement:
            statement.execute(sql, params)
            row = statement.fetchone()
        assert row is not None
        return int(row[0])

    def counted(self, most: int) -> tuple[str, list[Any]]:
        """The statement that counts them, and its values."""
        branches, params = self._branches("record_id", f" LIMIT {int(most)}", [])
        return f"SELECT count(*) FROM (SELECT record_id FROM ({branches}) AS b LIMIT {int(most)}) AS n", params

    def seen(self, column: str, most: int) -> list[Any]:
        """The values of a column among the first rows."""
        branches, params = self._branches(column, f" LIMIT {int(most)}", [])
        with connection.cursor() as statement:
            statement.execute(f"SELECT DISTINCT {column} FROM ({branches}) AS b ORDER BY 1", params)
            return [row[0] for row in statement.fetchall()]

    def with_only(self, column: str, values: list[Any]) -> Newest:
        """The same list, of these values of a column alone."""
        return replace(self, narrow={**self.narrow, column: values})

    def _branches(self, columns: str, tail: str, extra: list[Any]) -> tuple[str, list[Any]]:
        where, values = "kind = %s", [self.kind]
        for column, allowed in self.narrow.items():
            where += f" AND {column} = ANY(%s::{'boolean' if column == 'record_state' else 'text'}[])"
            values.append(allowed)  # type: ignore[arg-type]
        one = f"(SELECT {columns} FROM record_sights WHERE sight = %s AND {where}{tail})"
        params = [value for sight in self.sights for value in (sight, *values, *extra)]
        return " UNION ".join([one] * len(self.sights)), params


def way_to_newest(viewer: Viewer, kind: str, narrow: Mapping[str, list[Any]] | None, order: Order) -> Newest | None:
    """The short way, where there is one; whoever sees everything goes by the index of the records themselves."""
    sight = sight_of(viewer)
    keys = sights(sight)
    if not keys or narrow is None or order.column != "created_at":
        return None
    asked = dict(narrow)
    if sight.modules is not None:
        asked["module"] = sorted(sight.modules & set(asked.get("module", sight.modules)))
    return Newest(tuple(keys), kind, asked)
