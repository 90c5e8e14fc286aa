"""Handing cases on: assignments, referrals, transfers, requests, and consent to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Changed, Ignored, Moment, Shape
from cpims.api.shapes.records import Case

TransitionType = Literal["Assign", "Referral", "Transfer", "TransferRequest"]
TransitionStatus = Literal["in_progress", "accepted", "rejected", "done", "revoked"]


class Transition(Shape):
    """What is done with a case between two people; what is empty is left out."""

    id: str
    type: TransitionType
    status: TransitionStatus
    record_id: str
    record_type: Literal["case"]
    transitioned_to: str | None = None
    transitioned_by: str
    transitioned_to_agency: str | None = None
    transitioned_to_remote: str | None = None
    notes: str | None = None
    service: str | None = None
    service_record_id: str | None = None
    allow_case_creation: bool
    authorized_role_unique_id: str | None = None
    remote: bool
    type_of_export: str | None = None
    consent_overridden: bool
    consent_individual_transfer: bool
    created_at: Moment
    responded_at: Moment | None = None
    ended_at: Moment | None = None
    rejected_reason: str | None = None
    rejection_note: str | None = None
    record_owned_by: str
    record_owned_by_agency: str | None = None
    record_owned_by_groups: list[str]
    transitioned_by_user_agency: str | None = None
    transitioned_by_user_groups: list[str]
    transitioned_to_user_agency: str | None = None
    transitioned_to_user_groups: list[str]
    record_access_denied: bool = Field(description="she cannot read the case (any more)")
    user_can_accept_or_reject: bool
    user_can_revoke: bool
    record: Case | None = Field(None, description="what changed of the case, after an act, when she may still read it")


class TransitionWish(Shape):
    """Whom a case goes to, and why."""

    model_config = ConfigDict(strict=True, extra="allow")

    transitioned_to: str | None = None
    transitioned_to_remote: str | None = None
    transitioned_to_agency: str | None = None
    remote: bool | None = None
    type_of_export: str | None = None
    notes: str | None = Field(None, description="needed when consent is overridden")
    service: str | None = None
    service_record_id: str | None = Field(None, description="the ``unique_id`` of a row of ``services_section``")
    consent_overridden: bool | None = Field(None, description="needs ``consent_override``; written down")
    consent_individual_transfer: bool | None = None
    allow_case_creation: bool | None = None
    authorized_role_unique_id: str | None = Field(
        None, description="with a referral: the role (``referral_authorization``) with whose forms she sees the case"
    )


class TransitionAnswer(Shape):
    """What she who was asked says, or that it is taken back."""

    model_config = ConfigDict(strict=True, extra="allow")

    status: Literal["accepted", "rejected", "done", "revoked"]
    rejected_reason: str | None = None
    rejection_note: str | None = None


class Recipient(Shape):
    """Somebody to whom a case may go; ``location`` is the place that she reports for."""

    id: int
    user_name: str
    code: str | None
    position: str | None
    location: str | None
    agency: str
    disabled: bool
    services: list[str]


class PreviewAsked(Shape):
    """What would be sent to whom."""

    type: Literal["Assign", "Referral", "Transfer"]
    data: TransitionWish


class Preview(Shape):
    """The case as its recipient will see it."""

    values: dict[str, Any] = Field(description="what both may read")
    withheld: int = Field(description="answers that she will read and that are not one's own to read")
    hindrances: list[Ignored] = Field(description="what stands against sending it now")


class ConsentSaid(Shape):
    """What the child or the caregiver said about sharing; empty means every purpose, every agency."""

    id: str
    given: bool
    purpose: Literal["services", "transfer"] | None
    agency: str | None
    reason: str | None
    said_at: Moment
    written_by: str


class ConsentWrite(Shape):
    """Consent is given, or taken back."""

    given: bool
    purpose: Literal["services", "transfer"] | None = None
    agency: str | None = None
    reason: str | None = None


class ConsentTold(Changed):
    """Who works on the case beside its owner and is told that consent was taken back."""

    told: list[str]


class ReceivedTransition(Shape):
    """Something that waits for her answer, or that she works on."""

    id: str
    type: TransitionType
    status: TransitionStatus
    record_id: str
    case_id_display: str
    transitioned_by: str
    notes: str | None
    service: str | None
    created_at: Moment
    overdue: bool
