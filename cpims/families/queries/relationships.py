"""How cases are related, for whoever looks: of the other case only what she may read of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.families.models import CaseRelationship
from cpims.families.rules.refusals import RelationshipInvalid
from cpims.families.rules.relationships import as_seen, types_of
from cpims.lib.errors import Problem
from cpims.records.models import Record
from cpims.records.queries.reading import get_record
from cpims.settings.queries import settings_at

LOOKS = ("view_case_relationships", "update_case_relationships")


def decided_types(configuration: int) -> Any:
    """How cases may be related, as the instance decided."""
    return settings_at(configuration).option("case_relationships", {})


def find_relationships(
    *, case_id: UUID | None, kind: str | None, viewer: Viewer
) -> tuple[Record, list[tuple[CaseRelationship, Record]]]:
    """The cases that a case is related to (in one way, or in all), the newest first; two statements.

    Raises: Forbidden, RecordNotFound, RelationshipInvalid.
    Shows: those whose other case lies in the viewer’s sight; of others not even that there are any.
    """
    require(viewer, "case", *LOOKS)
    case = get_record(kind="case", record_id=case_id, viewer=viewer)
    decided = decided_types(viewer.configuration)
    if kind and kind not in types_of(decided):
        raise RelationshipInvalid([Problem("/relationship_type", "not_an_option", {"name": "relationship_type"})])
    ways = Q(from_case_id=case.id) | Q(to_case_id=case.id)
    rows = list(CaseRelationship.objects.filter(ways).order_by("-created_at", "id"))
    if kind:
        rows = [row for row in rows if as_seen(case.id, row.from_case_id, row.relationship_type, decided) == kind]
    return case, seen_by(case.id, rows, viewer)


def seen_by(case: UUID, rows: Sequence[CaseRelationship], viewer: Viewer) -> list[tuple[CaseRelationship, Record]]:
    """Relationships with their other case, where that is in sight."""
    others = {row.id: other_of(row, case) for row in rows}
    hers = Record.objects.visible_to(viewer).of_kind("case").in_bulk(set(others.values()))
    return [(row, hers[others[row.id]]) for row in rows if others[row.id] in hers]


def other_of(row: CaseRelationship, case: UUID) -> UUID:
    """The other case of a relationship."""
    return row.to_case_id if row.from_case_id == case else row.from_case_id
