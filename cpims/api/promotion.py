"""Two instances that belong together: the pair, sets of changes, what was promoted; and what the two say to each other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.errors import error_response
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import raw, reply
from cpims.api.promotion_json import pair_json, promotion_json, set_json, whole_set_json
from cpims.api.shapes.promotion import ChangeSetOpen, ChangeSetWrite, PairWrite, PromotionSent, RejectionSent
from cpims.lib.clock import now
from cpims.lib.errors import Problem, Refusal
from cpims.lib.ids import read_id
from cpims.lib.json import dumps
from cpims.lib.signing import signed_by
from cpims.promotion.actions.change_sets import (
    amend_change_set,
    approve_change_set,
    open_change_set,
    propose_change_set,
    reject_change_set,
)
from cpims.promotion.actions.drift import raise_drift
from cpims.promotion.actions.hearing import verify_pair_request
from cpims.promotion.actions.pairing import check_pair, hear_told, pair_instance
from cpims.promotion.actions.promoting import send_change_set
from cpims.promotion.actions.receiving import receive_promotion, undo_promotion
from cpims.promotion.formats.signed import NONCE, SIGNATURE, said_of_answer
from cpims.promotion.models import Pair
from cpims.promotion.queries.asking import production_state
from cpims.promotion.queries.change_sets import (
    find_change_sets,
    find_promotions,
    find_rollable,
    get_choice,
    promotion_file,
)
from cpims.promotion.queries.standing import own_standing, pair_standing, signing_seed, state_file, state_said
from cpims.promotion.rules.pairs import read_told
from cpims.settings.models import Instance

router = Router(tags=["promotion"])
#: How many changes a page of a set holds.
USUAL_PAGE: Final = 200


def steward_of(request: HttpRequest) -> Viewer:
    """Who may manage configurations, asked before a body is read.

    Raises: Forbidden.
    """
    viewer = viewer_of(request)
    require(viewer, "primero_configuration", "manage")
    return viewer


@router.get("/pair")
def show_pair(request: HttpRequest) -> HttpResponse:
    """This instance and the other one, and how they stand; asks nobody else."""
    return _standing(steward_of(request))


@router.post("/pair")
def name_pair(request: HttpRequest) -> HttpResponse:
    """Name the other instance."""
    viewer = steward_of(request)
    asked = check(PairWrite, read_body(request))
    pair_instance(values=asked.model_dump(), actor=viewer, at=now())
    return _standing(viewer)


@router.post("/pair/check")
def ask_other(request: HttpRequest) -> HttpResponse:
    """Ask the other instance now how it stands."""
    viewer = steward_of(request)
    check_pair(actor=viewer, at=now())
    return _standing(viewer)


@router.get("/pair/state_file")
def show_state_file(request: HttpRequest) -> HttpResponse:
    """How this instance is configured, signed, to be carried to the other one."""
    return raw(dumps(state_file(viewer_of(request))))


@router.get("/change_sets")
def list_change_sets(request: HttpRequest) -> HttpResponse:
    """Sets of changes, the newest first."""
    viewer, page = viewer_of(request), page_of(read_query(request))
    rows, total = find_change_sets(viewer, offset=page.offset, length=page.per)
    return reply([set_json(row, viewer) for row in rows], {"total": total, "per": page.per, "page": page.number})


@router.post("/change_sets")
def add_change_set(request: HttpRequest) -> HttpResponse:
    """Everything that differs between production and here becomes a set."""
    viewer = steward_of(request)
    asked = check(ChangeSetOpen, read_body(request))
    state = production_state(viewer, asked.state_file)
    row = open_change_set(title=asked.title, reason=asked.reason, state=state, actor=viewer, at=now())
    return reply(set_json(row, viewer))


@router.get("/change_sets/{set_id}")
def show_change_set(request: HttpRequest, set_id: str) -> HttpResponse:
    """One set with a page of its changes."""
    viewer, query = viewer_of(request), read_query(request)
    choice, page = get_choice(viewer, read_id(set_id)), page_of(query, per=USUAL_PAGE)
    asked = query.get("locale")
    locale = asked if isinstance(asked, str) and asked else viewer.locale
    data = whole_set_json(choice, viewer, locale, start=page.offset, end=page.offset + page.per)
    return reply(data, {"total": len(choice.changes), "per": page.per, "page": page.number})


@router.patch("/change_sets/{set_id}")
def choose_changes(request: HttpRequest, set_id: str) -> HttpResponse:
    """Choose what goes."""
    viewer = steward_of(request)
    asked = check(ChangeSetWrite, read_body(request))
    row = amend_change_set(
        set_id=read_id(set_id), title=asked.title, reason=asked.reason, chosen=asked.chosen, actor=viewer, at=now()
    )
    return reply(set_json(row, viewer))


@router.post("/change_sets/{set_id}/propose")
def propose(request: HttpRequest, set_id: str) -> HttpResponse:
    """Ask a second person for approval."""
    viewer = steward_of(request)
    return reply(set_json(propose_change_set(set_id=read_id(set_id), actor=viewer, at=now()), viewer))


@router.post("/change_sets/{set_id}/approve")
def approve(request: HttpRequest, set_id: str) -> HttpResponse:
    """Approve what somebody else proposed."""
    viewer = steward_of(request)
    return reply(set_json(approve_change_set(set_id=read_id(set_id), actor=viewer, at=now()), viewer))


@router.post("/change_sets/{set_id}/reject")
def reject(request: HttpRequest, set_id: str) -> HttpResponse:
    """Refuse it, or take one's own back."""
    viewer = steward_of(request)
    asked = check(RejectionSent, read_body(request))
    row = reject_change_set(set_id=read_id(set_id), reason=asked.reason, actor=viewer, at=now())
    return reply(set_json(row, viewer))


