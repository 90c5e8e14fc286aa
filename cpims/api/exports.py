"""What goes out: a record on paper as its reader may see it, a list as a spreadsheet, empty forms."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.catalogue import ACTIONS
from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body
from cpims.api.http.keys import key_of
from cpims.api.shapes.exports import PrintCase, PrintForms
from cpims.api.shapes.records import ListSheet as ListSheetAsked
from cpims.audit.actions import note_sighting
from cpims.cases.rules.kind import CASE
from cpims.exports.queries.lists import list_sheet
from cpims.exports.queries.papers import Asked, blank_paper, record_paper
from cpims.families.rules.kind import FAMILY
from cpims.incidents.rules.kind import INCIDENT
from cpims.lib.clock import now, today
from cpims.lib.ids import read_id
from cpims.records.queries.reading import get_record
from cpims.records.rules.kinds import Kind
from cpims.registry.rules.kind import REGISTRY_RECORD
from cpims.tracing.rules.kind import TRACING_REQUEST

router = Router(tags=["exports"])
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTED_AT_ONCE = 1_000


def add_papers(kind: Kind) -> None:
    """Mount what goes out of records of a kind: each on paper, where the kind has that act, and their list as a spreadsheet."""
    name, plural = kind.name, kind.plural

    @router.post(f"/{plural}/list.xlsx", summary=f"A list of {plural} as a spreadsheet")
    def list_as_sheet(request: HttpRequest) -> FileResponse:
        """Every row of a list as a spreadsheet; whose rows they were stands in the book of sightings first."""
        return _sheet(request, kind)

    if "export_pdf" not in ACTIONS[name]:
        return

    @router.post(f"/{plural}/{{{name}_id}}/print", summary=f"Print one of {plural}")
    def print_record(request: HttpRequest, record_id: str = key_of(name)) -> HttpResponse:
        """A record as PDF, as this viewer may read it; that she printed it stands in the book of sightings first."""
        viewer = viewer_of(request)
        require(viewer, name, "export_pdf")
        record = get_record(kind=name, record_id=read_id(record_id), viewer=viewer)
        wanted = check(PrintCase, read_body(request))
        asked = Asked(locale=wanted.locale, calendar=wanted.calendar, forms=_names(wanted.forms))
        paper = record_paper(record=record, viewer=viewer, asked=asked, at=now())
        note_sighting(
            viewer,
            road=f"{plural}.print",
            action="print",
            record_kind=name,
            record_ids=[record.id],
            fields=",".join(asked.forms)[:80] if asked.forms is not None else "all",
        )
        return _pdf(paper, f"{name}-{record.display_id}.pdf")


def _sheet(request: HttpRequest, kind: Kind) -> FileResponse:
    viewer = viewer_of(request)
    require(viewer, kind.name, "export_xls")
    require(viewer, kind.name, "read")
    wanted = check(ListSheetAsked, read_body(request))
    query = wanted.model_dump(exclude={"columns", "locale"}, exclude_none=True)
    sheet = list_sheet(
        kind=kind.name,
        viewer=viewer,
        query=query,
        columns=wanted.columns,
        locale=wanted.locale,
        today=today(settings.ENVIRONMENT.time_zone),
    )
    for start in range(0, max(len(sheet.ids), 1), NOTED_AT_ONCE):
        note_sighting(
            viewer,
            road=f"{kind.plural}.list.xlsx",
            action="export",
            record_kind=kind.name,
            record_ids=sheet.ids[start : start + NOTED_AT_ONCE],
            fields=",".join(sheet.columns)[:80],
            query=wanted.query,
        )
    response = FileResponse(sheet.file, as_attachment=True, filename=f"{kind.plural}.xlsx", content_type=SHEET)
    response["Cache-Control"] = "no-store"
    return response


for _each in (CASE, INCIDENT, TRACING_REQUEST, FAMILY, REGISTRY_RECORD):
    add_papers(_each)


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
