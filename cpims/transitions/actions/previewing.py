"""What somebody will see of a case, before it is sent to her. Nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from cpims.access.rules.viewer import Viewer, require
from cpims.cases.rules.kind import CASE
from cpims.cases.rules.moves import Status as CaseStatus
from cpims.forms.queries.viewers import viewer_of
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.records.actions.writing import touch
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import get_record, served
from cpims.transitions.actions.laying import take_hold
from cpims.transitions.actions.sharing import (
    alert_to,
    lay_assignment,
    lay_referral,
    lay_transfer,
    sections_missing,
    wish_problems,
)
from cpims.transitions.queries.recipients import get_recipient
from cpims.transitions.rules.moves import Kind
from cpims.transitions.rules.people import SENDS
from cpims.transitions.rules.wishes import Wish

LAYS = {Kind.ASSIGN: lay_assignment, Kind.REFERRAL: lay_referral, Kind.TRANSFER: lay_transfer}


@dataclass(frozen=True)
class Preview:
    """The case as its recipient will see it, as far as the sender reads it too; and what stands against sending it."""

    values: dict[str, Any]
    withheld: int
    hindrances: list[Problem]


def preview_sharing(*, case_id: UUID | None, kind: Kind, wish: Wish, viewer: Viewer, at: datetime) -> Preview:
    """What the recipient will see once this is sent: made by the same steps as the act, taken back at once.

    Raises: Forbidden, RecordNotFound, TransitionInvalid.
    Shows: what both may read; of everything else of the recipient's only how much there is.
    """
    require(viewer, CASE.name, *SENDS[kind])
    case = get_record(kind=CASE.name, record_id=case_id, viewer=viewer)
    held, masked = take_hold(case), case.is_masked_for(viewer)
    person = get_recipient(viewer, kind, module=case.module, user_name=wish.to)
    hindrances = []
    if kind is not Kind.ASSIGN:
        if case.status != CaseStatus.OPEN or not case.record_state:
            hindrances.append(Problem("/status", "transition.case_not_open"))
        hindrances += wish_problems(held, kind, wish, person) + sections_missing(case, overridden=wish.overridden)
    with transaction.atomic():
        alert_to(held, kind, at)
        LAYS[kind](held, wish, person, actor=viewer, at=at)
        touch(case, actor=viewer, at=at)
        transaction.set_rollback(True)
    recipient = viewer_of(person.id, person.access_epoch, viewer.configuration)
    seen = (
        served(case, recipient, today=today(settings.ENVIRONMENT.time_zone, at))
        if case.is_visible_to(recipient)
        else {}
    )
    shared = {"id", "enabled", "last_updated_at"} | readable_of(case, viewer)
    if masked:
        shared -= CASE.masked_fields
    shown = {name: value for name, value in seen.items() if name in shared}
    return Preview(shown, len(seen) - len(shown), hindrances)
