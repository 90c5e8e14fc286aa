"""What the child or the caregiver says about sharing, and takes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Agency
from cpims.audit.actions import record as write_down
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome, hold_record
from cpims.records.models import Record
from cpims.transitions.events import ConsentGiven, ConsentWithdrawn
from cpims.transitions.models import Consent, Transition
from cpims.transitions.queries.transitions import OPEN
from cpims.transitions.rules.consent import Purpose
from cpims.transitions.rules.refusals import ConsentInvalid

CASE = "case"


@dataclass
class Said(Outcome):
    """The case, what was said of it, and who works on it beside its owner and has to know."""

    consent: Consent | None = None
    told: tuple[str, ...] = ()


@atomic
def register_consent(*, case_id: UUID, purpose: str, agency: str, reason: str, actor: Viewer, at: datetime) -> Said:
    """The child or the caregiver agrees to sharing for a purpose with an agency (empty: every one).

    Raises: Forbidden, RecordNotFound, ConsentInvalid.
    Records: ConsentGiven.
    """
    require(actor, CASE, "write")
    case = hold_record(kind=CASE, record_id=case_id, actor=actor)
    row = _say(case, True, purpose, agency, reason, actor, at)
    write_down(ConsentGiven(record=case.id, about=_about(row)), actor=actor, at=at)
    return Said(record=case, consent=row)


@atomic
def withdraw_consent(*, case_id: UUID, purpose: str, agency: str, reason: str, actor: Viewer, at: datetime) -> Said:
    """Consent to sharing is taken back: nothing new is shared from now on, and who works on the case is told.

    What was shared goes on until it is finished or revoked: that is for the worker to decide, with the child.
    Raises: Forbidden, RecordNotFound, ConsentInvalid.
    Records: ConsentWithdrawn.
    """
    require(actor, CASE, "write")
    case = hold_record(kind=CASE, record_id=case_id, actor=actor)
    row = _say(case, False, purpose, agency, reason, actor, at)
    shared = Transition.objects.filter(
        record_id=case.id, status__in=OPEN, type__in=_types(purpose), recipient__isnull=False
    )
    shared = shared.filter(transitioned_to_user_agency=agency) if agency else shared
    told = tuple(sorted(set(shared.values_list("transitioned_to", flat=True))))
    about = _about(row) | {"recipients": list(told)}
    write_down(ConsentWithdrawn(record=case.id, about=about), actor=actor, at=at)
    return Said(record=case, consent=row, told=told)


def _types(purpose: str) -> list[str]:
    return {"services": ["Referral"], "transfer": ["Transfer"]}.get(purpose, ["Referral", "Transfer"])


def _say(case: Record, given: bool, purpose: str, agency: str, reason: str, actor: Viewer, at: datetime) -> Consent:
    problems = []
    if purpose not in ("", *map(str, Purpose)):
        problems.append(Problem("/purpose", "not_an_option"))
    if agency and not Agency.objects.filter(unique_id=agency).exists():
        problems.append(Problem("/agency", "not_an_option"))
    if problems:
        raise ConsentInvalid(problems)
    return Consent.objects.create(
        id=new_id(), record=case, given=given, purpose=purpose, agency=agency, reason=reason, said_at=at,
        written_by=actor.user_name,
    )  # fmt: skip


def _about(row: Consent) -> dict[str, str]:
    told = {"consent": str(row.id), "purpose": row.purpose, "agency": row.agency, "reason": row.reason}
    return {name: value for name, value in told.items() if value}
