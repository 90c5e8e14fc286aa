"""Traces of requests in sight, and what was decided about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from cpims.access.rules.viewer import Viewer, require
from cpims.cases.rules.persons import COMPARED, person_of
from cpims.lib.json import read_moment
from cpims.matching.rules.persons import Birth, Person
from cpims.records.models import Record
from cpims.records.queries.companions import whole_answers
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import served_all
from cpims.records.queries.setup import places
from cpims.records.rules.kinds import MASK
from cpims.tracing.models import Trace, TraceMatch
from cpims.tracing.rules.comparing import CHILD, RELATIVE, row_of
from cpims.tracing.rules.deciding import CASE, TRACING
from cpims.tracing.rules.persons import (
    OF_THE_ADULT,
    SEPARATION,
    TRACES,
    mark_of,
    person_of_trace,
)
from cpims.tracing.rules.refusals import TraceNotFound

#: What is looked at of a request and of a case when they are compared.
OF_REQUEST: Final = frozenset((TRACES, "inquiry_date", *RELATIVE, *SEPARATION, *OF_THE_ADULT.values()))
OF_CASE: Final = COMPARED.union(CHILD)
UNUSED: Final = ("row", "facets", "facet_keys", "name_keys", "identifiers", "tasks", "incomplete")


def visible_traces(viewer: Viewer) -> QuerySet[Trace]:
    """The traces of requests in sight; a row that was taken out of its request is none."""
    requests = Record.objects.visible_to(viewer).of_kind(TRACING)
    return Trace.objects.filter(request__in=requests, removed=False)


def get_trace(trace_id: UUID | None, *, viewer: Viewer, action: str = "read") -> Trace:
    """One trace whose request is in sight, with its request.

    Raises: Forbidden, TraceNotFound.
    """
    require(viewer, TRACING, action)
    found = visible_traces(viewer).filter(pk=trace_id).select_related("request").first() if trace_id else None
    if found is None:
        raise TraceNotFound
    return found


def traces_of(request: Record) -> list[Trace]:
    """The traces of a request in sight, in the order of its rows."""
    rows = list(Trace.objects.filter(request=request, removed=False).order_by("number", "id"))
    for row in rows:
        row.request = request
    return rows


def find_matched_traces(case: Record, *, viewer: Viewer) -> list[Trace]:
    """The traces that a case in sight was found for, as far as their requests are in sight too."""
    if not viewer.may(TRACING, "read"):
        return []
    rows = visible_traces(viewer).filter(matched_case=case).select_related("request")
    return list(rows.order_by("matched_at", "id"))


def standing_decisions(traces: Collection[UUID], cases: Collection[UUID]) -> Mapping[tuple[UUID, UUID], TraceMatch]:
    """The newest decision about each pair; whoever asks says which of them are in sight."""
    rows = TraceMatch.objects.filter(trace_id__in=list(traces), case_id__in=list(cases)).order_by("id")
    return {(row.trace_id, row.case_id): row for row in rows}


def marks_of_cases(cases: Sequence[Record], paths: Mapping[str, tuple[str, ...]]) -> dict[UUID, str]:
    """For each case a mark that is the same as long as nothing that weighs has changed, whoever reads it and wherever the
    answers lie."""
    answers = whole_answers(cases)
    return {
        case.id: mark_of(
            person_of(answers[case.id], name=case.name, birth=birth_known(case), places=paths, identifiers={})
        )
        for case in cases
    }


class Told:
    """What a viewer reads of requests and cases when they are compared, asked for once for all of them."""

    def __init__(self, viewer: Viewer, *, today: date) -> None:
        """Nothing is looked at yet."""
        self.viewer = viewer
        self.today = today
        self.places = places(viewer.configuration)
        self._said: dict[UUID, dict[str, Any]] = {}

    def read(self, records: Iterable[Record]) -> None:
        """Look at some more records in sight."""
        new = {record.id: record for record in records if record.id not in self._said}
        for kind, names in ((CASE, OF_CASE), (TRACING, OF_REQUEST)):
            ours = [record for record in new.values() if record.kind == kind]
            shown = served_all(ours, self.viewer, today=self.today, names=names, in_sight=True) if ours else []
            for record, said in zip(ours, shown, strict=True):
                self._said[record.id] = {name: value for name, value in said.items() if value != MASK}

    def of(self, record: Record) -> Mapping[str, Any]:
        """What she reads of a record: what is hidden from her is not there."""
        if record.id not in self._said:
            self.read([record])
        return self._said[record.id]

    def person_of_trace(self, trace: Trace) -> Person:
        """The child who is looked for, as far as this viewer reads."""
        said = self.of(trace.request)
        row = row_of(said, str(trace.id))
        return person_of_trace(said, row, places=self.places, recorded_on=told_on(trace.request))

    def person_of_case(self, case: Record) -> Person:
        """The child of a case, as far as this viewer reads."""
        said = self.of(case)
        reads = "name" in readable_of(case, self.viewer) and not case.is_masked_for(self.viewer)
        birth = birth_known(case) if said.keys() & {"age", "date_of_birth"} else None
        name = case.name if reads else None
        return person_of(said, name=name, birth=birth, places=self.places, identifiers={})


def birth_known(case: Record) -> Birth | None:
    """Between which days the child of a case was born."""
    if case.birth_from is None or case.birth_to is None:
        return None
    return Birth(case.birth_from, case.birth_to, case.data.get("estimated") is True)


def told_on(request: Record) -> date:
    """The day on which an adult told how old her children are."""
    moment = read_moment(request.data.get("inquiry_date"))
    return moment.date() if moment else request.created_at.date()
