"""Searches by name, identifier and telephone: who may be found by what, the candidates, their order, and why they were found.

Scope stands in the same statement as the keys. A key matches only where this viewer reads the field it was taken from: on
records of that module, and not where the child's names are hidden from her.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField
from django.db.models.fields.json import KeyTextTransform

from cpims.access.rules.viewer import Viewer
from cpims.matching.rules import (
    WordKeys,
    identifier_key,
    name_likeness,
    name_similarity,
    phone_search_key,
    search_pieces,
    search_words,
    whole_keys,
)
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.lending import Lending, lent_eyes
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.projections import key_of, piece_of

LONGEST_SEARCH = 200
#: So many are ranked; whoever has more namesakes than these is found with another word.
CANDIDATES = 150
#: Of those who answer only one word of several, so many for each word: a common word does not crowd out a rare one.
SHARE_OF_A_WORD = 30
#: Words of a longer search of which any two together find somebody.
WORDS_IN_PAIRS = 4
STRANGERS = 10
SHORTEST_WHOLE_ID = 6
#: From here two names are one name written twice; a stranger's child must be asked for by name, not by a part of one.
SAME_NAME = 0.88
NOBODY = Q(pk__in=[])
#: What tells whether a stranger's child may be found.
TOLD_APART = (
    "module", "hidden_name", "identifiers", "name", "identified_by", "associated_user_names", "associated_user_groups",
    "associated_user_agencies",
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """What was asked for, and in which way: ``any``, ``phonetic``, ``phone_number``, ``id_search``, or ``plain``."""

    text: str
    mode: str


@dataclass(frozen=True)
class Reason:
    """Why a record was found: how (a stable code), and by which of the fields that the viewer reads."""

    kind: str
    field: str


@dataclass
class Found:
    """Who answers a search, the best first, each with the reason; whether there are more; who is no case of hers."""

    ids: list[UUID]
    reasons: dict[UUID, Reason]
    more: bool = False
    strangers: list[UUID] = field(default_factory=list)


def read_search(query: Mapping[str, Any]) -> Search | None:
    """The search of a list request, if it has one."""
    text = query.get("query")
    words = text.replace("\x00", "").strip()[:LONGEST_SEARCH] if isinstance(text, str) else ""
    if not words:
        return None
    modes = ("any", "phonetic", "phone_number", "id_search")
    return Search(words, next((mode for mode in modes if query.get(mode) in (True, "true")), "plain"))


def is_ranked(search: Search, kind: str, viewer: Viewer) -> bool:
    """Are the finds of this search in the order of their likeness, and perhaps children of others among them?"""
    beyond = search.mode == "id_search" and viewer.holds(kind, "search_owned_by_others")
    return beyond or search.mode in ("any", "phonetic")


def found_by(search: Search, kind: str, viewer: Viewer) -> Q:
    """The condition on records that an identifier or a telephone number finds."""
    if search.mode == "phone_number":
        return _unlent(_by_phone(search.text, kind, viewer), phone_names, kind, viewer)
    found = _by_identifier(search.text, kind, viewer) | _by_part(search.text, kind, viewer)
    return _unlent(found, identifier_names, kind, viewer)


def _unlent(found: Q, names: Callable[[str, frozenset[str]], tuple[str, ...]], kind: str, viewer: Viewer) -> Q:
    """Records for which a role was lent to her are found only where she reads with it all that is searched."""
    searched = set(names(kind, _readable(kind, viewer, None))) - set(_own_identifiers(kind))
    kept_out = Lending(viewer, kind).kept_out(searched)
    return found if kept_out is None else found & ~kept_out


def find_best(ours: RecordQuerySet, search: Search, kind: str, viewer: Viewer) -> Found:
    """Who answers a search, among records in sight: the best first, by name, identifier and telephone.

    Shows: records of ``ours``; under ``search_owned_by_others`` also up to ten others whose full name or whole identifier
    was given.
    """
    branches: list[tuple[Q, int]] = []
    if search.mode in ("any", "phone_number"):
        branches.append((_by_phone(search.text, kind, viewer), CANDIDATES))
    if search.mode in ("any", "id_search"):
        branches.append((_by_identifier(search.text, kind, viewer), CANDIDATES))
    if search.mode in ("any", "phonetic"):
        branches += _branches(search_words(search.text), kind, viewer)
    if search.mode == "id_search" or (search.mode == "any" and any(c.isdigit() for c in search.text)):
        branches.append((_by_part(search.text, kind, viewer), CANDIDATES // 2))
    ids = gather_ids(ours, [(condition, most) for condition, most in branches if condition != NOBODY])
    ranked = _ranked(ids, search, kind, viewer)
    found = Found(
        ids=[one for one, _, _ in ranked],
        reasons={one: reason for one, _, reason in ranked},
        more=len(ids) >= CANDIDATES,
    )
    if viewer.holds(kind, "search_owned_by_others"):
        for stranger, reason in _strangers(search, kind, viewer, set(ids)):
            found.ids.append(stranger)
            found.strangers.append(stranger)
            found.reasons[stranger] = reason
    return found


def reasons_for(records: Sequence[Record], search: Search, kind: str, viewer: Viewer) -> dict[UUID, Reason]:
    """Why an identifier or a telephone number found these records."""
    keys = Record.objects.filter(pk__in=[r.id for r in records]).values_list(
        "id", "module", "owned_by", "state__lent_roles", "identifiers", "phones"
    )
    found: dict[UUID, Reason] = {}
    for record_id, module, owner, lent, identifiers, phones in keys:
        readable = _readable(kind, lent_eyes(viewer, owner, lent), None if viewer.is_super else module)
        reason = _number_reason(search, identifiers, phones, kind, readable)
        if reason is not None:
            found[record_id] = reason
    return found


# --- what a key may match -----------------------------------------------------------------------------------------------


def _readable(kind: str, viewer: Viewer, module: str | None) -> frozenset[str]:
    return readable_fields(viewer, kind, module)


def _own_identifiers(kind: str) -> tuple[str, ...]:
    return (KINDS[kind].own_code, "short_id", "unique_identifier")


def identifier_names(kind: str, readable: frozenset[str]) -> tuple[str, ...]:
    """The identifier fields by which somebody who reads these names may search: a record's own codes, and those she reads."""
    return (*_own_identifiers(kind), *(name for name in KINDS[kind].identifier_fields if name in readable))


