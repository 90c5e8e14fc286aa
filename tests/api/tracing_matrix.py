"""The rows of the matrix for traces, their matches, decisions, the way back, and runs over all of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from cpims.cases.actions import amend_case
from cpims.records.models import Record
from cpims.records.rules.editing import Edit
from cpims.tracing.models import Rematch, TraceMatch
from tests.api.rows import Row
from tests.cast import AT, viewer
from tests.tracing import NOOR, put_tracing, request_of_mariam, trace

CASEWORK = "amina bilal chantal farid"
V2, V1 = "/api/v2", "/api/cpims/v1"
CASE, OUR_CASE = f"{V2}/cases/{{case_id}}", f"{V1}/cases/{{case_id}}"
TRACE, OURS = f"{V2}/traces/{{trace_id}}", f"{V1}/traces/{{trace_id}}"
SEEN = {"forbidden": "esther", "hidden": "dawit"}


def tracing_places(path: str) -> dict[str, Any]:
    """Amina's request of Mariam, who looks for Noor; Noor's case was rejected once, by answers that have changed since."""
    put_tracing()
    edit = Edit(values={"consent_for_tracing": True})
    case = amend_case(case_id=Record.objects.of_kind("case").get().id, edit=edit, actor=viewer("amina"), at=AT).record
    request = request_of_mariam()
    TraceMatch.objects.create(
        trace=trace(), case=case, decision="rejected", score=0.7, likelihood="possible", by="chantal", at=AT
    )
    status = "running" if "cancel" in path else "done"
    run = Rematch.objects.create(id=uuid4(), status=status, created_at=AT, worked_at=AT)
    return {"trace_id": str(NOOR), "tracing_request_id": str(request.id), "run_id": str(run.id)}


def _case() -> str:
    return str(Record.objects.get(pk=TraceMatch.objects.get().case_id).id)


def match() -> Any:
    """The case in which Noor was found, as Primero's clients say it."""
    return {"data": {"matched_case_id": _case()}}


def decision() -> Any:
    """The case that is decided about."""
    return {"case": _case(), "note": "She knew the song"}


TRACING_ROWS: tuple[Row, ...] = (
    Row("GET", f"{V2}/tracing_requests/{{tracing_request_id}}/traces", CASEWORK, **SEEN, queries=4),
    Row("GET", TRACE, CASEWORK, **SEEN, queries=3),
    *(Row(method, TRACE, CASEWORK, **SEEN, body=match) for method in ("PATCH", "PUT")),
    Row("GET", f"{CASE}/traces", CASEWORK, **SEEN, queries=4),
    Row("GET", f"{TRACE}/potential_matches", CASEWORK, **SEEN, queries=10),
    Row("GET", f"{CASE}/potential_matches", CASEWORK, **SEEN, queries=10),
    Row("GET", f"{OURS}/matches", CASEWORK, **SEEN, queries=10),
    Row("GET", f"{OUR_CASE}/matches", CASEWORK, **SEEN, queries=10),
    *(Row("POST", f"{OURS}/{act}", CASEWORK, **SEEN, body=decision) for act in ("confirm", "reject", "undo")),
    Row("GET", f"{OUR_CASE}/journey", CASEWORK, **SEEN, queries=4),
    Row("GET", f"{V1}/rematches", "farid", "amina bilal chantal dawit esther", queries=2),
    Row("POST", f"{V1}/rematches", "farid", "amina bilal chantal dawit esther"),
    Row("POST", f"{V1}/rematches/{{run_id}}/cancel", "farid", "amina bilal chantal dawit esther"),
)
