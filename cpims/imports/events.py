"""What can have happened to tables that were brought in; each person and place has its own entry by the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class TableImported(Event):
    """A table of people or places was brought in. ``about``: what kind, how many rows came to what, the file's digest."""

    name: ClassVar[str] = "table.imported"
