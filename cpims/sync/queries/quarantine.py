"""Answers that were written into a record by somebody who no longer holds it, for its owner's eyes alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.clock import iso
from cpims.lib.crypto import derive, digest, unseal
from cpims.lib.json import canonical, loads
from cpims.lib.secrets import secret
from cpims.records.models import Quarantine, Record
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.refusals import RecordNotFound
from cpims.sync.rules import Item


def get_own_record(record_id: UUID | None, kind: str, viewer: Viewer, action: str = "read") -> Record:
    """A record that the viewer holds herself, in her sight; for anybody else there is none.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, kind, action)
    found = None
    if record_id is not None:
        mine = Record.objects.visible_to(viewer).of_kind(kind).filter(owner_id=viewer.user_id)
        found = mine.filter(pk=record_id).first()
    if found is None:
        raise RecordNotFound
    return found


def find_quarantined(record_id: UUID | None, *, kind: str, viewer: Viewer) -> list[dict[str, Any]]:
    """What waits for the owner's decision, the oldest first.

    Raises: Forbidden, RecordNotFound.
    Shows: who wrote it and when; answers that the owner may read herself, and how many more there are.
    """
    record = get_own_record(record_id, kind, viewer)
    readable = readable_fields(viewer, kind, record.module)
    rows = Quarantine.objects.filter(record=record, resolved_at__isnull=True).select_related("author")
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


def count_waiting(ids: Collection[UUID]) -> dict[UUID, int]:
    """How many answers of others wait, by record; only for records that the viewer holds herself."""
    waiting = Quarantine.objects.filter(record_id__in=ids, resolved_at__isnull=True)
    return dict(waiting.values_list("record_id").annotate(number=Count("id"))) if ids else {}


def answers_in(row: Quarantine) -> dict[str, Any]:
    """The answers of a row, opened."""
    key = derive(secret("instance"), "quarantine")
    answers: dict[str, Any] = loads(unseal(key, bytes(row.sealed), row.record_id.bytes))
    return answers


def quarantine_id_of(item: Item, actor: Viewer) -> UUID:
    """The id of an item's answers in quarantine: the same for the same item, so that what comes twice is kept once."""
    key = derive(secret("instance"), "quarantine-ids")
    return UUID(
        bytes=digest(key, str(actor.user_id).encode(), item.id.encode(), canonical(item.values))[:16], version=4
    )


def lies_in_quarantine(item: Item, actor: Viewer) -> bool:
    """Were these answers kept for the owner already, when the record was out of the writer's sight?"""
    return Quarantine.objects.filter(pk=quarantine_id_of(item, actor)).exists()
