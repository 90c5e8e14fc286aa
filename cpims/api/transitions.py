"""Handing cases on: lists, assigning, referring, transferring, answering, consent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body, read_data
from cpims.api.http.keys import many
from cpims.api.http.prefer import once, prefers
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.transitions import ConsentWrite, PreviewAsked
from cpims.api.user_json import without_nothing
from cpims.audit.actions import note_sighting
from cpims.lib.clock import iso, now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.refusals import RecordNotFound
from cpims.transitions.actions import (
    answer_transition,
    assign_case,
    preview_sharing,
    refer_case,
    register_consent,
    request_transfer,
    revoke_transition,
    transfer_case,
    withdraw_consent,
)
from cpims.transitions.actions.answering import require_may_handle
from cpims.transitions.actions.sharing import Shared
from cpims.transitions.queries.received import find_received
from cpims.transitions.queries.recipients import Sought, find_recipients
from cpims.transitions.queries.transitions import (
    Shown,
    consent_json,
    find_consents,
    find_transitions,
    has_asked_for,
    show_transition,
)
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.people import SENDS
from cpims.transitions.rules.wishes import read_answer, read_wish

router = Router(tags=["transitions"])
ours = Router(tags=["transitions"])
KIND = "case"
ACTS = {Kind.ASSIGN: assign_case, Kind.REFERRAL: refer_case, Kind.TRANSFER: transfer_case}
TEXTS = (
    *("transitioned_to", "transitioned_to_agency", "transitioned_to_remote", "notes", "service", "service_record_id"),
    *("type_of_export", "rejected_reason", "rejection_note", "record_owned_by_agency"),
    *("transitioned_by_user_agency", "transitioned_to_user_agency"),
)
PLAIN = (
    *("type", "status", "transitioned_by", "allow_case_creation", "remote", "consent_overridden"),
    *("consent_individual_transfer", "record_owned_by", "record_owned_by_groups", "transitioned_by_user_groups"),
    "transitioned_to_user_groups",
)


@router.get("/users/assign-to", summary="To whom may a case be assigned?")
def list_assign_to(request: HttpRequest) -> HttpResponse:
    """The people whom she may give a case to, within her reach."""
    return _recipients(request, Kind.ASSIGN)


@router.get("/users/transfer-to", summary="To whom may a case be transferred?")
def list_transfer_to(request: HttpRequest) -> HttpResponse:
    """The people who may take a case over."""
    return _recipients(request, Kind.TRANSFER)


@router.get("/users/refer-to", summary="To whom may a case be referred?")
def list_refer_to(request: HttpRequest) -> HttpResponse:
    """The people who may be asked to help."""
    return _recipients(request, Kind.REFERRAL)


def _recipients(request: HttpRequest, kind: Kind) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, KIND, *SENDS[kind])
    query = read_query(request)
    if (query.get("record_type") or KIND) != KIND:
        return reply([])
    words = {name: value for name in ("agency", "location", "service") if isinstance(value := query.get(name), str)}
    module = query.get("record_module_id")
    sought = Sought(module=module if isinstance(module, str) else "", **words)
    return reply(find_recipients(viewer, kind, sought))


@router.get("/cases/{case_id}/transitions", summary="What was shared of a case")
def list_transitions(request: HttpRequest, case_id: str) -> HttpResponse:
    """Everything that was done with a case between people; ``types`` narrows."""
    asked = set(many(read_query(request).get("types")))
    kinds = [kind for kind in Kind if not asked or kind.value in asked]
    return _listed(request, case_id, kinds)


@router.get("/cases/{case_id}/assigns", summary="Assignments of a case")
def list_assigns(request: HttpRequest, case_id: str) -> HttpResponse:
    """To whom a case was given, by whom."""
    return _listed(request, case_id, [Kind.ASSIGN])


@router.get("/cases/{case_id}/referrals", summary="Referrals of a case")
def list_referrals(request: HttpRequest, case_id: str) -> HttpResponse:
    """Who was asked to help, as far as it is hers to know."""
    return _listed(request, case_id, [Kind.REFERRAL])


@router.get("/cases/{case_id}/transfers", summary="Transfers of a case")
def list_transfers(request: HttpRequest, case_id: str) -> HttpResponse:
    """Who was asked to take a case over."""
    return _listed(request, case_id, [Kind.TRANSFER])


@router.get("/cases/{case_id}/transfer_requests", summary="Requests for a case")
def list_requests(request: HttpRequest, case_id: str) -> HttpResponse:
    """Who asked for a case."""
    return _listed(request, case_id, [Kind.REQUEST])


def _listed(request: HttpRequest, case_id: str, kinds: list[Kind]) -> HttpResponse:
    viewer = viewer_of(request)
    case, found = find_transitions(record_id=read_id(case_id), viewer=viewer, kinds=kinds)
    note_sighting(viewer, road="cases.transitions", action="show", record_kind=KIND, record_ids=[case.id])
    return reply([transition_json(shown, denied=False) for shown in found])


@router.post("/cases/{case_id}/assigns", summary="Assign a case")
def add_assign(request: HttpRequest, case_id: str) -> HttpResponse:
    """Give a case to another worker."""
    return _sent(request, case_id, Kind.ASSIGN)


@router.post("/cases/{case_id}/referrals", summary="Refer a case")
def add_referral(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask somebody to help."""
    return _sent(request, case_id, Kind.REFERRAL)


