"""The acts of companions: taking what is theirs out of an edit, and following the record once it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.records.models import Record
from cpims.records.queries.companions import COMPANIONS, Companion, companions_of
from cpims.records.rules.editing import Base

__all__ = ["COMPANIONS", "Companion", "companions_of", "register_companion", "settle_with", "take_out"]


def register_companion(companion: Companion) -> Companion:
    """Make a companion known to the records of its kind; the same one is known once."""
    known = COMPANIONS.setdefault(companion.kind, [])
    if companion not in known:
        known.append(companion)
    return companion


def take_out(
    record: Record, sent: Mapping[str, Any], *, base: Base | None = None, actor: Viewer, at: datetime
) -> dict[str, Any]:
    """Let each companion take what is its own; answers what is left for the record itself."""
    left = dict(sent)
    for companion in companions_of(record.kind, left):
        left = companion.take(record, left, base=base, actor=actor, at=at)
    return left


def settle_with(record: Record, *, actor: Viewer, at: datetime) -> None:
    """Let each companion follow a record that was just stored."""
    for companion in COMPANIONS.get(record.kind, ()):
        companion.settle(record, actor=actor, at=at)
