"""What can have happened to a job for many cases; each case has its own entry by the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class BulkBegun(Event):
    """Somebody asked for one act on many cases. ``about``: which act, how many cases, by which filters."""

    name: ClassVar[str] = "bulk.begun"


@dataclass(frozen=True, kw_only=True)
class BulkRetried(Event):
    """The cases that were not done are tried again."""

    name: ClassVar[str] = "bulk.retried"


@dataclass(frozen=True, kw_only=True)
class BulkCancelled(Event):
    """The cases that were not done yet are left alone."""

    name: ClassVar[str] = "bulk.cancelled"
