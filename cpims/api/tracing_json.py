"""Traces and their matches as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.lib.clock import iso
from cpims.records.models import Record
from cpims.records.queries.reading import served_all
from cpims.tracing.models import Trace
from cpims.tracing.queries.matches import Found, Match, Stranger
from cpims.tracing.queries.traces import Told
from cpims.tracing.rules.comparing import Compared, compare_child, compare_family, row_of
from cpims.tracing.rules.deciding import CASE, MATCHED_CASE, NOTE

#: What is shown of a case beside its answers.
OF_CASE: Final = ("case_id_display", "name", "age", "sex", "owned_by", "owned_by_agency_id")
FILES: Final = {"view_photo": "photos", "view_audio": "recorded_audio"}
#: Keys of a row that a trace says otherwise.
SAID_OTHERWISE: Final = frozenset({"unique_id", MATCHED_CASE})


def traces_json(traces: Sequence[Trace], viewer: Viewer, *, today: date) -> tuple[list[dict[str, Any]], list[UUID]]:
    """Traces with, where their case is in sight too, how the two compare; and the cases that are shown by that."""
    told = Told(viewer, today=today)
    wanted = {trace.matched_case_id for trace in traces if trace.matched_case_id}
    sight = Record.objects.visible_to(viewer).of_kind(CASE) if viewer.may(CASE, "read") else Record.objects.none()
    cases = sight.in_bulk(sorted(wanted)) if wanted else {}
    told.read([*cases.values(), *(trace.request for trace in traces)])
    shown = []
    for trace in traces:
        one = _trace(trace, told.of(trace.request))
        case = cases.get(trace.matched_case_id) if trace.matched_case_id else None
        if case is not None:
            one["matched_case_comparison"] = _comparison(trace, case, told)
        shown.append(one)
    return shown, list(cases)


def potential_matches_json(found: Found, viewer: Viewer, *, today: date) -> list[dict[str, Any]]:
    """What may match, as Primero's clients read it; what was rejected is not among them."""
    beside = _Beside(found, viewer, today)
    return [
        {
            "likelihood": one.score.likelihood.value,
            "score": one.score.value,
            "case": beside.case(one),
            "trace": beside.trace(one),
            "comparison": _comparison(one.trace, one.case, beside.told),
        }
        for one in found.matches
        if not one.rejected
    ]


def matches_json(found: Found, viewer: Viewer, *, today: date) -> list[dict[str, Any]]:
    """What may match with the reasons, side by side, and what was decided; cases out of sight after all others."""
    beside = _Beside(found, viewer, today)
    return [*(_match(one, beside) for one in found.matches), *(_outside(one) for one in found.strangers)]


class _Beside:
    """The cases and requests of matches as they are shown beside each other, looked up at once."""

    def __init__(self, found: Found, viewer: Viewer, today: date) -> None:
        """Look at all of them."""
        self.told = found.told or Told(viewer, today=today)
        self.files = [name for action, name in FILES.items() if viewer.may("potential_match", action)]
        cases, requests = [one.case for one in found.matches], [one.trace.request for one in found.matches]
        self.cases = _served(cases, viewer, (*OF_CASE, *self.files), today)
        self.requests = _served(requests, viewer, self.files, today) if self.files else {}

    def case(self, one: Match) -> dict[str, Any]:
        """The case of a match."""
        shown = self.cases[one.case.id]
        return {"id": str(one.case.id)} | {name: shown.get(name) for name in OF_CASE} | self._files(shown)

    def trace(self, one: Match) -> dict[str, Any]:
        """The trace of a match; the photos are those of its request."""
        files = self._files(self.requests.get(one.trace.request_id, {}))
        return _trace(one.trace, self.told.of(one.trace.request)) | files

    def _files(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        return {name: shown.get(name) or [] for name in self.files}


def _served(records: Iterable[Record], viewer: Viewer, names: Sequence[str], today: date) -> dict[UUID, dict[str, Any]]:
    each = list({record.id: record for record in records}.values())
    shown = served_all(each, viewer, today=today, names=names, in_sight=True)
    return {record.id: one for record, one in zip(each, shown, strict=True)}


def _trace(trace: Trace, said: Mapping[str, Any]) -> dict[str, Any]:
    row = row_of(said, str(trace.id))
    answers = {name: value for name, value in row.items() if name not in SAID_OTHERWISE}
    return (
        answers
        | {name: said[name] for name in ("relation_name", "inquiry_date") if name in said}
        | {
            "id": str(trace.id),
            MATCHED_CASE: str(trace.matched_case_id) if trace.matched_case_id else None,
            "tracing_request_id": str(trace.request_id),
            "inquirer_id": trace.request.display_id,
        }
    )


def _comparison(trace: Trace, case: Record, told: Told) -> dict[str, Any]:
    child, family = _compared(trace, case, told)
    return {"case_to_trace": child, "family_to_inquirer": family}


def _compared(trace: Trace, case: Record, told: Told) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    request, answers = told.of(trace.request), told.of(case)
    row = row_of(request, str(trace.id))
    child = [_line(one) for one in compare_child(answers, request, row)]
    return child, [[_line(one) for one in person] for person in compare_family(answers, request, row)]


def _line(one: Compared) -> dict[str, Any]:
    return {"field_name": one.field, "match": one.match, "case_value": one.case, "trace_value": one.trace}


def _match(one: Match, beside: _Beside) -> dict[str, Any]:
    child, family = _compared(one.trace, one.case, beside.told)
    return {
        "likelihood": one.score.likelihood.value,
        "score": one.score.value,
        "reasons": [
            {"code": why.code, "part": why.part, "weight": round(why.weight, 1), "params": dict(why.params)}
            for why in one.score.reasons
        ],
        "case": beside.case(one),
        "trace": beside.trace(one),
        "outside": None,
        "compared": child,
        "family": family,
        "decided": one.decided
        and {
            "decision": one.decided.decision,
            "by": one.decided.by,
            "at": iso(one.decided.at),
            NOTE: one.decided.note,
        },
        "elsewhere": one.elsewhere,
        "may_decide": one.may_decide,
    }


def _outside(one: Stranger) -> dict[str, Any]:
    return {
        "likelihood": one.likelihood.value,
        "score": 0.0,
        "reasons": [],
        "case": {},
        "trace": {},
        "outside": {"agency": one.agency, "owner": one.owner},
        "compared": [],
        "family": [],
        "decided": None,
        "elsewhere": False,
        "may_decide": False,
    }
