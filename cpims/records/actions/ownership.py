"""Records follow their owner: when she changes team, agency or place, so does who sees her records."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import own
from cpims.records.events import OwnerMoved
from cpims.records.models import Record

BATCH = 200
FOLLOWING = (
    "owned_by_agency_id",
    "owned_by_groups",
    "associated_user_groups",
    "associated_user_agencies",
)


def follow_owner(*, user_id: int, at: datetime) -> int:
    """Bring every record of a person up to where she stands now; answers how many changed.

    Works in batches, each its own transaction: it may be interrupted and done again. All kinds of records follow, and
    nobody's name is put on the change but the system's.

    Records: OwnerMoved.
    """
    changed = 0
    last: UUID | None = None
    while True:
        rows = Record.objects.filter(owner_id=user_id).order_by("id")
        ids = list((rows.filter(id__gt=last) if last else rows).values_list("id", flat=True)[:BATCH])
        if not ids:
            return changed
        changed += _batch(ids, user_id, at)
        last = ids[-1]


@atomic
def _batch(ids: list[UUID], user_id: int, at: datetime) -> int:
    owner = User.objects.select_related("agency").prefetch_related("groups").get(pk=user_id)
    groups = [group.unique_id for group in owner.groups.all() if not group.disabled]
    changed = 0
    for record in Record.objects.select_for_update(of=("self",)).filter(id__in=ids, owner_id=user_id).order_by("id"):
        before = _standing(record)
        own(record, owner, sorted(groups))
        changes = differences(before, _standing(record))
        if not changes:
            continue
        record.revision += 1
        record.save(update_fields=[*FOLLOWING, "associated_user_names", "state", "revision"])
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
