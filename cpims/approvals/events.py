"""What can have happened to an approval. ``about`` names which one, and who asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ApprovalEvent(Event):
    """Something that happened to an approval of a case."""

    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class ApprovalRequested(ApprovalEvent):
    """A supervisor was asked to approve a part of the case."""

    name: ClassVar[str] = "approval.requested"


@dataclass(frozen=True, kw_only=True)
class ApprovalGiven(ApprovalEvent):
    """A part of the case was approved."""

    name: ClassVar[str] = "approval.given"


@dataclass(frozen=True, kw_only=True)
class ApprovalRefused(ApprovalEvent):
    """A part of the case was not approved."""

    name: ClassVar[str] = "approval.rejected"


@dataclass(frozen=True, kw_only=True)
class ApprovalCancelled(ApprovalEvent):
    """A request for an approval was taken back."""

    name: ClassVar[str] = "approval.cancelled"
