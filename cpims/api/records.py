"""What is done with records of every kind: list, search, count, register, read, amend, switch off; one builder for all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body, read_data
from cpims.api.http.keys import key_of
from cpims.api.http.prefer import etag, once, prefers, revision_asked
from cpims.api.http.query import QueryInvalid, page_of, read_query
from cpims.api.http.reply import no_content, reply
from cpims.api.shapes.records import CountsAsked
from cpims.audit.actions import note_sighting
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
from cpims.records.rules.kinds import Kind
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound
from cpims.sync.queries.quarantine import count_waiting


class Register(Protocol):
    """The act that registers a record of a kind."""

    def __call__(
        self, *, values: Mapping[str, Any], actor: Viewer, at: Any, record_id: UUID | None, strict: bool
    ) -> Outcome:
        """Register it."""


class Amend(Protocol):
    """The act that changes one."""

    def __call__(self, *, record_id: UUID, edit: Edit, actor: Viewer, at: Any) -> Outcome:
        """Change it."""


@dataclass(frozen=True)
class Noun:
    """One kind of record as the API speaks of it, with its acts and what each of them needs."""

    kind: Kind
    one: str
    register: Register
    amend: Amend
    may_register: Callable[[Viewer], None]
    may_amend: Callable[[Viewer, str | None], None]
    #: Acts that a change may carry: whoever holds one of them is asked for sight before ``write``.
    acts: Collection[str]

    @property
    def plural(self) -> str:
        """The noun in addresses."""
        return self.kind.plural

    @property
    def key(self) -> str:
        """The name of a record's id in addresses."""
        return f"{self.kind.name}_id"


def add_records(router: Router, ours: Router, noun: Noun) -> None:
    """Mount everything that is done with records of a kind."""
    _add_lists(router, ours, noun)
    _add_one(router, noun)


def _add_lists(router: Router, ours: Router, noun: Noun) -> None:
    kind, plural = noun.kind.name, noun.plural

    @router.get(f"/{plural}", summary=f"List {plural}")
    def list_records(request: HttpRequest) -> HttpResponse:
        """Those in the viewer's sight, filtered, ordered, paged."""
        return _listed(request, noun, read_query(request), f"{plural}.list")

    @ours.post(f"/{plural}/search", summary=f"Search {plural} without leaving the words in an address")
    def search_records(request: HttpRequest) -> HttpResponse:
        """As the list, the request in the body: query strings reach logs, bodies do not."""
        require(viewer_of(request), kind, "read")
        return _listed(request, noun, read_body(request), f"{plural}.search")

    @ours.post(f"/{plural}/count", summary=f"Count {plural}")
    def count(request: HttpRequest) -> HttpResponse:
        """How many a list would show; beyond 10,000 an estimate."""
        viewer = viewer_of(request)
        require(viewer, kind, "read")
        total, exact = count_records(kind=kind, viewer=viewer, query=read_body(request), today=_today())
        note_sighting(viewer, road=f"{plural}.count", action="count", record_kind=kind)
        return reply({"total": total, "total_exact": exact})

    @ours.post(f"/{plural}/counts", summary=f"Count {plural} by the values of questions")
    def count_by_values(request: HttpRequest) -> HttpResponse:
        """For each value of some questions, how many of a list have it; counted no further than 10,000."""
        viewer = viewer_of(request)
        require(viewer, kind, "read")
        asked = check(CountsAsked, read_body(request))
        found = count_values(kind=kind, viewer=viewer, filters=asked.filters, fields=asked.fields, today=_today())
        if found.ignored and prefers(request, "handling=strict"):
            raise QueryInvalid(found.ignored)
        counted = ",".join(found.values)[:80]
        note_sighting(viewer, road=f"{plural}.counts", action="count", record_kind=kind, fields=counted)
        counts = [
            {"field": name, "values": [{"value": c.value, "count": c.count, "capped": c.capped} for c in values]}
            for name, values in found.values.items()
        ]
        ignored = [{"pointer": p.pointer, "code": p.code} for p in found.ignored]
        return reply(counts, {"ignored": ignored} if ignored else None)

    @router.post(f"/{plural}", summary=f"Register {noun.one}")
    def create(request: HttpRequest) -> HttpResponse:
        """Register one; 204 when the client made the id, unless it prefers the representation."""
        viewer = viewer_of(request)
        noun.may_register(viewer)
        return once(request, viewer, lambda: _create(request, noun, viewer))


def _add_one(router: Router, noun: Noun) -> None:
    kind, address = noun.kind.name, f"/{noun.plural}/{{{noun.key}}}"

    @router.get(address, summary=f"Read {noun.one}")
    def read(request: HttpRequest, record_id: str = key_of(kind)) -> HttpResponse:
        """One of them as this viewer may read it."""
        found = get_record(kind=kind, record_id=read_id(record_id), viewer=viewer_of(request))
        return read_one(request, noun, found)

    @router.api_operation(["PATCH", "PUT"], address, summary=f"Amend {noun.one}")
    def change(request: HttpRequest, record_id: str = key_of(kind)) -> HttpResponse:
        """Merge answers into it; ``record_action`` carries an act (close, reopen …)."""
        viewer = viewer_of(request)
        if not viewer.may(kind, "write") and not any(viewer.may(kind, act) for act in noun.acts):
            require(viewer, kind, "write")
        known = _in_sight_for_writing(request, kind, viewer, record_id)
        return once(request, viewer, lambda: _amend(request, noun, viewer, known))

    @router.delete(address, summary=f"Switch {noun.one} off")
    def delete(request: HttpRequest, record_id: str = key_of(kind)) -> HttpResponse:
        """Switch a record off; nothing is deleted."""
        viewer = viewer_of(request)
        require(viewer, kind, "enable_disable_record")
        found = get_record(kind=kind, record_id=read_id(record_id), viewer=viewer)
        edit = Edit(values={"record_state": False}, move="enable_disable_record")
        outcome = noun.amend(record_id=found.id, edit=edit, actor=viewer, at=now())
        return reply(served(outcome.record, viewer, today=_today(), names=("record_state",)))


