"""What becomes of an answer that lost against another's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.cases.events import AnswersLetGo
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome, hold_record
from cpims.records.queries.lending import readable_of
from cpims.records.rules.refusals import AnswersInvalid


@atomic
def let_answers_go(*, case_id: UUID, values: Mapping[str, Any], actor: Viewer, at: datetime) -> Outcome:
    """A worker who was shown two answers to one question keeps the other's; hers is written into the history.

    Nothing that was ever typed is lost: the case stays as it is, and both answers can be read side by side.
    Raises: Forbidden, RecordNotFound, AnswersInvalid.
    Records: AnswersLetGo.
    """
    require(actor, "case", "write")
    case = hold_record(kind="case", record_id=case_id, actor=actor)
    readable = readable_of(case, actor)
    unknown = [Problem(f"/{name}", "unknown_key", {"name": name}) for name in values if name not in readable]
    if unknown:
        raise AnswersInvalid(unknown)
    changes = {name: (hers, _beside(hers, case.data.get(name))) for name, hers in values.items()}
    if changes:
        write_down(AnswersLetGo(record=case.id, revision=case.revision, changes=changes), actor=actor, at=at)
    return Outcome(record=case)


def _beside(hers: Any, stored: Any) -> Any:
    """Of rows, only those that she wrote about."""
    if not isinstance(hers, list) or not isinstance(stored, list):
        return stored
    ids = {row.get("unique_id") for row in hers if isinstance(row, dict)}
    return [row for row in stored if not isinstance(row, dict) or row.get("unique_id") in ids]
