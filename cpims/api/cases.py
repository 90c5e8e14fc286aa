"""Cases: list, search, count, register, read, amend, switch off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body, read_data
from cpims.api.http.prefer import etag, once, prefers, revision_asked
from cpims.api.http.query import QueryInvalid, page_of, read_query
from cpims.api.http.reply import no_content, reply
from cpims.api.shapes.records import CountsAsked
from cpims.audit.actions import note_sighting
from cpims.cases.actions import amend_case, register_case
from cpims.cases.actions.amend import require_may_edit
from cpims.cases.queries import get_identified_case
from cpims.cases.rules.editing import OPENS
from cpims.lib.clock import now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.actions.writing import Outcome, quarantine_answers
from cpims.records.models import Record
from cpims.records.queries.counting import count_values
from cpims.records.queries.lending import readable_of
from cpims.records.queries.listing import count_records, find_records
from cpims.records.queries.precision import age_recorded_on
from cpims.records.queries.reading import get_record, incomplete_for, record_ids, served
from cpims.records.queries.setup import setup_of
from cpims.records.rules.editing import Base, Edit
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound
from cpims.sync.queries.quarantine import count_waiting

router = Router(tags=["cases"])
ours = Router(tags=["cases"])
KIND = "case"


def _today() -> Any:
    return today(settings.ENVIRONMENT.time_zone)


def _listed(request: HttpRequest, query: Mapping[str, Any], road: str) -> HttpResponse:
    viewer = viewer_of(request)
    page = page_of(dict(query))
    found = find_records(kind=KIND, viewer=viewer, query=query, offset=page.offset, per=page.per, today=_today())
    if found.ignored and prefers(request, "handling=strict"):
        raise QueryInvalid(found.ignored)
    text = query.get("query")
    note_sighting(
        viewer,
        road=road,
        action="search" if text else "list",
        record_kind=KIND,
        record_ids=record_ids(found.records),
        fields=str(query.get("fields") or "all")[:80],
        query=text if isinstance(text, str) else None,
    )
    if found.strangers:
        ids = record_ids(found.strangers)
        note_sighting(viewer, road=road, action="found_by_stranger", record_kind=KIND, record_ids=ids)
    metadata: dict[str, Any] = {"total": found.total, "per": page.per, "page": page.number}
    if not found.total_exact:
        metadata["total_exact"] = False
    if found.after:
        metadata["next"] = found.after
    if found.reasons and road == "cases.search":
        metadata["reasons"] = {str(one): {"kind": why.kind, "field": why.field} for one, why in found.reasons.items()}
    if found.ignored:
        metadata["ignored"] = [{"pointer": p.pointer, "code": p.code} for p in found.ignored]
    return reply(found.rows, metadata)


@router.get("/cases", summary="List cases")
def list_cases(request: HttpRequest) -> HttpResponse:
    """The cases in the viewer's sight, filtered, ordered, paged."""
    return _listed(request, read_query(request), "cases.list")


@ours.post("/cases/search", summary="Search cases without leaving the words in an address")
def search_cases(request: HttpRequest) -> HttpResponse:
    """As the list, the request in the body: query strings reach logs, bodies do not."""
    require(viewer_of(request), KIND, "read")
    return _listed(request, read_body(request), "cases.search")


@ours.post("/cases/count", summary="Count cases")
def count_cases(request: HttpRequest) -> HttpResponse:
    """How many cases a list would show; beyond 10,000 an estimate."""
    viewer = viewer_of(request)
    require(viewer, KIND, "read")
    total, exact = count_records(kind=KIND, viewer=viewer, query=read_body(request), today=_today())
    note_sighting(viewer, road="cases.count", action="count", record_kind=KIND)
    return reply({"total": total, "total_exact": exact})


