"""Work that devices handed over and that waits for a decision: for its author, and for who answers for her work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.queries.devices import led_users
from cpims.lib.clock import iso
from cpims.lib.crypto import derive, unseal
from cpims.lib.json import loads
from cpims.lib.secrets import secret
from cpims.records.models import Record
from cpims.records.queries.lending import eyes_on
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.kinds import KINDS
from cpims.sync.models import Handover
from cpims.sync.rules.handing_over import UNREADABLE, WAITING, HandoverNotFound

OPEN = (WAITING, UNREADABLE)


def require_any(viewer: Viewer, action: str) -> None:
    """Refuse who may not do this with any kind of record.

    Raises: Forbidden.
    """
    if not any(viewer.may(kind, action) for kind in KINDS):
        require(viewer, "case", action)


def kind_of_act(action: str) -> str:
    """The kind of record that an act of registering or amending is about; of any other, a case."""
    verb, _, kind = action.partition("_")
    return kind if verb in ("register", "amend") and kind in KINDS else "case"


def visible_handovers(viewer: Viewer) -> Q:
    """Her own; and those of the workers she answers for, of her modules."""
    theirs = Q(user__in=led_users(viewer))
    if not viewer.is_super:
        theirs &= Q(module__in=["", *sorted(viewer.modules)])
    return Q(user_id=viewer.user_id) | theirs


def find_handovers(viewer: Viewer, *, offset: int, length: int) -> tuple[list[dict[str, Any]], int, list[UUID]]:
    """What waits, the oldest first; how many there are in all; and the records of those shown.

    Raises: Forbidden.
    Shows: author, device and times; answers that the viewer may read, and how many more there are.
    """
    require_any(viewer, "read")
    rows = Handover.objects.filter(visible_handovers(viewer), state__in=OPEN).order_by("written_at", "id")
    total = rows.count()
    page = list(rows.select_related("user", "device")[offset : offset + length])
    named = {row.record_id for row in page if row.record_id is not None}
    known = {record.id: record for record in Record.objects.filter(pk__in=named).only(*SIGHT)}
    return [_told(row, viewer, known) for row in page], total, sorted(named & known.keys())


#: What of a record decides who may know of it.
SIGHT = (
    *("id", "kind", "module", "hidden_name", "owned_by", "associated_user_names", "associated_user_groups"),
    *("associated_user_agencies", "identified_by"),
)


def get_handover(handover_id: UUID | None, viewer: Viewer) -> Handover:
    """Something that a device handed over, on which the viewer may decide, decided or not.

    Raises: Forbidden, HandoverNotFound.
    """
    require_any(viewer, "write")
    found = Handover.objects.filter(visible_handovers(viewer), pk=handover_id).first() if handover_id else None
    if found is None:
        raise HandoverNotFound
    return found


def _told(row: Handover, viewer: Viewer, known: Mapping[UUID, Record]) -> dict[str, Any]:
    record = known.get(row.record_id) if row.record_id else None
    mine = row.user_id == viewer.user_id
    answers = item_in(row)["arguments"]["values"] if row.state == WAITING else {}
    in_sight = record.is_visible_to(viewer) if record is not None else True
    looks = eyes_on(record, viewer) if record is not None else viewer
    kind = record.kind if record is not None else kind_of_act(row.action)
    shown = readable_fields(looks, kind, row.module or None) if in_sight else frozenset()
    hidden = record.hidden_name if record is not None else answers.get("hidden_name") is True
    if hidden and not mine:
        shown -= KINDS[kind].masked_fields | {"name"}
    readable = {name: value for name, value in answers.items() if name in shown}
    return {
        "id": str(row.id),
        "item": row.item,
        "author": row.user.user_name,
        "author_full_name": row.user.full_name,
        "device": row.device.name,
        "action": row.action or None,
        "record": str(row.record_id) if record is not None and in_sight else None,
        "state": row.state,
        "written_at": iso(row.written_at),
        "received_at": iso(row.received_at),
        "answers": readable,
        "withheld": len(answers) - len(readable),
    }


def handover_key() -> bytes:
    """The key under which work that was handed over lies."""
    return derive(secret("instance"), "handovers")


def item_in(row: Handover) -> dict[str, Any]:
    """The act as the device would have delivered it."""
    item: dict[str, Any] = loads(unseal(handover_key(), bytes(row.sealed or b""), row.id.bytes))
    return item
