"""A record as a viewer may read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.clock import iso
from cpims.records.models import Record
from cpims.records.queries.setup import readable_fields, setup_of
from cpims.records.rules.kinds import KINDS, MASK, Kind
from cpims.records.rules.precision import age_on
from cpims.records.rules.refusals import RecordNotFound

FILE_FIELDS = frozenset({"photo_upload_box", "audio_upload_box", "document_upload_box"})
ALWAYS = frozenset({"flag_count", "alert_count", "record_in_scope"})


def get_record(*, kind: str, record_id: UUID | None, viewer: Viewer, action: str = "read") -> Record:
    """One record in the viewer's sight.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, kind, action)
    found = None
    if record_id is not None:
        found = Record.objects.visible_to(viewer).of_kind(kind).filter(pk=record_id).first()
    if found is None:
        raise RecordNotFound
    return found


def served(
    record: Record, viewer: Viewer, *, today: date, names: Collection[str] | None = None, whole: bool = True
) -> dict[str, Any]:
    """A record as the API shows it to this viewer: readable names only (of ``names``, when given), hidden names masked.

    ``whole=False`` reads the list projection instead of the answers.
    """
    kind = KINDS[record.kind]
    readable = readable_fields(viewer, record.kind, record.module)
    shown = readable if names is None else readable & frozenset(names)
    values = _values(record, kind, whole=whole)
    out: dict[str, Any] = {}
    for name, value in values.items():
        if name in shown and value is not None:
            out[name] = iso(value) if isinstance(value, datetime) else value
    if whole:
        out |= {name: None for name in record.data if name in shown and record.data[name] is None}
    _add_computed(out, record, kind, viewer, shown, today)
    mask(out, record, viewer, kind)
    out |= {"id": str(record.id), "enabled": record.record_state, "last_updated_at": iso(record.last_updated_at)}
    return out


def _values(record: Record, kind: Kind, *, whole: bool) -> dict[str, Any]:
    answers = record.data if whole else record.row
    computed = kind.computed(record.data, record.state) if whole else {}
    return {**answers, **computed, **record.state_values()}


def _add_computed(
    out: dict[str, Any], record: Record, kind: Kind, viewer: Viewer, shown: frozenset[str], today: date
) -> None:
    if "name" in shown:
        out["name"] = record.name
    if "age" in shown and record.birth_on is not None:
        out["age"] = age_on(record.birth_on, today)
    for name in ALWAYS & shown:
        out[name] = record.is_visible_to(viewer) if name == "record_in_scope" else getattr(record, name)
    fields = setup_of(viewer.configuration, record.kind).fields
    for name in shown:
        definition = fields.get(name)
        if definition is None:
            continue
        if definition["type"] in FILE_FIELDS:
            out[name] = []
        elif definition["type"] == "signature":
            out[name] = None
    if "photo" in shown:
        out["photo"] = None


def mask(out: dict[str, Any], record: Record, viewer: Viewer, kind: Kind) -> None:
    """Put asterisks where the child's names are hidden from this viewer."""
    if not record.hidden_name:
        return
    if "name" in out:
        out["name"] = MASK
    if record.is_masked_for(viewer):
        for name in kind.masked_fields & out.keys():
            if out[name] is not None:
                out[name] = MASK


def incomplete_for(record: Record, viewer: Viewer) -> list[dict[str, Any]]:
    """What is still missing on a record, as far as this viewer may read it."""
    readable = readable_fields(viewer, record.kind, record.module)
    return [entry for entry in record.incomplete if top_of(entry["pointer"]) in readable]


def top_of(pointer: str) -> str:
    """The field that a pointer lies in."""
    return pointer.split("/", 2)[1] if pointer.startswith("/") else pointer


def record_ids(records: Iterable[Record]) -> list[UUID]:
    """The ids of records, for the book of sightings."""
    return [record.id for record in records]
