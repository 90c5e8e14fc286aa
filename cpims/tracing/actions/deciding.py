"""Somebody compares a trace and a case and decides: the same child, another child, or neither after all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record as write_down
from cpims.audit.events import Event, differences
from cpims.cases.rules.kind import CASE as CASE_KIND
from cpims.lib.clock import today
from cpims.lib.transactions import atomic
from cpims.matching.rules.scoring import Score
from cpims.records.actions.writing import derive_record, hold_record, touch
from cpims.records.models import Record
from cpims.records.queries.setup import places
from cpims.records.rules.refusals import RecordNotFound
from cpims.tracing.actions.settling import is_open
from cpims.tracing.events import CaseMatched, CaseUnmatched, TraceConfirmed, TraceRejected, TraceUndone
from cpims.tracing.models import Trace, TraceMatch
from cpims.tracing.queries.matches import score_of
from cpims.tracing.queries.traces import get_trace, marks_of_cases
from cpims.tracing.rules.deciding import (
    CASE,
    MATCHED_CASE,
    MATCHED_REQUEST,
    ROW_STATUS,
    STATUS,
    TRACING,
    Decision,
    begun,
    consents,
    require_may_decide,
)
from cpims.tracing.rules.kind import TRACING_REQUEST
from cpims.tracing.rules.persons import TRACES, rows_of
from cpims.tracing.rules.refusals import (
    AlreadyDecided,
    CaseAlreadyMatched,
    NoConsentToTracing,
    NothingDecided,
    TraceAlreadyMatched,
    TraceClosed,
)


@dataclass
class Held:
    """A trace and a case that are decided about, with the request, each locked; and how both stood before."""

    case: Record
    request: Record
    trace: Trace
    case_before: dict[str, Any] = field(default_factory=dict)
    request_before: dict[str, Any] = field(default_factory=dict)


@atomic
def confirm_match(*, trace_id: UUID | None, case_id: UUID | None, note: str = "", actor: Viewer, at: datetime) -> Held:
    """The child who is looked for is the child of this case; both searches are under way, and nothing is merged.

    Raises: Forbidden, TraceNotFound, RecordNotFound, TraceClosed, NoConsentToTracing, AlreadyDecided,
    TraceAlreadyMatched, CaseAlreadyMatched.
    Records: TraceConfirmed, CaseMatched.
    """
    held = _hold(trace_id, case_id, actor)
    _require_matchable(held)
    case, row = held.case, _row(held)
    laid = {STATUS: [case.data.get(STATUS), begun(case.data.get(STATUS))]}
    laid[ROW_STATUS] = [row.get(ROW_STATUS), begun(row.get(ROW_STATUS))]
    case.data = case.data | {STATUS: laid[STATUS][1], MATCHED_REQUEST: held.request.display_id}
    _lay_row(held, {ROW_STATUS: laid[ROW_STATUS][1], MATCHED_CASE: str(case.id)})
    held.trace.matched_case, held.trace.matched_at, held.trace.matched_by = case, at, actor.user_name
    _decide(held, Decision.CONFIRMED, note, laid, actor, at)
    _keep(held, TraceConfirmed, CaseMatched, actor, at)
    return held


@atomic
def reject_match(*, trace_id: UUID | None, case_id: UUID | None, note: str = "", actor: Viewer, at: datetime) -> Held:
    """They are two children: this case is not offered for this trace again, until something that weighs changes.

    Raises: Forbidden, TraceNotFound, RecordNotFound, TraceAlreadyMatched, AlreadyDecided.
    Records: TraceRejected.
    """
    held = _hold(trace_id, case_id, actor)
    if held.trace.matched_case_id == held.case.id:
        raise TraceAlreadyMatched
    standing = _standing(held)
    marks = (held.trace.mark, _mark(held, actor))
    if standing and standing.decision == Decision.REJECTED and (standing.trace_mark, standing.case_mark) == marks:
        raise AlreadyDecided
    _decide(held, Decision.REJECTED, note, {}, actor, at)
    _write(TraceRejected, held.request, {}, held, actor, at)
    return held


@atomic
def undo_match(*, trace_id: UUID | None, case_id: UUID | None, note: str = "", actor: Viewer, at: datetime) -> Held:
    """What was decided about a trace and a case holds no longer; what confirming had written is taken back.

    Raises: Forbidden, TraceNotFound, RecordNotFound, NothingDecided.
    Records: TraceUndone, CaseUnmatched.
    """
    held = _hold(trace_id, case_id, actor)
    standing = _standing(held)
    if standing is None or standing.decision == Decision.UNDONE:
        raise NothingDecided
    if held.trace.matched_case_id != held.case.id:
        _decide(held, Decision.UNDONE, note, {}, actor, at)
        _write(TraceUndone, held.request, {}, held, actor, at)
        return held
    held.trace.matched_case, held.trace.matched_at, held.trace.matched_by = None, None, ""
    others = Trace.objects.filter(matched_case=held.case).exclude(pk=held.trace.pk).order_by("-matched_at")
    other = others.values_list("request__display_id", flat=True).first()
    found: dict[str, Any] = {MATCHED_REQUEST: other}
    if other is None:
        found |= _taken_back(held.case.data, STATUS, standing.laid)
    held.case.data = held.case.data | found
    _lay_row(held, {MATCHED_CASE: None} | _taken_back(_row(held), ROW_STATUS, standing.laid))
    _decide(held, Decision.UNDONE, note, {}, actor, at)
    _keep(held, TraceUndone, CaseUnmatched, actor, at)
    return held


def _hold(trace_id: UUID | None, case_id: UUID | None, actor: Viewer) -> Held:
    """The case first, then the request, then the trace: always in this order."""
    require_may_decide(actor)
    seen = get_trace(trace_id, viewer=actor, action="write")
    if case_id is None:
        raise RecordNotFound
    case = hold_record(kind=CASE, record_id=case_id, actor=actor)
    request = hold_record(kind=TRACING, record_id=seen.request_id, actor=actor)
    trace = Trace.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    trace.request = request
    return Held(case, request, trace, dict(case.data), dict(request.data))


def _require_matchable(held: Held) -> None:
    trace, case = held.trace, held.case
    if trace.matched_case_id == case.id:
        raise AlreadyDecided
    if trace.matched_case_id is not None:
        raise TraceAlreadyMatched
    if not is_open(trace, held.request):
        raise TraceClosed
    if not case.record_state or not consents(case.data):
        raise NoConsentToTracing
    if Trace.objects.filter(request=held.request, matched_case=case).exists():
        raise CaseAlreadyMatched


def _standing(held: Held) -> TraceMatch | None:
    return TraceMatch.objects.filter(trace=held.trace, case=held.case).order_by("-id").first()


def _row(held: Held) -> dict[str, Any]:
    named = str(held.trace.id)
    return next((dict(row) for row in rows_of(held.request.data, TRACES) if row.get("unique_id") == named), {})


def _lay_row(held: Held, values: dict[str, Any]) -> None:
    named = str(held.trace.id)
    rows = [
        {name: value for name, value in {**row, **values}.items() if value is not None or name not in values}
        if row.get("unique_id") == named
        else dict(row)
        for row in rows_of(held.request.data, TRACES)
    ]
    held.request.data = held.request.data | {TRACES: rows}


def _taken_back(answers: Any, name: str, laid: dict[str, Any]) -> dict[str, Any]:
    """What was answered before, unless somebody has answered anew since."""
    before, after = laid.get(name) or [None, None]
    return {name: before} if answers.get(name) == after else {}


def _mark(held: Held, actor: Viewer) -> str:
    return marks_of_cases([held.case], places(actor.configuration))[held.case.id]


def _decide(held: Held, decision: Decision, note: str, laid: dict[str, Any], actor: Viewer, at: datetime) -> None:
    day = today(settings.ENVIRONMENT.time_zone, at)
    likeness: Score = score_of(held.trace, held.case, viewer=actor, today=day)
    held.trace.open = is_open(held.trace, held.request)
    held.trace.save(update_fields=["matched_case", "matched_at", "matched_by", "open"])
    TraceMatch.objects.create(
        trace=held.trace,
        case=held.case,
        decision=decision.value,
        score=likeness.value,
        likelihood=likeness.likelihood.value,
        reasons=[reason.code for reason in likeness.reasons],
        trace_mark=held.trace.mark,
        case_mark=_mark(held, actor),
        laid=laid,
        note=note.strip(),
        by=actor.user_name,
        at=at,
    )


def _keep(held: Held, of_request: type[Event], of_case: type[Event], actor: Viewer, at: datetime) -> None:
    """Derive and save both records, and write one change into the history of each."""
    day = today(settings.ENVIRONMENT.time_zone, at)
    for record, kind, event, before in (
        (held.case, CASE_KIND, of_case, held.case_before),
        (held.request, TRACING_REQUEST, of_request, held.request_before),
    ):
        record.data = {name: value for name, value in record.data.items() if value is not None or name in before}
        derive_record(record, kind, configuration=actor.configuration, today=day)
        touch(record, actor=actor, at=at)
        record.save()
        _write(event, record, differences(before, record.data), held, actor, at)


def _write(
    event: type[Event], record: Record, changes: dict[str, Any], held: Held, actor: Viewer, at: datetime
) -> None:
    about = {"trace": str(held.trace.id), "case": str(held.case.id), "request": str(held.request.id)}
    told = event(record=record.id, revision=record.revision, changes=changes, about=about)
    write_down(told, actor=actor, at=at)
