"""Answers to what was sent, and taking it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.cases.rules.due import rows_of
from cpims.cases.rules.moves import Status as CaseStatus
from cpims.cases.rules.moves import workflow_after
from cpims.forms.queries.viewers import viewer_of
from cpims.lib.transactions import atomic
from cpims.modules.models import Module
from cpims.records.actions.writing import hold_record
from cpims.records.models import Record
from cpims.transitions.actions.laying import Held, about_of, clear_answered, hand_over, keep, lay, owner_now, take_hold
from cpims.transitions.actions.sharing import (
    Shared,
    refuse_while_transferred,
    require_shareable,
    send_transfer,
    service_at,
)
from cpims.transitions.events import (
    ReferralAccepted,
    ReferralDone,
    ReferralRejected,
    ReferralRevoked,
    TransferAccepted,
    TransferRejected,
    TransferRequestAccepted,
    TransferRequestRejected,
    TransferRequestRevoked,
    TransferRevoked,
    TransitionEvent,
)
from cpims.transitions.models import Transition
from cpims.transitions.queries.recipients import cannot_receive, get_recipient, still_receives, whole
from cpims.transitions.queries.transitions import has_asked_for, may_answer_of
from cpims.transitions.rules.moves import Kind, Status, require_move
from cpims.transitions.rules.people import HANDLES_REFERRALS, may_revoke
from cpims.transitions.rules.refusals import NotTheRecipient, NotYoursToRevoke, TransitionInvalid, TransitionNotFound
from cpims.transitions.rules.wishes import Wish

CASE = "case"


@atomic
def answer_transition(
    *, case_id: UUID, transition_id: UUID | None, kind: Kind, status: Status, reason: str, actor: Viewer, at: datetime
) -> Shared:
    """Who was asked accepts, rejects, or says that it is done. A transfer that is accepted makes the case hers.

    ``reason``: why she rejects, or what she notes when it is done.
    Raises: Forbidden, RecordNotFound, TransitionNotFound, NotTheRecipient, TransitionMoveNotAllowed, TransitionInvalid,
    TransferPending.
    Records: ReferralAccepted, ReferralRejected, ReferralDone, TransferAccepted, TransferRejected,
    TransferRequestAccepted, TransferRequestRejected, TransferSent, IncidentHandedOver.
    """
    require_may_handle(actor, kind)
    held = take_hold(hold_record(kind=CASE, record_id=case_id, actor=actor))
    row, owner = _of(held, transition_id, kind), owner_now(held.case)
    if not may_answer_of(row, held.case, owner, actor):
        raise NotTheRecipient
    require_move(kind, Status(row.status), status)
    row.status = status.value
    row.responded_at = row.responded_at or at
    row.ended_at = at if status is not Status.ACCEPTED or kind is not Kind.REFERRAL else None
    if status is Status.DONE:
        row.rejection_note = reason
        _finish_service(held.case, row, at)
    elif status is Status.REJECTED:
        row.rejected_reason = reason
    if kind is Kind.TRANSFER and status is Status.ACCEPTED:
        owner = _new_owner(row, held.case)
    row.save(update_fields=["status", "responded_at", "ended_at", "rejection_note", "rejected_reason"])
    clear_answered(held)
    lay(held, owner=owner, actor=actor, at=at)
    about = about_of(row, reason=reason)
    keep(held, _event(kind, status), about=about, actor=actor, at=at)
    if kind is Kind.TRANSFER and status is Status.ACCEPTED:
        hand_over(held.case, owner, actor=actor, at=at)
    if kind is Kind.REQUEST and status is Status.ACCEPTED:
        _send_for(row, held, owner, actor, at)
    return Shared(record=held.case, changes=held.changes, transition=row)


@atomic
def revoke_transition(*, case_id: UUID, transition_id: UUID | None, kind: Kind, actor: Viewer, at: datetime) -> Shared:
    """What was sent is taken back; its recipient sees the case no more from this moment on.

    Raises: Forbidden, RecordNotFound, TransitionNotFound, NotYoursToRevoke, TransitionMoveNotAllowed.
    Records: ReferralRevoked, TransferRevoked, TransferRequestRevoked.
    """
    require_may_handle(actor, kind)
    if kind is Kind.REQUEST and has_asked_for(case_id, transition_id, viewer=actor):
        case = Record.objects.of_kind(CASE).hold(case_id)
    else:
        case = hold_record(kind=CASE, record_id=case_id, actor=actor)
    held = take_hold(case)
    row = _of(held, transition_id, kind)
    if not may_revoke(actor, kind=kind, sender_id=row.sender_id, owner_id=case.owner_id):
        raise NotYoursToRevoke
    require_move(kind, Status(row.status), Status.REVOKED)
    row.status, row.ended_at = Status.REVOKED.value, at
    row.save(update_fields=["status", "ended_at"])
    if row.remote and kind is Kind.TRANSFER and case.status == CaseStatus.TRANSFERRED:
        case.status = CaseStatus.OPEN
    clear_answered(held)
    lay(held, owner=owner_now(case), actor=actor, at=at)
    keep(held, _event(kind, Status.REVOKED), about=about_of(row), actor=actor, at=at)
    return Shared(record=case, changes=held.changes, transition=row)


def require_may_handle(actor: Viewer, kind: Kind) -> None:
    """Refuse whose role works on no transitions of this kind.

    Raises: Forbidden.
    """
    if kind is Kind.REFERRAL:
        require(actor, CASE, *HANDLES_REFERRALS)
    elif kind is Kind.REQUEST:
        require(actor, CASE, "read", "request_transfer")
    else:
        require(actor, CASE, "read")


def _of(held: Held, transition_id: UUID | None, kind: Kind) -> Transition:
    found = next((row for row in held.rows if row.id == transition_id and row.kind is kind), None)
    if found is None:
        raise TransitionNotFound
    return found


def _new_owner(row: Transition, case: Record) -> User:
    """She takes the case over if she can still work on it; who was switched off meanwhile can only reject."""
    person = whole(User.objects.filter(pk=row.recipient_id)).first() if row.recipient_id else None
    if person is None or not still_receives(person, case.module):
        raise TransitionInvalid([cannot_receive()])
    return person


def _send_for(request: Transition, held: Held, owner: User, actor: Viewer, at: datetime) -> None:
    """Who owns the case said yes: the transfer to who asked begins in the same breath, or nothing happens at all."""
    refuse_while_transferred(held)
    sender = viewer_of(owner.id, owner.access_epoch, actor.configuration)
    person = get_recipient(sender, Kind.TRANSFER, module=held.case.module, user_name=request.transitioned_by)
    wish = Wish(to=person.user_name, notes=request.notes, individual=request.consent_individual_transfer)
    require_shareable(held, Kind.TRANSFER, wish, person, actor)
    send_transfer(held, wish, person, sender=sender, actor=actor, at=at, request=request)


def _finish_service(case: Record, row: Transition, at: datetime) -> None:
    place = service_at(case.data, row.service_record_id) if row.service_record_id else None
    if place is None:
        return
    before = case.data
    rows: list[dict[str, Any]] = [dict(one) for one in rows_of(before, "services_section")]
    service = rows[place]
    service["service_implemented"] = "implemented"
    if not service.get("service_implemented_day_time"):
        service["service_implemented_day_time"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if row.rejection_note:
        service["note_on_referral_from_provider"] = row.rejection_note
    case.data = before | {"services_section": rows}
    options = Module.objects.filter(unique_id=case.module).values_list("options", flat=True).first() or {}
    case.workflow = workflow_after(
        before, case.data, workflow=case.workflow, status=CaseStatus(case.status), reopened=False, options=options
    )


def _event(kind: Kind, status: Status) -> type[TransitionEvent]:
    events: dict[tuple[Kind, Status], type[TransitionEvent]] = {
        (Kind.REFERRAL, Status.ACCEPTED): ReferralAccepted,
        (Kind.REFERRAL, Status.REJECTED): ReferralRejected,
        (Kind.REFERRAL, Status.DONE): ReferralDone,
        (Kind.REFERRAL, Status.REVOKED): ReferralRevoked,
        (Kind.TRANSFER, Status.ACCEPTED): TransferAccepted,
        (Kind.TRANSFER, Status.REJECTED): TransferRejected,
        (Kind.TRANSFER, Status.REVOKED): TransferRevoked,
        (Kind.REQUEST, Status.ACCEPTED): TransferRequestAccepted,
        (Kind.REQUEST, Status.REJECTED): TransferRequestRejected,
        (Kind.REQUEST, Status.REVOKED): TransferRequestRevoked,
    }
    return events[kind, status]
