"""The road of a rollout: gates with evidence, waivers, what was asked for, and what an instance tells its other half."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.promotion import between, from_pair
from cpims.api.rollout_json import (
    accepted_json,
    attested_json,
    compared_json,
    difference_json,
    requirements_json,
    road_json,
    waiver_json,
)
from cpims.api.shapes.rollout import AttestationWrite, DifferencesWrite, RequirementsSent, WaiverWrite
from cpims.imports.formats import address
from cpims.lib.clock import now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.lib.sequences import read_number
from cpims.promotion.actions.drift import raise_drift
from cpims.rollout.actions.gates import end_waiver, look_at_gates, sign_waiver
from cpims.rollout.actions.requirements import (
    accept_differences,
    attest_alignment,
    bring_requirements,
    withdraw_acceptance,
)
from cpims.rollout.queries.evidence import errors_of, own_side, road_now, told
from cpims.rollout.queries.requirements import (
    Compared,
    differences_now,
    find_requirements,
    idle_acceptances,
    newest_attestation,
    requirements_sheet,
    standing_sheet,
)
from cpims.rollout.rules.refusals import require_may_decide, require_may_look

router = Router(tags=["rollout"])
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How many differences a page holds.
USUAL_PAGE: Final = 100


@router.get("/rollout")
def show_road(request: HttpRequest) -> HttpResponse:
    """Every gate as it stands now; asks nobody else."""
    viewer = viewer_of(request)
    return reply(road_json(road_now(viewer, at=now(), today=_today()), viewer))


@router.post("/rollout/looks")
def look_anew(request: HttpRequest) -> HttpResponse:
    """The other instance is asked, and what turned is written down."""
    viewer = _decider(request)
    return reply(road_json(look_at_gates(actor=viewer, at=now(), today=_today()), viewer))


@router.post("/rollout/waivers")
def add_waiver(request: HttpRequest) -> HttpResponse:
    """Signed with her own password."""
    viewer = _decider(request)
    asked = check(WaiverWrite, read_body(request))
    waiver = sign_waiver(
        gate=asked.gate,
        reason=asked.reason,
        until=_day(asked.until),
        password=asked.password,
        actor=viewer,
        at=now(),
        today=_today(),
    )
    return reply(waiver_json(waiver, live=True))


@router.delete("/rollout/waivers/{waiver_id}")
def drop_waiver(request: HttpRequest, waiver_id: str) -> HttpResponse:
    """It ends now and stays to be seen."""
    viewer = _decider(request)
    return reply(waiver_json(end_waiver(waiver_id=read_id(waiver_id), actor=viewer, at=now()), live=False))


@router.get("/rollout/workbook")
def begin_workbook(request: HttpRequest) -> HttpResponse:
    """What is configured now, to begin from."""
    return _sheet(standing_sheet(viewer_of(request)), "requirements.xlsx")


@router.get("/rollout/requirements")
def list_requirements(request: HttpRequest) -> HttpResponse:
    """Every version of what was asked for."""
    return reply([requirements_json(row) for row in find_requirements(viewer_of(request))])


@router.post("/rollout/requirements")
def bring_workbook(request: HttpRequest) -> HttpResponse:
    """A new version of what is asked for, or every cell that cannot be used."""
    viewer = _decider(request)
    asked = check(RequirementsSent, read_body(request))
    kept, filled = bring_requirements(content=_file(asked.data_base64), actor=viewer, at=now())
    unread = [{"sheet": sheet, "cell": "" if column is None else address(0, column)} for sheet, column in filled.unread]
    return reply(requirements_json(kept), {"unread": unread})


@router.get("/rollout/requirements/{requirements_number}/workbook")
def show_workbook(request: HttpRequest, requirements_number: str) -> HttpResponse:
    """A version as it was filled in."""
    content = requirements_sheet(viewer_of(request), read_number(requirements_number))
    return _sheet(content, "requirements.xlsx")


@router.get("/rollout/differences")
def list_differences(request: HttpRequest) -> HttpResponse:
    """Where the system is otherwise than was asked for: all of it, what is open (``state=open``) or what was accepted."""
    viewer = viewer_of(request)
    return _differences(request, viewer, differences_now(viewer))


@router.post("/rollout/acceptances")
def accept(request: HttpRequest) -> HttpResponse:
    """Some differences are accepted, with one reason."""
    viewer = _decider(request)
    asked = check(DifferencesWrite, read_body(request))
    found = accept_differences(ids=asked.differences, reason=asked.reason, actor=viewer, at=now())
    return _differences(request, viewer, found)


@router.delete("/rollout/acceptances/{acceptance_id}")
def withdraw(request: HttpRequest, acceptance_id: str) -> HttpResponse:
    """A difference is open again."""
    viewer = _decider(request)
    row = withdraw_acceptance(acceptance_id=read_id(acceptance_id), actor=viewer, at=now())
    return reply(accepted_json(row))


@router.post("/rollout/attestations")
def attest(request: HttpRequest) -> HttpResponse:
    """Somebody puts her name to what she looked at."""
    viewer = _decider(request)
    asked = check(AttestationWrite, read_body(request))
    row = attest_alignment(hash=asked.hash, requirements=asked.requirements, actor=viewer, at=now())
    return reply(attested_json(row, holds=True))


@router.post("/pair/evidence", auth=from_pair)
@between
def tell_evidence(request: HttpRequest) -> dict[str, Any]:
    """What this instance says of itself, for the other one: moments and numbers, no name of anybody."""
    raise_drift(actor=None, at=now())
    return told(own_side(at=now()))


def _decider(request: HttpRequest) -> Viewer:
    """Who may decide, asked before a body is read.

    Raises: Forbidden.
    """
    viewer = viewer_of(request)
    require_may_decide(viewer)
    return viewer


def _today() -> date:
    return today(settings.ENVIRONMENT.time_zone)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BodyInvalid([Problem("/until", "admin.rollout.until_unreadable")]) from error


def _file(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BodyInvalid([Problem("/data_base64", "import.file.not_base64")]) from error


def _sheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _differences(request: HttpRequest, viewer: Viewer, found: Compared) -> HttpResponse:
    require_may_look(viewer)
    query = read_query(request)
    page, asked, state = page_of(query, per=USUAL_PAGE), query.get("locale"), query.get("state")
    locale = asked if isinstance(asked, str) and asked else viewer.locale
    rows = [
        one
        for one in found.differences
        if state not in ("open", "accepted") or (one.id in found.accepted) is (state == "accepted")
    ]
    shown = rows[page.offset : page.offset + page.per]
    metadata = compared_json(
        found,
        idle=len(idle_acceptances(found)),
        errors=errors_of(found.document),
        attested=newest_attestation(),
    )
    return reply(
        [difference_json(one, found.accepted.get(one.id), locale) for one in shown],
        {"total": len(rows), "per": page.per, "page": page.number} | metadata,
    )
