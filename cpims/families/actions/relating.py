"""Relating two cases: both must be in sight of whoever does it, and both histories tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.families.events import CaseFamilyEvent, CaseRelated, RelationshipAmended, RelationshipEnded
from cpims.families.models import CaseRelationship
from cpims.families.queries.relationships import decided_types, other_of
from cpims.families.rules.refusals import RelationshipExists, RelationshipInvalid, RelationshipNotFound
from cpims.families.rules.relationships import as_kept, as_seen
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id, read_id
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome
from cpims.records.models import Record
from cpims.records.rules.refusals import RecordNotFound


@dataclass
class Related(Outcome):
    """What came of relating two cases: the relationship, and the other case."""

    relationship: CaseRelationship | None = None
    other: Record | None = None


@atomic
def relate_cases(
    *, case_id: UUID, other_id: Any, kind: Any, actor: Viewer, at: datetime, primary: bool = False,
    relationship_id: UUID | None = None,
) -> Related:  # fmt: skip
    """A worker says that two children’s cases belong together, and how.

    Raises: Forbidden, RecordNotFound, RelationshipInvalid, RelationshipExists.
    Records: CaseRelated on both cases.
    """
    require(actor, "case", "update_case_relationships")
    named = read_id(other_id)
    held = _hold(case_id, named, actor)
    if case_id not in held:
        raise RecordNotFound
    one, two, stored = as_kept(case_id, named or UUID(int=0), kind, decided_types(actor.configuration))
    if named is None or named not in held or not held[named].record_state:
        raise RelationshipInvalid([Problem("/case_id", "relationship.case_unknown", {"name": "case_id"})])
    row = CaseRelationship(
        id=relationship_id or new_id(), from_case_id=one, to_case_id=two, relationship_type=stored, primary=primary,
        created_at=at, created_by=actor.user_name, updated_at=at, updated_by=actor.user_name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RelationshipExists from error
    _tell(row, held, CaseRelated, actor=actor, at=at)
    return Related(record=held[case_id], relationship=row, other=held[named])


@atomic
def amend_relationship(
    *, case_id: UUID, relationship_id: UUID | None, primary: bool | None = None, disabled: bool | None = None,
    actor: Viewer, at: datetime,
) -> Related:  # fmt: skip
    """A worker changes how two cases are related, ends it, or makes one that was ended hold again.

    Raises: Forbidden, RecordNotFound, RelationshipNotFound, RelationshipExists.
    Records: RelationshipAmended or RelationshipEnded on both cases.
    """
    require(actor, "case", "update_case_relationships")
    case = Record.objects.visible_to(actor).of_kind("case").filter(pk=case_id)
    if not case.exists():
        raise RecordNotFound
    ways = Q(from_case_id=case_id) | Q(to_case_id=case_id)
    found = CaseRelationship.objects.filter(ways, pk=relationship_id).first() if relationship_id else None
    if found is None:
        raise RelationshipNotFound
    other = other_of(found, case_id)
    held = _hold(case_id, other, actor)
    row = CaseRelationship.objects.select_for_update().filter(pk=found.pk).first()
    if row is None or case_id not in held or other not in held:
        raise RelationshipNotFound
    was = row.primary, row.disabled
    row.primary = row.primary if primary is None else primary
    row.disabled = row.disabled if disabled is None else disabled
    if (row.primary, row.disabled) != was:
        row.updated_at, row.updated_by = at, actor.user_name
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise RelationshipExists from error
        _tell(row, held, RelationshipEnded if row.disabled and not was[1] else RelationshipAmended, actor=actor, at=at)
    return Related(record=held[case_id], relationship=row, other=held[other])


def _hold(one: UUID, other: UUID | None, actor: Viewer) -> dict[UUID, Record]:
    """Both cases, as far as the actor sees them, locked in a fixed order."""
    rows = Record.objects.visible_to(actor).of_kind("case").select_for_update(of=("self",))
    return {case.id: case for case in rows.filter(pk__in=[one] if other is None else [one, other]).order_by("id")}


def _tell(
    row: CaseRelationship, held: dict[UUID, Record], event: type[CaseFamilyEvent], *, actor: Viewer, at: datetime
) -> None:
    """Each history tells it in its own words; neither names the other case, which its readers may not see."""
    decided = decided_types(actor.configuration)
    for case in held.values():
        about = {
            "relationship": str(row.id),
            "type": as_seen(case.id, row.from_case_id, row.relationship_type, decided),
            "primary": row.primary,
        }
        write_down(event(record=case.id, revision=case.revision, about=about), actor=actor, at=at)
