"""One-time links by which people come in: how long they hold, how they stand, and how they say no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cpims.lib.errors import Conflict, NotFound

LIFE: Final = timedelta(days=7)
#: So many people are invited at once.
MOST_AT_ONCE: Final = 200
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class State(StrEnum):
    """How an invitation stands, told by what happened last."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    OPENED = "opened"
    USED = "used"
    REVOKED = "revoked"
    OVER = "over"


@dataclass(frozen=True)
class Marks:
    """What happened to an invitation, and when."""

    expires_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    opened_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def state_of(marks: Marks, *, at: datetime) -> State:
    """How an invitation stands at a moment."""
    if marks.used_at:
        return State.USED
    if marks.revoked_at:
        return State.REVOKED
    if at >= marks.expires_at:
        return State.OVER
    if marks.opened_at:
        return State.OPENED
    if marks.failed_at:
        return State.FAILED
    if marks.delivered_at:
        return State.DELIVERED
    return State.SENT if marks.sent_at else State.WAITING


def is_token(link: object) -> bool:
    """Has this the shape of an invitation's secret?"""
    return isinstance(link, str) and TOKEN.fullmatch(link) is not None


class InvitationNotFound(NotFound):
    """The link was used, ended or is over, or never was one: which of these is not told."""

    code = "invitation.not_found"


class CannotInvite(Conflict):
    """Nobody was invited; the code says why."""

    code = "invitation.cannot"


class NoAddress(CannotInvite):
    """The account has no e-mail address."""

    code = "invitation.no_address"


class SwitchedOff(CannotInvite):
    """The account is switched off."""

    code = "invitation.switched_off"


class NotNeeded(CannotInvite):
    """She has a password of her own; who forgot it asks for a link on the sign-in page."""

    code = "invitation.not_needed"
