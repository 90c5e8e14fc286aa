"""Files that a device puts on records: the bytes came before, piece by piece; here is only what belongs to which question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.attachments.actions import amend_file, attach_file, detach_file
from cpims.attachments.rules import read_wish
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.actions.writing import Outcome
from cpims.sync.actions.recording import kind_here
from cpims.sync.rules import Item, ItemInvalid


def _attach(item: Item, actor: Viewer, at: datetime) -> Outcome:
    upload = read_id(item.values.get("upload"))
    if upload is None:
        _refuse([Problem("/arguments/values/upload", "invalid_unique_id", {"name": "upload"})])
    wish, unknown = read_wish(item.values, new=True, beside=("upload",))
    _refuse(unknown)
    return attach_file(
        kind=kind_here(item.record, actor), record_id=item.record, upload_id=upload, wish=wish, actor=actor, at=at
    )


def _amend(item: Item, actor: Viewer, at: datetime) -> Outcome:
    named = _named(item.values)
    wish, unknown = read_wish(item.values, new=False, beside=("attachment",))
    _refuse(unknown)
    return amend_file(
        kind=kind_here(item.record, actor), record_id=item.record, attachment=named, wish=wish, actor=actor, at=at
    )


def _detach(item: Item, actor: Viewer, at: datetime) -> Outcome:
    named = _named(item.values)
    _refuse([Problem(f"/arguments/values/{n}", "unknown_key", {"name": n}) for n in item.values if n != "attachment"])
    return detach_file(
        kind=kind_here(item.record, actor), record_id=item.record, attachment=named, actor=actor, at=at, again=True
    )


#: By their name in the catalogue of acts; ``attachment`` is the number of a file, or the id of the upload it came from.
FILING: Final[Mapping[str, Callable[[Item, Viewer, datetime], Outcome]]] = {
    "attach_file": _attach,
    "amend_file": _amend,
    "detach_file": _detach,
}


def _named(values: Mapping[str, Any]) -> int | UUID:
    named = values.get("attachment")
    if isinstance(named, int) and not isinstance(named, bool):
        return named
    found = read_id(named)
    if found is None:
        _refuse([Problem("/arguments/values/attachment", "wrong_type", {"name": "attachment"})])
        raise AssertionError
    return found


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ItemInvalid(problems)
