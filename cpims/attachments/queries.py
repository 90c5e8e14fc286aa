"""One file of a record, opened for whoever may read it; what is on its way; where bytes lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from cpims.access.rules.viewer import Viewer
from cpims.attachments.models import Attachment, Upload
from cpims.attachments.rules import (
    MOST,
    PHOTOS,
    PIECE,
    AttachmentNotFound,
    UploadNotFound,
    fillable_fields,
)
from cpims.audit.models import SubjectKey
from cpims.audit.queries import subject_key
from cpims.lib.crypto import CannotOpen, derive, unseal
from cpims.lib.secrets import secret
from cpims.lib.spans import open_part, open_whole
from cpims.lib.storage import BytesMissing, Store, open_store
from cpims.records.models import Record
from cpims.records.queries.files import is_shown, name_for
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import get_record
from cpims.records.queries.setup import forms_of
from cpims.settings.queries import settings_at
from cpims.settings.rules import megabytes_of

CONTENT, THUMBNAIL = "file", "thumb"
#: Anybody's number of an attachment fits in here.
LARGEST: Final = 2**63


def file_store() -> Store:
    """Where the bytes of this instance lie."""
    return open_store(settings.ENVIRONMENT.files, settings.ENVIRONMENT.files_url)


def stored_name(content_id: UUID, part: str) -> str:
    """What a part of a file is called in the store: nothing that anybody typed."""
    return f"{content_id.hex[:2]}/{content_id.hex}.{part}"


def context_of(content_id: UUID, part: str) -> bytes:
    """What is sealed along with a part of a file, so that no part stands for another."""
    return content_id.bytes + part.encode()


def uploads_key() -> bytes:
    """The key under which the keys of files lie that belong nowhere yet."""
    return derive(secret("instance"), "uploads")


def key_of_upload(upload: Upload) -> bytes:
    """The key of a file that is on its way."""
    return unseal(uploads_key(), bytes(upload.wrapped), upload.id.bytes)


def size_limits(viewer: Viewer) -> Mapping[str, int]:
    """How large each kind of file may be here, in megabytes."""
    return megabytes_of(settings_at(viewer.configuration).values.get("system_options") or {})


def most_attachments(viewer: Viewer) -> int:
    """How many files one record may have."""
    return int(settings_at(viewer.configuration).option("maximum_attachments_per_record", MOST))


def most_bytes(viewer: Viewer) -> int:
    """How many bytes all files together may take; 0 when nobody decided."""
    return int(settings_at(viewer.configuration).option("maximum_attachments_space", 0))


def bytes_held() -> int:
    """How many bytes all files of records take."""
    return int(Attachment.objects.aggregate(sum=Sum("size"))["sum"] or 0)


def fillable(viewer: Viewer, kind: str, module: str | None) -> dict[str, str]:
    """The questions for files that this viewer may fill, each with its type."""
    return fillable_fields(viewer, kind, forms_of(viewer.configuration, kind), module)


def get_upload(upload_id: UUID | None, *, viewer: Viewer) -> Upload:
    """How far a file of one's own is.

    Raises: UploadNotFound.
    """
    found = Upload.objects.filter(pk=upload_id, user_id=viewer.user_id).first() if upload_id else None
    found = found or find_attached(upload_id, viewer)
    if found is None:
        raise UploadNotFound
    return found


def find_attached(upload_id: UUID | None, viewer: Viewer) -> Upload | None:
    """What she sent and attached already, told as a file that is through: her device may not have heard of it."""
    if upload_id is None:
        return None
    found = Attachment.objects.filter(upload_id=upload_id, attached_by_id=viewer.user_id).first()
    if found is None:
        return None
    return Upload(id=upload_id, state="attached", size=found.size, received=found.size)


def upload_json(upload: Upload) -> dict[str, Any]:
    """A file on its way as its sender is told of it."""
    shown: dict[str, Any] = {
        "id": str(upload.id),
        "state": upload.state,
        "size": upload.size,
        "received": upload.received,
        "largest_piece": PIECE,
    }
    if upload.state == "ready":
        shown |= {"content_type": upload.content_type, "has_thumbnail": upload.has_thumbnail}
    return shown


@dataclass(frozen=True)
class Opened:
    """A file that may be read, and its key."""

    record: Record
    attachment: Attachment
    file_name: str
    key: bytes

    def part(self, start: int, stop: int) -> bytes:
        """Some of its bytes.

        Raises: AttachmentNotFound when the store has lost them.
        """
        found, store = self.attachment, file_store()
        name, context = stored_name(found.content_id, CONTENT), context_of(found.content_id, CONTENT)

        def read(offset: int, length: int) -> bytes:
            return store.read(name, offset, length)

        try:
            return open_part(self.key, context, length=found.size, start=start, stop=stop, read=read)
        except (BytesMissing, CannotOpen) as error:
            raise AttachmentNotFound from error

    def thumbnail(self) -> bytes:
        """The small picture of it.

        Raises: AttachmentNotFound.
        """
        content_id = self.attachment.content_id
        if not self.attachment.has_thumbnail:
            raise AttachmentNotFound
        try:
            sealed = file_store().read(stored_name(content_id, THUMBNAIL))
            return open_whole(self.key, sealed, context_of(content_id, THUMBNAIL))
        except (BytesMissing, CannotOpen) as error:
            raise AttachmentNotFound from error


def open_attachment(*, kind: str, record_id: UUID | None, number: int | None, viewer: Viewer) -> Opened:
    """One file of a record in sight, opened.

    Raises: Forbidden, RecordNotFound, AttachmentNotFound.
    Shows: files of questions that the viewer may read today (of the child's photos also to who may see photos); none that
    would tell who she is to somebody from whom her name is hidden.
    """
    record = get_record(kind=kind, record_id=record_id, viewer=viewer)
    found = None
    if number is not None and 0 < number < LARGEST:
        found = Attachment.objects.filter(record_id=record.id, pk=number).first()
    if found is None or not may_read(record, found, viewer):
        raise AttachmentNotFound
    try:
        key = unseal(subject_key(record.id), bytes(found.wrapped), found.content_id.bytes)
    except (SubjectKey.DoesNotExist, CannotOpen) as error:
        raise AttachmentNotFound from error
    return Opened(record, found, name_for(record, viewer, found.file_name), key)


def may_read(record: Record, attachment: Attachment, viewer: Viewer) -> bool:
    """May this viewer read this file of a record in her sight?"""
    readable = readable_of(record, viewer)
    opens = attachment.field_name in readable or (attachment.field_name == PHOTOS and "photo" in readable)
    return opens and is_shown(record, viewer, attachment.attachment_type == "document")
