"""What a write settles in the rows of a case: services given or not, notes signed and dated (records.md §7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cpims.cases.rules.due import rows_of

IMPLEMENTED, NOT_IMPLEMENTED = "implemented", "not_implemented"


def settle(before: Mapping[str, Any], after: dict[str, Any], *, author: str, at: datetime) -> dict[str, Any]:
    """The answers with their rows settled; only sections that changed are touched."""
    settled = dict(after)
    if _changed(before, after, "services_section"):
        settled["services_section"] = [_service(row) for row in rows_of(after, "services_section")]
    if _changed(before, after, "notes_section"):
        known = {row.get("unique_id"): row for row in rows_of(before, "notes_section")}
        settled["notes_section"] = [
            _note(row, known.get(row.get("unique_id")), author=author, at=at) for row in rows_of(after, "notes_section")
        ]
    return settled


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    return bool(rows_of(after, name)) and before.get(name) != after.get(name)


def _service(row: Mapping[str, Any]) -> dict[str, Any]:
    given = row.get("service_implemented_day_time")
    if given and row.get("service_implemented") != IMPLEMENTED:
        return {**row, "service_implemented": IMPLEMENTED}
    if row.get("service_type") and not given:
        return {**row, "service_implemented": NOT_IMPLEMENTED}
    return dict(row)


def _note(row: Mapping[str, Any], stored: Mapping[str, Any] | None, *, author: str, at: datetime) -> dict[str, Any]:
    """A new note is signed by whoever writes it, whatever was sent; a stored one keeps its signature."""
    signed = dict(row)
    signed["note_created_by"] = (stored or {}).get("note_created_by") or author
    if not signed.get("note_date"):
        signed["note_date"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return signed
