"""The books of what was done and seen: searched, as a spreadsheet, and as Primero lists them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any, Final, cast

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.audit_json import acts_called, entry_json, log_json, things_called
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.keys import told
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.audit_logs import AuditSearch, AuditSheet, AuditWanted
from cpims.audit.actions import note_sighting
from cpims.audit.queries import EntriesAsked, entries_in_order, find_entries
from cpims.exports.formats.sheets import Cell, Sheet, write_sheet
from cpims.forms.queries.bootstrap import RIGHT_TO_LEFT
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.lib.json import read_moment
from cpims.lib.messages import catalogue, sentence
from cpims.settings.queries import settings_at

router = Router(tags=["audit"])
ours = Router(tags=["audit"])
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows of one sheet; whoever needs more takes it day by day.
MOST_ROWS: Final = 100_000
COLUMNS: Final = ("at", "happened_at", "user_name", "action", "outcome", "record_type", "records", "subject", "role")
SHOWN_RECORDS: Final = 20


@router.get("/audit_logs")
def list_audit_logs(request: HttpRequest) -> HttpResponse:
    """What was done and seen, as Primero lists it; a filter with an unknown word is not used, as there."""
    viewer, query = viewer_of(request), read_query(request)
    require(viewer, "audit_log", "read")
    page = page_of(query, per=100)
    acts = acts_called(_listed(query.get("audit_log_actions")))
    things = things_called(_listed(query.get("record_type")))
    asked = EntriesAsked(
        user_name=_text(query.get("user_name")),
        start=read_moment(query.get("from")),
        stop=read_moment(query.get("to")),
        actions=acts,
        things=things,
    )
    rows, total, is_exact = find_entries(
        viewer,
        asked,
        offset=page.offset,
        length=page.per,
        by_name=query.get("order_by") in ("user_name", "record_user_name"),
        ascending=query.get("order") == "asc",
    )
    note_sighting(viewer, road="audit_logs.list", action="list", record_kind="audit_log")
    metadata = {"total": total, "per": page.per, "page": page.number} | ({} if is_exact else {"total_exact": False})
    unused = [
        name for name, used in (("audit_log_actions", acts), ("record_type", things)) if query.get(name) and not used
    ]
    return reply([log_json(row) for row in rows], metadata | (told([_unused(name) for name in unused]) or {}))


@ours.post("/audit_log/search")
def search_audit_log(request: HttpRequest) -> HttpResponse:
    """A page of what was done and seen; what is searched for stands in no address."""
    viewer = _reader(request)
    wanted = check(AuditSearch, read_body(request))
    rows, total, is_exact = find_entries(
        viewer, _asked(wanted), offset=(wanted.page - 1) * wanted.per, length=wanted.per
    )
    _note(viewer, wanted, "audit_log.search", "search")
    metadata = {"total": total, "per": wanted.per, "page": wanted.page} | ({} if is_exact else {"total_exact": False})
    return reply([entry_json(row) for row in rows], metadata)


@ours.post("/audit_log/list.xlsx")
def audit_log_as_sheet(request: HttpRequest) -> FileResponse:
    """What was found in the books as a spreadsheet; that it was taken out stands in the book of sightings first."""
    viewer = _reader(request)
    wanted = check(AuditSheet, read_body(request))
    decided = settings_at(viewer.configuration)
    usual = viewer.locale if viewer.locale in decided.locales else decided.default_locale
    locale = wanted.locale if wanted.locale in decided.locales else usual
    _note(viewer, wanted, "audit_log.list.xlsx", "export")

    def rows() -> Iterator[list[Cell]]:
        for entry in entries_in_order(viewer, _asked(wanted), most=MOST_ROWS):
            row = entry_json(entry) | {"records": " ".join(str(one) for one in entry.records[:SHOWN_RECORDS])}
            for name in ("action", "outcome", "record_type"):
                row[name] = _word(locale, name, row[name])
            yield [row[name] for name in COLUMNS]

    file = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115 - handed to the reply, which closes it
    heads = [sentence(locale, f"admin.audit.column.{name}") for name in COLUMNS]
    write_sheet(file, Sheet(sentence(locale, "admin.audit.title"), locale in RIGHT_TO_LEFT, heads), rows())
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename="audit_log.xlsx", content_type=SHEET)
    response["Cache-Control"] = "no-store"
    return response


def _unused(name: str) -> dict[str, str]:
    return {"pointer": f"/{name}", "code": "not_an_option"}


def _reader(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    require(viewer, "audit_log", "read")
    return viewer


def _note(viewer: Viewer, wanted: AuditWanted, road: str, action: str) -> None:
    """Whoever searches the books stands in them: what for is kept as a digest, whose record as its id."""
    record = read_id(wanted.record_id) if wanted.record_id else None
    note_sighting(
        viewer, road=road, action=action, record_kind="audit_log", record_ids=[record] if record else [],
        query=wanted.user_name,
    )  # fmt: skip


def _asked(wanted: AuditWanted) -> EntriesAsked:
    """Raises: BodyInvalid."""
    read = {name: read_moment(getattr(wanted, name)) for name in ("start", "stop")}
    record = read_id(wanted.record_id) if wanted.record_id else None
    wrong = [f"/{name}" for name, value in read.items() if value is None and getattr(wanted, name) is not None]
    if wanted.record_id and record is None:
        wrong.append("/record_id")
    if wrong:
        raise BodyInvalid([Problem(pointer, "body.invalid") for pointer in wrong])
    return EntriesAsked(
        user_name=wanted.user_name or "",
        record=record,
        things=wanted.record_types,
        sort=wanted.sort or "",
        actions=wanted.actions,
        start=read["start"],
        stop=read["stop"],
    )


def _word(locale: str, column: str, name: str) -> str:
    """An entry's word as a person reads it; what has no words yet stays as it is."""
    words = {
        "action": (f"event.{name}", f"admin.audit.action.{name}", name),
        "outcome": (f"admin.audit.outcome.{name}",),
    }
    for key in words.get(column, (f"admin.audit.type.{name}",)):
        if key in catalogue("en"):
            return sentence(locale, key)
    return name


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
