"""Agencies: list, enter, read, change, switch off."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.teams import change_agency, create_agency, disable_agency
from cpims.accounts.models import Agency
from cpims.accounts.queries.standing import find_agencies, get_agency, in_order
from cpims.accounts.queries.terms import get_terms
from cpims.accounts.rules.refusals import AgencyInvalid
from cpims.accounts.rules.teams import AGENCY_KEYS, AGENCY_LATER
from cpims.accounts.rules.terms import CONTENT, FILE_NAME, read_terms
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import changeable, flags, is_true, sift, told
from cpims.api.http.lists import sliced
from cpims.api.http.prefer import once
from cpims.api.http.query import read_query
from cpims.api.http.reply import no_content, reply
from cpims.attachments.formats.papers import pdf_without_properties
from cpims.attachments.formats.refusing import Unusable
from cpims.lib.clock import iso, now
from cpims.lib.errors import Problem
from cpims.settings.queries import settings_at

router = Router(tags=["agencies"])
ours = Router(tags=["agencies"])
PLAIN = (
    "id unique_id agency_code order telephone services logo_enabled pdf_logo_option terms_of_use_enabled disabled "
    "contact_email contact_name contact_phone notes exclude_agency_from_lookups"
).split()
ORDERS = ("id", "unique_id", "agency_code", "order", "telephone", "created_at", "updated_at", "disabled")
LOCALIZED = ("name", "description")
REASONS = dict.fromkeys(AGENCY_LATER, "agency.key.later")


def agency_json(agency: Agency, locales: tuple[str, ...]) -> dict[str, Any]:
    """An agency as the API shows it; every enabled language is there, the missing ones empty."""
    shown: dict[str, Any] = {key: getattr(agency, key) for key in PLAIN}
    for key in LOCALIZED:
        texts = getattr(agency, key) or {}
        shown[key] = {locale: texts.get(locale) or "" for locale in locales} | {
            k: v for k, v in texts.items() if k not in locales
        }
    moment = agency.terms_of_use_uploaded_at
    paper = {"terms_of_use": f"/api/cpims/v1/agencies/{agency.id}/terms_of_use"} if moment else {}
    return shown | {"terms_of_use_uploaded_at": iso(moment) if moment else None} | paper


@router.get("/agencies", summary="List agencies")
def list_agencies(request: HttpRequest) -> HttpResponse:
    """The agencies in the viewer's reach."""
    viewer = viewer_of(request)
    query = read_query(request)
    found = find_agencies(viewer, managed=is_true(query.get("managed")), disabled=flags(query.get("disabled")))
    order, descending = query.get("order_by"), query.get("order") == "desc"
    locale = str(query.get("locale") or "en")
    if order in LOCALIZED:
        found = in_order(found, lambda agency: getattr(agency, order).get(locale), descending=descending)
    elif order in ORDERS:
        found = in_order(found, lambda agency: getattr(agency, order), descending=descending)
    rows, metadata = sliced(found, query, always=True)
    locales = settings_at(viewer.configuration).locales
    return reply([agency_json(agency, locales) for agency in rows], metadata)


@router.post("/agencies", summary="Enter an agency")
def add_agency(request: HttpRequest) -> HttpResponse:
    """Enter an agency; 204 when the client made the id."""
    viewer = viewer_of(request)
    require(viewer, "agency", "manage")
    return once(request, viewer, lambda: _add(request, viewer))


def _add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    data = read_data(request)
    values, ignored = sift(request, data, AGENCY_KEYS, REASONS, others="agency.key.unknown")
    agency = create_agency(values=_with_terms(values), actor=viewer, at=now())
    return no_content() if data.get("id") is not None else _shown(agency, viewer, ignored)


@router.get("/agencies/{agency_id}", summary="Read an agency")
def show_agency(request: HttpRequest, agency_id: str) -> HttpResponse:
    """One agency."""
    viewer = viewer_of(request)
    return _shown(get_agency(viewer, agency_id), viewer, [])


@router.api_operation(["PATCH", "PUT"], "/agencies/{agency_id}", summary="Change an agency")
def alter_agency(request: HttpRequest, agency_id: str) -> HttpResponse:
    """Change an agency."""
    viewer = viewer_of(request)
    agency = get_agency(viewer, agency_id, "write")
    data = read_data(request)
    keys = changeable(AGENCY_KEYS, data, id=agency.id)
    values, ignored = sift(request, data, keys, REASONS, others="agency.key.unknown")
    changed = change_agency(agency_id=agency.id, values=_with_terms(values), actor=viewer, at=now())
    return _shown(changed, viewer, ignored)


@ours.get("/agencies/{agency_id}/terms_of_use", summary="The terms of use of an agency", response=None)
def download_terms(request: HttpRequest, agency_id: str) -> HttpResponse:
    """The paper that everybody of an agency accepts, as a PDF to be kept and read."""
    content = get_terms(agency_id, viewer=viewer_of(request))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="terms-of-use.pdf"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


def _with_terms(values: dict[str, Any]) -> dict[str, Any]:
    """The paper that was sent, looked through: nothing that runs, nothing about who wrote it."""
    if not {CONTENT, FILE_NAME} & values.keys():
        return values
    content, problems = read_terms(values)
    if content is not None:
        try:
            if not content.startswith(b"%PDF-"):
                raise Unusable("terms_of_use.not_pdf")
            content = pdf_without_properties(content)
        except Unusable as error:
            problems = [Problem(f"/{CONTENT}", error.code)]
    if problems:
        raise AgencyInvalid(problems)
    return {key: value for key, value in values.items() if key not in (CONTENT, FILE_NAME)} | {"terms_of_use": content}


@router.delete("/agencies/{agency_id}", summary="Switch an agency off")
def remove_agency(request: HttpRequest, agency_id: str) -> HttpResponse:
    """Take an agency out of use."""
    viewer = viewer_of(request)
    agency = get_agency(viewer, agency_id, "write")
    return reply({"id": disable_agency(agency_id=agency.id, actor=viewer, at=now()).id})


def _shown(agency: Agency, viewer: Viewer, ignored: list[dict[str, Any]]) -> HttpResponse:
    return reply(agency_json(agency, settings_at(viewer.configuration).locales), told(ignored))
