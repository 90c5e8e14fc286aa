"""A family is given to another worker. It goes by itself: a family may have children of several workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.families.actions.following import give, standing_of
from cpims.families.rules.refusals import AssignmentInvalid
from cpims.forms.queries.viewers import viewer_of
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome, hold_record


@atomic
def assign_family(*, family_id: UUID, to: Any, actor: Viewer, at: datetime) -> Outcome:
    """A family is given to a worker who may work with families of this module.

    Raises: Forbidden, RecordNotFound, AssignmentInvalid.
    Records: FamilyAssigned.
    """
    require(actor, "family", "assign")
    family = hold_record(kind="family", record_id=family_id, actor=actor)
    people = User.objects.filter(Q(disabled=False), role__disabled=False).select_related("agency", "role")
    owner = people.prefetch_related("groups").filter(user_name=to).first() if isinstance(to, str) else None
    if owner is None or not _works_with(owner, family.module, actor.configuration):
        raise AssignmentInvalid([Problem("/transitioned_to", "family.recipient", {"name": "transitioned_to"})])
    if owner.id != family.owner_id:
        before = standing_of(family)
        give(family, owner, before, actor=actor, at=at)
    return Outcome(record=family)


def _works_with(person: User, module: str, configuration: int) -> bool:
    viewer = viewer_of(person.pk, person.access_epoch, configuration)
    return viewer.may("family", "read") and (viewer.is_super or module in viewer.modules)
