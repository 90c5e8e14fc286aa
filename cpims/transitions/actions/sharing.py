"""Handing a case on: assigning it, asking somebody to help, asking somebody to take it over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.leading import ASSIGNS
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Role, User
from cpims.cases.rules.due import rows_of
from cpims.cases.rules.moves import Status as CaseStatus
from cpims.cases.rules.moves import require_move as require_case_move
from cpims.lib.clock import iso
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.notices.actions import raise_alert
from cpims.notices.rules import AlertFor
from cpims.records.actions.writing import Outcome, hold_record
from cpims.records.models import Record
from cpims.records.rules.refusals import SectionsIncomplete
from cpims.transitions.actions.laying import Held, about_of, hand_over, keep, lay, owner_now, take_hold
from cpims.transitions.events import CaseAssigned, ReferralSent, TransferSent
from cpims.transitions.models import Transition
from cpims.transitions.queries.recipients import get_recipient
from cpims.transitions.queries.transitions import groups_of, statements_of
from cpims.transitions.rules.consent import Purpose, may_share
from cpims.transitions.rules.moves import BEGINS, Kind, Status
from cpims.transitions.rules.people import SENDS
from cpims.transitions.rules.refusals import CaseNotOpen, TransferPending, TransitionInvalid
from cpims.transitions.rules.sharing import CONSENT_FORM, SHARING_RESTS_ON
from cpims.transitions.rules.wishes import Wish

CASE = "case"
PURPOSE = {Kind.REFERRAL: Purpose.SERVICES, Kind.TRANSFER: Purpose.TRANSFER}


@dataclass
class Shared(Outcome):
    """What came of handing a case on: the case, and the transition."""

    transition: Transition | None = None


@atomic
def assign_case(*, case_id: UUID, wish: Wish, actor: Viewer, at: datetime) -> Shared:
    """A case is given to another worker, who owns it from this moment on.

    Raises: Forbidden, RecordNotFound, TransitionInvalid, TransferPending.
    Records: CaseAssigned, IncidentHandedOver.
    """
    require(actor, CASE, *ASSIGNS)
    held = take_hold(hold_record(kind=CASE, record_id=case_id, actor=actor))
    refuse_while_transferred(held)
    recipient = get_recipient(actor, Kind.ASSIGN, module=held.case.module, user_name=wish.to)
    problems = lending_problems(held.case, Kind.ASSIGN, wish)
    if problems:
        raise TransitionInvalid(problems)
    if recipient.id == held.case.owner_id:
        raise TransitionInvalid([Problem("/transitioned_to", "transition.owner_already")])
    row = lay_assignment(held, wish, recipient, actor=actor, at=at)
    row.save(force_insert=True)
    keep(held, CaseAssigned, about=about_of(row, bulk=wish.bulk), actor=actor, at=at)
    hand_over(held.case, recipient, actor=actor, at=at)
    return Shared(record=held.case, changes=held.changes, transition=row)


@atomic
def refer_case(*, case_id: UUID, wish: Wish, actor: Viewer, at: datetime) -> Shared:
    """Somebody is asked to help: she sees the case until she rejects, is done, or it is revoked.

    Raises: Forbidden, RecordNotFound, CaseNotOpen, TransitionInvalid, SectionsIncomplete.
    Records: ReferralSent.
    """
    require(actor, CASE, *(SENDS[Kind.REFERRAL] if wish.service_row else ("referral",)))
    held = take_hold(hold_record(kind=CASE, record_id=case_id, actor=actor))
    recipient = check_wish(held, Kind.REFERRAL, wish, actor)
    if recipient is not None:
        alert_to(held, Kind.REFERRAL, at)
    row = lay_referral(held, wish, recipient, actor=actor, at=at)
    row.save(force_insert=True)
    about = about_of(row, consent_overridden=wish.overridden, bulk=wish.bulk)
    keep(held, ReferralSent, about=about, actor=actor, at=at)
    return Shared(record=held.case, changes=held.changes, transition=row)


@atomic
def transfer_case(*, case_id: UUID, wish: Wish, actor: Viewer, at: datetime) -> Shared:
    """Another worker is asked to take the case over; it is hers when she accepts.

    Raises: Forbidden, RecordNotFound, CaseNotOpen, TransferPending, TransitionInvalid, SectionsIncomplete.
    Records: TransferSent.
    """
    require(actor, CASE, "transfer")
    held = take_hold(hold_record(kind=CASE, record_id=case_id, actor=actor))
    refuse_while_transferred(held)
    recipient = check_wish(held, Kind.TRANSFER, wish, actor)
    return send_transfer(held, wish, recipient, sender=actor, actor=actor, at=at)


def send_transfer(
    held: Held, wish: Wish, recipient: User | None, *, sender: Viewer, actor: Viewer, at: datetime,
    request: Transition | None = None,
) -> Shared:  # fmt: skip
    """The transfer itself, once everything was asked; inside the transaction of an act."""
    if recipient is not None:
        alert_to(held, Kind.TRANSFER, at)
    row = lay_transfer(held, wish, recipient, actor=sender, at=at)
    row.request = request
    row.save(force_insert=True)
    asked = str(request.id) if request else ""
    about = about_of(row, consent_overridden=wish.overridden, request=asked, bulk=wish.bulk)
    keep(held, TransferSent, about=about, actor=actor, at=at)
    return Shared(record=held.case, changes=held.changes, transition=row)


def alert_to(held: Held, kind: Kind, at: datetime) -> None:
    """Lay the alert of what was sent on the case, where one belongs to it; before the case is laid and saved."""
    if kind is Kind.REFERRAL:
        raise_alert(held.case, alert_for=AlertFor.REFERRAL, type="referral", form="referral", at=at)
    elif kind is Kind.TRANSFER:
        raise_alert(held.case, alert_for=AlertFor.TRANSFER, type="transfer", form="transfers_assignments", at=at)


def refuse_while_transferred(held: Held) -> None:
    """One transfer at a time: another one must be answered or taken back first.

    Raises: TransferPending.
    """
    if any(row.kind is Kind.TRANSFER and row.status == Status.IN_PROGRESS for row in held.rows):
        raise TransferPending


def check_wish(held: Held, kind: Kind, wish: Wish, actor: Viewer) -> User | None:
    """Everything that sharing a case rests on; the recipient, when it stays in this instance.

    Raises: Forbidden, CaseNotOpen, TransitionInvalid, SectionsIncomplete.
    """
    refuse_closed(held.case)
    recipient = None
    if not wish.remote:
        recipient = get_recipient(actor, kind, module=held.case.module, user_name=wish.to)
    require_shareable(held, kind, wish, recipient, actor)
    return recipient


def refuse_closed(case: Record) -> None:
    """Only an open case is shared.

    Raises: CaseNotOpen.
    """
    if case.status != CaseStatus.OPEN or not case.record_state:
        raise CaseNotOpen


def require_shareable(held: Held, kind: Kind, wish: Wish, recipient: User | None, actor: Viewer) -> None:
    """Consent, or an override by who may override; and the sections that sharing rests on.

    Raises: Forbidden, CaseNotOpen, TransitionInvalid, SectionsIncomplete.
    """
    refuse_closed(held.case)
    if wish.overridden:
        require(actor, CASE, "consent_override")
    problems = wish_problems(held, kind, wish, recipient)
    if problems:
        raise TransitionInvalid(problems)
    missing = sections_missing(held.case, overridden=wish.overridden)
    if missing:
        raise SectionsIncomplete(missing)


def wish_problems(held: Held, kind: Kind, wish: Wish, recipient: User | None) -> list[Problem]:
    """Everything that stands against a wish, consent among it."""
    case, problems = held.case, []
    if recipient is not None and recipient.id == case.owner_id:
        problems.append(Problem("/transitioned_to", "transition.owner_already"))
    if wish.remote and not (wish.to_remote or wish.agency):
        problems.append(Problem("/transitioned_to_remote", "transition.recipient_missing"))
    if wish.overridden and not wish.notes.strip():
        problems.append(Problem("/notes", "transition.override_reason"))
    if not wish.overridden:
        agency = recipient.agency.unique_id if recipient else wish.agency
        agreed = may_share(PURPOSE[kind], agency, answers=case.data, module=case.module, statements=statements_of(case))
        if not agreed:
            problems.append(Problem("/consent", "transition.consent", {"primero": "transition.errors.consent"}))
    problems += lending_problems(case, kind, wish)
    if wish.service_row and service_at(case.data, wish.service_row) is None:
        problems.append(Problem("/service_record_id", "transition.service_unknown"))
    return problems


def lending_problems(case: Record, kind: Kind, wish: Wish) -> list[Problem]:
    """Only a referral lends a role, and only one that is in use, made for lending, and of the case's module."""
    if not wish.role:
        return []
    lent = Role.objects.filter(unique_id=wish.role, referral_authorization=True, disabled=False)
    if kind is Kind.REFERRAL and not wish.remote and lent.filter(module_unique_ids__contains=[case.module]).exists():
        return []
    return [Problem("/authorized_role_unique_id", "transition.role_not_lent")]


