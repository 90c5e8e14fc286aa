"""What can have happened between the people who work on a case. ``about`` names the transition and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class TransitionEvent(Event):
    """Something that happened to a transition of a case."""

    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(TransitionEvent):
    """The case was given to another worker."""

    name: ClassVar[str] = "case.assigned"


@dataclass(frozen=True, kw_only=True)
class ReferralSent(TransitionEvent):
    """Somebody was asked to help with a case."""

    name: ClassVar[str] = "referral.sent"


@dataclass(frozen=True, kw_only=True)
class ReferralAccepted(TransitionEvent):
    """A referral was accepted."""

    name: ClassVar[str] = "referral.accepted"


@dataclass(frozen=True, kw_only=True)
class ReferralRejected(TransitionEvent):
    """A referral was rejected; its recipient sees the case no more."""

    name: ClassVar[str] = "referral.rejected"


@dataclass(frozen=True, kw_only=True)
class ReferralDone(TransitionEvent):
    """What a referral asked for is done; its recipient sees the case no more."""

    name: ClassVar[str] = "referral.done"


@dataclass(frozen=True, kw_only=True)
class ReferralRevoked(TransitionEvent):
    """A referral was taken back; its recipient sees the case no more."""

    name: ClassVar[str] = "referral.revoked"


@dataclass(frozen=True, kw_only=True)
class TransferSent(TransitionEvent):
    """Another worker was asked to take the case over."""

    name: ClassVar[str] = "transfer.sent"


@dataclass(frozen=True, kw_only=True)
class TransferAccepted(TransitionEvent):
    """A transfer was accepted: the case has another owner."""

    name: ClassVar[str] = "transfer.accepted"


@dataclass(frozen=True, kw_only=True)
class TransferRejected(TransitionEvent):
    """A transfer was rejected; the case stays where it was."""

    name: ClassVar[str] = "transfer.rejected"


@dataclass(frozen=True, kw_only=True)
class TransferRevoked(TransitionEvent):
    """A transfer was taken back before it was answered."""

    name: ClassVar[str] = "transfer.revoked"


@dataclass(frozen=True, kw_only=True)
class TransferRequested(TransitionEvent):
    """Somebody asked the owner for the case."""

    name: ClassVar[str] = "transfer_request.sent"


@dataclass(frozen=True, kw_only=True)
class TransferRequestAccepted(TransitionEvent):
    """The owner agreed to hand the case over to who asked for it."""

    name: ClassVar[str] = "transfer_request.accepted"


@dataclass(frozen=True, kw_only=True)
class TransferRequestRejected(TransitionEvent):
    """The owner keeps the case."""

    name: ClassVar[str] = "transfer_request.rejected"


@dataclass(frozen=True, kw_only=True)
class TransferRequestRevoked(TransitionEvent):
    """Who asked for the case asks no more."""

    name: ClassVar[str] = "transfer_request.revoked"


@dataclass(frozen=True, kw_only=True)
class TransitionUnanswered(TransitionEvent):
    """A referral or a transfer has waited too long for an answer."""

    name: ClassVar[str] = "transition.unanswered"


@dataclass(frozen=True, kw_only=True)
class IncidentHandedOver(Event):
    """An incident went with its case to another worker."""

    name: ClassVar[str] = "incident.handed_over"
    record_kind: ClassVar[str] = "incident"


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(TransitionEvent):
    """The child or the caregiver agreed to sharing, for a purpose or an agency."""

    name: ClassVar[str] = "consent.given"


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(TransitionEvent):
    """The child or the caregiver took consent to sharing back; nothing new is shared from this moment on."""

    name: ClassVar[str] = "consent.withdrawn"
