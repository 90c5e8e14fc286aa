"""Registering registry records and changing them."""

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
from cpims.registry.events import (
    RegistryRecordAmended,
    RegistryRecordClosed,
    RegistryRecordDisabled,
    RegistryRecordEnabled,
    RegistryRecordRegistered,
    RegistryRecordReopened,
)
from cpims.registry.rules.kind import REGISTRY_RECORD

REGISTRY_COURSE: Final = Course(
    kind=REGISTRY_RECORD,
    registered=RegistryRecordRegistered,
    amended=RegistryRecordAmended,
    closed=RegistryRecordClosed,
    reopened=RegistryRecordReopened,
    disabled=RegistryRecordDisabled,
    enabled=RegistryRecordEnabled,
    changed=alert_to_changes,
)


@atomic
def register_registry_record(
    *,
    values: Mapping[str, Any],
    actor: Viewer,
    at: datetime,
    record_id: UUID | None = None,
    strict: bool = False,
) -> Outcome:
    """A worker registers a registry record.

    Raises: Forbidden, AnswersInvalid, RecordExists.
    Records: RegistryRecordRegistered.
    """
    return register_record(REGISTRY_COURSE, values=values, actor=actor, at=at, record_id=record_id, strict=strict)


@atomic
def amend_registry_record(*, record_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    """A worker changes a registry record: its answers, its status, or whether it is switched on.

    Raises: Forbidden, UnknownAct, RecordNotFound, RecordStale, EditConflict, AnswersInvalid.
    Records: RegistryRecordAmended, RegistryRecordClosed, RegistryRecordReopened, RegistryRecordDisabled, RegistryRecordEnabled.
    """
    return amend_record(REGISTRY_COURSE, record_id=record_id, edit=edit, actor=actor, at=at)
