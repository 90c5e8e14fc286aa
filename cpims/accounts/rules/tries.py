"""How often a sign-in may be tried: by account and address, by account, by address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True)
class Limit:
    """So many tries within a span; ``wait`` is the shortest time to come back in, in seconds."""

    name: str
    most: int
    span: timedelta
    wait: int = 1


MINUTE: Final = timedelta(minutes=1)
#: One account from one address.
PAIR: Final = Limit("pair", 6, MINUTE)
#: One account from all addresses that never signed in to it: slows, and locks nobody out who has been here before.
ACCOUNT: Final = Limit("account", 30, MINUTE, 10)
#: One address, whoever it tries to be: far above what a team behind one router needs.
ADDRESS: Final = Limit("address", 120, MINUTE)
RESET_REQUEST: Final = Limit("reset-request", 6, MINUTE)
RESET: Final = Limit("reset", 10, MINUTE)
#: Looking at invitations from one address, and wishes of one administrator to invite.
INVITATION_OPENED: Final = Limit("invitation", 20, MINUTE)
INVITING: Final = Limit("inviting", 10, MINUTE)
#: Wrong ids or secrets of devices from one address.
WRONG_DEVICE: Final = Limit("wrong-device", 20, MINUTE)
#: What one registered device may report and hand over.
DEVICE: Final = Limit("device", 60, MINUTE)

#: So many failures in a row lock the account for that address alone.
FAILURES: Final = 6
LOCKED_FOR: Final = timedelta(minutes=30)
#: How long an address is remembered as one from which the account was used.
REMEMBERED_FOR: Final = timedelta(days=30)
