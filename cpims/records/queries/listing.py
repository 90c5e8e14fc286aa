"""Lists and searches: sight, filters, order and page in one statement, readable names only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Problem
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.filtering import Filtered, read_filters
from cpims.records.queries.paging import (
    EXACT_UP_TO,
    Newest,
    Order,
    Place,
    gathered,
    order_of,
    read_place,
    rows_after,
    sees_everything,
    way_to_newest,
    write_place,
)
from cpims.records.queries.reading import served_all
from cpims.records.queries.searching import Reason, Search, find_best, found_by, is_ranked, read_search, reasons_for
from cpims.records.queries.setup import setup_of
from cpims.records.queries.usual import UNUSED, usual_rows
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.refusals import ListInvalid

#: Rows before a page that is asked for by its number; further on a list is followed by ``after``.
DEEPEST = 100_000
#: A list of about as many is put in order whole; only in a longer one is the index of its order walked.
GATHERED = 50_000


@dataclass
class Listing:
    """A page of records as the viewer may read them."""

    rows: list[dict[str, Any]]
    total: int
    total_exact: bool
    records: list[Record]
    ignored: list[Problem] = field(default_factory=list)
    strangers: list[Record] = field(default_factory=list)
    after: str | None = None
    reasons: dict[UUID, Reason] = field(default_factory=dict)


def find_records(*, kind: str, viewer: Viewer, query: Mapping[str, Any], offset: int, per: int, today: date) -> Listing:
    """The records that a list request asks for, newest first unless it says otherwise.

    ``after`` of the request is where an earlier page ended: deep in a list it costs no more than at its beginning.

    Raises: Forbidden, ListInvalid.
    Shows: records in sight; in a search under ``search_owned_by_others`` also, masked to the short fields, up to ten
    others whose full name or whole id was given.
    """
    require(viewer, kind, "read")
    filtered = read_filters(query, kind=kind, viewer=viewer, today=today)
    search = read_search(query)
    names = _names(query, kind, viewer, searching=search is not None and search.mode != "plain")
    whole = names is None or not names <= setup_of(viewer.configuration, kind).row_fields
    if search is not None and is_ranked(search, kind, viewer):
        return _by_name(
            _ours(viewer, kind, filtered), search, kind, viewer, names, offset, per, today, filtered.ignored
        )
    order = order_of(query, kind, viewer, filtered.ignored)
    token = query.get("after")
    place = read_place(token, query, kind, viewer) if isinstance(token, str) and token else None
    if place is None and offset + per > DEEPEST:
        raise ListInvalid([Problem("/page", "list.too_deep", {"deepest": DEEPEST})])
    short = way_to_newest(viewer, kind, filtered.narrow, order) if search is None else None
    asked = _Asked(viewer, kind, filtered, order, place, 0 if place else offset, per + 1, None if whole else names)
    rows, total, exact = _rows(asked, search) if short is None else _usual(asked, short)
    page = rows[:per]
    after = None
    if len(rows) > per:
        end = Place(order.value_of(page[-1]), page[-1].id, total, exact)
        after = write_place(end, query, kind, viewer)
    return Listing(
        rows=served_all(page, viewer, today=today, names=names, whole=whole, in_sight=True),
        total=total,
        total_exact=exact,
        records=page,
        ignored=filtered.ignored,
        after=after,
        reasons=reasons_for(page, search, kind, viewer) if search is not None else {},
    )


@dataclass(frozen=True)
class _Asked:
    """A page as it was asked for; ``count`` is one row more, which tells whether the list goes on."""

    viewer: Viewer
    kind: str
    filtered: Filtered
    order: Order
    place: Place | None
    offset: int
    count: int
    #: The names of the list's own projection that are wanted; nothing where the answers themselves are.
    names: frozenset[str] | None


def _ours(viewer: Viewer, kind: str, filtered: Filtered) -> RecordQuerySet:
    return Record.objects.visible_to(viewer).of_kind(kind).filter(filtered.condition)


def _usual(asked: _Asked, short: Newest) -> tuple[list[Record], int, bool]:
    """The rows of a page, how many there are in all, and whether that is exact: where there is a short way."""
    rows, counted = usual_rows(
        asked.viewer, asked.kind, short, asked.order, asked.place, asked.offset, asked.count, asked.names,
        most=EXACT_UP_TO + 1,
    )  # fmt: skip
    if asked.place is not None:
        return rows, asked.place.total, asked.place.exact
    if 0 < len(rows) < asked.count or (not rows and asked.offset == 0):
        return rows, asked.offset + len(rows), True
    total = short.count(EXACT_UP_TO + 1) if counted is None else counted
    if total <= EXACT_UP_TO:
        return rows, total, True
    return rows, _estimate(_ours(asked.viewer, asked.kind, asked.filtered), total), False


def _rows(asked: _Asked, search: Search | None) -> tuple[list[Record], int, bool]:
    """The same where there is none."""
    order, place, offset, count = asked.order, asked.place, asked.offset, asked.count
    ours = _ours(asked.viewer, asked.kind, asked.filtered)
    if search is not None:
        ours = ours.filter(found_by(search, asked.kind, asked.viewer))
    columns = UNUSED[1:] if order.facet else UNUSED
    lean = ours.defer(*columns, "row") if asked.names is None else ours.defer(*columns, "data")
    scoped = not sees_everything(asked.viewer)
    if place is None or place.exact:
        few = gathered(ours, order, place, offset, count, scoped=scoped)
        if few.total <= EXACT_UP_TO:
            found = lean.in_bulk(few.ids)
            return [found[i] for i in few.ids if i in found], few.total, True
        if place is None:
            about = _estimate(ours, few.total)
            if about <= GATHERED:
                ids = gathered(ours, order, None, offset, count, scoped=scoped, most=None).ids
                found = lean.in_bulk(ids)
                return [found[i] for i in ids if i in found], about, False
            return list(lean.order_by(*order.clauses())[offset : offset + count]), about, False
    return rows_after(lean, order, place, count), place.total, place.exact


def count_records(*, kind: str, viewer: Viewer, query: Mapping[str, Any], today: date) -> tuple[int, bool]:
    """How many records a list request would find, and whether that is exact: beyond 10,000 it is an estimate.

    Raises: Forbidden.
    """
    require(viewer, kind, "read")
    filtered = read_filters(query, kind=kind, viewer=viewer, today=today)
    rows = Record.objects.visible_to(viewer).of_kind(kind).filter(filtered.condition)
    total = rows.order_by()[: EXACT_UP_TO + 1].count()
    return (total, True) if total <= EXACT_UP_TO else (_estimate(rows, total), False)


def _estimate(rows: RecordQuerySet, at_least: int) -> int:
    plan = json.loads(rows.order_by().values("id").explain(format="json"))
    return max(at_least, int(plan[0]["Plan"]["Plan Rows"]))


def names_of_finds(kind: str, viewer: Viewer) -> frozenset[str]:
    """What is shown of records that a search found."""
    if not viewer.may(kind, "display_view_page"):
        return KINDS[kind].short_fields
    row = setup_of(viewer.configuration, kind).row_fields
    return row | {"age", "date_of_birth", "estimated", "name", "sex"}


def _names(query: Mapping[str, Any], kind: str, viewer: Viewer, *, searching: bool) -> frozenset[str] | None:
    short = KINDS[kind].short_fields
    if searching:
        return names_of_finds(kind, viewer)
    wanted = query.get("fields")
    if not wanted:
        return None
    if wanted == "short":
        return short
    parts = (
        wanted.split(",") if isinstance(wanted, str) else [str(w) for w in wanted] if isinstance(wanted, list) else []
    )
    return frozenset(part.strip() for part in parts)


def _by_name(
    ours: RecordQuerySet,
    search: Search,
    kind: str,
    viewer: Viewer,
    names: frozenset[str] | None,
    offset: int,
    per: int,
    today: date,
    ignored: list[Problem],
) -> Listing:
    """The page of a search whose finds are ranked: the best first, whatever order was asked for."""
    found = find_best(ours, search, kind, viewer)
    ids = found.ids[offset : offset + per]
    whole = names is None or not names <= setup_of(viewer.configuration, kind).row_fields
    columns = UNUSED if whole else (*UNUSED, "data")
    records = Record.objects.defer(*columns).in_bulk(ids)
    page = [records[record_id] for record_id in ids if record_id in records]
    return Listing(
        rows=served_all(page, viewer, today=today, names=names, whole=whole),
        total=len(found.ids),
        total_exact=not found.more,
        records=page,
        ignored=ignored,
        strangers=[record for record in page if record.id in found.strangers],
        reasons={record.id: found.reasons[record.id] for record in page},
    )