def phone_names(kind: str, readable: frozenset[str]) -> tuple[str, ...]:
    """The telephone fields by which somebody who reads these names may search."""
    return tuple(name for name in KINDS[kind].phone_fields if name.partition(".")[0] in readable)


def _name_fields(kind: str, readable: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in KINDS[kind].name_fields if name in readable)


def _by_module(
    kind: str,
    viewer: Viewer,
    names: Callable[[str, frozenset[str]], tuple[str, ...]],
    condition: Callable[[tuple[str, ...]], Q],
) -> Q:
    """A condition on the fields that she reads, which may differ from module to module."""
    if viewer.is_super:
        return _where(names(kind, _readable(kind, viewer, None)), condition)
    modules: dict[tuple[str, ...], list[str]] = {}
    for module in sorted(viewer.modules):
        modules.setdefault(names(kind, _readable(kind, viewer, module)), []).append(module)
    if len(modules) == 1:
        return _where(next(iter(modules)), condition)
    either = NOBODY
    for fields, of_modules in modules.items():
        if fields:
            either |= Q(module__in=of_modules) & condition(fields)
    return either


def _where(fields: tuple[str, ...], condition: Callable[[tuple[str, ...]], Q]) -> Q:
    return condition(fields) if fields else NOBODY


def _by_identifier(text: str, kind: str, viewer: Viewer) -> Q:
    key = identifier_key(text)
    if not key:
        return NOBODY
    return _by_module(
        kind, viewer, identifier_names, lambda names: Q(identifiers__overlap=[f"{name}={key}" for name in names])
    )


def _by_part(text: str, kind: str, viewer: Viewer) -> Q:
    part = identifier_key(text)
    ways = search_pieces(part)
    if not ways:
        return NOBODY
    pieces = NOBODY
    for way in ways:
        pieces |= Q(identifiers__contains=[piece_of(piece) for piece in way])
    return pieces & _by_module(kind, viewer, identifier_names, lambda names: _holds_part(names, part))