@router.post("/change_sets/{set_id}/promote")
def promote(request: HttpRequest, set_id: str) -> HttpResponse:
    """Send it to production."""
    viewer = steward_of(request)
    return reply(set_json(send_change_set(set_id=read_id(set_id), actor=viewer, at=now()), viewer))


@router.get("/change_sets/{set_id}/file")
def show_file(request: HttpRequest, set_id: str) -> HttpResponse:
    """The approved set as a signed file."""
    return raw(dumps(promotion_file(viewer_of(request), read_id(set_id))))


@router.get("/promotions")
def list_promotions(request: HttpRequest) -> HttpResponse:
    """What came here, the newest first."""
    viewer, page = viewer_of(request), page_of(read_query(request))
    rows, total = find_promotions(viewer, offset=page.offset, length=page.per)
    last = find_rollable()
    return reply(
        [promotion_json(row, last=last) for row in rows], {"total": total, "per": page.per, "page": page.number}
    )


@router.post("/promotions")
def take_file(request: HttpRequest) -> HttpResponse:
    """Apply a signed file that was carried here."""
    viewer = steward_of(request)
    asked = check(PromotionSent, read_body(request))
    content = asked.content if asked.content is not None else asked.file
    if content is None:
        raise BodyInvalid([Problem("/content", "body.missing", {"name": "content"})])
    received = receive_promotion(content=content, source="file", actor=viewer, at=now())
    return reply(promotion_json(received.row, last=find_rollable(), again=received.again))


@router.post("/promotions/{promotion_id}/rollback")
def roll_back_promotion(request: HttpRequest, promotion_id: str) -> HttpResponse:
    """Back to what stood before."""
    viewer = steward_of(request)
    asked = check(RejectionSent, read_body(request))
    row = undo_promotion(promotion_id=read_id(promotion_id), reason=asked.reason, actor=viewer, at=now())
    return reply(promotion_json(row, last=find_rollable()))


# --- between the two instances -------------------------------------------------------------------------------------


def from_pair(request: HttpRequest) -> Pair:
    """Let in the other instance, which signs each request.

    Raises: NotProven.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    pair = verify_pair_request(
        method=request.method or "", path=request.path, headers=headers, body=request.body, at=now()
    )
    request.pair = pair  # type: ignore[attr-defined]
    return pair


def signed_reply(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    """An answer to the other instance, signed."""
    return _signed(request, raw(dumps(data)))


def between(view: Callable[[HttpRequest], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    """What a view answers the other instance, or why it refuses: signed both."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            return signed_reply(request, view(request))
        except Refusal as refusal:
            return _signed(request, error_response(request, refusal))

    return answered


def _signed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    said = said_of_answer(
        status=response.status_code,
        body=response.content,
        nonce=request.headers.get(NONCE, ""),
        sender=Instance.objects.values_list("uuid", flat=True).get(),
    )
    response[SIGNATURE] = signed_by(signing_seed(), said)
    return response


@router.post("/pair/document", auth=from_pair)
@between
def tell_document(request: HttpRequest) -> dict[str, Any]:
    """How this instance is configured, for the other one; what it told of itself is kept."""
    told = read_body(request).get("told")
    raise_drift(actor=None, at=now())
    if isinstance(told, dict) and isinstance(told.get("hash"), str):
        hear_told(told=read_told(told), actor=None, at=now())
    return state_said(own_standing())


@router.post("/pair/promotion", auth=from_pair)
@between
def take_promotion(request: HttpRequest) -> dict[str, Any]:
    """A set of changes from the demo."""
    received = receive_promotion(content=read_body(request).get("content"), source="https", actor=None, at=now())
    said = state_said(own_standing())
    del said["document"]
    return said | {"after": received.row.after, "again": received.again}


def _standing(viewer: Viewer) -> HttpResponse:
    raise_drift(actor=viewer, at=now())
    return reply(pair_json(pair_standing(viewer), viewer.locale))
