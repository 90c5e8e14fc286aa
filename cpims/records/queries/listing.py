"""Lists and searches: sight, filters, order and page in one statement, readable names only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Problem
from cpims.matching.rules import identifier_key, name_similarity, phone_key, search_keys, whole_keys
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.filtering import read_filters
from cpims.records.queries.reading import served
from cpims.records.queries.setup import readable_fields, setup_of
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.projections import key_of

EXACT_UP_TO = 10_000
CANDIDATES = 300
STRANGERS = 10
LONGEST_SEARCH = 200
ORDERS = {
    "created_at": "created_at", "last_updated_at": "last_updated_at", "registration_date": "registration_date",
    "date_closure": "date_closure", "name": "name_sort", "status": "status", "workflow": "workflow",
    "owned_by": "owned_by", "owned_by_agency_id": "owned_by_agency_id", "short_id": "short_id", "sex": "sex",
    "risk_level": "risk_level", "flag_count": "flag_count", "alert_count": "alert_count", "module_id": "module",
}  # fmt: skip


@dataclass
class Listing:
    """A page of records as the viewer may read them."""

    rows: list[dict[str, Any]]
    total: int
    total_exact: bool
    records: list[Record]
    ignored: list[Problem] = field(default_factory=list)
    strangers: list[Record] = field(default_factory=list)


def find_records(*, kind: str, viewer: Viewer, query: Mapping[str, Any], offset: int, per: int, today: date) -> Listing:
    """The records that a list request asks for, newest first unless it says otherwise.

    Raises: Forbidden.
    Shows: records in sight; in a search under ``search_owned_by_others`` also, masked to the short fields, up to ten
    others whose full name or whole id was given.
    """
    require(viewer, kind, "read")
    filtered = read_filters(query, kind=kind, viewer=viewer, today=today)
    text = query.get("query")
    search = text.replace("\x00", "").strip()[:LONGEST_SEARCH] if isinstance(text, str) else ""
    mode = _search_mode(query) if search else None
    ours: RecordQuerySet = Record.objects.visible_to(viewer).of_kind(kind).filter(filtered.condition)
    names = _names(query, kind, viewer, searching=mode is not None and mode != "plain")
    whole = names is None or not names <= setup_of(viewer.configuration, kind).row_fields
    if mode in ("phonetic", "any"):
        return _by_name(ours, search, mode, kind, viewer, names, offset, per, today, filtered.ignored)
    if mode is not None:
        ours = ours.filter(_found_by(search, mode, kind, viewer))
    ordered = ours.order_by(*_order(query, kind, viewer, filtered.ignored))
    if not whole:
        ordered = ordered.defer("data", "facets", "facet_keys", "name_keys")
    total = ours.order_by()[: EXACT_UP_TO + 1].count()
    page = list(ordered[offset : offset + per])
    return Listing(
        rows=[served(r, viewer, today=today, names=names, whole=whole) for r in page],
        total=min(total, EXACT_UP_TO) if total <= EXACT_UP_TO else _estimate(ours, total),
        total_exact=total <= EXACT_UP_TO,
        records=page,
        ignored=filtered.ignored,
    )


def count_records(*, kind: str, viewer: Viewer, query: Mapping[str, Any], today: date) -> int:
    """How many records a list request would find, exactly.

    Raises: Forbidden.
    """
    require(viewer, kind, "read")
    filtered = read_filters(query, kind=kind, viewer=viewer, today=today)
    return Record.objects.visible_to(viewer).of_kind(kind).filter(filtered.condition).count()


def _estimate(rows: RecordQuerySet, at_least: int) -> int:
    plan = rows.order_by().values("id").explain(format="json")
    import json

    return max(at_least, int(json.loads(plan)[0]["Plan"]["Plan Rows"]))


def _search_mode(query: Mapping[str, Any]) -> str:
    for mode in ("any", "phonetic", "phone_number", "id_search"):
        if query.get(mode) in (True, "true"):
            return mode
    return "plain"


def _names(query: Mapping[str, Any], kind: str, viewer: Viewer, *, searching: bool) -> frozenset[str] | None:
    setup = setup_of(viewer.configuration, kind)
    short = KINDS[kind].short_fields
    if searching:
        preview = setup.row_fields | {"age", "date_of_birth", "estimated", "name", "sex"}
        return preview if viewer.may(kind, "display_view_page") else short
    wanted = query.get("fields")
    if not wanted:
        return None
    if wanted == "short":
        return short
    parts = (
        wanted.split(",") if isinstance(wanted, str) else [str(w) for w in wanted] if isinstance(wanted, list) else []
    )
    return frozenset(part.strip() for part in parts)


def _order(query: Mapping[str, Any], kind: str, viewer: Viewer, ignored: list[Problem]) -> list[OrderBy]:
    wanted = query.get("order_by") or "created_at"
    name = wanted if isinstance(wanted, str) else ""
    readable = readable_fields(viewer, kind, None)
    columns = ORDERS | {f"{kind}_id_display": "display_id", "age": "birth_on"}
    if name not in columns or (name not in readable and name != "created_at"):
        ignored.append(Problem("/order_by", "filter.ignored", {"name": "order_by"}))
        name = "created_at"
    default = "desc" if not query.get("order_by") else "asc"
    descending = (query.get("order") or default) == "desc"
    if name == "age":
        descending = not descending
    column = F(columns[name])
    first = column.desc(nulls_last=True) if descending else column.asc(nulls_last=True)
    if name == "created_at":
        first = column.desc() if descending else column.asc()
    return [first, F("id").desc() if descending else F("id").asc()]


def _found_by(text: str, mode: str, kind: str, viewer: Viewer) -> Q:
    readable = readable_fields(viewer, kind, None)
    definition = KINDS[kind]
    if mode == "phone_number":
        key = phone_key(text)
        wanted = [f"{name}={key}" for name in definition.phone_fields if name.partition(".")[0] in readable]
        return Q(phones__overlap=wanted) if key and wanted else Q(pk__in=[])
    return _identifier_condition(text, kind, viewer)


def identifier_names(kind: str, viewer: Viewer) -> list[str]:
    """The identifier fields by which this viewer may search."""
    own = {"short_id", f"{kind}_id_display", "unique_identifier", f"{kind}_id"}
    readable = readable_fields(viewer, kind, None) | own
    return [name for name in (*sorted(own), *KINDS[kind].identifier_fields) if name in readable]


def _identifier_condition(text: str, kind: str, viewer: Viewer) -> Q:
    key = identifier_key(text)
    if not key:
        return Q(pk__in=[])
    names = sorted(set(identifier_names(kind, viewer)))
    from django.db.models.expressions import RawSQL
    from django.db.models.fields import BooleanField

    escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sql = (
        "EXISTS (SELECT 1 FROM unnest(identifiers) AS i(pair) WHERE split_part(pair, '=', 1) = ANY(%s) "
        "AND substr(pair, strpos(pair, '=') + 1) LIKE %s)"
    )
    return Q(RawSQL(sql, [names, f"%{escaped}%"], output_field=BooleanField()))


def _name_condition(text: str, kind: str, viewer: Viewer) -> Q:
    readable = readable_fields(viewer, kind, None)
    keys = search_keys(text)
    open_keys = [key_of(n, k, hidden=False) for n in KINDS[kind].name_fields if n in readable for k in keys]
    own_keys = [key_of(n, k, hidden=True) for n in KINDS[kind].name_fields if n in readable for k in keys]
    if not open_keys:
        return Q(pk__in=[])
    return Q(name_keys__overlap=open_keys) | Q(name_keys__overlap=own_keys, owned_by=viewer.user_name)


def _by_name(
    ours: RecordQuerySet,
    text: str,
    mode: str,
    kind: str,
    viewer: Viewer,
    names: frozenset[str] | None,
    offset: int,
    per: int,
    today: date,
    ignored: list[Problem],
) -> Listing:
    by_name = _name_condition(text, kind, viewer)
    condition = by_name
    if mode == "any":
        condition |= _identifier_condition(text, kind, viewer)
        if phone_key(text) and len(phone_key(text)) >= 5:
            condition |= _found_by(text, "phone_number", kind, viewer)
    found = ours.filter(condition)
    total = found.order_by()[: EXACT_UP_TO + 1].count()
    candidates = list(found.order_by("-last_updated_at", "-id").defer("facets", "facet_keys")[:CANDIDATES])
    ranked = sorted(candidates, key=lambda r: -_likeness(text, r, viewer, kind))
    strangers: list[Record] = []
    if viewer.holds(kind, "search_owned_by_others") and (len(text.split()) > 1 or _is_whole_id(text)):
        strangers = _strangers(text, kind, viewer, {r.id for r in ranked})
        ranked += strangers
        total += len(strangers)
    page = ranked[offset : offset + per]
    whole = names is None or not names <= setup_of(viewer.configuration, kind).row_fields
    return Listing(
        rows=[served(r, viewer, today=today, names=names, whole=whole) for r in page],
        total=total,
        total_exact=total <= EXACT_UP_TO,
        records=page,
        ignored=ignored,
        strangers=[record for record in page if record in strangers],
    )


def _likeness(text: str, record: Record, viewer: Viewer, kind: str) -> float:
    if record.is_masked_for(viewer):
        return 0.0
    texts: Sequence[Any] = [record.name, *(record.data.get(n) for n in KINDS[kind].name_fields if n != "name")]
    return max((name_similarity(text, t) for t in texts if isinstance(t, str)), default=0.0)


def _is_whole_id(text: str) -> bool:
    return len(text.strip()) >= 7 and " " not in text.strip()


def _strangers(text: str, kind: str, viewer: Viewer, known: set[Any]) -> list[Record]:
    """Records of others by a full name or a whole id: at most ten, each named in that child's access log."""
    readable = readable_fields(viewer, kind, None)
    words = [whole_keys(word) for word in text.split()]
    condition = Q(pk__in=[])
    if "name" in readable and len(words) > 1:
        every = Q(hidden_name=False)
        for keys in words:
            every &= Q(name_keys__overlap=[key_of("name", k, hidden=False) for k in keys])
        condition |= every
    if _is_whole_id(text):
        key = identifier_key(text)
        condition |= Q(identifiers__overlap=[f"{name}={key}" for name in identifier_names(kind, viewer)])
    if not viewer.is_super:
        condition &= Q(module__in=sorted(viewer.modules))
    rows = Record.objects.of_kind(kind).filter(condition).exclude(pk__in=known).defer("facets", "facet_keys")
    return list(rows.order_by("-last_updated_at", "-id")[:STRANGERS])
