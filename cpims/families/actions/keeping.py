"""Holding a family, and storing it: what is derived of it, who sees it, what is written down, which cases follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.families.events import FamilyEvent
from cpims.families.models import FamilyLink
from cpims.families.rules.kind import FAMILY
from cpims.families.rules.rows import ID, MEMBERS, Row, changed_rows, nameless, rows_in
from cpims.lib.clock import today
from cpims.records.actions.writing import derive_record, own, touch
from cpims.records.models import Record


def hold_families(ids: Collection[UUID]) -> dict[UUID, Record]:
    """Lock families until the act ends, in a fixed order; whoever holds a case as well held that first."""
    rows = Record.objects.of_kind("family").select_for_update(of=("self",)).filter(pk__in=ids)
    return {family.id: family for family in rows.order_by("id")}


def keep_family(
    family: Record,
    before: Mapping[str, Any],
    event: type[FamilyEvent],
    *,
    actor: Viewer,
    at: datetime,
    told: UUID | None = None,
    more: Mapping[str, tuple[Any, Any]] | None = None,
    child: str = "",
) -> None:
    """Store a family that is held, write down what changed, and let the cases of its members follow: all but ``told``.

    ``child`` is the member that a case made of itself: who that is stands in the history of the case, where names that
    are hidden are hidden, and not in that of the family.
    """
    day = today(settings.ENVIRONMENT.time_zone, at)
    derive_record(family, FAMILY, configuration=actor.configuration, today=day)
    touch(family, actor=actor, at=at)
    family.save()
    changes = changes_between(before, family.data) | dict(more or {})
    if MEMBERS in changes and child:
        was, now = changes[MEMBERS]
        changes[MEMBERS] = _without_name(was, child), _without_name(now, child)
    write_down(event(record=family.id, revision=family.revision, changes=changes), actor=actor, at=at)
    leave_behind(family.id, told=told)


def _without_name(rows: list[Row], child: str) -> list[Row]:
    return [nameless(row) if row[ID] == child else row for row in rows]


def leave_behind(family_id: UUID, *, told: UUID | None = None) -> None:
    """The cases of a family’s members have something to follow; ``told`` is the case from which it was changed."""
    links = FamilyLink.objects.filter(family_id=family_id)
    (links.exclude(case_id=told) if told else links).update(behind=True)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Before and after of each answer that differs; of the members only those rows that were touched."""
    changes = differences(before, after)
    if MEMBERS in changes:
        touched = changed_rows(rows_in(before, MEMBERS), rows_in(after, MEMBERS))
        if touched is None:
            del changes[MEMBERS]
        else:
            changes[MEMBERS] = touched
    return changes


def bring_workers(family: Record, *, joining: str | None = None, leaving: UUID | None = None) -> bool:
    """Whoever owns a case of a member sees the family; answers whether that changed anything. The family is saved later."""
    links = FamilyLink.objects.filter(family_id=family.id)
    owners = set((links.exclude(case_id=leaving) if leaving else links).values_list("case__owned_by", flat=True))
    owners |= {joining} if joining else set()
    named = sorted(owners - {family.owned_by})
    if named == family.assigned_user_names:
        return False
    family.assigned_user_names = named
    own(family, *owner_of(family))
    return True


def owner_of(family: Record) -> tuple[User, list[str]]:
    """Who owns a family, and her teams."""
    return whole(User.objects.select_related("agency").prefetch_related("groups").get(pk=family.owner_id))


def whole(person: User) -> tuple[User, list[str]]:
    """Somebody, and her teams that are in use."""
    return person, sorted(group.unique_id for group in person.groups.all() if not group.disabled)