@ours.post("/cases/counts", summary="Count cases by the values of questions")
def count_case_values(request: HttpRequest) -> HttpResponse:
    """For each value of some questions, how many cases of a list have it; counted no further than 10,000."""
    viewer = viewer_of(request)
    require(viewer, KIND, "read")
    asked = check(CountsAsked, read_body(request))
    found = count_values(kind=KIND, viewer=viewer, filters=asked.filters, fields=asked.fields, today=_today())
    if found.ignored and prefers(request, "handling=strict"):
        raise QueryInvalid(found.ignored)
    note_sighting(viewer, road="cases.counts", action="count", record_kind=KIND, fields=",".join(found.values)[:80])
    counts = [
        {"field": name, "values": [{"value": c.value, "count": c.count, "capped": c.capped} for c in values]}
        for name, values in found.values.items()
    ]
    ignored = [{"pointer": p.pointer, "code": p.code} for p in found.ignored]
    return reply(counts, {"ignored": ignored} if ignored else None)


@router.post("/cases", summary="Register a child")
def create_case(request: HttpRequest) -> HttpResponse:
    """Register a child; 204 when the client made the id, unless it prefers the representation."""
    viewer = viewer_of(request)
    require(viewer, KIND, "create")
    return once(request, viewer, lambda: _create(request, viewer))