def _holds_part(names: tuple[str, ...], part: str) -> Q:
    sql = (
        "EXISTS (SELECT 1 FROM unnest(identifiers) AS i(pair) WHERE split_part(pair, '=', 1) = ANY(%s) "
        "AND strpos(substr(pair, strpos(pair, '=') + 1), %s) > 0)"
    )
    return Q(RawSQL(sql, [list(names), part], output_field=BooleanField()))


def _by_phone(text: str, kind: str, viewer: Viewer) -> Q:
    key = phone_search_key(text)
    if not key:
        return NOBODY
    return _by_module(kind, viewer, phone_names, lambda names: Q(phones__overlap=[f"{n}={key}" for n in names]))


def with_names(kind: str, viewer: Viewer, groups: Sequence[Iterable[str]]) -> Q:
    """Records whose names have a key of every group; hidden names answer their owner alone."""

    def condition(fields: tuple[str, ...]) -> Q:
        shown, hidden = Q(), Q(owned_by=viewer.user_name)
        for keys in groups:
            kept = tuple(keys)
            shown &= _has_any([key_of(f, key, hidden=False) for f in fields for key in kept])
            hidden &= _has_any([key_of(f, key, hidden=True) for f in fields for key in kept])
        return shown | hidden

    return _by_module(kind, viewer, _name_fields, condition)


def _has_any(keys: list[str]) -> Q:
    # One parameter instead of hundreds: a search of several words has thousands of keys.
    return Q(RawSQL('"records"."name_keys" && %s::text[]', [keys], output_field=BooleanField()))


# --- candidates ---------------------------------------------------------------------------------------------------------