def sections_missing(case: Record, *, overridden: bool) -> list[Problem]:
    """What is still to be answered on the sections that sharing rests on; an override speaks for the one on consent."""
    asked = [form for form in SHARING_RESTS_ON if not (overridden and form == CONSENT_FORM)]
    return [
        Problem(entry["pointer"], entry["code"], {"form": entry["form"]})
        for entry in case.incomplete
        if entry["form"] in asked
    ]


def service_at(answers: dict[str, Any], unique_id: str) -> int | None:
    """Where among the services of a case a row stands."""
    rows = rows_of(answers, "services_section")
    return next((n for n, row in enumerate(rows) if row.get("unique_id") == unique_id), None)


def lay_assignment(held: Held, wish: Wish, recipient: User, *, actor: Viewer, at: datetime) -> Transition:
    """The case as it stands once it is assigned; nothing is saved."""
    row = _begin(held.case, Kind.ASSIGN, wish, recipient, actor, at)
    row.responded_at = row.ended_at = at
    held.rows.append(row)
    lay(held, owner=recipient, actor=actor, at=at)
    return row


def lay_referral(held: Held, wish: Wish, recipient: User | None, *, actor: Viewer, at: datetime) -> Transition:
    """The case as it stands once somebody was asked to help; nothing is saved."""
    row = _begin(held.case, Kind.REFERRAL, wish, recipient, actor, at)
    held.rows.append(row)
    place = service_at(held.case.data, wish.service_row) if wish.service_row else None
    if place is not None:
        rows = [dict(one) for one in rows_of(held.case.data, "services_section")]
        rows[place]["service_status_referred"] = True
        held.case.data = held.case.data | {"services_section": rows}
    lay(held, owner=owner_now(held.case), actor=actor, at=at)
    return row


