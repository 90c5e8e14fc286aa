"""What becomes of an answer that lost against another's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.audit.events import Event
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome, hold_record
from cpims.records.events import RecordAnswersLetGo
from cpims.records.queries.lending import readable_of
from cpims.records.rules.refusals import AnswersInvalid


@atomic
def let_record_answers_go(
    *,
    kind: str,
    record_id: UUID,
    values: Mapping[str, Any],
    actor: Viewer,
    at: datetime,
    event: type[Event] = RecordAnswersLetGo,
) -> Outcome:
    """A worker who was shown two answers to one question keeps the other's; hers is written into the history.

    Nothing that was ever typed is lost: the record stays as it is, and both answers can be read side by side.
    Raises: Forbidden, RecordNotFound, AnswersInvalid.
    Records: RecordAnswersLetGo, or the event of its kind.
    """
    require(actor, kind, "write")
    record = hold_record(kind=kind, record_id=record_id, actor=actor)
    readable = readable_of(record, actor)
    unknown = [Problem(f"/{name}", "unknown_key", {"name": name}) for name in values if name not in readable]
    if unknown:
        raise AnswersInvalid(unknown)
    changes = {name: (hers, _beside(hers, record.data.get(name))) for name, hers in values.items()}
    if changes:
        about = {} if event.record_kind else {"kind": kind}
        write_down(event(record=record.id, revision=record.revision, changes=changes, about=about), actor=actor, at=at)
    return Outcome(record=record)


def _beside(hers: Any, stored: Any) -> Any:
    """Of rows, only those that she wrote about."""
    if not isinstance(hers, list) or not isinstance(stored, list):
        return stored
    ids = {row.get("unique_id") for row in hers if isinstance(row, dict)}
    return [row for row in stored if not isinstance(row, dict) or row.get("unique_id") in ids]
