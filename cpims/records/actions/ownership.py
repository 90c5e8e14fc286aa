"""Records follow their owner: when she changes team, agency or place, so does who sees her records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import derive_columns, own
from cpims.records.events import OwnerMoved
from cpims.records.models import Record
from cpims.records.rules.kinds import KINDS
from cpims.settings.queries import configuration_number

BATCH = 200
#: What rooms above do in the same act when a case that is held has changed hands; they put it here.
HANDED_OVER: list[Callable[..., None]] = []
#: Lists are narrowed by the owner's place and office.
DERIVED = ("facets", "facet_keys")
FOLLOWING = (
    "owned_by_agency_id",
    "owned_by_groups",
    "associated_user_groups",
    "associated_user_agencies",
)


def follow_owner(*, user_id: int, at: datetime) -> int:
    """Bring every record of a person, and every one that she helps with, up to where she stands now; answers how many changed.

    Works in batches, each its own transaction: it may be interrupted and done again. All kinds of records follow, and
    nobody's name is put on the change but the system's.

    Records: OwnerMoved.
    """
    changed = 0
    last: UUID | None = None
    name = User.objects.values_list("user_name", flat=True).get(pk=user_id)
    hers = Q(owner_id=user_id) | Q(associated_user_names__contains=[name])
    while True:
        rows = Record.objects.filter(hers).order_by("id")
        ids = list((rows.filter(id__gt=last) if last else rows).values_list("id", flat=True)[:BATCH])
        if not ids:
            return changed
        changed += _batch(ids, hers, at)
        last = ids[-1]


@atomic
def _batch(ids: list[UUID], hers: Q, at: datetime) -> int:
    changed, number = 0, configuration_number()
    held = list(Record.objects.select_for_update(of=("self",)).filter(hers, id__in=ids).order_by("id"))
    people = User.objects.select_related("agency").prefetch_related("groups")
    owners = {person.id: person for person in people.filter(pk__in={record.owner_id for record in held})}
    for record in held:
        before, owner = _standing(record), owners[record.owner_id]
        own(record, owner, sorted(group.unique_id for group in owner.groups.all() if not group.disabled))
        changes = differences(before, _standing(record))
        if not changes:
            continue
        record.revision += 1
        derive_columns(record, KINDS[record.kind], configuration=number, today=record.created_at.date())
        record.save(update_fields=[*FOLLOWING, *DERIVED, "associated_user_names", "state", "revision"])
        write_down(
            OwnerMoved(record=record.id, revision=record.revision, changes=changes, about={"kind": record.kind}),
            actor=None,
            at=at,
        )
        changed += 1
    return changed


def _standing(record: Record) -> dict[str, object]:
    values: dict[str, object] = {
        name: list(v) if isinstance(v := getattr(record, name), list) else v for name in FOLLOWING
    }
    return values | {k: v for k, v in record.state.items() if k.startswith("owned_by_")}
