"""Tables of people and places: what one would do, and bringing it in as shown."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.prefer import once
from cpims.api.http.reply import reply
from cpims.api.shapes.imports import ImportAsked, ImportWanted
from cpims.imports.actions import cancel_import, import_table, plan_import, watched
from cpims.imports.formats import address
from cpims.imports.models import ImportRun
from cpims.imports.queries.runs import get_run
from cpims.imports.rules.plans import Kind, Outcome, Plan, require_may_import, require_may_import_some
from cpims.lib.clock import now
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id

router = Router(tags=["imports"])
#: So many rows are told one by one; all are counted.
MOST_CHANGED: Final = 500
MOST_BAD: Final = 5_000


@router.post("/imports", summary="What a table would do")
def plan_table(request: HttpRequest) -> HttpResponse:
    """The rows that are new, that change something, that say what stands already, and every cell that is wrong."""
    viewer = viewer_of(request)
    require_may_import_some(viewer)
    asked = check(ImportAsked, read_body(request))
    kind, content = _permitted(viewer, asked.kind), _file(asked.data_base64)
    with watched(asked.watch, viewer) as tell:
        return reply(_json(plan_import(kind=kind, content=content, actor=viewer, at=now(), tell=tell)))


@router.post("/imports/apply", summary="Bring in a table as it was shown")
def apply_table(request: HttpRequest) -> HttpResponse:
    """All good rows are stored, or nothing when the file or what is stored is another than in the plan."""
    viewer = viewer_of(request)
    require_may_import_some(viewer)

    def act() -> HttpResponse:
        wanted = check(ImportWanted, read_body(request))
        kind, content = _permitted(viewer, wanted.kind), _file(wanted.data_base64)
        with watched(wanted.watch, viewer) as tell:
            plan = import_table(
                kind=kind,
                content=content,
                plan_hash=wanted.hash,
                leave_out_bad=wanted.leave_out_bad,
                actor=viewer,
                at=now(),
                tell=tell,
            )
        return reply(_json(plan))

    return once(request, viewer, act)


@router.get("/imports/{run_id}", summary="How far a table has come")
def show_progress(request: HttpRequest, run_id: str) -> HttpResponse:
    """What is being done with a table of hers, and how many of its rows are done."""
    return reply(_run(get_run(read_id(run_id), viewer_of(request))))


@router.delete("/imports/{run_id}", summary="Call a table back")
def cancel_table(request: HttpRequest, run_id: str) -> HttpResponse:
    """A table that is being worked on is called back; nothing of it is stored."""
    return reply(_run(cancel_import(run_id=read_id(run_id), actor=viewer_of(request), at=now())))


def _run(run: ImportRun) -> dict[str, Any]:
    return {
        "id": str(run.id), "phase": run.phase, "done": run.done, "total": run.total, "cancelled": run.is_cancelled
    }  # fmt: skip


def _permitted(viewer: Viewer, kind: str) -> Kind:
    require_may_import(viewer, Kind(kind))
    return Kind(kind)


def _file(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BodyInvalid([Problem("/data_base64", "import.file.not_base64")]) from error


def _json(plan: Plan) -> dict[str, Any]:
    bad = plan.bad_rows
    problems: dict[int, list[dict[str, Any]]] = {row: [] for row in bad[:MOST_BAD]}
    for cell in plan.bad:
        if cell.row in problems:
            place = {"cell": address(cell.row, cell.column), "column": _head(plan, cell.column)}
            problems[cell.row].append(place | {"code": cell.code, "params": dict(cell.params)})
    changed = [one for one in plan.planned if one.outcome is Outcome.CHANGE]
    return {
        "kind": plan.kind.value,
        "hash": plan.hash,
        "rows": plan.rows,
        "create": plan.count(Outcome.CREATE),
        "change": len(changed),
        "same": plan.count(Outcome.SAME),
        "bad": len(bad),
        "invited": plan.invited,
        "encoding": plan.encoding,
        "heads": plan.heads,
        "ignored": [
            {"cell": address(plan.heads_row, column), "column": _head(plan, column)} for column in plan.ignored
        ],
        "changed": [
            {"row": one.row + 1, "name": one.name, "keys": sorted(one.changes)} for one in changed[:MOST_CHANGED]
        ],
        "bad_rows": [{"row": row + 1, "cells": plan.cells[row], "problems": problems[row]} for row in problems],
    }


def _head(plan: Plan, column: int | None) -> str | None:
    return plan.heads[column] if column is not None and column < len(plan.heads) else None
