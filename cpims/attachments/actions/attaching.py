"""Putting a file on a record, changing what is said with it, taking it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from cpims.access.rules.viewer import Viewer, require
from cpims.attachments.actions.erasing import forget_bytes
from cpims.attachments.actions.sending import READY, REFUSED
from cpims.attachments.events import FileAmended, FileAttached, FileDetached
from cpims.attachments.models import Attachment, Upload
from cpims.attachments.queries import (
    CONTENT,
    LARGEST,
    THUMBNAIL,
    bytes_held,
    fillable,
    key_of_upload,
    may_read,
    most_attachments,
    most_bytes,
)
from cpims.attachments.rules import (
    PHOTOS,
    UNUSABLE,
    AttachmentInvalid,
    AttachmentNotFound,
    UploadDiffers,
    UploadNotReady,
    UploadUnknown,
    Wish,
    require_may_fill,
    shown_name,
    told_type,
)
from cpims.audit.actions import record as write_down
from cpims.audit.events import Event
from cpims.audit.queries import subject_key
from cpims.lib.clock import today
from cpims.lib.crypto import seal
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome, derive_columns, hold_record, touch
from cpims.records.models import Record
from cpims.records.queries.files import FILES
from cpims.records.queries.lending import eyes_on
from cpims.records.rules.kinds import KINDS

HAS_PHOTO = "has_photo"
SPACE_LOCK = 0x6669_6C65  # "file"


@dataclass
class Attached(Outcome):
    """What came of an act on a file: the record, and the file (nothing when it is not there any more)."""

    attachment: Attachment | None = None


@atomic
def attach_file(
    *, kind: str, record_id: UUID, upload_id: UUID | None, wish: Wish, actor: Viewer, at: datetime
) -> Attached:
    """A worker puts a file that was sent on a record; done again for the same file, it is done once.

    Raises: Forbidden, RecordNotFound, FieldNotYours, AttachmentInvalid, UploadUnknown, UploadNotReady, UploadDiffers.
    Records: FileAttached.
    """
    record = _hold(kind, record_id, actor)
    require_may_fill(_fillable(record, actor), wish.field_name, wish.attachment_type or None)
    known = Attachment.objects.filter(upload_id=upload_id, record=record).first() if upload_id else None
    if known is not None:
        return Attached(record=record, attachment=known)
    upload = _sent(upload_id, record, wish)
    _require_room(record, upload, actor)
    day = today(settings.ENVIRONMENT.time_zone, at)
    name = shown_name(wish.file_name, told_type(upload.content_type, wish.file_name))
    said = {"date": day} | dict(wish.said)
    if upload.attachment_type == "signature":
        said["date"] = day
    attachment = Attachment.objects.create(
        record=record, upload_id=upload.id, field_name=upload.field_name, attachment_type=upload.attachment_type,
        file_name=name, **said, attached_by_id=actor.user_id, attached_by_name=actor.user_name,
        content_id=upload.content_id, wrapped=seal(subject_key(record.id), key_of_upload(upload), upload.content_id.bytes),
        content_type=told_type(upload.content_type, wish.file_name), size=upload.content_size,
        has_thumbnail=upload.has_thumbnail, created_at=at,
    )  # fmt: skip
    upload.delete()
    return _keep(record, attachment, FileAttached, None, _told(attachment), actor, at)


@atomic
def amend_file(
    *, kind: str, record_id: UUID, attachment: int | UUID | None, wish: Wish, actor: Viewer, at: datetime
) -> Attached:
    """What is said with a file, or its day, is changed.

    Raises: Forbidden, RecordNotFound, AttachmentNotFound, FieldNotYours.
    Records: FileAmended.
    """
    record = _hold(kind, record_id, actor)
    found = _find(record, attachment, actor)
    if found is None:
        raise AttachmentNotFound
    require_may_fill(_fillable(record, actor), found.field_name)
    before = _told(found)
    said = dict(wish.said)
    if found.attachment_type == "signature":
        said.pop("date", None)
    for name, value in said.items():
        setattr(found, name, value)
    after = _told(found)
    if before == after:
        return Attached(record=record, attachment=found)
    found.save(update_fields=list(said))
    return _keep(record, found, FileAmended, before, after, actor, at)


@atomic
def detach_file(
    *, kind: str, record_id: UUID, attachment: int | UUID | None, actor: Viewer, at: datetime, again: bool = False
) -> Attached:
    """A file is taken off a record, and its bytes are erased. With ``again`` it may have been taken off already.

    Raises: Forbidden, RecordNotFound, AttachmentNotFound, FieldNotYours.
    Records: FileDetached.
    """
    record = _hold(kind, record_id, actor)
    found = _find(record, attachment, actor)
    if found is None:
        if again:
            return Attached(record=record)
        raise AttachmentNotFound
    require_may_fill(_fillable(record, actor), found.field_name)
    before = _told(found)
    forget_bytes(found.content_id, (CONTENT, THUMBNAIL), at=at)
    found.delete()
    return _keep(record, found, FileDetached, before, None, actor, at)


def _hold(kind: str, record_id: UUID, actor: Viewer) -> Record:
    require(actor, kind, "write")
    require(actor, kind, "read")
    return hold_record(kind=kind, record_id=record_id, actor=actor)


def _fillable(record: Record, actor: Viewer) -> dict[str, str]:
    return fillable(eyes_on(record, actor), record.kind, record.module)


def _find(record: Record, named: int | UUID | None, actor: Viewer) -> Attachment | None:
    rows = Attachment.objects.filter(record=record)
    if isinstance(named, UUID):
        found = rows.filter(upload_id=named).first()
    else:
        found = rows.filter(pk=named).first() if named is not None and 0 < named < LARGEST else None
    return found if found is not None and may_read(record, found, actor) else None


def _sent(upload_id: UUID | None, record: Record, wish: Wish) -> Upload:
    """The file that the act names. Whoever may write into the record it was announced for may attach it: work that a
    device handed over is done by another."""
    rows = Upload.objects.select_for_update().filter(kind=record.kind, record_id=record.id)
    upload = rows.filter(pk=upload_id).first() if upload_id is not None else None
    if upload is None:
        raise UploadUnknown([Problem("/upload", "upload.unknown")])
    if upload.state == REFUSED:
        raise AttachmentInvalid([UNUSABLE[upload.problem]])
    if upload.state != READY:
        raise UploadNotReady(received=upload.received)
    if upload.field_name != wish.field_name or wish.attachment_type not in ("", upload.attachment_type):
        raise UploadDiffers
    return upload


def _require_room(record: Record, upload: Upload, actor: Viewer) -> None:
    most = most_attachments(actor)
    if Attachment.objects.filter(record=record).count() >= most:
        raise AttachmentInvalid([Problem("/base", "attachment.maximum", {"most": most, **_primero("maximum")})])
    space = most_bytes(actor)
    if not space:
        return
    with connection.cursor() as cursor:  # one after the other: what is counted must still be so when it is written
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, 0)", [SPACE_LOCK])
    if bytes_held() + upload.content_size > space:
        raise AttachmentInvalid([Problem("/base", "attachment.space", _primero("file_upload_unsuccessful"))])


def _primero(name: str) -> dict[str, str]:
    return {"primero": f"errors.attachments.{name}"}


def _told(attachment: Attachment) -> dict[str, Any]:
    """What the book of changes keeps of a file."""
    told: dict[str, Any] = {
        "id": attachment.pk,
        "file_name": attachment.file_name,
        "content_type": attachment.content_type,
        "date": attachment.date.isoformat() if attachment.date else None,
        "description": attachment.description,
        "comments": attachment.comments,
        "is_current": attachment.is_current,
    }
    if attachment.attachment_type == "signature":
        told["signature_provided_by"] = attachment.signature_provided_by
    return told


def _keep(
    record: Record,
    attachment: Attachment,
    event: type[Event],
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: Viewer,
    at: datetime,
) -> Attached:
    """Write down into the record which files it has, and into the book what happened."""
    files = _files_of(record)
    held = (record.state.get(FILES) or {}).get(attachment.field_name)
    record.state = {**record.state, FILES: files, HAS_PHOTO: bool(files.get(PHOTOS))}
    recorded = today(settings.ENVIRONMENT.time_zone, record.created_at)
    derive_columns(record, KINDS[record.kind], configuration=actor.configuration, today=recorded)
    touch(record, actor=actor, at=at)
    record.save()
    name = attachment.field_name
    about = {"kind": record.kind, "upload": str(attachment.upload_id), "type": attachment.attachment_type}
    happened = event(record=record.id, revision=record.revision, changes={name: (before, after)}, about=about)
    write_down(happened, actor=actor, at=at)
    return Attached(record=record, changes={name: (held, files.get(name))}, attachment=attachment)


def _files_of(record: Record) -> dict[str, list[dict[str, Any]]]:
    """Every file of a record by its question, the newest day first, those without one last."""
    found: dict[str, list[dict[str, Any]]] = {}
    rows = list(Attachment.objects.filter(record=record).order_by("-id"))
    rows.sort(key=lambda row: row.date.isoformat() if row.date else "", reverse=True)
    for row in rows:
        found.setdefault(row.field_name, []).append(
            {
                "id": row.pk,
                "unique_id": str(row.upload_id),
                "file_name": row.file_name,
                "date": row.date.isoformat() if row.date else None,
                "description": row.description,
                "comments": row.comments,
                "is_current": row.is_current,
                "signature_provided_by": row.signature_provided_by,
                "attached_by": row.attached_by_name,
                "content_type": row.content_type,
                "size": row.size,
                "thumbnail": row.has_thumbnail,
            }
        )
    return found
