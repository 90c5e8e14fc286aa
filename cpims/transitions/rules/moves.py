"""How a transition moves; the table is shared with the client (``contracts/moves.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cpims.transitions.rules.refusals import TransitionMoveNotAllowed


class Kind(StrEnum):
    """What is done with a case between two people. The names are Primero's."""

    ASSIGN = "Assign"
    REFERRAL = "Referral"
    TRANSFER = "Transfer"
    REQUEST = "TransferRequest"


class Status(StrEnum):
    """Where a transition stands."""

    IN_PROGRESS = "in_progress"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"
    REVOKED = "revoked"


ANSWERED: Final = frozenset({Status.ACCEPTED, Status.REJECTED, Status.REVOKED})
#: From where to where; what is not here ends. An assignment is done at once.
MOVES: Final[Mapping[Kind, Mapping[Status, frozenset[Status]]]] = {
    Kind.ASSIGN: {},
    Kind.REFERRAL: {Status.IN_PROGRESS: ANSWERED, Status.ACCEPTED: frozenset({Status.DONE, Status.REVOKED})},
    Kind.TRANSFER: {Status.IN_PROGRESS: ANSWERED},
    Kind.REQUEST: {Status.IN_PROGRESS: ANSWERED},
}
#: Where a transition of a kind begins.
BEGINS: Final[Mapping[Kind, Status]] = {
    Kind.ASSIGN: Status.DONE,
    Kind.REFERRAL: Status.IN_PROGRESS,
    Kind.TRANSFER: Status.IN_PROGRESS,
    Kind.REQUEST: Status.IN_PROGRESS,
}


def moves_from(kind: Kind, status: Status) -> frozenset[Status]:
    """Where a transition may go from here."""
    return MOVES[kind].get(status, frozenset())


def require_move(kind: Kind, current: Status, wanted: Status) -> None:
    """Refuse a move that the table does not hold.

    Raises: TransitionMoveNotAllowed.
    """
    if wanted not in moves_from(kind, current):
        raise TransitionMoveNotAllowed(current=str(current), wanted=str(wanted))


def table() -> dict[str, dict[str, list[str]]]:
    """The table as the client reads it."""
    return {
        str(kind): {str(before): sorted(map(str, after)) for before, after in moves.items()}
        for kind, moves in MOVES.items()
    }
