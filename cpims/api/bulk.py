"""One act for many cases: asking for it, how far it is, cancelling, trying again; and Primero's routes for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body, read_data
from cpims.api.http.prefer import once, prefers
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.bulk import BulkWish
from cpims.api.transitions import transition_json
from cpims.audit.actions import note_sighting
from cpims.bulk.actions import begin_bulk, cancel_bulk, retry_bulk, run_bulk
from cpims.bulk.models import BulkJob
from cpims.bulk.queries import Progress, ResultShown, find_bulks, find_made, find_results, get_bulk, progress_of
from cpims.bulk.rules import (
    CASE,
    UNDER_WAY,
    Act,
    BulkInvalid,
    Result,
    Status,
    require_may_begin,
    require_may_begin_some,
)
from cpims.flags.rules import KEYS
from cpims.lib.clock import iso, now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.transitions.rules.wishes import TEXTS, TICKS

router = Router(tags=["bulk"])
ours = Router(tags=["bulk"])
#: So many are handed on while the client waits; more is a matter for a job.
AT_ONCE: Final = 100
#: Keys of Primero's bodies that say which cases.
WHICH: Final = ("filters", "query", "phonetic")


@ours.post("/bulk", summary="Do one thing to many cases")
def begin(request: HttpRequest) -> HttpResponse:
    """A job that assigns, refers, transfers or flags each of many cases."""
    viewer = viewer_of(request)
    require_may_begin_some(viewer)

    def act() -> HttpResponse:
        wanted = check(BulkWish, read_body(request))
        chosen = Act(wanted.act)
        require_may_begin(viewer, chosen)
        ids = None if wanted.ids is None else _ids(wanted.ids)
        job = begin_bulk(act=chosen, wish=wanted.data, ids=ids, search=wanted.search, actor=viewer, at=now())
        _note(viewer, "bulk.begin", wanted.search)
        return reply(_json(job, progress_of([job.id])[job.id]))

    return once(request, viewer, act)


@ours.get("/bulk", summary="One's own jobs for many cases")
def list_bulks(request: HttpRequest) -> HttpResponse:
    """The latest jobs, the newest first."""
    jobs = find_bulks(viewer=viewer_of(request))
    progress = progress_of([job.id for job in jobs])
    return reply([_json(job, progress[job.id]) for job in jobs])


@ours.get("/bulk/{job_id}", summary="How far a job is")
def read_bulk(request: HttpRequest, job_id: str) -> HttpResponse:
    """How far a job is, and a page of what became of its cases; ``state`` narrows."""
    viewer = viewer_of(request)
    job = get_bulk(job_id=read_id(job_id), viewer=viewer)
    query = read_query(request)
    page = page_of(query)
    state = Result(named) if (named := query.get("state")) in set(Result) else None
    progress = progress_of([job.id])[job.id]
    day = today(settings.ENVIRONMENT.time_zone)
    results = find_results(job=job, viewer=viewer, state=state, offset=page.offset, per=page.per, today=day)
    seen = [one.row.record_id for one in results if one.shown is not None]
    note_sighting(viewer, road="bulk.read", action="list", record_kind=CASE, record_ids=seen, fields="bulk")
    total = progress.total if state is None else progress.of(state)
    metadata = {"total": total, "per": page.per, "page": page.number}
    return reply(_json(job, progress) | {"cases": [_result(one) for one in results]}, metadata)


@ours.post("/bulk/{job_id}/retry", summary="Try again what was not done")
def retry(request: HttpRequest, job_id: str) -> HttpResponse:
    """The cases that were refused, or were left alone, are tried again."""
    return _changed(request, job_id, retry_bulk)


@ours.post("/bulk/{job_id}/cancel", summary="Leave alone what is not done yet")
def cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    """The cases that are not done yet stay as they are."""
    return _changed(request, job_id, cancel_bulk)


def _changed(request: HttpRequest, job_id: str, act: Callable[..., BulkJob]) -> HttpResponse:
    viewer = viewer_of(request)
    found = get_bulk(job_id=read_id(job_id), viewer=viewer)
    job = act(job_id=found.id, actor=viewer, at=now())
    return reply(_json(job, progress_of([job.id])[job.id]))


@router.post("/cases/assigns", summary="Assign many cases")
def assign_many(request: HttpRequest) -> HttpResponse:
    """Give the cases of a list to another worker."""
    return _asked(request, Act.ASSIGN)


@router.post("/cases/flags", summary="Flag many cases")
def flag_many(request: HttpRequest) -> HttpResponse:
    """Ask that the cases of a list be looked at."""
    return _asked(request, Act.FLAG)


@router.post("/cases/referrals", summary="Refer many cases")
def refer_many(request: HttpRequest) -> HttpResponse:
    """Ask somebody to help with some cases."""
    return _shared(request, Act.REFER)


@router.post("/cases/transfers", summary="Transfer many cases")
def transfer_many(request: HttpRequest) -> HttpResponse:
    """Ask another worker to take some cases over."""
    return _shared(request, Act.TRANSFER)


def _asked(request: HttpRequest, act: Act) -> HttpResponse:
    """Primero's asynchronous routes: the filters are told again, and which job does it."""
    viewer = viewer_of(request)
    require_may_begin(viewer, act)

    def begun() -> HttpResponse:
        data = read_data(request)
        filters = data.get("filters")
        if not isinstance(filters, dict) or not filters:
            raise BulkInvalid([Problem("/filters", "bulk.nothing_chosen")])
        search = {**filters, **{key: data[key] for key in WHICH[1:] if data.get(key)}}
        wish, ignored = _known(request, act, data, WHICH)
        job = begin_bulk(act=act, wish=wish, ids=None, search=search, actor=viewer, at=now())
        _note(viewer, f"cases.{act.value}.many", search)
        said = "message" if act is Act.FLAG else "transitioned_to"
        return reply({said: data.get(said), "filters": filters}, {"bulk": str(job.id)} | ignored)

    return once(request, viewer, begun)