def _today() -> Any:
    return today(settings.ENVIRONMENT.time_zone)


def _listed(request: HttpRequest, noun: Noun, query: Mapping[str, Any], road: str) -> HttpResponse:
    viewer, kind = viewer_of(request), noun.kind.name
    page = page_of(dict(query))
    found = find_records(kind=kind, viewer=viewer, query=query, offset=page.offset, per=page.per, today=_today())
    if found.ignored and prefers(request, "handling=strict"):
        raise QueryInvalid(found.ignored)
    text = query.get("query")
    note_sighting(
        viewer,
        road=road,
        action="search" if text else "list",
        record_kind=kind,
        record_ids=record_ids(found.records),
        fields=str(query.get("fields") or "all")[:80],
        query=text if isinstance(text, str) else None,
    )
    if found.strangers:
        ids = record_ids(found.strangers)
        note_sighting(viewer, road=road, action="found_by_stranger", record_kind=kind, record_ids=ids)
    metadata: dict[str, Any] = {"total": found.total, "per": page.per, "page": page.number}
    if not found.total_exact:
        metadata["total_exact"] = False
    if found.after:
        metadata["next"] = found.after
    if found.reasons and road.endswith(".search"):
        metadata["reasons"] = {str(one): {"kind": why.kind, "field": why.field} for one, why in found.reasons.items()}
    if found.ignored:
        metadata["ignored"] = [{"pointer": p.pointer, "code": p.code} for p in found.ignored]
    return reply(found.rows, metadata)


def _create(request: HttpRequest, noun: Noun, viewer: Viewer) -> HttpResponse:
    data = read_data(request, optional=True)
    wanted = data.get("id")
    record_id = read_id(wanted) if wanted is not None else None
    if wanted is not None and record_id is None:
        raise AnswersInvalid([Problem("/id", "invalid_unique_id")])
    outcome = noun.register(
        values=data, actor=viewer, at=now(), record_id=record_id, strict=prefers(request, "handling=strict")
    )
    if record_id is not None and not prefers(request, "return=representation"):
        response = no_content()
    else:
        response = reply(served(outcome.record, viewer, today=_today()), _metadata(outcome, viewer))
    return _tagged(response, outcome.record, viewer)


def read_one(request: HttpRequest, noun: Noun, record: Record) -> HttpResponse:
    """A record that was found for this viewer, as she may read it."""
    viewer, kind = viewer_of(request), noun.kind.name
    note_sighting(viewer, road=f"{noun.plural}.read", action="show", record_kind=kind, record_ids=[record.id])
    names = _names(read_query(request).get("fields"), viewer, kind)
    tag = etag(record.revision, readable_of(record, viewer))
    if names is None and request.META.get("HTTP_IF_NONE_MATCH") == tag:
        unchanged: HttpResponse = HttpResponseNotModified()
        unchanged["ETag"] = tag
        unchanged["Cache-Control"] = "no-store"
        return unchanged
    metadata = {"revision": record.revision, "incomplete": incomplete_for(record, viewer)} | _age(record, viewer)
    if record.owner_id == viewer.user_id:
        metadata["quarantined"] = count_waiting([record.id]).get(record.id, 0)
    return _tagged(reply(served(record, viewer, today=_today(), names=names), metadata), record, viewer)


def _names(wanted: Any, viewer: Viewer, kind: str) -> frozenset[str] | None:
    if not wanted:
        return None
    if wanted == "short":
        return setup_of(viewer.configuration, kind).row_fields | {"name", "age", "sex", "workflow", "status"}
    parts = wanted.split(",") if isinstance(wanted, str) else [str(part) for part in wanted]
    return frozenset(part.strip() for part in parts)


def _in_sight_for_writing(request: HttpRequest, kind: str, viewer: Viewer, text: str) -> UUID:
    record_id = read_id(text)
    if record_id is not None and Record.objects.visible_to(viewer).of_kind(kind).filter(pk=record_id).exists():
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


def _amend(request: HttpRequest, noun: Noun, viewer: Viewer, record_id: UUID) -> HttpResponse:
    body = read_body(request)
    move = body.get("record_action")
    if move is not None and not isinstance(move, str):
        raise BodyInvalid([Problem("/record_action", "wrong_type")])
    noun.may_amend(viewer, move)
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
    outcome = noun.amend(record_id=record_id, edit=edit, actor=viewer, at=now())
    names = frozenset(_changed_names(outcome, viewer))
    response = reply(served(outcome.record, viewer, today=_today(), names=names), _metadata(outcome, viewer))
    return _tagged(response, outcome.record, viewer)


def _changed_names(outcome: Outcome, viewer: Viewer) -> set[str]:
    names = set(outcome.changes)
    if names & set(setup_of(viewer.configuration, outcome.record.kind).name_parts):
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


def _age(record: Record, viewer: Viewer) -> dict[str, Any]:
    recorded = age_recorded_on(record, viewer)
    return {"age_recorded_on": recorded} if recorded else {}


def _tagged(response: HttpResponse, record: Record, viewer: Viewer) -> HttpResponse:
    response["ETag"] = etag(record.revision, readable_of(record, viewer))
    return response
