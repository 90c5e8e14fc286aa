"""Which cases may be the child of a trace, and which traces the child of a case: both ways by index, then compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from cpims.access.rules.viewer import Viewer
from cpims.cases.queries.likely import nearest
from cpims.cases.rules.persons import FAMILY, person_of
from cpims.matching.queries import matching_at
from cpims.matching.rules.candidates import CandidateKeys, keys_of
from cpims.matching.rules.persons import Person
from cpims.matching.rules.scoring import Likelihood, Score, score
from cpims.records.models import Record, RecordQuerySet
from cpims.records.queries.alike import find_alike
from cpims.records.queries.setup import places, readable_fields
from cpims.tracing.models import Trace, TraceMatch
from cpims.tracing.queries.traces import (
    UNUSED,
    Told,
    birth_known,
    marks_of_cases,
    standing_decisions,
    visible_traces,
)
from cpims.tracing.rules.deciding import CASE, CONSENT, Decision, may_decide, require_may_compare

#: So many are shown, the likeliest first.
MOST: Final = 20
#: So many cases of others are told of, without anything of the child.
STRANGERS: Final = 10
CANDIDATES: Final = 150
#: Not by the index of facets: nearly every case has it, and only the names find few.
CONSENTED: Final = Q(RawSQL('%s = ANY("records"."facet_keys")', [f"{CONSENT}=true"], output_field=BooleanField()))


@dataclass(frozen=True)
class Match:
    """A trace and a case that may speak of the same child. ``elsewhere``: the case was found for another trace too."""

    trace: Trace
    case: Record
    score: Score
    decided: TraceMatch | None = None
    elsewhere: bool = False
    may_decide: bool = False

    @property
    def rejected(self) -> bool:
        """Did somebody say that they are two children?"""
        return self.decided is not None and self.decided.decision == Decision.REJECTED


@dataclass(frozen=True)
class Stranger:
    """A case out of sight that may be the child: whom to ask, and nothing else of it."""

    case: UUID
    agency: str
    owner: str
    likelihood: Likelihood


@dataclass
class Found:
    """What may match, the likeliest first; those that were rejected after the others."""

    matches: list[Match] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    told: Told | None = None


def find_matches_of_trace(trace: Trace, *, viewer: Viewer, today: date) -> Found:
    """The cases that may be the child of a trace in sight.

    Raises: Forbidden.
    Shows: cases in sight whose child agreed to tracing, by what she may read of both; where the instance matches across
    agencies, of other cases that there is one, and whom to ask.
    """
    require_may_compare(viewer)
    told = Told(viewer, today=today)
    person = told.person_of_trace(trace)
    keys = keys_of(person)
    ours, weights = _searched(Record.objects.visible_to(viewer)), matching_at(viewer.configuration).weights
    cases = _whole(ours, nearest(find_alike(ours, keys, kind=CASE, viewer=viewer), person, viewer, weights))
    if trace.matched_case_id is not None and trace.matched_case_id not in {case.id for case in cases}:
        cases += list(Record.objects.visible_to(viewer).filter(pk=trace.matched_case_id).defer(*UNUSED))
    told.read(cases)
    found = _found([(trace, case) for case in cases], told, person=person)
    if matching_at(viewer.configuration).across:
        found.strangers = _strangers(person, keys, viewer)
    return found


def find_matches_of_case(case: Record, *, viewer: Viewer, today: date) -> Found:
    """The traces that a case in sight may be the child of.

    Raises: Forbidden.
    Shows: traces of requests in sight, by what she may read of both; none while the child has not agreed to tracing.
    """
    require_may_compare(viewer)
    told = Told(viewer, today=today)
    alike = _traces_like(told.person_of_case(case), viewer) if is_searched(case) else []
    rows = visible_traces(viewer).filter(Q(pk__in=alike) | Q(matched_case=case))
    traces = list(rows.select_related("request"))
    told.read([case, *(trace.request for trace in traces)])
    return _found([(trace, case) for trace in traces], told)


def score_of(trace: Trace, case: Record, *, viewer: Viewer, today: date) -> Score:
    """How likely a trace and a case speak of the same child, by what this viewer reads of them."""
    told = Told(viewer, today=today)
    told.read([case, trace.request])
    return score(told.person_of_trace(trace), told.person_of_case(case), matching_at(viewer.configuration).weights)


def likely_cases(trace: Trace, *, viewer: Viewer, today: date) -> list[UUID]:
    """The cases in this viewer's sight that are likely to be the child of a trace and about which nobody decided."""
    found = find_matches_of_trace(trace, viewer=viewer, today=today)
    return [one.case.id for one in found.matches if one.score.likelihood is Likelihood.LIKELY and one.decided is None]


def is_searched(case: Record) -> bool:
    """May this case be found for somebody who looks for a child?"""
    return case.record_state and f"{CONSENT}=true" in case.facet_keys


def _searched(rows: RecordQuerySet) -> RecordQuerySet:
    return rows.of_kind(CASE).filter(CONSENTED, record_state=True)