def _shared(request: HttpRequest, act: Act) -> HttpResponse:
    """Primero's synchronous routes: each case is tried by itself; those that could not be handed on are named."""
    viewer = viewer_of(request)
    require_may_begin(viewer, act)

    def done() -> HttpResponse:
        data = read_data(request)
        sent = data.get("ids")
        if not isinstance(sent, list):
            raise BodyInvalid([Problem("/ids", "body.missing" if sent is None else "wrong_type", {"name": "ids"})])
        if len(sent) > AT_ONCE:
            raise BulkInvalid([Problem("/ids", "bulk.too_many", {"most": AT_ONCE})])
        wish, ignored = _known(request, act, data, ("ids",))
        job = begin_bulk(act=act, wish=wish, ids=_ids(sent), search=None, actor=viewer, at=now(), later=False)
        while run_bulk(job_id=job.id, clock=now):
            pass
        results = find_results(job=job, viewer=viewer, state=None, offset=0, per=AT_ONCE, today=_today())
        refused = [
            {"record_id": str(one.row.record_id), "errors": one.row.errors}
            for one in results
            if one.row.state == Result.REFUSED
        ]
        rows = [transition_json(shown, denied=denied) for shown, denied in find_made(job=job, viewer=viewer)]
        return reply(rows, {"bulk": str(job.id), "refused": refused} | ignored)

    return once(request, viewer, done)


def _known(
    request: HttpRequest, act: Act, data: Mapping[str, Any], beside: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of Primero's body the act knows, and what it does not, as it is told.

    Raises: BodyInvalid when the client wants to hear of it as a refusal.
    """
    known = KEYS[:2] if act is Act.FLAG else (*TEXTS, *TICKS)
    unknown = [Problem(f"/{name}", "unknown_key", {"name": name}) for name in data if name not in (*known, *beside)]
    if unknown and prefers(request, "handling=strict"):
        raise BodyInvalid(unknown)
    told = {"ignored": [{"pointer": one.pointer, "code": one.code} for one in unknown]} if unknown else {}
    return {name: value for name, value in data.items() if name in known}, told


def _ids(sent: list[Any]) -> list[UUID]:
    """The ids that were sent; one that is none is named.

    Raises: BulkInvalid.
    """
    found = [read_id(one) for one in sent]
    wrong = [Problem(f"/ids/{place}", "invalid_unique_id") for place, one in enumerate(found) if one is None]
    if wrong:
        raise BulkInvalid(wrong)
    return [one for one in found if one is not None]


def _note(viewer: Viewer, road: str, search: Mapping[str, Any] | None) -> None:
    text = (search or {}).get("query")
    words = text if isinstance(text, str) else None
    note_sighting(viewer, road=road, action="bulk", record_kind=CASE, query=words)


def _today() -> Any:
    return today(settings.ENVIRONMENT.time_zone)


def _json(job: BulkJob, progress: Progress) -> dict[str, Any]:
    status, left = Status(job.status), progress.of(Result.WAITING) + progress.of(Result.REFUSED)
    under_way = status in UNDER_WAY
    return {
        "id": str(job.id),
        "act": job.act,
        "status": job.status,
        "transitioned_to": job.recipient or None,
        "refusal": job.refusal or None,
        "total": progress.total if job.chosen_at else None,
        "done": progress.of(Result.DONE),
        "refused": progress.of(Result.REFUSED),
        "waiting": progress.of(Result.WAITING),
        "may_cancel": under_way,
        "may_retry": not under_way and (left > 0 or job.chosen_at is None),
        "created_at": iso(job.created_at),
        "ended_at": iso(job.ended_at) if job.ended_at else None,
    }


def _result(one: ResultShown) -> dict[str, Any]:
    row, shown = one.row, one.shown or {}
    return {
        "record_id": str(row.record_id),
        "case_id_display": shown.get("case_id_display"),
        "name": shown.get("name"),
        "state": row.state,
        "transition": str(row.transition_id) if row.transition_id else None,
        "errors": row.errors,
        "at": iso(row.at) if row.at else None,
    }
