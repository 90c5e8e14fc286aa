"""What becomes of an answer that lost against another's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.cases.events import AnswersLetGo
from cpims.lib.transactions import atomic
from cpims.records.actions.conflicts import let_record_answers_go
from cpims.records.actions.writing import Outcome


@atomic
def let_answers_go(*, case_id: UUID, values: Mapping[str, Any], actor: Viewer, at: datetime) -> Outcome:
    """A worker who was shown two answers to one question keeps the other's; hers is written into the history.

    Nothing that was ever typed is lost: the case stays as it is, and both answers can be read side by side.
    Raises: Forbidden, RecordNotFound, AnswersInvalid.
    Records: AnswersLetGo.
    """
    return let_record_answers_go(kind="case", record_id=case_id, values=values, actor=actor, at=at, event=AnswersLetGo)
