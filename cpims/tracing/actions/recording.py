"""Registering tracing requests and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.lib.transactions import atomic
from cpims.notices.actions import alert_to_changes
from cpims.records.actions.amending import amend_record
from cpims.records.actions.registering import Course, register_record
from cpims.records.actions.writing import Outcome
from cpims.records.rules.editing import Edit
from cpims.tracing.events import (
    TracingRequestAmended,
    TracingRequestClosed,
    TracingRequestDisabled,
    TracingRequestEnabled,
    TracingRequestRegistered,
    TracingRequestReopened,
)
from cpims.tracing.rules.kind import TRACING_REQUEST

TRACING_COURSE: Final = Course(
    kind=TRACING_REQUEST,
    registered=TracingRequestRegistered,
    amended=TracingRequestAmended,
    closed=TracingRequestClosed,
    reopened=TracingRequestReopened,
    disabled=TracingRequestDisabled,
    enabled=TracingRequestEnabled,
    changed=alert_to_changes,
)


@atomic
def register_tracing_request(
    *,
    values: Mapping[str, Any],
    actor: Viewer,
    at: datetime,
    record_id: UUID | None = None,
    strict: bool = False,
) -> Outcome:
    """A worker registers a tracing request.

    Raises: Forbidden, AnswersInvalid, RecordExists.
    Records: TracingRequestRegistered.
    """
    return register_record(TRACING_COURSE, values=values, actor=actor, at=at, record_id=record_id, strict=strict)


@atomic
def amend_tracing_request(*, record_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    """A worker changes a tracing request: its answers, its status, or whether it is switched on.

    Raises: Forbidden, UnknownAct, RecordNotFound, RecordStale, EditConflict, AnswersInvalid.
    Records: TracingRequestAmended, TracingRequestClosed, TracingRequestReopened, TracingRequestDisabled, TracingRequestEnabled.
    """
    return amend_record(TRACING_COURSE, record_id=record_id, edit=edit, actor=actor, at=at)
