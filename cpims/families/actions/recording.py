"""Registering families and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.families.actions.keeping import changes_between
from cpims.families.events import (
    FamilyAmended,
    FamilyClosed,
    FamilyDisabled,
    FamilyEnabled,
    FamilyRegistered,
    FamilyReopened,
)
from cpims.families.rules.kind import FAMILY
from cpims.lib.transactions import atomic
from cpims.notices.actions import alert_to_changes
from cpims.records.actions.amending import amend_record
from cpims.records.actions.registering import Course, register_record
from cpims.records.actions.writing import Outcome
from cpims.records.rules.editing import Edit

FAMILY_COURSE: Final = Course(
    kind=FAMILY,
    registered=FamilyRegistered,
    amended=FamilyAmended,
    closed=FamilyClosed,
    reopened=FamilyReopened,
    disabled=FamilyDisabled,
    enabled=FamilyEnabled,
    changed=alert_to_changes,
    told=changes_between,
)


@atomic
def register_family(
    *,
    values: Mapping[str, Any],
    actor: Viewer,
    at: datetime,
    record_id: UUID | None = None,
    strict: bool = False,
) -> Outcome:
    """A worker registers a family.

    Raises: Forbidden, AnswersInvalid, RecordExists.
    Records: FamilyRegistered.
    """
    return register_record(FAMILY_COURSE, values=values, actor=actor, at=at, record_id=record_id, strict=strict)


@atomic
def amend_family(*, record_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    """A worker changes a family: its answers, its status, or whether it is switched on.

    Raises: Forbidden, UnknownAct, RecordNotFound, RecordStale, EditConflict, AnswersInvalid.
    Records: FamilyAmended, FamilyClosed, FamilyReopened, FamilyDisabled, FamilyEnabled.
    """
    return amend_record(FAMILY_COURSE, record_id=record_id, edit=edit, actor=actor, at=at)
