"""Papers: a case as its reader may see it, and empty forms, as PDF."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body
from cpims.api.shapes.exports import PrintCase, PrintForms
from cpims.api.shapes.records import ListSheet as ListSheetAsked
from cpims.audit.actions import note_sighting
from cpims.exports.queries.lists import list_sheet
from cpims.exports.queries.papers import Asked, blank_paper, case_paper
from cpims.lib.clock import now, today
from cpims.lib.ids import read_id
from cpims.records.queries.reading import get_record

router = Router(tags=["exports"])
KIND = "case"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTED_AT_ONCE = 1_000


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


@router.post("/cases/list.xlsx", summary="A list of cases as a spreadsheet")
def list_as_sheet(request: HttpRequest) -> FileResponse:
    """Every row of a list as a spreadsheet; whose rows they were stands in the book of sightings first."""
    viewer = viewer_of(request)
    require(viewer, KIND, "export_xls")
    require(viewer, KIND, "read")
    wanted = check(ListSheetAsked, read_body(request))
    query = wanted.model_dump(exclude={"columns", "locale"}, exclude_none=True)
    sheet = list_sheet(
        kind=KIND,
        viewer=viewer,
        query=query,
        columns=wanted.columns,
        locale=wanted.locale,
        today=today(settings.ENVIRONMENT.time_zone),
    )
    for start in range(0, max(len(sheet.ids), 1), NOTED_AT_ONCE):
        note_sighting(
            viewer,
            road="cases.list.xlsx",
            action="export",
            record_kind=KIND,
            record_ids=sheet.ids[start : start + NOTED_AT_ONCE],
            fields=",".join(sheet.columns)[:80],
            query=wanted.query,
        )
    response = FileResponse(sheet.file, as_attachment=True, filename="cases.xlsx", content_type=SHEET)
    response["Cache-Control"] = "no-store"
    return response


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
