"""Sending a file: begun, piece by piece, finished; every step may be done again."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from cpims.access.rules.viewer import Viewer, require
from cpims.attachments.actions.erasing import forget_bytes, piece_name, pieces_of
from cpims.attachments.formats import Unusable, clean
from cpims.attachments.models import Attachment, Upload
from cpims.attachments.queries import (
    CONTENT,
    THUMBNAIL,
    context_of,
    file_store,
    fillable,
    find_attached,
    key_of_upload,
    size_limits,
    stored_name,
    uploads_key,
)
from cpims.attachments.rules import (
    MOST_OPEN,
    MOST_OPEN_BYTES,
    PIECE,
    SMALLEST_PIECE,
    UNUSABLE,
    Announced,
    AttachmentInvalid,
    DigestDiffers,
    TooManyUploads,
    UploadDiffers,
    UploadInvalid,
    UploadNotFound,
    WrongOffset,
    check_size,
    require_may_fill,
)
from cpims.lib.crypto import new_key, same, seal, unseal
from cpims.lib.errors import Problem, Refusal
from cpims.lib.ids import new_id
from cpims.lib.spans import seal_spans
from cpims.lib.transactions import atomic
from cpims.records.models import Record
from cpims.records.queries.lending import eyes_on

OPEN, READY, REFUSED, ATTACHED = "open", "ready", "refused", "attached"


@atomic
def begin_upload(*, kind: str, announced: Announced, actor: Viewer, at: datetime) -> Upload:
    """Somebody is going to send a file, or asks how far it is: beginning again with the same words changes nothing.

    The record need not be here yet; whether she may write into it is asked when the file is attached.
    Raises: Forbidden, FieldNotYours, AttachmentInvalid, UploadNotFound, UploadDiffers, TooManyUploads.
    """
    require(actor, kind, "write")
    known = Upload.objects.select_for_update().filter(pk=announced.id).first()
    if known is not None:
        return _again(known, announced, actor)
    attached = find_attached(announced.id, actor)
    if attached is not None:
        return attached
    if Attachment.objects.filter(upload_id=announced.id).exists():
        raise UploadNotFound
    record = Record.objects.visible_to(actor).of_kind(kind).filter(pk=announced.record).first()
    allowed = fillable(eyes_on(record, actor), kind, record.module) if record else fillable(actor, kind, None)
    require_may_fill(allowed, announced.field_name, announced.attachment_type)
    check_size(announced.attachment_type, announced.size, size_limits(actor))
    hers = Upload.objects.filter(user_id=actor.user_id)
    held = hers.aggregate(count=Count("pk"), bytes=Coalesce(Sum("size"), 0))
    if held["count"] >= MOST_OPEN or held["bytes"] + announced.size > MOST_OPEN_BYTES:
        raise TooManyUploads
    upload, is_new = Upload.objects.get_or_create(
        id=announced.id,
        defaults={
            "user_id": actor.user_id, "kind": kind, "record_id": announced.record, "begun_at": at, "touched_at": at,
            "field_name": announced.field_name, "attachment_type": announced.attachment_type, "size": announced.size,
            "sha256": announced.sha256, "content_id": new_id(), "wrapped": seal(uploads_key(), new_key(), announced.id.bytes),
        },
    )  # fmt: skip
    return upload if is_new else _again(upload, announced, actor)


def _again(known: Upload, announced: Announced, actor: Viewer) -> Upload:
    if known.user_id != actor.user_id:
        raise UploadNotFound
    said = (known.record_id, known.field_name, known.attachment_type, known.size, known.sha256)
    if said != (announced.record, announced.field_name, announced.attachment_type, announced.size, announced.sha256):
        raise UploadDiffers
    return known


def _hold(upload_id: UUID | None, actor: Viewer) -> Upload:
    rows = Upload.objects.select_for_update().filter(user_id=actor.user_id)
    found = (rows.filter(pk=upload_id).first() if upload_id else None) or find_attached(upload_id, actor)
    if found is None:
        raise UploadNotFound
    return found


@atomic
def take_piece(*, upload_id: UUID | None, offset: int, piece: bytes, actor: Viewer, at: datetime) -> Upload:
    """The next piece of a file; one that is here already is taken once.

    Raises: UploadNotFound, UploadInvalid, WrongOffset.
    """
    upload = _hold(upload_id, actor)
    end = offset + len(piece)
    if upload.state == ATTACHED:
        return upload
    if not piece or len(piece) > PIECE or end > upload.size:
        raise UploadInvalid([Problem("", "upload.piece", {"most": PIECE})])
    if upload.state != OPEN or _is_here(upload, offset, len(piece)):
        return upload
    if offset != upload.received:
        raise WrongOffset(received=upload.received)
    if len(piece) < SMALLEST_PIECE and end < upload.size:
        raise UploadInvalid([Problem("", "upload.small_piece", {"least": SMALLEST_PIECE})])
    name = piece_name(offset)
    sealed = seal(key_of_upload(upload), piece, context_of(upload.content_id, name))
    file_store().put(stored_name(upload.content_id, name), sealed)
    upload.pieces.append(len(piece))
    upload.received, upload.touched_at = end, at
    upload.save(update_fields=["pieces", "received", "touched_at"])
    return upload


def _is_here(upload: Upload, offset: int, length: int) -> bool:
    place = 0
    for held in upload.pieces:
        if place == offset:
            return held == length
        place += held
    return False


@atomic
def finish_upload(*, upload_id: UUID | None, actor: Viewer, at: datetime) -> tuple[Upload, Refusal | None]:
    """All of it was sent: it is looked at, cleaned and kept; with what is said when it cannot be.

    Bytes of another digest are thrown away, to be sent again; those that are not taken here are thrown away for good.
    Raises: UploadNotFound, WrongOffset.
    """
    upload = _hold(upload_id, actor)
    if upload.state in (READY, ATTACHED):
        return upload, None
    if upload.state == REFUSED:
        return upload, AttachmentInvalid([UNUSABLE[upload.problem]])
    if upload.received != upload.size:
        raise WrongOffset(received=upload.received)
    return _settle(upload, _together(upload), at)


def _together(upload: Upload) -> bytes:
    key, store, place, found = key_of_upload(upload), file_store(), 0, []
    for length in upload.pieces:
        name = piece_name(place)
        sealed = store.read(stored_name(upload.content_id, name))
        found.append(unseal(key, sealed, context_of(upload.content_id, name)))
        place += length
    return b"".join(found)


def _settle(upload: Upload, content: bytes, at: datetime) -> tuple[Upload, Refusal | None]:
    """Keep a whole file, or say why not; its pieces are not needed any more."""
    upload.touched_at = at
    refusal: Refusal | None = None
    forget_bytes(upload.content_id, pieces_of(upload), at=at)
    upload.pieces = []
    if not same(hashlib.sha256(content).hexdigest(), upload.sha256):
        # Another name for what comes now: what is to be erased must not be mistaken for it.
        upload.content_id, upload.received = new_id(), 0
        refusal = DigestDiffers([Problem("/sha256", "upload.digest")])
    else:
        try:
            _keep(upload, content)
        except Unusable as error:
            upload.state, upload.problem = REFUSED, error.code
            refusal = AttachmentInvalid([UNUSABLE[error.code]])
    upload.save()
    return upload, refusal


def _keep(upload: Upload, content: bytes) -> None:
    kept = clean(content, attachment_type=upload.attachment_type)
    key, store = key_of_upload(upload), file_store()
    for part, plain in ((CONTENT, kept.content), (THUMBNAIL, kept.thumbnail)):
        if plain is not None:
            sealed = seal_spans(key, plain, context_of(upload.content_id, part))
            store.put(stored_name(upload.content_id, part), sealed)
    upload.state, upload.content_type, upload.content_size = READY, kept.content_type, len(kept.content)
    upload.has_thumbnail = kept.thumbnail is not None


@atomic
def send_whole(*, upload_id: UUID, content: bytes, actor: Viewer, at: datetime) -> tuple[Upload, Refusal | None]:
    """A file that came whole with its request, after it was begun.

    Raises: UploadNotFound.
    """
    upload = _hold(upload_id, actor)
    if upload.state != OPEN:
        return finish_upload(upload_id=upload_id, actor=actor, at=at)
    return _settle(upload, content, at)


@atomic
def drop_upload(*, upload_id: UUID | None, actor: Viewer, at: datetime) -> None:
    """She does not want to send it after all.

    Raises: UploadNotFound.
    """
    upload = _hold(upload_id, actor)
    if upload.state != ATTACHED:
        forget_bytes(upload.content_id, [CONTENT, THUMBNAIL, *pieces_of(upload)], at=at)
        upload.delete()
