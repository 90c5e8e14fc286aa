"""One table from the kind of a refusal to its status, and one envelope for all of them."""

from __future__ import annotations

import logging
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from cpims.access.rules.viewer import Viewer
from cpims.api.http.body import Malformed, NotJson
from cpims.api.http.reply import raw
from cpims.attachments.rules import BeyondTheEnd
from cpims.audit.actions import note_sighting
from cpims.lib.errors import (
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    Refusal,
    Stale,
    TooMany,
    TooSlow,
    Unauthenticated,
)
from cpims.lib.ids import read_id
from cpims.lib.json import dumps
from cpims.lib.request import current
from cpims.records.rules.refusals import AnswersInvalid, EditConflict

log = logging.getLogger("cpims.api")
#: PostgreSQL's code for a statement that was cancelled.
STOPPED = "57014"

#: Kind, status, and the text that Primero's clients know; the most particular kind first.
STATUS: tuple[tuple[type[Refusal], int, str], ...] = (
    (NotJson, 415, "Unsupported Media Type"),
    (Malformed, 400, "Bad Request"),
    (Unauthenticated, 401, "Unauthorized"),
    (BeyondTheEnd, 416, "Range Not Satisfiable"),
    (TooMany, 429, "Retry later"),
    (NotPermitted, 403, "Forbidden"),
    (NotFound, 404, "Not Found"),
    (Stale, 412, "Precondition Failed"),
    (EditConflict, 409, "Conflict: the same field was changed by somebody else"),
    (Conflict, 409, "Conflict: A record with this id already exists"),
    (AnswersInvalid, 422, "Invalid Record JSON"),
    (Invalid, 422, "Unprocessable Content"),
)


def status_of(refusal: Refusal) -> tuple[int, str]:
    """The status and Primero's text for a refusal."""
    for kind, status, text in STATUS:
        if isinstance(refusal, kind):
            return status, text
    return 422, "Unprocessable Content"


def error_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as the reply that tells of it."""
    status, text = status_of(refusal)
    if status in (403, 404):
        _write_down(request, refusal)
    body: dict[str, Any] = {"errors": errors_of(refusal, request.path)}
    if status == 401:
        body = {"error": refusal.params.get("text", text)} | body
    response = raw(dumps(body), status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Primero" charset="UTF8"'
    if status == 429:
        response["Retry-After"] = str(refusal.params.get("retry_after", 60))
    return response


def errors_of(refusal: Refusal, resource: str) -> list[dict[str, Any]]:
    """What the envelope tells of a refusal: one element, or one for each problem."""
    status, text = status_of(refusal)
    base: dict[str, Any] = {"status": status, "resource": resource}
    params = dict(refusal.params)
    if isinstance(refusal, AnswersInvalid):
        problems = [{"pointer": p.pointer, "code": p.code, "params": dict(p.params)} for p in refusal.problems]
        told = {"code": refusal.code, "detail": [p["pointer"] for p in problems], "problems": problems}
        return [base | {"message": text} | told]
    if isinstance(refusal, Invalid) and refusal.problems:
        errors = []
        for problem in refusal.problems:
            shown = dict(problem.params)
            known = shown.pop("primero", None)
            errors.append(
                base
                | {
                    "detail": problem.pointer.removeprefix("/"),
                    "message": [known] if known else text,
                    "code": problem.code,
                    "pointer": problem.pointer,
                    "params": shown,
                }
            )
        return errors
    if isinstance(refusal, EditConflict):
        conflicts = params.pop("conflicts", [])
        return [base | {"message": text, "code": refusal.code, "conflicts": conflicts, "params": params}]
    return [base | {"message": text, "code": refusal.code, "params": {} if status in (403, 404) else params}]


def _write_down(request: HttpRequest, refusal: Refusal) -> None:
    """A refusal stands in the book of sightings, with the record that was asked for when the address names one."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        return
    match = request.resolver_match
    ids = [found for value in (match.kwargs.values() if match else ()) if (found := read_id(value)) is not None]
    note_sighting(
        viewer,
        road=f"{request.method} {match.route if match else '-'}",
        action=refusal.code,
        record_ids=ids,
        outcome="refused",
    )


def stopped(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """A statement that ran too long was stopped by the database: a refusal; anything else there is a fault."""
    if getattr(error.__cause__, "sqlstate", "") == STOPPED:
        return error_response(request, TooSlow(retry_after=5))
    return unexpected(request, error)


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Something broke: told without its inside, written to the log with the request's id."""
    mark = current()
    number = str(mark.id) if mark else ""
    log.error("request %s failed", number, exc_info=error)
    return raw(
        dumps(
            {
                "errors": [
                    {
                        "status": 500,
                        "resource": request.path,
                        "message": "Internal Server Error",
                        "code": "unexpected",
                        "params": {"request": number},
                    }
                ]
            }
        ),
        500,
    )


def answer_refusals(api: NinjaAPI) -> None:
    """Let an API answer every refusal through the one table."""
    api.add_exception_handler(Refusal, error_response)  # type: ignore[arg-type]
    api.add_exception_handler(OperationalError, stopped)  # type: ignore[arg-type]
    api.add_exception_handler(Exception, unexpected)  # type: ignore[arg-type]
