"""Papers: a case as its reader may see it, and empty forms, as PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body
from cpims.api.shapes.exports import PrintCase, PrintForms
from cpims.audit.actions import note_sighting
from cpims.exports.queries.papers import Asked, blank_paper, case_paper
from cpims.lib.clock import now
from cpims.lib.ids import read_id
from cpims.records.queries.reading import get_record

router = Router(tags=["exports"])
KIND = "case"


@router.post("/cases/{case_id}/print", summary="Print a case")
def print_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """A case as PDF, as this viewer may read it; that she printed it stands in the book of sightings first."""
    viewer = viewer_of(request)
    require(viewer, KIND, "export_pdf")
    case = get_record(kind=KIND, record_id=read_id(case_id), viewer=viewer)
    wanted = check(PrintCase, read_body(request))
    asked = Asked(locale=wanted.locale, calendar=wanted.calendar, forms=_names(wanted.forms))
    paper = case_paper(record=case, viewer=viewer, asked=asked, at=now())
    note_sighting(
        viewer,
        road="cases.print",
        action="print",
        record_kind=KIND,
        record_ids=[case.id],
        fields=",".join(asked.forms)[:80] if asked.forms is not None else "all",
    )
    return _pdf(paper, f"case-{case.display_id}.pdf")


@router.post("/forms/print", summary="Print empty forms")
def print_forms(request: HttpRequest) -> HttpResponse:
    """Empty forms as PDF, to be filled in by hand."""
    viewer = viewer_of(request)
    wanted = check(PrintForms, read_body(request))
    asked = Asked(
        locale=wanted.locale,
        calendar=wanted.calendar,
        forms=_names(wanted.forms),
        module=wanted.module_id,
        record_type=wanted.record_type,
    )
    return _pdf(blank_paper(viewer=viewer, asked=asked, at=now()), "forms.pdf")


def _names(forms: list[str] | None) -> tuple[str, ...] | None:
    return None if forms is None else tuple(forms)


def _pdf(paper: bytes, name: str) -> HttpResponse:
    response = HttpResponse(paper, content_type="application/pdf")
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-_") else "-" for sign in name)
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    response["Cache-Control"] = "no-store"
    return response
