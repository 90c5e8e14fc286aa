"""Making a set of changes, choosing, proposing, approving, refusing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.audit.events import Event
from cpims.configuration.formats.canonical import Document, hash_of, packed, written
from cpims.configuration.models import ConfigurationDocument
from cpims.configuration.queries import configuration_document
from cpims.configuration.rules.differing import changes_between
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.promotion.actions.pairing import hear_state
from cpims.promotion.events import (
    ChangeSetAmended,
    ChangeSetApproved,
    ChangeSetOpened,
    ChangeSetProposed,
    ChangeSetRejected,
)
from cpims.promotion.formats.signed import SentState
from cpims.promotion.models import ChangeSet
from cpims.promotion.queries.change_sets import choice_of
from cpims.promotion.queries.problems import problems_of
from cpims.promotion.queries.standing import get_pair
from cpims.promotion.rules.choosing import change_id
from cpims.promotion.rules.moves import (
    APPROVED,
    DRAFT,
    PROPOSED,
    REJECTED,
    require_move,
    require_second_person,
    text_problems,
)
from cpims.promotion.rules.refusals import (
    ChangeSetInvalid,
    ChangeSetNotFound,
    IllegalMove,
    NothingToPromote,
    OnlyInDemo,
)
from cpims.settings.actions import hold_configuration


@atomic
def open_change_set(*, title: str, reason: str, state: SentState, actor: Viewer, at: datetime) -> ChangeSet:
    """An administrator of the demo makes a set of everything that differs between production (``state``) and here.

    Raises: Forbidden, OnlyInDemo, NotPaired, ChangeSetInvalid, NothingToPromote.
    Records: ChangeSetOpened, PairStateChanged.
    """
    require(actor, "primero_configuration", "manage")
    if not hold_configuration().is_demo:
        raise OnlyInDemo
    problems = text_problems(title=title, reason=reason, title_needed=True)
    if problems:
        raise ChangeSetInvalid(problems)
    pair = get_pair()
    hear_state(state=state, actor=actor, at=at)
    here = configuration_document(None)
    changes = changes_between(state.document, here)
    if not changes:
        raise NothingToPromote
    row = ChangeSet.objects.create(
        id=new_id(),
        number=(ChangeSet.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        pair=pair,
        title=title.strip(),
        reason=reason.strip(),
        base=_kept(state.document),
        here=_kept(here),
        total=len({change_id(change) for change in changes}),
        created_by=actor.user_name,
        created_at=at,
    )
    about = {"title": row.title, "base": row.base_id, "here": row.here_id, "total": row.total}
    record(ChangeSetOpened(subject=_subject(row), about=about), actor=actor, at=at)
    return row


@atomic
def amend_change_set(
    *,
    set_id: UUID | None,
    actor: Viewer,
    at: datetime,
    title: str | None = None,
    reason: str | None = None,
    chosen: Sequence[str] | None = None,
) -> ChangeSet:
    """An administrator chooses what goes, or says otherwise what the set is for; only a draft is changed.

    Raises: Forbidden, ChangeSetNotFound, IllegalMove, ChangeSetInvalid.
    Records: ChangeSetAmended.
    """
    row = _held(set_id, actor)
    if row.state != DRAFT:
        raise IllegalMove(state=row.state, to=DRAFT)
    problems = text_problems(title=title, reason=reason)
    before = {"title": row.title, "reason": row.reason, "left_out": row.left_out}
    if chosen is not None:
        known = choice_of(row).changes.keys()
        problems += [
            Problem(f"/chosen/{number}", "change_set.unknown_change")
            for number, one in enumerate(chosen)
            if one not in known
        ]
        row.left_out = sorted(known - set(chosen))
    if problems:
        raise ChangeSetInvalid(problems)
    row.title = row.title if title is None else title.strip()
    row.reason = row.reason if reason is None else reason.strip()
    after = {"title": row.title, "reason": row.reason, "left_out": row.left_out}
    changes = {key: (before[key], after[key]) for key in after if before[key] != after[key]}
    if changes:
        row.save(update_fields=list(after))
        record(ChangeSetAmended(subject=_subject(row), changes=changes), actor=actor, at=at)
    return row


@atomic
def propose_change_set(*, set_id: UUID | None, actor: Viewer, at: datetime) -> ChangeSet:
    """An administrator asks a second person to approve a set; from now on it stays as it is.

    Raises: Forbidden, ChangeSetNotFound, IllegalMove, ChangeSetInvalid.
    Records: ChangeSetProposed.
    """
    row = _held(set_id, actor)
    require_move(row.state, PROPOSED)
    choice = choice_of(row)
    problems = [Problem(f"/changes/{one.change or ''}", one.code, one.params) for one in problems_of(choice)]
    if problems:
        raise ChangeSetInvalid(problems)
    row.target = _kept(choice.document())
    row.state, row.proposed_at = PROPOSED, at
    row.proposed_by, row.proposed_by_id = actor.user_name, actor.user_id
    row.save(update_fields=["target", "state", "proposed_at", "proposed_by", "proposed_by_id"])
    _moved(ChangeSetProposed, row, DRAFT, actor, at)
    return row


@atomic
def approve_change_set(*, set_id: UUID | None, actor: Viewer, at: datetime) -> ChangeSet:
    """A second person lets a set go to production.

    Raises: Forbidden, ChangeSetNotFound, IllegalMove, SecondPersonNeeded.
    Records: ChangeSetApproved.
    """
    row = _held(set_id, actor)
    require_move(row.state, APPROVED)
    require_second_person(row.proposed_by_id, actor.user_id)
    row.state, row.approved_by, row.approved_at = APPROVED, actor.user_name, at
    row.save(update_fields=["state", "approved_by", "approved_at"])
    _moved(ChangeSetApproved, row, PROPOSED, actor, at)
    return row


@atomic
def reject_change_set(*, set_id: UUID | None, reason: str, actor: Viewer, at: datetime) -> ChangeSet:
    """An administrator refuses a set, or takes her own back, and says why.

    Raises: Forbidden, ChangeSetNotFound, IllegalMove, ChangeSetInvalid.
    Records: ChangeSetRejected.
    """
    row = _held(set_id, actor)
    require_move(row.state, REJECTED)
    problems = text_problems(reason=reason)
    if not reason.strip():
        problems.append(Problem("/reason", "change_set.reason_required"))
    if problems:
        raise ChangeSetInvalid(problems)
    before = row.state
    row.state, row.rejected_by, row.rejected_at = REJECTED, actor.user_name, at
    row.rejected_reason = reason.strip()
    row.save(update_fields=["state", "rejected_by", "rejected_at", "rejected_reason"])
    _moved(ChangeSetRejected, row, before, actor, at)
    return row


def _held(set_id: UUID | None, actor: Viewer) -> ChangeSet:
    require(actor, "primero_configuration", "manage")
    row = ChangeSet.objects.select_for_update().filter(pk=set_id).first() if set_id else None
    if row is None:
        raise ChangeSetNotFound
    return row


def _kept(document: Document) -> ConfigurationDocument:
    content = written(document)
    row, _ = ConfigurationDocument.objects.get_or_create(
        hash=hash_of(content), defaults={"content": packed(content), "length": len(content)}
    )
    return row


def _moved(event: type[Event], row: ChangeSet, before: str, actor: Viewer, at: datetime) -> None:
    changes = {"state": (before, row.state)}
    record(event(subject=_subject(row), changes=changes, about={"hash": row.target_id}), actor=actor, at=at)


def _subject(row: ChangeSet) -> str:
    return f"change_set:{row.number}"
