"""Decisions about matches that a device delivers: the same acts as over the API; the record is the tracing request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.actions.writing import Outcome
from cpims.sync.rules import Item, ItemInvalid
from cpims.tracing.actions import confirm_match, reject_match, undo_match
from cpims.tracing.rules.deciding import NOTE, note_problems
from cpims.tracing.rules.refusals import TraceNotFound

Deciding = Callable[..., Any]
SAID: Final = ("trace", "case", NOTE)


def _act(act: Deciding) -> Callable[[Item, Viewer, datetime], Outcome]:
    def decided(item: Item, actor: Viewer, at: datetime) -> Outcome:
        trace, case, note = _read(item.values)
        held = act(trace_id=trace, case_id=case, note=note, actor=actor, at=at)
        if held.request.id != item.record:
            raise TraceNotFound
        return Outcome(record=held.request)

    return decided


#: By their name in the catalogue of acts. ``values``: which trace, which case, and why.
DECIDING: Final[Mapping[str, Callable[[Item, Viewer, datetime], Outcome]]] = {
    "confirm_match": _act(confirm_match),
    "reject_match": _act(reject_match),
    "undo_match": _act(undo_match),
}


def _read(values: Mapping[str, Any]) -> tuple[UUID | None, UUID | None, str]:
    trace, case = read_id(values.get("trace")), read_id(values.get("case"))
    wrong = [Problem(f"/{name}", "unknown_key", {"name": name}) for name in values if name not in SAID]
    wrong += [
        Problem(f"/{name}", "invalid_unique_id", {"name": name})
        for name, found in (("trace", trace), ("case", case))
        if found is None
    ]
    wrong += note_problems(values)
    if wrong:
        raise ItemInvalid([Problem(f"/arguments/values{p.pointer}", p.code, p.params) for p in wrong])
    return trace, case, values.get(NOTE) or ""
