"""Answers that were written into a case by somebody who no longer holds it, for its owner's eyes alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.clock import iso
from cpims.lib.crypto import derive, unseal
from cpims.lib.json import loads
from cpims.lib.secrets import secret
from cpims.records.models import Quarantine, Record
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.refusals import RecordNotFound


def get_own_case(case_id: UUID | None, viewer: Viewer, action: str = "read") -> Record:
    """A case that the viewer holds herself, in her sight; for anybody else there is none.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, "case", action)
    found = None
    if case_id is not None:
        mine = Record.objects.visible_to(viewer).of_kind("case").filter(owner_id=viewer.user_id)
        found = mine.filter(pk=case_id).first()
    if found is None:
        raise RecordNotFound
    return found


def find_quarantined(case_id: UUID | None, *, viewer: Viewer) -> list[dict[str, Any]]:
    """What waits for the owner's decision, the oldest first.

    Raises: Forbidden, RecordNotFound.
    Shows: who wrote it and when; answers that the owner may read herself, and how many more there are.
    """
    case = get_own_case(case_id, viewer)
    readable = readable_fields(viewer, "case", case.module)
    rows = Quarantine.objects.filter(record=case, resolved_at__isnull=True).select_related("author")
    entries = []
    for row in rows.order_by("received_at", "id"):
        answers = answers_in(row)
        entries.append(
            {
                "id": str(row.id),
                "author": row.author.user_name,
                "author_full_name": row.author.full_name,
                "written_at": iso(row.written_at),
                "received_at": iso(row.received_at),
                "answers": {name: value for name, value in answers.items() if name in readable},
                "withheld": len(answers.keys() - readable),
            }
        )
    return entries


def answers_in(row: Quarantine) -> dict[str, Any]:
    """The answers of a row, opened."""
    key = derive(secret("instance"), "quarantine")
    answers: dict[str, Any] = loads(unseal(key, bytes(row.sealed), row.record_id.bytes))
    return answers
