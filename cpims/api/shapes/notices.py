"""Approvals, flags, alerts and notices."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Day, Moment, Paged, Shape
from cpims.api.shapes.records import Case


class ApprovalWish(Shape):
    """A request for an approval, or the answer to one."""

    model_config = ConfigDict(strict=True, extra="allow")

    approval_status: Literal["requested", "approved", "rejected"]
    approval_type: str | None = Field(None, description="of a case plan, where the module lets it be chosen")
    notes: str | None = Field(None, description="what is said with the request, or with the answer")


class ApprovalDone(Shape):
    """What changed of the case."""

    record: Case


class Compared(Shape):
    """One answer, as it was approved and as it is now."""

    model_config = ConfigDict(strict=True, populate_by_name=True)

    name: str
    from_: Any = Field(None, alias="from")
    to: Any = None


class Comparison(Shape):
    """What changed since the last approval; everything that is answered when there was none."""

    since: Moment | None
    approved_by: str | None
    changes: list[Compared]


class Flag(Shape):
    """Somebody asks that a record be looked at by a day."""

    id: int
    record_id: str
    record_uuid: str
    record_type: str
    date: Day
    message: str
    flagged_by: str
    created_at: Moment
    system_generated_followup: bool
    removed: bool
    unflag_message: str | None
    unflagged_by: str | None
    unflagged_date: Day | None
    name: str | None
    short_id: str | None
    owned_by: str | None
    owned_by_agency_id: str | None
    record_access_denied: bool
    record: Case | None = Field(None, description="what changed of the record, after an act")


class FlagWrite(Shape):
    """A new flag."""

    model_config = ConfigDict(strict=True, extra="allow")

    message: str
    date: Day | None = Field(None, description="today, when it is not said")


class FlagChange(Shape):
    """With ``unflag_message`` the flag is resolved and the rest is not used."""

    model_config = ConfigDict(strict=True, extra="allow")

    message: str | None = None
    date: Day | None = None
    unflag_message: str | None = None


class Alert(Shape):
    """Something on a record that somebody should look at."""

    alert_for: Literal["field_change", "approval", "referral", "transfer", "duplicate_field"]
    type: str
    date: Day
    form_unique_id: str | None
    unique_id: str


class Notice(Shape):
    """One thing that happened to a record, for one person. ``event`` is a key of the message catalogue after ``event.``."""

    id: str
    event: str = Field(examples=["approval.requested"])
    happened_at: Moment
    read_at: Moment | None
    record_id: str | None = Field(description="nothing when the record is out of her sight by now")
    record_type: str | None
    short_id: str | None


class NoticesPaged(Paged):
    """Where this page lies, and how many notices she has not read."""

    unread: int


class NoticesRead(Shape):
    """Which notices she has read."""

    model_config = ConfigDict(strict=True, extra="forbid")

    ids: list[str] | None = Field(None, max_length=1000, description="all of them, when none is named")


class Unread(Shape):
    """How many are left."""

    unread: int
