"""What can have happened: the shape that every room's events share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened. ``name`` is forever; ``changes`` maps a field to its value before and after."""

    name: ClassVar[str]
    record_kind: ClassVar[str] = ""

    record: UUID | None = None
    subject: str = ""
    revision: int | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """What is sealed: before and after of each changed field, and whatever else belongs to it."""
        packed: dict[str, Any] = {"changes": {k: {"from": a, "to": b} for k, (a, b) in self.changes.items()}}
        if self.about:
            packed["about"] = dict(self.about)
        return packed


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Before and after of each key that differs; a missing key and an empty one (null) are the same."""
    keys = list(before) + [k for k in after if k not in before]
    return {k: (before.get(k), after.get(k)) for k in keys if before.get(k) != after.get(k)}
