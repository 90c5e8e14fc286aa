"""Sending an approved set to production."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.lib.transactions import atomic
from cpims.promotion.actions.pairing import hear_told
from cpims.promotion.events import ChangeSetLeftBehind, ChangeSetPromoted
from cpims.promotion.models import ChangeSet
from cpims.promotion.queries.asking import ask_pair
from cpims.promotion.queries.change_sets import get_change_set, signed_set
from cpims.promotion.rules.moves import APPROVED, PROMOTED, STALE
from cpims.promotion.rules.pairs import Told, read_told
from cpims.promotion.rules.refusals import AnswerNotProven, ChangeSetStale, Diverged, OtherRefused


def send_change_set(*, set_id: UUID | None, actor: Viewer, at: datetime) -> ChangeSet:
    """An administrator sends an approved set to production; sent again, it changes nothing.

    The request to production lies outside of any transaction here: cut off in between, it is sent again.
    Raises: Forbidden, ChangeSetNotFound, IllegalMove, NotPaired, Unreachable, AnswerNotProven, OtherRefused, ChangeSetStale.
    """
    require(actor, "primero_configuration", "manage")
    row = get_change_set(actor, set_id)
    if row.state == PROMOTED:
        return row
    try:
        answer = ask_pair("pair/promotion", {"content": signed_set(row)})
    except OtherRefused as refused:
        if refused.params.get("reason") == Diverged.code:
            leave_change_set(set_id=row.pk, actor=actor, at=at)
            raise ChangeSetStale(**refused.params.get("why", {})) from refused
        raise
    if answer.get("after") != row.target_id:
        raise AnswerNotProven(name=row.pair.name)
    return finish_change_set(set_id=row.pk, told=read_told(answer), actor=actor, at=at)


@atomic
def finish_change_set(*, set_id: UUID, told: Told, actor: Viewer, at: datetime) -> ChangeSet:
    """Production took the set; where it stands now is where the two agree.

    Raises: NotPaired.
    Records: ChangeSetPromoted, PairStateChanged.
    """
    row = ChangeSet.objects.select_for_update().get(pk=set_id)
    if row.state == APPROVED:
        row.state, row.promoted_by, row.promoted_at = PROMOTED, actor.user_name, at
        row.save(update_fields=["state", "promoted_by", "promoted_at"])
        about = {"number": row.number, "hash": row.target_id}
        record(ChangeSetPromoted(subject=f"change_set:{row.number}", about=about), actor=actor, at=at)
    hear_told(told=told, actor=actor, at=at, agreed=row.target_id)
    return row


@atomic
def leave_change_set(*, set_id: UUID, actor: Viewer, at: datetime) -> ChangeSet:
    """Production no longer stands where the set began: it goes nowhere any more.

    Records: ChangeSetLeftBehind.
    """
    row = ChangeSet.objects.select_for_update().get(pk=set_id)
    if row.state == APPROVED:
        row.state = STALE
        row.save(update_fields=["state"])
        changes = {"state": (APPROVED, STALE)}
        record(ChangeSetLeftBehind(subject=f"change_set:{row.number}", changes=changes), actor=actor, at=at)
    return row
