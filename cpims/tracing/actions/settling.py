"""The traces of a request follow its rows: one for each child who is looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from cpims.access.rules.viewer import Viewer
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.matching.rules import name_keys, phone_keys
from cpims.records.actions.companions import register_companion
from cpims.records.models import Record
from cpims.records.queries.setup import places
from cpims.records.rules.editing import Base
from cpims.records.rules.refusals import AnswersInvalid
from cpims.tracing.models import Trace
from cpims.tracing.queries.traces import told_on
from cpims.tracing.rules.deciding import MATCHED_CASE, TRACING
from cpims.tracing.rules.persons import TRACES, Answers, mark_of, person_of_trace, rows_of
from cpims.tracing.rules.refusals import TraceKept

DERIVED = ("number", "removed", "open", "name_keys", "phones", "mark")


class TracesOfRequest:
    """The children of a request: found by their own keys, and matched by decisions alone."""

    kind = TRACING
    names = frozenset((TRACES,))

    def take(
        self, record: Record, sent: dict[str, Any], *, base: Base | None, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        """In which case a child was found is nobody's answer: it is decided."""
        rows = sent.get(TRACES)
        if not isinstance(rows, list):
            return sent
        return sent | {TRACES: [_answered(row) if isinstance(row, Mapping) else row for row in rows]}

    def settle(self, record: Record, *, actor: Viewer, at: datetime) -> None:
        """Bring the traces up to the rows of their request.

        Raises: AnswersInvalid where a row has the id of another request's child, TraceKept for one whose case was found.
        """
        known = {trace.id: trace for trace in Trace.objects.select_for_update().filter(request=record)}
        rows = {named: row for row in rows_of(record.data, TRACES) if (named := read_id(row.get("unique_id")))}
        new = [_new(record, named) for named in rows if named not in known]
        _require_free([trace.id for trace in new], list(rows))
        changed: list[Trace] = []
        for number, trace in enumerate([*known.values(), *new]):
            before = [getattr(trace, name) for name in DERIVED]
            self._derive(trace, record, rows, actor)
            if before != [getattr(trace, name) for name in DERIVED] and number < len(known):
                changed.append(trace)
        Trace.objects.bulk_update(changed, DERIVED)
        try:
            with transaction.atomic():
                Trace.objects.bulk_create(new)
        except IntegrityError as error:
            raise _taken(list(rows), [trace.id for trace in new]) from error

    def assemble(self, records: Sequence[Record], viewer: Viewer) -> Mapping[UUID, Mapping[str, Any]]:
        """All that a row tells lies in the request itself."""
        return {}

    def _derive(self, trace: Trace, record: Record, rows: Mapping[UUID, Answers], actor: Viewer) -> None:
        row = rows.get(trace.id)
        if row is None:
            if trace.matched_case_id is not None:
                raise TraceKept
            trace.removed, trace.open, trace.name_keys, trace.phones = True, False, [], []
            return
        person = person_of_trace(record.data, row, places=places(actor.configuration), recorded_on=told_on(record))
        trace.number, trace.removed = list(rows).index(trace.id), False
        trace.open = is_open(trace, record)
        named = (*person.names, *person.nicknames)
        trace.name_keys = sorted({key for name in named for key in name_keys(name)})
        trace.phones = sorted({key for text in person.phones for key in phone_keys(text)})
        trace.mark = mark_of(person)


def is_open(trace: Trace, request: Record) -> bool:
    """Does somebody look for this child still, who was not found?"""
    looked_for = request.record_state and request.status == "open" and not trace.removed
    return looked_for and trace.matched_case_id is None


def _new(record: Record, named: UUID) -> Trace:
    return Trace(id=named, request=record)


def _answered(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != MATCHED_CASE}


def _require_free(new: Sequence[UUID], rows: Sequence[UUID]) -> None:
    taken = list(Trace.objects.filter(pk__in=list(new)).values_list("pk", flat=True)) if new else []
    if taken:
        raise _taken(rows, taken)


def _taken(rows: Sequence[UUID], taken: Sequence[UUID]) -> AnswersInvalid:
    return AnswersInvalid(
        [Problem(f"/{TRACES}/{rows.index(one)}/unique_id", "trace.taken", {"name": "unique_id"}) for one in taken]
    )


register_companion(TracesOfRequest())
