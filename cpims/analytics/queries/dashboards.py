"""Dashboards counted: a statement for all plain indicators, and one for each way of splitting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Role, User
from cpims.accounts.queries.people import managed_by, roster
from cpims.analytics.rules.dashboards import (
    Around,
    Dashboard,
    Indicator,
    Pair,
    as_query,
    as_strings,
    dashboards_of,
    is_plain,
    split_of,
)
from cpims.forms.queries.catalogue import catalogue
from cpims.locations.models import Location
from cpims.modules.models import Module
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.filtering import read_filters
from cpims.records.queries.setup import setup_of
from cpims.records.rules.kinds import KINDS
from cpims.settings.queries import settings_at

KIND: Final = "case"
MOST_GROUPS: Final = 1_000
PLACES: Final = ("Location", "ReportingLocation")
COLUMNS: Final[Mapping[str, str]] = {"owned_by": "owned_by", "risk_level": "risk_level", "workflow": "workflow"}
LISTS: Final[Mapping[str, str]] = {"protection_concerns": "protection_concerns"}
OF_PEOPLE: Final = ("referred_users_pending", "referred_users_accepted", "transferred_to_users")
#: Filters that are answered by short columns of a record.
NARROW: Final = frozenset(
    (
        *("record_state", "status", "module_id", "owned_by", "owned_by_groups", "not_edited_by_owner"),
        *("risk_level", "not[risk_level]", "workflow", "created_at", "date_closure"),
    )
)
Counted = dict[tuple[str, ...], int]


class Unnest(Func):
    """Each element of a list in a row of its own."""

    function = "unnest"
    output_field = TextField()
    set_returning = True


class KeyOf(Func):
    """The key of an answer, as a list of one."""

    template = "ARRAY[%(expressions)s]"
    arg_joiner = " || "
    output_field = ArrayField(TextField())


@dataclass
class _Work:
    """Indicators that are counted together, because they are split in the same way; each set of filters once."""

    by: tuple[str, ...]
    wanted: dict[tuple[Pair, ...], Counted] = field(default_factory=dict)


def find_dashboards(
    *, viewer: Viewer, names: Collection[str] | None, at: datetime, today: date
) -> list[dict[str, Any]]:
    """The dashboards of the viewer's role (those named, when some are), each indicator with its count and its filters.

    Shows: numbers over records in sight, of indicators whose every filter the viewer may use in a list. The filters of
    an indicator open the list that it counts.
    """
    held = viewer.permissions.get("dashboard", frozenset())
    if not held or not viewer.may(KIND, "read"):
        return []
    around = _around(viewer, at)
    if not around.modules:
        return []
    asked = [d for d in dashboards_of(around) if d.action in held and (names is None or d.name in names)]
    works: dict[tuple[str, ...], _Work] = {}
    usable: dict[tuple[Pair, ...], bool] = {}
    for indicator in (i for dashboard in asked for i in dashboard.indicators):
        pairs = indicator.where + tuple((split, "x") for split in indicator.by)
        if pairs not in usable:
            usable[pairs] = _can_ask(indicator, pairs, viewer, today)
        if usable[pairs]:
            work = works.setdefault(indicator.by, _Work(indicator.by))
            for where in indicator.rest or (indicator.where,):
                work.wanted.setdefault(where, {})
    for work in works.values():
        _count(work, viewer, today)
    people = _people(viewer, asked, works)
    shown = [_shown(dashboard, works, people) for dashboard in asked]
    return [dashboard for dashboard in shown if dashboard["indicators"]]


def _around(viewer: Viewer, at: datetime) -> Around:
    decided = settings_at(viewer.configuration)
    known = Module.objects.filter(associated_record_types__contains=[KIND]).values_list("unique_id", flat=True)
    config = decided.values.get("reporting_location_config") or {}
    level = Role.objects.filter(unique_id=viewer.role).values_list("reporting_location_level", flat=True).first()
    usual = config.get("admin_level", 2)
    return Around(
        me=viewer.user_name,
        groups=sorted(viewer.groups),
        modules=sorted(viewer.modules & set(known)),
        at=at,
        zone=decided.time_zone,
        risk_levels=_options(viewer.configuration, "risk_level"),
        place=str(config.get("field_key") or ""),
        place_level=usual if level is None else level,
        options=decided.values.get("system_options") or {},
    )


def _options(configuration: int, name: str) -> Sequence[str]:
    definition = setup_of(configuration, KIND).fields.get(name) or {}
    source = str(definition.get("option_strings_source") or "")
    return catalogue(configuration).options.get(source.removeprefix("lookup ").strip(), ())


def _can_ask(indicator: Indicator, pairs: Sequence[Pair], viewer: Viewer, today: date) -> bool:
    """May the viewer use every one of these filters, and can this be split here?"""
    if not all(value for _, value in pairs):
        return False
    if not all(_can_split(split, viewer.configuration) for split in indicator.by):
        return False
    return not read_filters(as_query(pairs), kind=KIND, viewer=viewer, today=today).ignored


def _can_split(name: str, configuration: int) -> bool:
    """Is this a column, a choice of people beside the answers, or one place?"""
    if name in COLUMNS or name in LISTS:
        return True
    plain = split_of(name)
    field = setup_of(configuration, KIND).fields.get(plain) or {"type": KINDS[KIND].narrowed_by.get(plain)}
    if name.startswith("loc:"):
        is_place = field.get("option_strings_source") in PLACES or field["type"] == "place"
        return is_place and not field.get("multi_select")
    return name in OF_PEOPLE


def _count(work: _Work, viewer: Viewer, today: date) -> None:
    """Count all indicators of one way of splitting.

    Those on narrow columns in one pass over the records in sight; those on keys of answers by the index of keys, for
    reading the keys of every record costs a hundred times as much.
    """
    ours: RecordQuerySet = Record.objects.visible_to(viewer).of_kind(KIND)

    def condition(pairs: Sequence[Pair]) -> Q:
        return read_filters(as_query(pairs), kind=KIND, viewer=viewer, today=today).condition

    split = next((name for name in work.by if name not in COLUMNS and name not in LISTS), None)
    if split is not None:
        _count_by_key(split, work, {pairs: ours.filter(condition(pairs)) for pairs in work.wanted})
        return
    narrow = [pairs for pairs in work.wanted if all(name in NARROW for name, _ in pairs)]
    if narrow:
        common = [pair for pair in narrow[0] if all(pair in pairs for pairs in narrow)]
        _count_in_one_pass(work, ours.filter(condition(common)), {pairs: condition(pairs) for pairs in narrow})
    by_key = [pairs for pairs in work.wanted if pairs not in narrow]
    if by_key:
        _count_one_by_one(work, {pairs: ours.filter(condition(pairs)) for pairs in by_key})


def _count_in_one_pass(work: _Work, rows: RecordQuerySet, wanted: Mapping[tuple[Pair, ...], Q]) -> None:
    counts = {f"n{number}": Count("pk", filter=condition) for number, condition in enumerate(wanted.values())}
    if not work.by:
        for (pairs, _), number in zip(wanted.items(), rows.aggregate(**counts).values(), strict=True):
            work.wanted[pairs][()] = number
        return
    splits = {f"s{number}": _split(name) for number, name in enumerate(work.by)}
    for row in rows.order_by().annotate(**splits).values(*splits).annotate(**counts).order_by(*splits)[:MOST_GROUPS]:
        for number, pairs in enumerate(wanted):
            _add(work, pairs, tuple(row[name] or "" for name in splits), row[f"n{number}"])


def _count_one_by_one(work: _Work, wanted: Mapping[tuple[Pair, ...], RecordQuerySet]) -> None:
    """One statement of many counts, each by its own index."""
    splits = {f"s{number}": _split(name) for number, name in enumerate(work.by)}
    parts = [
        rows.order_by()
        .annotate(which=Value(number, IntegerField()), **splits)
        .values("which", *splits)
        .annotate(count=Count("pk"))
        for number, rows in enumerate(wanted.values())
    ]
    everything = list(wanted)
    for row in parts[0].union(*parts[1:], all=True):
        _add(work, everything[row["which"]], tuple(row[name] or "" for name in splits), row["count"])


def _count_by_key(split: str, work: _Work, wanted: Mapping[tuple[Pair, ...], RecordQuerySet]) -> None:
    """For each value that there may be (places of a level, people), the records that have its key."""
    outer: QuerySet[Any]
    if split.startswith("loc:"):
        start, column = f"loc:{split_of(split)}=", "code"
        outer = Location.objects.filter(admin_level=int(split[-1]))
    else:
        start, column = f"{split}=", "user_name"
        outer = User.objects.all()
    key = KeyOf(Value(start, TextField()), OuterRef(column))
    counts = {
        f"n{number}": Subquery(
            rows.filter(facet_keys__contains=key).order_by().values("kind").annotate(c=Count("pk")).values("c")
        )
        for number, rows in enumerate(wanted.values())
    }
    for row in outer.order_by(column).annotate(**counts).values(column, *counts)[:MOST_GROUPS]:
        for number, pairs in enumerate(wanted):
            _add(work, pairs, (row[column],), row[f"n{number}"])


def _add(work: _Work, pairs: tuple[Pair, ...], group: tuple[str, ...], count: int | None) -> None:
    if count and not any(name in LISTS and not value for name, value in zip(work.by, group, strict=True)):
        counted = work.wanted[pairs]
        counted[group] = counted.get(group, 0) + count


def _split(name: str) -> Combinable:
    return F(COLUMNS[name]) if name in COLUMNS else Unnest(F(LISTS[name]))


def _people(viewer: Viewer, asked: Iterable[Dashboard], works: Mapping[tuple[str, ...], _Work]) -> set[str] | None:
    """Whom the viewer may ask about, where an indicator asks for it; nothing when that is everybody."""
    asks = any(i.managed and i.by in works for dashboard in asked for i in dashboard.indicators)
    if not asks or viewer.scope is Scope.ALL:
        return None
    return {person.user_name for person in managed_by(viewer, roster())}


def _shown(dashboard: Dashboard, works: Mapping[tuple[str, ...], _Work], people: set[str] | None) -> dict[str, Any]:
    indicators: dict[str, Any] = {}
    for indicator in dashboard.indicators:
        counted = _counted(indicator, works)
        if counted is None:
            continue
        if indicator.managed and people is not None:
            counted = {group: count for group, count in counted.items() if group[0] in people}
        indicators[indicator.name] = _said(indicator, counted)
    return {"name": f"dashboard.{dashboard.name}", "type": "indicator", "indicators": indicators}


def _counted(indicator: Indicator, works: Mapping[tuple[str, ...], _Work]) -> Counted | None:
    wanted = works[indicator.by].wanted if indicator.by in works else {}
    if not indicator.rest:
        return wanted.get(indicator.where)
    whole, part = (wanted.get(where) for where in indicator.rest)
    return None if whole is None or part is None else {(): whole.get((), 0) - part.get((), 0)}


def _said(indicator: Indicator, counted: Counted) -> dict[str, Any]:
    if not indicator.by:
        return {"count": counted.get((), 0), "query": as_strings(indicator.where)}
    if len(indicator.by) == 1:
        return {_key(indicator, group): _cell(indicator, group, count) for group, count in sorted(counted.items())}
    inner = sorted({group[1] for group in counted})
    table: dict[str, Any] = defaultdict(lambda: {key: {"count": 0, "query": []} for key in inner})
    for group, count in sorted(counted.items()):
        table[group[0]][group[1]] = _cell(indicator, group, count)
    return dict(table)


def _key(indicator: Indicator, group: tuple[str, ...]) -> str:
    return group[0].lower() if indicator.by[0].startswith("loc:") else group[0]


def _cell(indicator: Indicator, group: tuple[str, ...], count: int) -> dict[str, Any]:
    """A number of a split with the filters that open its list; none where a value cannot stand in a filter."""
    told = all(value == "" or is_plain(value) for value in group)
    pairs = indicator.where + tuple(zip(indicator.by, group, strict=True))
    return {"count": count, "query": as_strings(pairs) if told else []}