@router.post("/cases/{case_id}/transfers", summary="Transfer a case")
def add_transfer(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask another worker to take a case over."""
    return _sent(request, case_id, Kind.TRANSFER)


def _sent(request: HttpRequest, case_id: str, kind: Kind) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, KIND, *SENDS[kind])
    case = get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer)

    def act() -> HttpResponse:
        wish, unknown = read_wish(read_data(request))
        ignored = _ignored(request, unknown)
        return _done(viewer, ACTS[kind](case_id=case.id, wish=wish, actor=viewer, at=now()), ignored)

    return once(request, viewer, act)


@router.post("/cases/{case_id}/transfer_requests", summary="Ask for a case")
def add_request(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask the owner of a case for it; the case itself need not be in sight."""
    viewer = viewer_of(request)
    require(viewer, KIND, "request_transfer")
    record_id = read_id(case_id)
    if record_id is None:
        raise RecordNotFound

    def act() -> HttpResponse:
        wish, unknown = read_wish(read_data(request, optional=True))
        ignored = _ignored(request, unknown)
        made = request_transfer(case_id=record_id, notes=wish.notes, individual=wish.individual, actor=viewer, at=now())
        return _done(viewer, made, ignored)

    return once(request, viewer, act)


@router.api_operation(["PATCH", "PUT"], "/cases/{case_id}/referrals/{referral_id}", summary="Answer a referral")
def answer_referral(request: HttpRequest, case_id: str, referral_id: str) -> HttpResponse:
    """Accept it, reject it, or say that it is done."""
    return _answered(request, case_id, referral_id, Kind.REFERRAL)


@router.delete("/cases/{case_id}/referrals/{referral_id}", summary="Take a referral back")
def revoke_referral(request: HttpRequest, case_id: str, referral_id: str) -> HttpResponse:
    """Its recipient sees the case no more."""
    viewer = viewer_of(request)
    record_id = _reachable(viewer, case_id, referral_id, Kind.REFERRAL)
    return _revoked(viewer, record_id, referral_id, Kind.REFERRAL, [])


@router.api_operation(["PATCH", "PUT"], "/cases/{case_id}/transfers/{transfer_id}", summary="Answer a transfer")
def answer_transfer(request: HttpRequest, case_id: str, transfer_id: str) -> HttpResponse:
    """Accept it, reject it, or take it back."""
    return _answered(request, case_id, transfer_id, Kind.TRANSFER)


@router.api_operation(
    ["PATCH", "PUT"], "/cases/{case_id}/transfer_requests/{request_id}", summary="Answer a request for a case"
)
def answer_request(request: HttpRequest, case_id: str, request_id: str) -> HttpResponse:
    """The owner agrees or keeps the case; who asked may take it back."""
    return _answered(request, case_id, request_id, Kind.REQUEST)


def _reachable(viewer: Viewer, case_id: str, transition_id: str, kind: Kind) -> UUID:
    """The case of a transition, when it is in sight, or when it is her own request for it."""
    require_may_handle(viewer, kind)
    record_id = read_id(case_id)
    if record_id and kind is Kind.REQUEST and has_asked_for(record_id, read_id(transition_id), viewer=viewer):
        return record_id
    return get_record(kind=KIND, record_id=record_id, viewer=viewer).id


def _answered(request: HttpRequest, case_id: str, transition_id: str, kind: Kind) -> HttpResponse:
    viewer = viewer_of(request)
    record_id = _reachable(viewer, case_id, transition_id, kind)

    def act() -> HttpResponse:
        status, reason, unknown = read_answer(read_data(request))
        ignored = _ignored(request, unknown)
        if status is Status.REVOKED:
            return _revoked(viewer, record_id, transition_id, kind, ignored)
        done = answer_transition(
            case_id=record_id, transition_id=read_id(transition_id), kind=kind, status=status, reason=reason,
            actor=viewer, at=now(),
        )  # fmt: skip
        return _done(viewer, done, ignored)

    return once(request, viewer, act)


def _revoked(
    viewer: Viewer, record_id: UUID, transition_id: str, kind: Kind, ignored: list[dict[str, Any]]
) -> HttpResponse:
    done = revoke_transition(case_id=record_id, transition_id=read_id(transition_id), kind=kind, actor=viewer, at=now())
    return _done(viewer, done, ignored)


@ours.post("/cases/{case_id}/transitions/preview", summary="What would the recipient see?")
def preview(request: HttpRequest, case_id: str) -> HttpResponse:
    """The case as its recipient will see it, before it is sent; nothing is changed."""
    viewer = viewer_of(request)
    require(viewer, KIND, *(action for actions in SENDS.values() for action in actions))
    case = get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer)
    body = read_body(request)
    asked = check(PreviewAsked, body)
    wish, _ = read_wish(body["data"])
    found = preview_sharing(case_id=case.id, kind=Kind(asked.type), wish=wish, viewer=viewer, at=now())
    note_sighting(viewer, road="cases.preview", action="show", record_kind=KIND, record_ids=[case.id])
    hindrances = [_problem(problem) for problem in found.hindrances]
    return reply({"values": found.values, "withheld": found.withheld, "hindrances": hindrances})


