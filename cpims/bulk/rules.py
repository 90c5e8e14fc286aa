"""What may be done to many cases at once, by whom, and how a job says no."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from cpims.access.rules.leading import ASSIGNS
from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted, Problem, Refusal

CASE: Final = "case"
#: More cases than these are a matter for several jobs.
MOST: Final = 5_000


class Act(StrEnum):
    """What is done to each case."""

    ASSIGN = "assign"
    REFER = "refer"
    TRANSFER = "transfer"
    FLAG = "flag"


class Status(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Result(StrEnum):
    """What became of one case."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


#: The right that opens an act for many; each case is asked for again by the act itself.
RIGHTS: Final[Mapping[Act, tuple[str, ...]]] = {
    Act.ASSIGN: ASSIGNS,
    Act.REFER: ("referral",),
    Act.TRANSFER: ("transfer",),
    Act.FLAG: ("flag_multiple",),
}
MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    Status.WAITING: frozenset({Status.RUNNING, Status.CANCELLED, Status.REFUSED}),
    Status.RUNNING: frozenset({Status.DONE, Status.CANCELLED, Status.REFUSED}),
    Status.DONE: frozenset({Status.RUNNING}),
    Status.CANCELLED: frozenset({Status.WAITING, Status.RUNNING}),
    Status.REFUSED: frozenset({Status.WAITING, Status.RUNNING}),
}
UNDER_WAY: Final = frozenset({Status.WAITING, Status.RUNNING})
#: A row of one case's services is no thing that many cases have.
NOT_FOR_MANY: Final = ("service_record_id",)


class BulkNotFound(NotFound):
    """There is no such job, or it is somebody else's."""

    code = "bulk.not_found"


class BulkInvalid(Invalid):
    """This cannot be done to these cases."""

    code = "bulk.invalid"


class BulkUnderWay(Conflict):
    """The job is still at work: cancel it first."""

    code = "bulk.under_way"


class BulkHasEnded(Conflict):
    """There is nothing left of the job to cancel or to try again."""

    code = "bulk.has_ended"


class BulkAsksForLess(Conflict):
    """Her rights changed meanwhile: what she chose by can no longer be asked, and would be more than she meant."""

    code = "bulk.selection_changed"


class ActorGone(Conflict):
    """The account that asked for it was switched off meanwhile."""

    code = "bulk.actor_disabled"


def require_may_begin(actor: Viewer, act: Act) -> None:
    """Refuse whose role does not open this act for many cases.

    Raises: Forbidden.
    """
    require(actor, CASE, *RIGHTS[act])
    require(actor, CASE, "read")


def require_may_begin_some(actor: Viewer) -> None:
    """Refuse whose role opens none of these acts for many cases.

    Raises: Forbidden.
    """
    require(actor, CASE, *(right for rights in RIGHTS.values() for right in rights))
    require(actor, CASE, "read")


def require_number(count: int, pointer: str, act: Act) -> None:
    """Refuse a choice of nothing, and one of too many.

    Raises: BulkInvalid.
    """
    if count == 0:
        raise BulkInvalid([Problem(pointer, "bulk.nothing_chosen")])
    if count > MOST:
        known = f"case.messages.bulk_{act.value}_limit"
        raise BulkInvalid([Problem(pointer, "bulk.too_many", {"most": MOST, "primero": known})])


def told(refusal: Refusal) -> list[dict[str, Any]]:
    """Why a case was refused, as it is kept: codes and what their sentences need."""
    if isinstance(refusal, Invalid) and refusal.problems:
        return [
            {"pointer": p.pointer, "code": p.code, "params": {k: v for k, v in p.params.items() if k != "primero"}}
            for p in refusal.problems
        ]
    hidden = isinstance(refusal, (NotFound, NotPermitted))
    return [{"pointer": "", "code": refusal.code, "params": {} if hidden else dict(refusal.params)}]