def lay_transfer(held: Held, wish: Wish, recipient: User | None, *, actor: Viewer, at: datetime) -> Transition:
    """The case as it stands while a transfer waits; nothing is saved. What goes to another instance is transferred at once."""
    row = _begin(held.case, Kind.TRANSFER, wish, recipient, actor, at)
    held.rows.append(row)
    if wish.remote:
        require_case_move(CaseStatus(held.case.status), CaseStatus.TRANSFERRED)
        held.case.status = CaseStatus.TRANSFERRED
    else:
        held.case.state["reassigned_transferred_on"] = iso(at)
    lay(held, owner=owner_now(held.case), actor=actor, at=at)
    return row


def _begin(case: Record, kind: Kind, wish: Wish, recipient: User | None, actor: Viewer, at: datetime) -> Transition:
    return Transition(
        id=new_id(),
        type=kind.value,
        status=BEGINS[kind].value,
        record=case,
        sender_id=actor.user_id,
        transitioned_by=actor.user_name,
        transitioned_by_user_agency=actor.agency,
        transitioned_by_user_groups=sorted(actor.groups),
        recipient=recipient,
        transitioned_to=recipient.user_name if recipient else "",
        transitioned_to_user_agency=recipient.agency.unique_id if recipient else "",
        transitioned_to_user_groups=groups_of(recipient) if recipient else [],
        transitioned_to_agency=recipient.agency.unique_id if recipient else wish.agency,
        transitioned_to_remote=wish.to_remote if wish.remote else "",
        remote=wish.remote,
        type_of_export=wish.type_of_export if wish.remote else "",
        notes=wish.notes,
        service=wish.service,
        service_record_id=wish.service_row,
        consent_overridden=wish.overridden,
        consent_individual_transfer=wish.individual,
        allow_case_creation=wish.allow_case_creation,
        authorized_role=wish.role,
        created_at=at,
        record_owned_by=case.owned_by,
        record_owned_by_agency=case.owned_by_agency_id,
        record_owned_by_groups=list(case.owned_by_groups),
    )
