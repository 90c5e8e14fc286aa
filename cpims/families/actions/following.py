"""What comes after: cases show what their family changed elsewhere, and families follow the cases that change hands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.cases.rules.kind import CASE
from cpims.families.actions.keeping import bring_workers, hold_families, keep_family, whole
from cpims.families.events import FamilyAssigned, FamilyDetailsFollowed, FamilyWorkersChanged
from cpims.families.models import FamilyLink
from cpims.families.rules.linked import linked_of
from cpims.lib.clock import today
from cpims.lib.transactions import atomic
from cpims.records.actions.ownership import HANDED_OVER
from cpims.records.actions.writing import derive_columns, own
from cpims.records.models import Record
from cpims.settings.queries import configuration_number


@atomic
def follow_family(*, at: datetime) -> bool:
    """Bring one case up to what its family changed elsewhere; answers whether there was one. It may be done again.

    Records: FamilyDetailsFollowed.
    """
    named = FamilyLink.objects.filter(behind=True).order_by("case_id").values_list("case_id", flat=True).first()
    if named is None:
        return False
    case = Record.objects.of_kind("case").hold(named)
    if FamilyLink.objects.filter(case_id=case.id, behind=True).update(behind=False):
        day = today(settings.ENVIRONMENT.time_zone, at)
        derive_columns(case, CASE, configuration=configuration_number(), today=day)
        case.revision += 1
        case.save()
        write_down(FamilyDetailsFollowed(record=case.id, revision=case.revision), actor=None, at=at)
    return True


def follow_case(case: Record, *, actor: Viewer, at: datetime) -> None:
    """A case that changed hands is held: its new owner sees the family; when the old one has nothing more to do with it,
    the family is hers.

    Records: FamilyAssigned, FamilyWorkersChanged.
    """
    linked = linked_of(case.state)
    if linked is None:
        return
    family = hold_families([linked.family])[linked.family]
    before = standing_of(family)
    owners = set(FamilyLink.objects.filter(family_id=family.id).values_list("case__owned_by", flat=True))
    if family.owned_by not in owners and family.owned_by == case.state.get("previously_owned_by"):
        owner = User.objects.select_related("agency").prefetch_related("groups").get(pk=case.owner_id)
        give(family, owner, before, actor=actor, at=at)
    else:
        bring_workers(family)
        changes = differences(before, standing_of(family))
        keep_family(family, family.data, FamilyWorkersChanged, actor=actor, at=at, told=case.id, more=changes)


def give(family: Record, owner: User, before: dict[str, Any], *, actor: Viewer, at: datetime) -> None:
    """A family that is held belongs to somebody else from now on.

    Records: FamilyAssigned.
    """
    family.owned_by, family.owner_id = owner.user_name, owner.id
    if not bring_workers(family):
        own(family, *whole(owner))
    changes = differences(before, standing_of(family))
    keep_family(family, family.data, FamilyAssigned, actor=actor, at=at, more=changes)


def standing_of(family: Record) -> dict[str, Any]:
    """Who holds a family, and who sees it."""
    names = ("owned_by", "owned_by_agency_id", "owned_by_groups", "assigned_user_names", "associated_user_names")
    return {name: list(v) if isinstance(v := getattr(family, name), list) else v for name in names}


HANDED_OVER.append(follow_case)
