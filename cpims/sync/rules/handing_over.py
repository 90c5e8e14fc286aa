"""Work that devices hand over: how it comes, what becomes of it, and how a decision on it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from cpims.lib.errors import Conflict, NotFound

#: What devices seal unsent work for; a letter for another purpose does not open.
HANDOVER_INFO: Final = b"cpims/handover/1"
#: What has become of an act that was handed over. The first two wait for somebody's decision.
WAITING: Final = "waiting"
UNREADABLE: Final = "unreadable"
QUARANTINED: Final = "quarantined"
DELIVERED: Final = "delivered"
PUT_ASIDE: Final = "put_aside"


class HandoverNotFound(NotFound):
    """There is nothing of this id that was handed over, or not for this person."""

    code = "handover.not_found"


class HandoverResolved(Conflict):
    """Somebody has decided on this already."""

    code = "handover.resolved"


class HandoverHeld(Conflict):
    """It rests on something that was handed over too, and waits; that comes first."""

    code = "handover.held"


class HandoverUnreadable(Conflict):
    """No key of this instance opens it; it can only be put aside."""

    code = "handover.unreadable"


@dataclass(frozen=True)
class Letter:
    """An act as a device hands it over: sealed; what stands outside tells only what the device could still tell."""

    id: str
    sealed: bytes
    action: str = ""
    record: UUID | None = None
    told_at: datetime | None = None