def _create(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    data = read_data(request, optional=True)
    wanted = data.get("id")
    case_id = read_id(wanted) if wanted is not None else None
    if wanted is not None and case_id is None:
        raise AnswersInvalid([Problem("/id", "invalid_unique_id")])
    outcome = register_case(
        values=data, actor=viewer, at=now(), case_id=case_id, strict=prefers(request, "handling=strict")
    )
    if case_id is not None and not prefers(request, "return=representation"):
        response = no_content()
    else:
        response = reply(served(outcome.record, viewer, today=_today()), _metadata(outcome, viewer))
    return _tagged(response, outcome.record, viewer)


@router.get("/cases/identified", summary="Read the case about oneself")
def read_own_case(request: HttpRequest) -> HttpResponse:
    """The one case that is about the viewer herself, where she registered it or was linked to it."""
    return _read(request, get_identified_case(viewer_of(request)))


@router.get("/cases/{case_id}", summary="Read a case")
def read_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case as this viewer may read it."""
    return _read(request, get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer_of(request)))


def _read(request: HttpRequest, case: Record) -> HttpResponse:
    viewer = viewer_of(request)
    note_sighting(viewer, road="cases.read", action="show", record_kind=KIND, record_ids=[case.id])
    names = _names(read_query(request).get("fields"), viewer)
    tag = etag(case.revision, readable_of(case, viewer))
    if names is None and request.META.get("HTTP_IF_NONE_MATCH") == tag:
        unchanged: HttpResponse = HttpResponseNotModified()
        unchanged["ETag"] = tag
        unchanged["Cache-Control"] = "no-store"
        return unchanged
    metadata = {"revision": case.revision, "incomplete": incomplete_for(case, viewer)} | _age(case, viewer)
    if case.owner_id == viewer.user_id:
        metadata["quarantined"] = count_waiting([case.id]).get(case.id, 0)
    return _tagged(reply(served(case, viewer, today=_today(), names=names), metadata), case, viewer)


def _names(wanted: Any, viewer: Viewer) -> frozenset[str] | None:
    if not wanted:
        return None
    if wanted == "short":
        return setup_of(viewer.configuration, KIND).row_fields | {"name", "age", "sex", "workflow", "status"}
    parts = wanted.split(",") if isinstance(wanted, str) else [str(part) for part in wanted]
    return frozenset(part.strip() for part in parts)


@router.api_operation(["PATCH", "PUT"], "/cases/{case_id}", summary="Amend a case")
def change_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Merge answers into a case; ``record_action`` carries an act (close, reopen, add a note …)."""
    viewer = viewer_of(request)
    if not viewer.may(KIND, "write") and not any(viewer.may(KIND, act) for act in OPENS):
        require(viewer, KIND, "write")
    record_id = _in_sight_for_writing(request, viewer, case_id)
    return once(request, viewer, lambda: _amend(request, viewer, record_id))


def _in_sight_for_writing(request: HttpRequest, viewer: Viewer, case_id: str) -> UUID:
    record_id = read_id(case_id)
    if record_id is not None and Record.objects.visible_to(viewer).of_kind(KIND).filter(pk=record_id).exists():
        return record_id
    if record_id is not None:
        quarantine_answers(record_id=record_id, values=_Answers(request), actor=viewer, at=now())
    raise RecordNotFound


class _Answers(Mapping[str, Any]):
    """The sent answers, read from the body only when somebody asks for them."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _data(self) -> dict[str, Any]:
        return read_data(self.request, optional=True)

    def __getitem__(self, key: str) -> Any:
        return self._data()[key]

    def __iter__(self) -> Any:
        return iter(self._data())

    def __len__(self) -> int:
        return len(self._data())


def _amend(request: HttpRequest, viewer: Viewer, record_id: UUID) -> HttpResponse:
    body = read_body(request)
    move = body.get("record_action")
    if move is not None and not isinstance(move, str):
        raise BodyInvalid([Problem("/record_action", "wrong_type")])
    require_may_edit(viewer, move)
    data = body.get("data")
    if data is not None and not isinstance(data, dict):
        raise BodyInvalid([Problem("/data", "body.not_an_object")])
    edit = Edit(
        values=data or {},
        base=_base(body.get("base")),
        if_match=revision_asked(request),
        strict=prefers(request, "handling=strict"),
        move=move,
    )
    outcome = amend_case(case_id=record_id, edit=edit, actor=viewer, at=now())
    names = frozenset(_changed_names(outcome, viewer))
    response = reply(served(outcome.record, viewer, today=_today(), names=names), _metadata(outcome, viewer))
    return _tagged(response, outcome.record, viewer)


def _changed_names(outcome: Outcome, viewer: Viewer) -> set[str]:
    names = set(outcome.changes)
    if names & set(setup_of(viewer.configuration, KIND).name_parts):
        names.add("name")
    if names & {"date_of_birth", "age"}:
        names.add("age")
    if "protection_concern_detail_subform_section" in names:
        names.add("protection_concerns")
    return names


def _base(sent: Any) -> Base | None:
    if sent is None:
        return None
    revision = sent.get("revision") if isinstance(sent, dict) else None
    values = sent.get("values") if isinstance(sent, dict) else None
    if not isinstance(revision, int) or isinstance(revision, bool) or not isinstance(values, dict):
        raise BodyInvalid([Problem("/base", "body.base_invalid")])
    return Base(revision=revision, values=values)


@router.delete("/cases/{case_id}", summary="Switch a case off")
def delete_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Switch a record off; nothing is deleted."""
    viewer = viewer_of(request)
    require(viewer, KIND, "enable_disable_record")
    case = get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer)
    edit = Edit(values={"record_state": False}, move="enable_disable_record")
    outcome = amend_case(case_id=case.id, edit=edit, actor=viewer, at=now())
    return reply(served(outcome.record, viewer, today=_today(), names=("record_state",)))


def _metadata(outcome: Outcome, viewer: Viewer) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "revision": outcome.record.revision,
        "incomplete": incomplete_for(outcome.record, viewer),
    } | _age(outcome.record, viewer)
    for name in ("ignored", "notices"):
        problems: list[Problem] = getattr(outcome, name)
        if problems:
            metadata[name] = [{"pointer": p.pointer, "code": p.code, "params": dict(p.params)} for p in problems]
    return metadata


def _age(case: Record, viewer: Viewer) -> dict[str, Any]:
    recorded = age_recorded_on(case, viewer)
    return {"age_recorded_on": recorded} if recorded else {}


def _tagged(response: HttpResponse, case: Record, viewer: Viewer) -> HttpResponse:
    response["ETag"] = etag(case.revision, readable_of(case, viewer))
    return response
