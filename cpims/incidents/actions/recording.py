"""Registering incidents and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.incidents.actions.linking import begun_on_case, hold_case_of, hold_cases, tell_of_change
from cpims.incidents.events import (
    IncidentAmended,
    IncidentClosed,
    IncidentDisabled,
    IncidentEnabled,
    IncidentRegistered,
    IncidentReopened,
)
from cpims.incidents.rules.kind import CASE_LINK, INCIDENT
from cpims.lib.ids import read_id
from cpims.lib.transactions import atomic
from cpims.notices.actions import alert_to_changes
from cpims.records.actions.amending import amend_record
from cpims.records.actions.registering import Course, register_record
from cpims.records.actions.writing import Outcome
from cpims.records.rules.editing import Edit

INCIDENT_COURSE: Final = Course(
    kind=INCIDENT,
    registered=IncidentRegistered,
    amended=IncidentAmended,
    closed=IncidentClosed,
    reopened=IncidentReopened,
    disabled=IncidentDisabled,
    enabled=IncidentEnabled,
    changed=alert_to_changes,
    creates=("case:incident_from_case",),
)


@atomic
def register_incident(
    *,
    values: Mapping[str, Any],
    actor: Viewer,
    at: datetime,
    record_id: UUID | None = None,
    strict: bool = False,
) -> Outcome:
    """A worker registers an incident, alone or on a case: then it belongs to the owner of the case, and the case is told.

    Raises: Forbidden, AnswersInvalid, RecordExists.
    Records: IncidentRegistered.
    """
    values, actor = begun_on_case(values, actor)
    return register_record(INCIDENT_COURSE, values=values, actor=actor, at=at, record_id=record_id, strict=strict)


@atomic
def amend_incident(*, record_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    """A worker changes an incident: its answers, its status, or whether it is switched on.

    Raises: Forbidden, UnknownAct, RecordNotFound, RecordStale, EditConflict, AnswersInvalid.
    Records: IncidentAmended, IncidentClosed, IncidentReopened, IncidentDisabled, IncidentEnabled, CaseIncidentsAmended.
    """
    if CASE_LINK in edit.values:  # cases are always locked before their incidents
        hold_cases([record_id], read_id(edit.values[CASE_LINK]) if edit.values[CASE_LINK] else None, actor)
    case = hold_case_of(record_id, actor)
    outcome = amend_record(INCIDENT_COURSE, record_id=record_id, edit=edit, actor=actor, at=at)
    # A case that it came to, or left, was told already.
    if case is not None and outcome.changes and outcome.record.state.get(CASE_LINK) == str(case.id):
        tell_of_change(case, actor=actor, at=at)
    return outcome
