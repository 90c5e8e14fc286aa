"""Production takes a set of changes, once, or takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.configuration.actions.applying import apply_document, roll_back
from cpims.configuration.actions.publishing import keep_version
from cpims.configuration.models import ConfigurationDocument
from cpims.configuration.queries.versions import newest_version
from cpims.configuration.rules.differing import changes_between
from cpims.configuration.rules.telling import told as said
from cpims.lib.errors import Problem
from cpims.lib.messages import sentence
from cpims.lib.transactions import atomic
from cpims.promotion.actions.drift import raise_drift
from cpims.promotion.actions.pairing import follow_state
from cpims.promotion.events import PromotionReceived, PromotionRolledBack
from cpims.promotion.formats.signed import PROMOTION, NotSigned, SentSet, read_file, read_set
from cpims.promotion.models import Pair, Promotion
from cpims.promotion.queries.change_sets import find_rollable, get_promotion, kept_document
from cpims.promotion.queries.standing import get_pair, own_standing
from cpims.promotion.rules.moves import text_problems
from cpims.promotion.rules.refusals import (
    ChangeSetInvalid,
    Diverged,
    FileInvalid,
    NotAsPromised,
    NothingToRollBack,
)
from cpims.settings.actions import by_promotion, hold_configuration
from cpims.settings.queries import configuration_number, settings_at

#: So many differences are named when a set does not fit.
NAMED: Final = 10


@dataclass(frozen=True)
class Received:
    """A promotion, and whether it had been here before."""

    row: Promotion
    again: bool


@atomic
def receive_promotion(*, content: Any, source: str, actor: Viewer | None, at: datetime) -> Received:
    """The demo (no actor) or an administrator with a signed file brings a set of changes; it is applied whole, once.

    Raises: Forbidden, NotPaired, FileInvalid, Diverged, NotAsPromised, and what the configuration refuses.
    Records: PromotionReceived, ConfigurationPublished, one event for each thing that was changed, DriftEnded, PairStateChanged.
    """
    if actor is not None:
        require(actor, "primero_configuration", "manage")
    get_pair()
    instance = hold_configuration()
    pair = Pair.objects.select_for_update().get(ended_at__isnull=True)
    sent = _read(content, pair, instance.uuid)
    known = Promotion.objects.filter(pk=sent.id).first()
    if known is not None:
        return Received(known, again=True)
    own = own_standing()
    before = own.hash
    if before not in (sent.base_hash, sent.target_hash):
        raise Diverged(expected=sent.base_hash, found=before, changes=_differences(sent.base_hash, own.document))
    locale = settings_at(configuration_number()).default_locale
    reason = sentence(locale, "admin.promotion.stood_before", title=sent.title)
    keep_version(cause="publish", actor=actor, at=at, reason=reason, again=False)
    began = newest_version()
    assert began is not None
    with by_promotion():
        applied = apply_document(
            document=sent.document, actor=actor, at=at, cause="promotion", reason=sent.title,
            source=f"change_set:{sent.id}",
        )  # fmt: skip
    ended = newest_version()
    assert ended is not None
    if applied.after != sent.target_hash or own_standing().hash != sent.target_hash:
        raise NotAsPromised(expected=sent.target_hash, found=applied.after)
    row = Promotion.objects.create(
        id=sent.id, pair=pair, title=sent.title, reason=sent.reason, before=before, before_version=began.number,
        after=applied.after, version=ended.number, source=source, proposed_by=sent.proposed_by,
        proposed_at=sent.proposed_at, approved_by=sent.approved_by, approved_at=sent.approved_at,
        received_by=actor.user_name if actor else None, received_at=at,
    )  # fmt: skip
    about = {"id": str(sent.id), "title": sent.title, "before": before, "after": applied.after, "source": source}
    about |= {"proposed_by": sent.proposed_by, "approved_by": sent.approved_by}
    record(PromotionReceived(subject=f"configuration:{ended.number}", about=about), actor=actor, at=at)
    raise_drift(actor=actor, at=at)
    pair.refresh_from_db()
    pair.agreed_hash = applied.after
    follow_state(pair, actor=actor, at=at)
    return Received(row, again=False)


@atomic
def undo_promotion(*, promotion_id: UUID | None, reason: str, actor: Viewer, at: datetime) -> Promotion:
    """An administrator of production takes the last promotion back: the configuration is byte for byte as before.

    Raises: Forbidden, PromotionNotFound, ChangeSetInvalid, NothingToRollBack, and what the configuration refuses.
    Records: PromotionRolledBack, ConfigurationPublished, one event for each thing that was changed, DriftEnded, PairStateChanged.
    """
    require(actor, "primero_configuration", "manage")
    hold_configuration()
    row = get_promotion(actor, promotion_id)
    problems = text_problems(reason=reason)
    if not reason.strip():
        problems.append(Problem("/reason", "change_set.reason_required"))
    if problems:
        raise ChangeSetInvalid(problems)
    last, newest = find_rollable(), newest_version()
    if last is None or last.pk != row.pk or newest is None:
        raise NothingToRollBack
    with by_promotion():
        applied = roll_back(number=row.before_version, reason=reason.strip(), actor=actor, at=at)
    if applied.after != row.before or own_standing().hash != row.before:
        raise NotAsPromised(expected=row.before, found=applied.after)
    row.rolled_back_at, row.rolled_back_by, row.rolled_back_reason = at, actor.user_name, reason.strip()
    row.save(update_fields=["rolled_back_at", "rolled_back_by", "rolled_back_reason"])
    about = {"id": str(row.pk), "title": row.title, "before": row.after, "after": row.before, "reason": reason.strip()}
    record(PromotionRolledBack(subject=f"configuration:{newest.number}", about=about), actor=actor, at=at)
    raise_drift(actor=actor, at=at)
    pair = Pair.objects.select_for_update().filter(ended_at__isnull=True).first()
    if pair is not None:
        follow_state(pair, actor=actor, at=at)
    return row


def _read(content: Any, pair: Pair, receiver: UUID) -> SentSet:
    """The set in a file: signed by the demo of this pair, for here, proposed and approved by two people."""
    try:
        sent = read_set(
            read_file(content, public_key=pair.public_key, kind=PROMOTION, sender=pair.uuid, receiver=receiver)
        )
    except NotSigned as error:
        raise FileInvalid([Problem("/content", "promotion.file_not_signed")]) from error
    if pair.kind != "demo":
        raise FileInvalid([Problem("/content", "promotion.file_not_signed")])
    if not sent.proposed_by or not sent.approved_by or sent.proposed_by == sent.approved_by:
        raise FileInvalid([Problem("/content", "promotion.approval_missing")])
    return sent


def _differences(expected: str, document: Any) -> list[str]:
    """The first differences between where a set began and what stands, when that place is known here."""
    row = ConfigurationDocument.objects.filter(pk=expected).first()
    if row is None:
        return []
    locale = settings_at(configuration_number()).default_locale
    return [said(change, locale) for change in changes_between(kept_document(row), document)[:NAMED]]
