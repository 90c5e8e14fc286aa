"""Traces, what may match them, decisions, a child's way, and runs over all traces."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, read_body, read_data
from cpims.api.http.prefer import once, prefers
from cpims.api.http.reply import reply
from cpims.api.tracing_json import matches_json, potential_matches_json, traces_json
from cpims.audit.actions import note_sighting
from cpims.lib.clock import iso, now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.models import Record
from cpims.records.queries.reading import get_record
from cpims.tracing.actions import (
    begin_rematch,
    cancel_rematch,
    confirm_match,
    reject_match,
    undo_match,
)
from cpims.tracing.models import Rematch, Trace
from cpims.tracing.queries.journey import find_journey
from cpims.tracing.queries.matches import Found, find_matches_of_case, find_matches_of_trace
from cpims.tracing.queries.rematching import find_rematches, get_rematch
from cpims.tracing.queries.traces import find_matched_traces, get_trace, traces_of
from cpims.tracing.rules.deciding import (
    CASE,
    MATCHED_CASE,
    NOTE,
    TRACING,
    note_problems,
    require_may_compare,
    require_may_decide,
)
from cpims.tracing.rules.rematching import RunStatus, require_may_run

router = Router(tags=["tracing"])
ours = Router(tags=["tracing"])
SAID: Final = frozenset({"case", NOTE})


# --- Primero's routes ---------------------------------------------------------------------------------------------------


@router.get("/tracing_requests/{tracing_request_id}/traces", summary="The children a request looks for")
def list_traces(request: HttpRequest, tracing_request_id: str) -> HttpResponse:
    """Each child of a request in sight, and the case in which it was found."""
    viewer = viewer_of(request)
    found = get_record(kind=TRACING, record_id=read_id(tracing_request_id), viewer=viewer)
    _note(viewer, "traces.list", "show", TRACING, [found.id])
    return reply(_traces(traces_of(found), viewer, "traces.list"))


@router.get("/traces/{trace_id}", summary="Read a trace")
def read_trace(request: HttpRequest, trace_id: str) -> HttpResponse:
    """One child who is looked for."""
    viewer = viewer_of(request)
    trace = get_trace(read_id(trace_id), viewer=viewer)
    _note(viewer, "traces.read", "show", TRACING, [trace.request_id])
    return reply(_traces([trace], viewer, "traces.read")[0])


@router.api_operation(["PATCH", "PUT"], "/traces/{trace_id}", summary="Match a trace with a case, or undo that")
def change_trace(request: HttpRequest, trace_id: str) -> HttpResponse:
    """``matched_case_id`` confirms a match; null undoes it. Nothing else of a trace is changed here."""
    viewer = viewer_of(request)
    require_may_decide(viewer)
    trace = get_trace(read_id(trace_id), viewer=viewer, action="write")

    def act() -> HttpResponse:
        data = read_data(request)
        ignored = [Problem(f"/{name}", "not_writable", {"name": name}) for name in data if name != MATCHED_CASE]
        if ignored and prefers(request, "handling=strict"):
            raise BodyInvalid(ignored)
        shown = trace
        if MATCHED_CASE in data:
            wanted = data[MATCHED_CASE]
            named = read_id(wanted)
            if wanted is None:
                if trace.matched_case_id is not None:
                    shown = undo_match(trace_id=trace.id, case_id=trace.matched_case_id, actor=viewer, at=now()).trace
            elif named is None:
                raise BodyInvalid([Problem(f"/data/{MATCHED_CASE}", "invalid_unique_id", {"name": MATCHED_CASE})])
            elif named != trace.matched_case_id:
                shown = confirm_match(trace_id=trace.id, case_id=named, actor=viewer, at=now()).trace
        told = {"ignored": [{"pointer": p.pointer, "code": p.code} for p in ignored]} if ignored else None
        return reply(_traces([shown], viewer, "traces.change")[0], told)

    return once(request, viewer, act)


@router.get("/cases/{case_id}/traces", summary="The traces that a case was found for")
def list_case_traces(request: HttpRequest, case_id: str) -> HttpResponse:
    """The children who are looked for and were found in this case, as far as their requests are in sight."""
    viewer = viewer_of(request)
    case = get_record(kind=CASE, record_id=read_id(case_id), viewer=viewer)
    traces = find_matched_traces(case, viewer=viewer)
    _note(viewer, "cases.traces", "show", CASE, [case.id])
    _note(viewer, "cases.traces", "show", TRACING, [trace.request_id for trace in traces])
    return reply(_traces(traces, viewer, "cases.traces"))


@router.get("/traces/{trace_id}/potential_matches", summary="Cases that may be the child of a trace")
def list_trace_matches(request: HttpRequest, trace_id: str) -> HttpResponse:
    """Up to twenty, the likeliest first."""
    viewer, trace, found = _of_trace(request, trace_id, "traces.potential_matches")
    return reply(
        {
            "potential_matches": potential_matches_json(found, viewer, today=_today()),
            "record": {"id": str(trace.id), "type": "trace"},
        }
    )


@router.get("/cases/{case_id}/potential_matches", summary="Traces that a case may be the child of")
def list_case_matches(request: HttpRequest, case_id: str) -> HttpResponse:
    """Up to twenty, the likeliest first."""
    viewer, case, found = _of_case(request, case_id, "cases.potential_matches")
    return reply(
        {
            "potential_matches": potential_matches_json(found, viewer, today=_today()),
            "record": {"id": str(case.id), "type": "case"},
        }
    )


# --- ours ---------------------------------------------------------------------------------------------------------------


@ours.get("/traces/{trace_id}/matches", summary="Cases that may be the child of a trace, with the reasons")
def read_trace_matches(request: HttpRequest, trace_id: str) -> HttpResponse:
    """Each with why, side by side, and what was decided; and whom to ask about cases out of sight."""
    viewer, _, found = _of_trace(request, trace_id, "traces.matches")
    return reply(matches_json(found, viewer, today=_today()))


@ours.get("/cases/{case_id}/matches", summary="Traces that a case may be the child of, with the reasons")
def read_case_matches(request: HttpRequest, case_id: str) -> HttpResponse:
    """Each with why, side by side, and what was decided."""
    viewer, _, found = _of_case(request, case_id, "cases.matches")
    return reply(matches_json(found, viewer, today=_today()))


def _deciding(act: Callable[..., Any], request: HttpRequest, trace_id: str, road: str) -> HttpResponse:
    viewer = viewer_of(request)
    require_may_decide(viewer)
    trace = get_trace(read_id(trace_id), viewer=viewer, action="write")

    def decide() -> HttpResponse:
        body = read_body(request)
        case, problems = read_id(body.get("case")), note_problems(body)
        problems += [Problem(f"/{name}", "unknown_key", {"name": name}) for name in body if name not in SAID]
        if case is None:
            problems.append(Problem("/case", "invalid_unique_id", {"name": "case"}))
        if problems:
            raise BodyInvalid(problems)
        held = act(trace_id=trace.id, case_id=case, note=body.get(NOTE) or "", actor=viewer, at=now())
        _note(viewer, road, "show", CASE, [held.case.id])
        return reply(_traces([held.trace], viewer, road)[0])

    return once(request, viewer, decide)


@ours.post("/traces/{trace_id}/confirm", summary="It is the same child")
def confirm(request: HttpRequest, trace_id: str) -> HttpResponse:
    """The child who is looked for is the child of the case that is named."""
    return _deciding(confirm_match, request, trace_id, "traces.confirm")


@ours.post("/traces/{trace_id}/reject", summary="It is another child")
def reject(request: HttpRequest, trace_id: str) -> HttpResponse:
    """The case is not offered for this trace again, until something that weighs changes."""
    return _deciding(reject_match, request, trace_id, "traces.reject")


@ours.post("/traces/{trace_id}/undo", summary="Take a decision about a trace and a case back")
def undo(request: HttpRequest, trace_id: str) -> HttpResponse:
    """Neither confirmed nor rejected any longer."""
    return _deciding(undo_match, request, trace_id, "traces.undo")


@ours.get("/cases/{case_id}/journey", summary="The way of a child back to the family")
def read_journey(request: HttpRequest, case_id: str) -> HttpResponse:
    """Separation, search, match, verification, reunification, follow-up: in their order, place by place."""
    viewer = viewer_of(request)
    case = get_record(kind=CASE, record_id=read_id(case_id), viewer=viewer)
    found = find_journey(case, viewer=viewer, today=_today())
    _note(viewer, "cases.journey", "show", CASE, [case.id])
    steps = [
        {
            "what": step.what,
            "on": step.on,
            "place": step.place,
            "path": list(found.paths.get(step.place, ())),
            "address": step.address,
            "question": step.question,
            "value": step.value,
            "form": step.form,
            "row": step.row,
        }
        for step in found.steps
    ]
    return reply(steps, {"places": found.names})


@ours.get("/rematches", summary="Runs over all children who are looked for")
def list_rematches(request: HttpRequest) -> HttpResponse:
    """The latest runs, the newest first."""
    return reply([_run(run) for run in find_rematches(viewer=viewer_of(request))])


@ours.post("/rematches", summary="Compare all children who are looked for anew")
def begin_run(request: HttpRequest) -> HttpResponse:
    """A job that compares every open trace with the cases."""
    viewer = viewer_of(request)
    require_may_run(viewer)
    return once(request, viewer, lambda: reply(_run(begin_rematch(actor=viewer, at=now()))))


@ours.post("/rematches/{run_id}/cancel", summary="Leave the traces alone that were not compared yet")
def cancel_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """What was found already stays."""
    viewer = viewer_of(request)
    run = get_rematch(read_id(run_id), viewer=viewer)
    return reply(_run(cancel_rematch(run_id=run.id, actor=viewer, at=now())))


# --- how it is shown ----------------------------------------------------------------------------------------------------


def _today() -> date:
    return today(settings.ENVIRONMENT.time_zone)


def _of_trace(request: HttpRequest, trace_id: str, road: str) -> tuple[Viewer, Trace, Found]:
    viewer = viewer_of(request)
    require_may_compare(viewer)
    trace = get_trace(read_id(trace_id), viewer=viewer)
    found = find_matches_of_trace(trace, viewer=viewer, today=_today())
    _note(viewer, road, "show", TRACING, [trace.request_id])
    _note(viewer, road, "show", CASE, [one.case.id for one in found.matches])
    _note(viewer, road, "found_by_stranger", CASE, [one.case for one in found.strangers])
    return viewer, trace, found


def _of_case(request: HttpRequest, case_id: str, road: str) -> tuple[Viewer, Record, Found]:
    viewer = viewer_of(request)
    require_may_compare(viewer)
    case = get_record(kind=CASE, record_id=read_id(case_id), viewer=viewer)
    found = find_matches_of_case(case, viewer=viewer, today=_today())
    _note(viewer, road, "show", CASE, [case.id])
    _note(viewer, road, "show", TRACING, list({one.trace.request_id for one in found.matches}))
    return viewer, case, found


def _note(viewer: Viewer, road: str, action: str, kind: str, ids: Iterable[UUID]) -> None:
    seen = list(ids)
    if seen:
        note_sighting(viewer, road=road, action=action, record_kind=kind, record_ids=seen)


def _traces(traces: list[Trace], viewer: Viewer, road: str) -> list[dict[str, Any]]:
    shown, cases = traces_json(traces, viewer, today=_today())
    _note(viewer, road, "show", CASE, cases)
    return shown


def _run(run: Rematch) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "status": run.status,
        "begun_by": run.begun_by or None,
        "total": run.total,
        "done": run.done,
        "found": run.found,
        "may_cancel": run.status == RunStatus.RUNNING,
        "created_at": iso(run.created_at),
        "ended_at": iso(run.ended_at) if run.ended_at else None,
    }
