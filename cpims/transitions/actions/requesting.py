"""Asking the owner of a case for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.records.models import Record
from cpims.records.rules.refusals import RecordNotFound
from cpims.transitions.actions.laying import about_of, keep, owner_now, take_hold
from cpims.transitions.actions.sharing import Shared, refuse_closed
from cpims.transitions.events import TransferRequested
from cpims.transitions.models import Transition
from cpims.transitions.queries.transitions import groups_of
from cpims.transitions.rules.moves import BEGINS, Kind, Status
from cpims.transitions.rules.refusals import RequestPending, TransitionInvalid

CASE = "case"


@atomic
def request_transfer(*, case_id: UUID, notes: str, individual: bool, actor: Viewer, at: datetime) -> Shared:
    """A worker asks the owner of a case for it. She need not see the case: she knows its id from a search that found it.

    ``individual``: the child or the caregiver agreed to this very transfer; the owner decides whether that is enough.
    Raises: Forbidden, RecordNotFound, CaseNotOpen, RequestPending, TransitionInvalid.
    Records: TransferRequested.
    """
    require(actor, CASE, "request_transfer")
    case = Record.objects.of_kind(CASE).hold(case_id)
    if not actor.is_super and case.module not in actor.modules:
        raise RecordNotFound
    refuse_closed(case)
    if case.owner_id == actor.user_id:
        raise TransitionInvalid([Problem("/transitioned_to", "transition.owner_already")])
    held = take_hold(case)
    mine = [row for row in held.rows if row.kind is Kind.REQUEST and row.sender_id == actor.user_id]
    if any(row.status == Status.IN_PROGRESS for row in mine):
        raise RequestPending
    owner = owner_now(case)
    row = Transition(
        id=new_id(), type=Kind.REQUEST.value, status=BEGINS[Kind.REQUEST].value, record=case, sender_id=actor.user_id,
        transitioned_by=actor.user_name, transitioned_by_user_agency=actor.agency,
        transitioned_by_user_groups=sorted(actor.groups), recipient=owner, transitioned_to=owner.user_name,
        transitioned_to_agency=owner.agency.unique_id, transitioned_to_user_agency=owner.agency.unique_id,
        transitioned_to_user_groups=groups_of(owner), notes=notes, consent_individual_transfer=individual,
        created_at=at, record_owned_by=case.owned_by, record_owned_by_agency=case.owned_by_agency_id,
        record_owned_by_groups=list(case.owned_by_groups),
    )  # fmt: skip
    row.save(force_insert=True)
    keep(held, TransferRequested, about=about_of(row), actor=actor, at=at)
    return Shared(record=case, changes=held.changes, transition=row)
