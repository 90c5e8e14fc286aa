"""A run over all open traces: how far it is, and who may begin and end one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cpims.access.rules.viewer import Viewer, require


class RunStatus(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


MOVES: Final[Mapping[RunStatus, frozenset[RunStatus]]] = {
    RunStatus.RUNNING: frozenset({RunStatus.DONE, RunStatus.CANCELLED}),
    RunStatus.DONE: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}
UNDER_WAY: Final = (RunStatus.RUNNING,)
#: Whoever looks after the matching sees the runs, begins and ends them.
RIGHT: Final = ("matching_configuration", "manage")


def require_may_run(viewer: Viewer) -> None:
    """Refuse who does not look after the matching.

    Raises: Forbidden.
    """
    require(viewer, *RIGHT)
