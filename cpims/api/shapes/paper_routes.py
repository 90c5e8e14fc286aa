"""The routes on which records of the kinds beside cases go out: on paper, and their lists as spreadsheets."""

from __future__ import annotations

from cpims.api.shapes.exports import PrintCase
from cpims.api.shapes.records import ListSheet
from cpims.api.shapes.route import V1, Route

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRINTED = {"incidents": "An incident", "tracing_requests": "A tracing request", "families": "A family"}
LISTED = (*PRINTED, "registry_records")

PAPER_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", f"{V1}/{plural}/list.xlsx"): Route(
        f"A list of {plural.replace('_', ' ')} as a spreadsheet", request=ListSheet, wrapper="", media=SHEET,
        statuses=(429,),
    )
    for plural in LISTED
} | {
    ("POST", f"{V1}/{plural}/{{id}}/print"): Route(
        f"{one} on paper, as this viewer may read it", request=PrintCase, wrapper="", media="application/pdf"
    )
    for plural, one in PRINTED.items()
}  # fmt: skip