def _branches(words: Sequence[WordKeys], kind: str, viewer: Viewer) -> list[tuple[Q, int]]:
    """The ways to find somebody by these words, the strictest first, each with how many it may bring."""
    if not words:
        return []
    exact = [[f"w:{word.word}"] for word in words]
    sound = [word.keys for word in words]
    ways = [
        (with_names(kind, viewer, exact), CANDIDATES),
        (with_names(kind, viewer, sound), CANDIDATES),
        (with_names(kind, viewer, [(*word.keys, *word.mistyped) for word in words]), CANDIDATES // 2),
    ]
    if len(words) > 2:
        for one, other in combinations(sound[:WORDS_IN_PAIRS], 2):
            ways.append((with_names(kind, viewer, [one, other]), SHARE_OF_A_WORD))
    if len(words) > 1:
        ways += [(with_names(kind, viewer, [word]), SHARE_OF_A_WORD) for word in sound]
    return ways


def gather_ids(ours: RecordQuerySet, branches: Sequence[tuple[Q, int]]) -> list[UUID]:
    """The ids that the branches bring, one after the other until there are enough: later ones are then not looked at.

    The planner takes it for cheap to compare hundreds of keys with those of a row, and would read them row by row: it is told
    what that costs, so that only the index of keys is used.
    """
    if not branches:
        return []
    rows: list[QuerySet[Record, Any]] = [
        ours.filter(condition).order_by().values_list("pk")[:most] for condition, most in branches
    ]
    both = rows[0].union(*rows[1:], all=True)[: 2 * CANDIDATES] if len(rows) > 1 else rows[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL cpu_tuple_cost = 10; SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"
        )
        ids = [row[0] for row in both]
        cursor.execute("RESET cpu_tuple_cost; RESET enable_seqscan; RESET enable_indexscan")
    return list(dict.fromkeys(ids))[:CANDIDATES]


# --- order and reasons --------------------------------------------------------------------------------------------------


def _ranked(
    ids: Sequence[UUID], search: Search, kind: str, viewer: Viewer
) -> list[tuple[UUID, tuple[float, ...], Reason]]:
    others = [name for name in KINDS[kind].name_fields if name != "name"]
    numbers = (
        ("identifiers", "phones") if search.mode != "phonetic" else (Value(None, TextField()), Value(None, TextField()))
    )
    rows = Record.objects.filter(pk__in=ids).values_list(
        "id", "module", "hidden_name", "owned_by", "state__lent_roles", "created_at", *numbers, "name",
        *(KeyTextTransform(name, "row") for name in others),
    )  # fmt: skip
    found: list[tuple[UUID, tuple[float, ...], Reason]] = []
    for record_id, module, hidden, owner, lent, created_at, identifiers, phones, *texts in rows:
        readable = _readable(kind, lent_eyes(viewer, owner, lent), None if viewer.is_super else module)
        reason, score = None, 0.0
        if search.mode != "phonetic":
            reason = _number_reason(search, identifiers, phones, kind, readable)
            score = {"identifier": 3.0, "phone": 2.0, "identifier_part": 0.6}.get(reason.kind, 0.0) if reason else 0.0
        if search.mode in ("any", "phonetic") and (not hidden or owner == viewer.user_name):
            for name, text in zip(("name", *others), texts, strict=True):
                if name in readable and text:
                    likeness = name_likeness(search.text, text)
                    if likeness.score > score:
                        reason, score = Reason(f"name_{likeness.kind}", name), likeness.score
        if reason is not None:
            found.append((record_id, (-score, -created_at.timestamp()), reason))
    return sorted(found, key=lambda one: one[1])


def _number_reason(
    search: Search, identifiers: Sequence[str], phones: Sequence[str], kind: str, readable: frozenset[str]
) -> Reason | None:
    by_phone, by_id = search.mode in ("any", "phone_number"), search.mode != "phone_number"
    reason = _phone_reason(search.text, phones, kind, readable) if by_phone else None
    return reason or (_identifier_reason(search.text, identifiers, kind, readable) if by_id else None)


def _phone_reason(text: str, phones: Sequence[str], kind: str, readable: frozenset[str]) -> Reason | None:
    key = phone_search_key(text)
    names = phone_names(kind, readable) if key else ()
    return next((Reason("phone", name) for name in names if f"{name}={key}" in phones), None)


def _identifier_reason(text: str, identifiers: Sequence[str], kind: str, readable: frozenset[str]) -> Reason | None:
    key = identifier_key(text)
    if not key:
        return None
    values = dict(pair.split("=", 1) for pair in identifiers if "=" in pair)
    names = identifier_names(kind, readable)
    whole = next((Reason("identifier", name) for name in names if values.get(name) == key), None)
    return whole or next((Reason("identifier_part", name) for name in names if key in values.get(name, "")), None)


# --- children of others -------------------------------------------------------------------------------------------------


def _strangers(search: Search, kind: str, viewer: Viewer, known: set[UUID]) -> list[tuple[UUID, Reason]]:
    """Records out of sight by a full name or a whole identifier: never by a part of one, and never by a hidden name."""
    key = identifier_key(search.text)
    words = search_words(search.text)
    by_id = search.mode in ("any", "id_search") and len(key) >= SHORTEST_WHOLE_ID and any(c.isdigit() for c in key)
    by_name = search.mode in ("any", "phonetic") and len(words) > 1
    condition = _by_identifier(search.text, kind, viewer) if by_id else NOBODY
    if by_name:
        condition |= with_names(kind, viewer, [whole_keys(word.word) for word in words]) & Q(hidden_name=False)
    if not by_id and not by_name:
        return []
    if not viewer.is_super:
        condition &= Q(module__in=sorted(viewer.modules))
    rows = Record.objects.of_kind(kind).filter(condition).exclude(pk__in=known).only(*TOLD_APART)[:CANDIDATES]
    found: list[tuple[UUID, Reason]] = []
    for record in rows:
        if record.is_visible_to(viewer):
            continue
        readable = _readable(kind, viewer, None if viewer.is_super else record.module)
        reason = _identifier_reason(search.text, record.identifiers, kind, readable) if by_id else None
        if reason is not None and reason.kind != "identifier":
            reason = None
        named = record.name if by_name and not record.hidden_name and "name" in readable else None
        if reason is None and named and name_similarity(search.text, named) >= SAME_NAME:
            reason = Reason(f"name_{name_likeness(search.text, named).kind}", "name")
        if reason is not None:
            found.append((record.id, reason))
    return found[:STRANGERS]
