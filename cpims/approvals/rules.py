"""What can be approved, how an approval moves, and who may answer; the keys are Primero's (``records.md`` §9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cpims.access.rules.viewer import Viewer, require
from cpims.cases.rules.kind import APPROVALS
from cpims.cases.rules.moves import CLOSING_RESTS_ON
from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted, Problem

CASE: Final = "case"
LOG: Final = "approval_subforms"
PLAN: Final = "case_plan"
PLAN_TYPE: Final = "case_plan_approval_type"


class Status(StrEnum):
    """Where an approval stands; ``none`` is never stored."""

    NONE = "none"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    Status.NONE: frozenset({Status.PENDING}),
    Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED, Status.NONE}),
    Status.APPROVED: frozenset({Status.PENDING}),
    Status.REJECTED: frozenset({Status.PENDING}),
}


class ApprovalNotFound(NotFound):
    """There is nothing of this kind to approve."""

    code = "approval.not_found"


class ApprovalMoveNotAllowed(Conflict):
    """There is no request that waits, or one waits already."""

    code = "approval.move_not_allowed"


class ApprovalCaseNotOpen(Conflict):
    """Only what belongs to an open case is approved."""

    code = "approval.case_not_open"


class OwnApproval(NotPermitted):
    """Nobody answers her own request, or about her own case, without the right to."""

    code = "approval.own"


class NotYoursToCancel(NotPermitted):
    """Only who asked, or who holds the case, takes a request back."""

    code = "approval.not_yours_to_cancel"


class ApprovalInvalid(Invalid):
    """What was sent about an approval cannot be used."""

    code = "approval.invalid"


@dataclass(frozen=True)
class Wish:
    """What somebody says about an approval."""

    status: str
    approval_type: str = ""
    notes: str = ""


WORDS: Final = ("requested", "approved", "rejected")
TEXTS: Final = ("approval_type", "notes")


def read_wish(values: Mapping[str, Any]) -> tuple[Wish, list[Problem]]:
    """What was sent, and what of it nobody knows.

    Raises: ApprovalInvalid with everything that does not fit.
    """
    wrong = [
        Problem(f"/{name}", "wrong_type", {"name": name})
        for name in TEXTS
        if values.get(name) is not None and not isinstance(values[name], str)
    ]
    status = values.get("approval_status")
    if status not in WORDS:
        invalid = {"name": "approval_status", "primero": "approvals.error_invalid_status"}
        wrong.append(Problem("/approval_status", "approval.status", invalid))
    if wrong:
        raise ApprovalInvalid(wrong)
    unknown = [
        Problem(f"/{name}", "unknown_key", {"name": str(name)})
        for name in values
        if name not in ("approval_status", *TEXTS)
    ]
    return Wish(str(status), values.get("approval_type") or "", values.get("notes") or ""), unknown


def require_known(kind: str) -> None:
    """Refuse what is never approved.

    Raises: ApprovalNotFound.
    """
    if kind not in APPROVALS:
        raise ApprovalNotFound


def require_takes_part(viewer: Viewer, kind: str) -> None:
    """Refuse who neither asks for this approval nor gives it.

    Raises: Forbidden.
    """
    require(viewer, CASE, f"request_approval_{kind}", f"approve_{kind}")
    require(viewer, CASE, "read")


def require_move(current: Status, wanted: Status) -> None:
    """Refuse a move that the table does not hold.

    Raises: ApprovalMoveNotAllowed.
    """
    if wanted not in MOVES[current]:
        raise ApprovalMoveNotAllowed(current=str(current), wanted=str(wanted))


def require_may_answer(actor: Viewer, kind: str, *, owner: str, asked_by: str) -> None:
    """Refuse an answer to one's own request, or about one's own case, without the right to it.

    Raises: Forbidden, OwnApproval.
    """
    require(actor, CASE, f"approve_{kind}")
    if actor.user_name in (owner, asked_by) and not actor.may(CASE, "self_approve"):
        raise OwnApproval


def status_of(state: Mapping[str, Any], kind: str) -> Status:
    """Where an approval stands now."""
    stored = state.get(f"approval_status_{kind}")
    return Status(stored) if stored in tuple(Status) else Status.NONE


def log_of(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything that was asked and answered, the oldest first."""
    rows = state.get(LOG)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def asked_by(log: Sequence[Mapping[str, Any]], kind: str) -> str:
    """Who asked last for this approval."""
    names = (row.get("requested_by") for row in reversed(log) if row.get("approval_requested_for") == kind)
    return str(next(names, "") or "")


def answered_before(log: Sequence[Mapping[str, Any]], kind: str) -> Status:
    """What was answered last: where an approval stands again when a request is taken back."""
    found = (row.get("approval_status") for row in reversed(log) if row.get("approval_response_for") == kind)
    last = next(found, None)
    return Status(last) if last in (Status.APPROVED, Status.REJECTED) else Status.NONE


def rests_on(kind: str, forms: Mapping[str, Any]) -> frozenset[str]:
    """The forms that a request rests on: those that the instance ties to this approval, and for a closure its own."""
    tied = {form for form, approval in forms.items() if approval == kind}
    return frozenset(tied | (set(CLOSING_RESTS_ON) if kind == "closure" else set()))


def table() -> dict[str, list[str]]:
    """The table as the client reads it."""
    return {str(before): sorted(map(str, after)) for before, after in MOVES.items()}
