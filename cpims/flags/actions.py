"""Raising a flag, changing what it says, resolving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.audit.events import Event
from cpims.flags.events import FlagAmended, FlagRaised, FlagResolved
from cpims.flags.models import Flag
from cpims.flags.rules import FlagIsResolved, FlagNotFound, Wish, require_may_resolve
from cpims.lib.clock import today
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome, hold_record
from cpims.records.models import Record

FLAGS = "flags"


@dataclass
class Flagged(Outcome):
    """What came of an act on a flag: the record, and the flag."""

    flag: Flag | None = None


@atomic
def raise_flag(*, kind: str, record_id: UUID, wish: Wish, actor: Viewer, at: datetime) -> Flagged:
    """Somebody asks that a record be looked at, by a day (today, when she names none).

    Raises: Forbidden, RecordNotFound.
    Records: FlagRaised.
    """
    require(actor, kind, "flag")
    record = _take_hold(kind, record_id, actor)
    day = wish.date or today(settings.ENVIRONMENT.time_zone, at)
    flag = Flag.objects.create(
        record=record,
        message=wish.message or "",
        date=day,
        raised_by_id=actor.user_id,
        flagged_by=actor.user_name,
        created_at=at,
    )
    return _keep(record, flag, FlagRaised, None, actor, at, bulk=wish.bulk)


@atomic
def amend_flag(*, kind: str, record_id: UUID, flag_id: int | None, wish: Wish, actor: Viewer, at: datetime) -> Flagged:
    """What a flag says, or its day, is changed.

    Raises: Forbidden, RecordNotFound, FlagNotFound, FlagIsResolved.
    Records: FlagAmended.
    """
    require(actor, kind, "flag")
    require(actor, kind, "flag_update")
    record = _take_hold(kind, record_id, actor)
    flag = _open_flag(record, flag_id)
    before = _said(flag)
    flag.message, flag.date = wish.message or flag.message, wish.date or flag.date
    if _said(flag) == before:
        return Flagged(record=record, flag=flag)
    flag.save(update_fields=["message", "date"])
    return _keep(record, flag, FlagAmended, before, actor, at)


@atomic
def resolve_flag(
    *, kind: str, record_id: UUID, flag_id: int | None, message: str, actor: Viewer, at: datetime
) -> Flagged:
    """What a flag asked for was seen to, by who raised it, who holds the record, or who may resolve any flag.

    Raises: Forbidden, RecordNotFound, FlagNotFound, FlagIsResolved, NotYoursToResolve.
    Records: FlagResolved.
    """
    require(actor, kind, "flag", "resolve_any_flag")
    record = _take_hold(kind, record_id, actor)
    flag = _open_flag(record, flag_id)
    require_may_resolve(actor, kind, raised_by=flag.raised_by_id, owner=record.owner_id)
    before = _said(flag)
    flag.removed, flag.unflag_message, flag.unflagged_by = True, message, actor.user_name
    flag.unflagged_date = today(settings.ENVIRONMENT.time_zone, at)
    flag.save(update_fields=["removed", "unflag_message", "unflagged_by", "unflagged_date"])
    return _keep(record, flag, FlagResolved, before, actor, at)


def _take_hold(kind: str, record_id: UUID, actor: Viewer) -> Record:
    require(actor, kind, "read")
    return hold_record(kind=kind, record_id=record_id, actor=actor)


def _open_flag(record: Record, flag_id: int | None) -> Flag:
    flag = Flag.objects.filter(pk=flag_id, record=record).first() if flag_id is not None else None
    if flag is None:
        raise FlagNotFound
    if flag.removed:
        raise FlagIsResolved
    return flag


def _said(flag: Flag) -> dict[str, Any]:
    told: dict[str, Any] = {"message": flag.message, "date": flag.date.isoformat(), "flagged_by": flag.flagged_by}
    if flag.removed:
        told |= {"removed": True, "unflag_message": flag.unflag_message, "unflagged_by": flag.unflagged_by}
    return told


def _keep(
    record: Record, flag: Flag, event: type[Event], before: dict[str, Any] | None, actor: Viewer, at: datetime,
    bulk: str = "",
) -> Flagged:  # fmt: skip
    """Count the flags of the record anew and write down what happened; who changed its answers last stays as it was."""
    counted = record.flag_count
    record.flag_count = Flag.objects.filter(record=record, removed=False).count()
    record.revision += 1
    record.save(update_fields=["flag_count", "revision"])
    changes: dict[str, tuple[Any, Any]] = {FLAGS: (before, _said(flag))}
    about = {"kind": record.kind, "flag": flag.id, "raised_by": flag.flagged_by} | ({"bulk": bulk} if bulk else {})
    many = f"bulk:{bulk}" if bulk else ""
    write_down(
        event(record=record.id, subject=many, revision=record.revision, changes=changes, about=about),
        actor=actor,
        at=at,
    )
    told = {"flag_count": (counted, record.flag_count), "flagged": (counted > 0, record.flag_count > 0)}
    return Flagged(record=record, changes=told, flag=flag)
