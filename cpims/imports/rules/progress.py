"""Telling how far a table has come."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from cpims.lib.errors import Conflict, NotFound


class Phase(StrEnum):
    """What is being done with a table."""

    READING = "reading"
    CHECKING = "checking"
    STORING = "storing"


#: Told the phase, how many rows are done in it, and of how many.
Tell = Callable[[Phase, int, int], None]


class ImportCancelled(Conflict):
    """She called the table back while it was being worked on; nothing was stored."""

    code = "import.cancelled"


class ImportRunNotFound(NotFound):
    """No such table is being worked on: it has ended, or it is somebody else's."""

    code = "import.run_not_found"


def untold(phase: Phase, done: int, total: int) -> None:
    """Nobody watches."""
