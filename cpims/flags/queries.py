"""Flags on one record, and flags on every record in sight."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.flags.models import Flag
from cpims.lib.clock import iso
from cpims.records.models import Record
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.kinds import KINDS

SHOWN: Final = ("name", "short_id", "owned_by", "owned_by_agency_id")
#: Without a page somebody gets no more than this.
MOST: Final = 1000


def find_flags(*, kind: str, record_id: UUID | None, viewer: Viewer) -> tuple[Record, list[Flag]]:
    """Every flag of one record in sight, resolved ones too, the oldest first.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, kind, "flag")
    record = get_record(kind=kind, record_id=record_id, viewer=viewer)
    return record, list(Flag.objects.filter(record=record).order_by("id"))


def find_all_flags(
    *, viewer: Viewer, kinds: list[str], open_only: bool, mine: bool, offset: int, per: int | None
) -> tuple[list[Flag], int]:
    """Flags on the records in sight, kind by kind, the latest day first; and how many there are.

    Raises: Forbidden.
    """
    require(viewer, "dashboard", "dash_flags")
    readable = [kind for kind in kinds if viewer.may(kind, "read")]
    rows = Flag.objects.filter(record__in=Record.objects.visible_to(viewer).filter(kind__in=readable))
    if open_only:
        rows = rows.filter(removed=False)
    if mine:
        rows = rows.filter(raised_by_id=viewer.user_id)
    page = rows.select_related("record").order_by("record__kind", "-date", "-id")
    length = MOST if per is None else per
    return list(page[offset : offset + length]), rows.count()


def flag_json(flag: Flag, record: Record, viewer: Viewer, *, today: date) -> dict[str, Any]:
    """A flag as it is shown, with what this viewer may read of its record."""
    shown = served(record, viewer, today=today, names=SHOWN, whole=False)
    return {
        "id": flag.id,
        "record_id": str(record.id),
        "record_uuid": str(record.id),
        "record_type": KINDS[record.kind].plural,
        "date": flag.date.isoformat(),
        "message": flag.message,
        "flagged_by": flag.flagged_by,
        "created_at": iso(flag.created_at),
        "system_generated_followup": False,
        "removed": flag.removed,
        "unflag_message": flag.unflag_message,
        "unflagged_by": flag.unflagged_by,
        "unflagged_date": flag.unflagged_date.isoformat() if flag.unflagged_date else None,
        **{name: shown.get(name) for name in SHOWN},
        "record_access_denied": not record.is_visible_to(viewer),
    }
