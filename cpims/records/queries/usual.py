"""The usual list without what is the same each time: sight compiled once for a viewer, a page and its total in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import JSONField
from django.db.models.base import ModelState

from cpims.access.rules.viewer import Viewer
from cpims.lib.json import loads
from cpims.records.models import Record, state_readers
from cpims.records.queries.paging import Newest, Order, Place
from cpims.records.rules.kinds import KINDS

#: Derived columns that no row of a list is made of.
UNUSED = ("facets", "facet_keys", "name_keys", "identifiers", "phones", "incomplete", "tasks")
#: Columns of which nothing in a list is made, beside those.
UNSEEN = frozenset((*UNUSED, "recorded_at", "name_sort", "birth_from", "birth_to", "protection_concerns"))
#: Columns that every row of a list takes: for what stands in all, for its place, for permission and for masking.
ALWAYS = frozenset(
    "id kind module record_state owned_by hidden_name created_at last_updated_at name birth_on state flag_count "
    "alert_count".split()
)
#: Columns that a name is made of, where that is not the column of the same name.
MADE_OF = {"not_edited_by_owner": "last_updated_by", "module_id": "module", "flagged": "flag_count"}


@dataclass(frozen=True)
class Columns:
    """The columns of which a row is made: their names, those that hold JSON, and how a statement names them all."""

    names: tuple[str, ...]
    json: tuple[str, ...]
    selected: str


@lru_cache(maxsize=256)
def columns_of(kind: str, names: frozenset[str] | None) -> Columns:
    """What to read for a list of these names; for ``None``, everything but what no list is made of."""
    wanted = None
    if names is not None:
        readers = state_readers(kind)
        made = {
            "display_id" if name == KINDS[kind].own_code else MADE_OF.get(name, name) for name in names & readers.keys()
        }
        wanted = ALWAYS | made | {"row"}
    taken = [f for f in Record._meta.concrete_fields if f.attname not in UNSEEN]
    taken = [f for f in taken if (f.attname != "row" if wanted is None else f.attname in wanted)]
    attributes = tuple(f.attname for f in taken)
    json = tuple(f.attname for f in taken if isinstance(f, JSONField))
    return Columns(attributes, json, ", ".join(f'"records"."{name}"' for name in attributes))


@lru_cache(maxsize=4096)
def in_sight(viewer: Viewer, kind: str) -> tuple[str, tuple[Any, ...]] | None:
    """What ``visible_to`` says for this viewer, as the database takes it; nothing when she can see no record at all.

    It is compiled from the one place that says it, and kept as long as the viewer stands as she is.
    """
    compiler = Record.objects.visible_to(viewer).of_kind(kind).order_by().query.get_compiler("default")
    try:
        compiler.pre_sql_setup()
        sql, params = compiler.compile(compiler.where)
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def usual_rows(
    viewer: Viewer,
    kind: str,
    way: Newest,
    order: Order,
    place: Place | None,
    offset: int,
    count: int,
    names: frozenset[str] | None,
    *,
    most: int,
) -> tuple[list[Record], int | None]:
    """The rows of a page with the columns that ``names`` take, and how many there are in all, counted no further than ``most`` (nothing after a place, whose
    total is known, and where there is no row)."""
    sight = in_sight(viewer, kind)
    if sight is None:
        return [], None
    (where, values), columns = sight, columns_of(kind, names)
    among = way.among(order, place, offset, count)
    total, counted = way.counted(most) if place is None else ("NULL", [])
    direction = "DESC" if order.descending else "ASC"
    sql = (
        f'SELECT ({total}), {columns.selected} FROM "records" WHERE {where} AND "records"."id" IN ({among.sql}) '
        f'ORDER BY "records"."created_at" {direction}, "records"."id" {direction}'
    )
    with connection.cursor() as statement:
        statement.execute(sql, [*counted, *values, *among.params])
        found = statement.fetchall()
    return [_record(row[1:], columns) for row in found], found[0][0] if found else None


def _record(row: tuple[Any, ...], columns: Columns) -> Record:
    """A row as the record it is; what was not selected is read when somebody asks for it, as after ``defer``."""
    record: Record = Record.__new__(Record)
    held = record.__dict__
    held.update(zip(columns.names, row, strict=True))
    for name in columns.json:
        held[name] = loads(held[name])
    state = held["_state"] = ModelState()
    state.db, state.adding = "default", False
    return record
