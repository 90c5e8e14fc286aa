"""Taking a sent edit apart: answers, wishes about the record's state, and what cannot be used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cpims.lib.errors import Problem


@dataclass(frozen=True)
class Base:
    """What the worker saw when she began: the revision, and the values of the fields she changed."""

    revision: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """What was sent for one record. ``strict`` refuses what cannot be used instead of naming it."""

    values: Mapping[str, Any]
    base: Base | None = None
    if_match: int | None = None
    strict: bool = False
    move: str | None = None


@dataclass
class Sorted:
    """The parts of an edit."""

    answers: dict[str, Any] = field(default_factory=dict)
    wishes: dict[str, Any] = field(default_factory=dict)
    ignored: list[Problem] = field(default_factory=list)


def sort_edit(
    values: Mapping[str, Any],
    *,
    writable: Collection[str],
    wishes: Collection[str],
    readable: Collection[str],
    masked: Collection[str] = (),
    laid: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Sorted:
    """Sort what was sent. A name that does not exist and one she may not read are told apart by nothing.

    ``laid``: what was laid over rows when they were shown; sent back, it is taken off.
    """
    parts = Sorted()
    for name, value in values.items():
        if name in wishes:
            parts.wishes[name] = value
        elif name in writable and name not in masked:
            parts.answers[name] = _bare(value, laid[name]) if name in laid else value
        else:
            code = "not_writable" if name in readable else "unknown_key"
            parts.ignored.append(Problem(f"/{name}", code, {"name": name}))
    return parts


def _bare(rows: Any, laid: Collection[str]) -> Any:
    if not isinstance(rows, list):
        return rows
    return [{k: v for k, v in row.items() if k not in laid} if isinstance(row, Mapping) else row for row in rows]