@ours.get("/cases/{case_id}/consents", summary="What was said about sharing a case")
def list_consents(request: HttpRequest, case_id: str) -> HttpResponse:
    """Consent that was given or taken back for a purpose or an agency."""
    viewer = viewer_of(request)
    case, found = find_consents(record_id=read_id(case_id), viewer=viewer)
    note_sighting(viewer, road="cases.consents", action="show", record_kind=KIND, record_ids=[case.id])
    return reply(found)


@ours.post("/cases/{case_id}/consents", summary="Consent is given, or taken back")
def add_consent(request: HttpRequest, case_id: str) -> HttpResponse:
    """Taken back, it blocks sharing from this moment on; who works on the case is told."""
    viewer = viewer_of(request)
    require(viewer, KIND, "write")
    case = get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer)

    def act() -> HttpResponse:
        said = check(ConsentWrite, read_body(request))
        say: Callable[..., Any] = register_consent if said.given else withdraw_consent
        done = say(
            case_id=case.id, purpose=said.purpose or "", agency=said.agency or "", reason=said.reason or "",
            actor=viewer, at=now(),
        )  # fmt: skip
        return reply(consent_json(done.consent), {"told": list(done.told)})

    return once(request, viewer, act)


@ours.get("/transitions/received", summary="What waits for one's answer")
def list_received(request: HttpRequest) -> HttpResponse:
    """Referrals and transfers that were sent to her, and requests for her cases, the oldest first."""
    viewer = viewer_of(request)
    page = page_of(read_query(request))
    rows, total, ids = find_received(viewer, at=now(), offset=page.offset, length=page.per)
    note_sighting(viewer, road="transitions.received", action="list", record_kind=KIND, record_ids=ids)
    return reply(rows, {"total": total, "per": page.per, "page": page.number})


def _ignored(request: HttpRequest, unknown: list[Problem]) -> list[dict[str, Any]]:
    if unknown and prefers(request, "handling=strict"):
        raise BodyInvalid(unknown)
    return [{"pointer": p.pointer, "code": p.code} for p in unknown]


def _problem(problem: Problem) -> dict[str, Any]:
    params = {name: value for name, value in problem.params.items() if name != "primero"}
    return {"pointer": problem.pointer, "code": problem.code, "params": params}


def _done(viewer: Viewer, outcome: Shared, ignored: list[dict[str, Any]]) -> HttpResponse:
    """The transition, and what changed of the case when she may still read it."""
    case = outcome.record
    assert outcome.transition is not None
    reads = viewer.may(KIND, "read") and case.is_visible_to(viewer)
    told = transition_json(show_transition(outcome.transition.id, case=case, viewer=viewer), denied=not reads)
    if reads:
        day = today(settings.ENVIRONMENT.time_zone)
        told["record"] = served(case, viewer, today=day, names=set(outcome.changes))
    return reply(told, {"ignored": ignored} if ignored else None)


def transition_json(shown: Shown, *, denied: bool) -> dict[str, Any]:
    """A transition as it is told; ``denied``: she cannot read its case (any more)."""
    row = shown.transition
    told: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    told |= {name: getattr(row, name) or None for name in TEXTS}
    told |= {name: iso(moment) for name in ("created_at", "responded_at", "ended_at") if (moment := getattr(row, name))}
    told |= {
        "id": str(row.id),
        "record_id": str(row.record_id),
        "record_type": KIND,
        "authorized_role_unique_id": row.authorized_role or None,
        "record_access_denied": denied,
        "user_can_accept_or_reject": shown.may_answer,
        "user_can_revoke": shown.may_revoke,
    }
    return without_nothing(told)  # type: ignore[no-any-return]
