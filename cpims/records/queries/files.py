"""The files of a record as they are shown with it: written down into the record by the acts, so that no list looks them up."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.records.models import Record
from cpims.records.queries.setup import setup_of
from cpims.records.rules.kinds import KINDS, MASK

#: Where the acts of attaching write them in a record's state; no question can have this name.
FILES: Final = "_files"
PAPER, SIGNATURE = "document_upload_box", "signature"
FILE_FIELDS: Final = frozenset({"photo_upload_box", "audio_upload_box", PAPER})
PHOTOS: Final = "photos"


@lru_cache(maxsize=16)
def file_fields(configuration: int, kind: str) -> frozenset[str]:
    """The questions that files answer. What happened to them is hidden with the child's name: a file's name often holds it."""
    fields = setup_of(configuration, kind).fields
    return frozenset(name for name, one in fields.items() if one["type"] in FILE_FIELDS or one["type"] == SIGNATURE)


def is_shown(record: Record, viewer: Viewer, is_paper: bool) -> bool:
    """Pictures, sounds and signatures tell who a child is: from whom her name is hidden, they are hidden too."""
    return is_paper or not record.is_masked_for(viewer)


def name_for(record: Record, viewer: Viewer, file_name: str) -> str:
    """A file's name as this viewer reads it: it often holds the child's."""
    if not record.is_masked_for(viewer):
        return file_name
    return f"{MASK}.{file_name.rpartition('.')[2]}"


def add_files(
    out: dict[str, Any], record: Record, viewer: Viewer, fields: Iterable[tuple[str, str]], *, with_photo: bool
) -> None:
    """Put the files of some questions, each with its type, beside the answers; and the address of the newest photo."""
    files = record.state.get(FILES) or {}
    for name, kind in fields:
        shown = files.get(name) or () if is_shown(record, viewer, kind == PAPER) else ()
        if kind == SIGNATURE:
            out[name] = _signature(record, viewer, name, shown[0]) if shown else None
        else:
            out[name] = [_file(record, viewer, name, entry) for entry in shown]
    if with_photo:
        photos = files.get(PHOTOS) or () if is_shown(record, viewer, False) else ()
        out["photo"] = address_of(record, photos[0]["id"]) if photos else None


def address_of(record: Record, number: int) -> str:
    """Where the bytes of a file are read."""
    return f"/api/v2/{KINDS[record.kind].plural}/{record.id}/attachments/{number}"


def _file(record: Record, viewer: Viewer, name: str, entry: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "id": entry["id"],
        "unique_id": entry["unique_id"],
        "field_name": name,
        "file_name": name_for(record, viewer, entry["file_name"]),
        "date": entry["date"],
        "description": entry["description"],
        "is_current": entry["is_current"],
        "comments": entry["comments"],
    }
    return shown | _bytes(record, entry)


def _signature(record: Record, viewer: Viewer, name: str, entry: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "id": entry["id"],
        "unique_id": entry["unique_id"],
        "field_name": name,
        "file_name": name_for(record, viewer, entry["file_name"]),
        "signature_provided_on": entry["date"],
        "signature_provided_by": entry["signature_provided_by"],
        "signature_created_by_user": entry["attached_by"],
    }
    return shown | _bytes(record, entry)


def _bytes(record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    address = address_of(record, entry["id"])
    told = {"attachment_url": address, "content_type": entry["content_type"], "size": entry["size"]}
    if entry["thumbnail"]:
        told["thumbnail_url"] = address.replace("/api/v2/", "/api/cpims/v1/", 1) + "/thumbnail"
    return told
