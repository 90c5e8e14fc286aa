"""What a case and its incidents keep with each other, as the records room lets rooms above do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record as write_down
from cpims.incidents.actions.details import Row, read_rows, write_rows
from cpims.incidents.actions.linking import (
    hold_cases,
    hold_wanted,
    incident_ids_of,
    joined,
    lay_on_case,
    parted,
    tell_case,
    write_entry,
)
from cpims.incidents.events import IncidentLinked
from cpims.incidents.queries.of_case import DETAILS, lay_over_cases, lay_over_incidents
from cpims.incidents.rules.kind import CASE_LINK
from cpims.incidents.rules.violations import ROWS, strangers, with_ties_cut, without_computed
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.actions.companions import register_companion
from cpims.records.models import Record
from cpims.records.rules.editing import Base
from cpims.records.rules.refusals import AnswersInvalid


class IncidentsOfCase:
    """``incident_details``: a case shows its incidents, and rows that are sent are incidents of this case alone."""

    kind = "case"
    names = frozenset((DETAILS,))

    def __init__(self) -> None:
        """Rows that wait until their case is stored."""
        self._waiting: WeakKeyDictionary[Record, list[Row]] = WeakKeyDictionary()

    def take(
        self, record: Record, sent: dict[str, Any], *, base: Base | None, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        """Read the rows; a new one is told to the case before it is stored."""
        if DETAILS not in sent:
            return sent
        rows = read_rows(record, sent[DETAILS], base, actor)
        if rows:
            self._waiting[record] = rows
        if any(row.is_new for row in rows):
            lay_on_case(record, actor=actor, at=at)
        return {name: value for name, value in sent.items() if name != DETAILS}

    def settle(self, record: Record, *, actor: Viewer, at: datetime) -> None:
        """Register the new incidents, and change the others."""
        rows = self._waiting.pop(record, [])
        added = write_rows(record, rows, actor=actor, at=at)
        if added:
            write_entry(record, incident_ids_of(record), added=added, changes={}, actor=actor, at=at)

    def assemble(self, records: Sequence[Record], viewer: Viewer) -> Mapping[UUID, Mapping[str, Any]]:
        """The incidents that lie in her sight."""
        return lay_over_cases(records, viewer)


@dataclass
class Move:
    """From which case an incident goes, and to which."""

    case: Record | None = None
    before: Record | None = None


class CaseOfIncident:
    """The case of an incident, and what its violations tell."""

    kind = "incident"
    names = frozenset((CASE_LINK, "case_id_display", *ROWS))

    def __init__(self) -> None:
        """Moves that wait until their incident is stored."""
        self._moves: WeakKeyDictionary[Record, Move] = WeakKeyDictionary()

    def take(
        self, record: Record, sent: dict[str, Any], *, base: Base | None, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        """Tie the incident to the case that is named; look after the ties between its violations."""
        left = {name: value for name, value in sent.items() if name != CASE_LINK}
        if not ROWS.isdisjoint(left):
            left = _violations(record, left)
        if CASE_LINK in sent:
            left = self._tie(record, sent[CASE_LINK], left, actor)
        return left

    def _tie(self, record: Record, wanted: Any, left: dict[str, Any], actor: Viewer) -> dict[str, Any]:
        before = read_id(record.state.get(CASE_LINK))
        if wanted is None and before is None:
            return left
        _, held = hold_cases([record.id], read_id(wanted) if isinstance(wanted, str) else None, actor)
        if wanted is None:
            self._moves[record] = Move(before=held[before] if before else None)
            parted(record)
            return left
        case = hold_wanted(wanted, f"/{CASE_LINK}", held)
        if case.id == before:
            return left
        self._moves[record] = Move(case, held[before] if before else None)
        new = record._state.adding
        taken = joined(record, case, {**record.data, **left}, owner=case.owner if new else None, viewer=actor)
        return {**left, **taken}

    def settle(self, record: Record, *, actor: Viewer, at: datetime) -> None:
        """Tell both cases."""
        move = self._moves.pop(record, None)
        if move is None:
            return
        case = {"case": str(move.case.id)} if move.case else {}
        write_down(IncidentLinked(record=record.id, revision=record.revision, about=case), actor=actor, at=at)
        if move.before is not None:
            tell_case(move.before, removed=[record.id], actor=actor, at=at)
        if move.case is not None:
            tell_case(move.case, added=[record.id], actor=actor, at=at)

    def assemble(self, records: Sequence[Record], viewer: Viewer) -> Mapping[UUID, Mapping[str, Any]]:
        """The case, where she sees it."""
        return lay_over_incidents(records, viewer)


def _violations(record: Record, sent: dict[str, Any]) -> dict[str, Any]:
    wrong = strangers(record.data, sent)
    if wrong:
        raise AnswersInvalid([Problem(pointer, "incident.violation_unknown") for pointer in wrong])
    return with_ties_cut(record.data, without_computed(sent))


OF_CASE: Final = register_companion(IncidentsOfCase())
OF_INCIDENT: Final = register_companion(CaseOfIncident())