def _whole(ours: RecordQuerySet, ids: Sequence[UUID]) -> list[Record]:
    found = ours.defer(*UNUSED).in_bulk(list(ids)) if ids else {}
    return [found[one] for one in ids if one in found]


def _found(pairs: Sequence[tuple[Trace, Record]], told: Told, *, person: Person | None = None) -> Found:
    weights = matching_at(told.viewer.configuration).weights
    cases, traces = {case.id for _, case in pairs}, {trace.id for trace, _ in pairs}
    decisions = standing_decisions(traces, cases)
    others = set(Trace.objects.filter(matched_case_id__in=list(cases)).values_list("matched_case_id", "id"))
    children = {case.id: told.person_of_case(case) for _, case in pairs}
    refused = {case for (_, case), one in decisions.items() if one.decision == Decision.REJECTED}
    marks = marks_of_cases(
        [case for case in {case.id: case for _, case in pairs}.values() if case.id in refused], told.places
    )
    matches: list[Match] = []
    for trace, case in pairs:
        found = score(person or told.person_of_trace(trace), children[case.id], weights)
        decided = _holding(decisions.get((trace.id, case.id)), trace, case, marks)
        if found.likelihood is Likelihood.UNLIKELY and (decided is None or decided.decision != Decision.CONFIRMED):
            continue
        elsewhere = any(known == case.id and other != trace.id for known, other in others)
        matches.append(Match(trace, case, found, decided, elsewhere, may_decide(told.viewer)))
    matches.sort(key=lambda one: (-(one.trace.matched_case_id == one.case.id), -one.score.value, str(one.case.id)))
    shown = [one for one in matches if not one.rejected][:MOST]
    return Found(shown + [one for one in matches if one.rejected][:MOST], told=told)


def _holding(decided: TraceMatch | None, trace: Trace, case: Record, marks: Mapping[UUID, str]) -> TraceMatch | None:
    """A decision that holds: one that was undone does not, nor a no to answers that have changed since."""
    if decided is None or decided.decision == Decision.UNDONE:
        return None
    if decided.decision == Decision.CONFIRMED:
        return decided if trace.matched_case_id == case.id else None
    same = decided.trace_mark == trace.mark and decided.case_mark == marks.get(case.id)
    return decided if same else None


def _strangers(person: Person, keys: CandidateKeys, viewer: Viewer) -> list[Stranger]:
    """Cases out of sight, by what she would read of them if they were in it; hidden names never."""
    known = Record.objects.visible_to(viewer)
    rows = _searched(Record.objects.all()).filter(hidden_name=False)
    if not viewer.is_super:
        rows = rows.filter(module__in=sorted(viewer.modules))
    weights = matching_at(viewer.configuration).weights
    ids = find_alike(rows.exclude(pk__in=known), keys, kind=CASE, viewer=viewer)
    cases = _whole(rows, nearest(ids, person, viewer, weights))
    found: list[tuple[float, Stranger]] = []
    for case in cases:
        if case.is_visible_to(viewer):
            continue
        likeness = score(person, _stranger(case, viewer), weights)
        if likeness.likelihood is not Likelihood.UNLIKELY:
            told = Stranger(case.id, case.owned_by_agency_id, case.owned_by, likeness.likelihood)
            found.append((likeness.value, told))
    found.sort(key=lambda one: -one[0])
    return [one for _, one in found[:STRANGERS]]


def _stranger(case: Record, viewer: Viewer) -> Person:
    readable = readable_fields(viewer, CASE, case.module)
    said = {name: value for name, value in case.data.items() if name in readable and name != FAMILY}
    birth = birth_known(case) if readable & {"age", "date_of_birth"} else None
    name = case.name if "name" in readable else None
    return person_of(said, name=name, birth=birth, places=places(viewer.configuration), identifiers={})


def _traces_like(person: Person, viewer: Viewer) -> list[UUID]:
    """The open traces in sight that may be this person, by the index of their keys."""
    keys = keys_of(person)
    ours = visible_traces(viewer).filter(open=True)
    rows: list[QuerySet[Trace, Any]] = []
    if keys.phones:
        rows.append(ours.filter(phones__overlap=list(keys.phones)).order_by().values_list("pk")[:MOST])
    for way in keys.ways:
        condition = Q()
        for group in way.groups:
            condition &= _has_any(group)
        rows.append(ours.filter(condition).order_by().values_list("pk")[: way.most])
    if not rows:
        return []
    either = rows[0].union(*rows[1:], all=True)[: 2 * CANDIDATES] if len(rows) > 1 else rows[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        ids = [row[0] for row in either]
        cursor.execute("RESET enable_seqscan")
    return list(dict.fromkeys(ids))[:CANDIDATES]


def _has_any(keys: Iterable[str]) -> Q:
    return Q(RawSQL('"traces"."name_keys" && %s::text[]', [list(keys)], output_field=BooleanField()))
