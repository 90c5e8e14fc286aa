"""What time it is. Only the edges ask; everything else is told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today(zone: str, at: datetime | None = None) -> date:
    """The calendar day in the instance's time zone at a moment (by default now)."""
    return (at or now()).astimezone(ZoneInfo(zone)).date()


def iso(moment: datetime) -> str:
    """A moment as the API writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
