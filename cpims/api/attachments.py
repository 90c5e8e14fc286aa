"""Files: sent piece by piece, put on a case, read, taken off."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID, uuid5

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, NotJson, read_data
from cpims.api.http.keys import key_of
from cpims.api.http.prefer import once, prefers
from cpims.api.http.reply import no_content, reply
from cpims.attachments.actions import (
    Attached,
    amend_file,
    attach_file,
    begin_upload,
    detach_file,
    drop_upload,
    finish_upload,
    send_whole,
    take_piece,
)
from cpims.attachments.queries import fillable, get_upload, open_attachment, size_limits, upload_json
from cpims.attachments.rules import (
    FIXED,
    PIECE,
    Announced,
    AttachmentInvalid,
    BeyondTheEnd,
    UploadInvalid,
    Wish,
    read_announced,
    read_range,
    read_wish,
    require_may_fill,
)
from cpims.audit.actions import note_sighting
from cpims.cases.rules.kind import CASE
from cpims.lib.clock import now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id, read_id
from cpims.records.models import Record
from cpims.records.queries.lending import eyes_on
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.kinds import KINDS, Kind

router = Router(tags=["attachments"])
ours = Router(tags=["attachments"])
BYTES: Final = "application/octet-stream"
#: What a file that is opened by itself may do: nothing.
STILL: Final = "default-src 'none'; sandbox"
#: From a key of a request to the id of the file that it brings: sent again, it is the same file.
BY_KEY: Final = UUID("6b1f6f3e-5c0c-4a53-9f0a-2f0f6a1c7d11")


@ours.post("/uploads", summary="Begin to send a file")
def start_upload(request: HttpRequest) -> HttpResponse:
    """Say what is coming; said again, it tells how far it is."""
    viewer = viewer_of(request)
    if not any(viewer.may(kind, "write") for kind in KINDS):
        require(viewer, CASE.name, "write")
    data = read_data(request)
    kind = next((one for one in KINDS.values() if one.plural == data.get("record_type")), CASE)
    require(viewer, kind.name, "write")
    announced = read_announced(data, plural=kind.plural)
    return reply(upload_json(begin_upload(kind=kind.name, announced=announced, actor=viewer, at=now())))


@ours.get("/uploads/{upload_id}", summary="How far a file is")
def show_upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    """How much of a file of one's own is here."""
    return reply(upload_json(get_upload(read_id(upload_id), viewer=viewer_of(request))))


@ours.post("/uploads/{upload_id}/finish", summary="All of a file was sent")
def end_upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    """Look at the bytes, clean them, keep them; asked again, it answers the same."""
    upload, refusal = finish_upload(upload_id=read_id(upload_id), actor=viewer_of(request), at=now())
    if refusal is not None:
        raise refusal
    return reply(upload_json(upload))


@ours.put("/uploads/{upload_id}/{offset}", summary="Send a piece of a file")
def send_piece(request: HttpRequest, upload_id: str, offset: str) -> HttpResponse:
    """The bytes from this place on; a piece that is here already is taken once."""
    viewer, key = viewer_of(request), read_id(upload_id)
    get_upload(key, viewer=viewer)
    piece = _piece(request)
    if not (offset.isascii() and offset.isdigit() and len(offset) < 15):
        raise UploadInvalid([Problem("/offset", "wrong_type", {"name": "offset"})])
    return reply(upload_json(take_piece(upload_id=key, offset=int(offset), piece=piece, actor=viewer, at=now())))


def _piece(request: HttpRequest) -> bytes:
    kind = (request.content_type or "").split(";")[0].strip().lower()
    if kind != BYTES:
        raise NotJson(media_type=kind)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > PIECE:
        raise UploadInvalid([Problem("", "upload.piece", {"most": PIECE})])
    piece = request.body
    if len(piece) != int(length):
        raise UploadInvalid([Problem("", "upload.piece", {"most": PIECE})])
    return piece


@ours.delete("/uploads/{upload_id}", summary="Drop a file that was being sent")
def cancel_upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    """Throw away what was sent of a file of one's own."""
    drop_upload(upload_id=read_id(upload_id), actor=viewer_of(request), at=now())
    return no_content()


def add_attachments(mounted: Router, extra: Router, kind: Kind) -> None:
    """Mount the files of records of a kind."""
    name = kind.name
    files = f"/{kind.plural}/{{{name}_id}}/attachments"
    one = files + "/{attachment_id}"

    @mounted.post(files, summary="Put a file on a record")
    def add_attachment(request: HttpRequest, text: str = key_of(name)) -> HttpResponse:
        """A file in one request, as Primero takes it."""
        viewer = viewer_of(request)
        require(viewer, name, "write")
        record = get_record(kind=name, record_id=read_id(text), viewer=viewer)
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            most = size_limits(viewer)["image"]
            raise AttachmentInvalid([Problem("/file", "attachment.too_large", {"megabytes": most})])
        data = read_data(request)
        require_may_fill(fillable(eyes_on(record, viewer), name, record.module), data.get("field_name"))
        wish, unknown = read_wish(data, new=True, beside=FIXED)
        ignored = _ignored(request, unknown)
        if not wish.attachment_type:
            raise AttachmentInvalid([Problem("/attachment_type", "not_an_option", {"name": "attachment_type"})])
        upload_id = _take(request, record, wish, _content(data), viewer, now())

        def act() -> HttpResponse:
            done = attach_file(
                kind=name, record_id=record.id, upload_id=upload_id, wish=wish, actor=viewer, at=now()
            )  # fmt: skip
            return _done(viewer, done, ignored)

        return once(request, viewer, act)

    @mounted.api_operation(["PATCH", "PUT"], one, summary="Change what is said with a file")
    def change_attachment(request: HttpRequest, attachment_id: str, text: str = key_of(name)) -> HttpResponse:
        """Its day, description, comments; the file itself is never changed."""
        viewer = viewer_of(request)
        record_id = _writable(viewer, name, text).id

        def act() -> HttpResponse:
            data = read_data(request)
            fixed = [Problem(f"/{name}", "attachment.fixed", {"name": name}) for name in FIXED if name in data]
            if fixed:
                raise AttachmentInvalid(fixed)
            wish, unknown = read_wish(data, new=False)
            ignored = _ignored(request, unknown)
            done = amend_file(
                kind=name, record_id=record_id, attachment=_number(attachment_id), wish=wish, actor=viewer, at=now()
            )
            return _done(viewer, done, ignored)

        return once(request, viewer, act)

    @mounted.delete(one, summary="Take a file off a record")
    def remove_attachment(request: HttpRequest, attachment_id: str, text: str = key_of(name)) -> HttpResponse:
        """Take a file off, and erase its bytes."""
        viewer = viewer_of(request)
        record_id = _writable(viewer, name, text).id
        number = _number(attachment_id)
        detach_file(kind=name, record_id=record_id, attachment=number, actor=viewer, at=now())
        return no_content()

    @mounted.get(one, summary="The bytes of a file")
    def read_attachment(request: HttpRequest, attachment_id: str, text: str = key_of(name)) -> HttpResponse:
        """A file of a record, or a span of it; that she read it stands in the book of sightings first."""
        viewer = viewer_of(request)
        opened = open_attachment(
            kind=name, record_id=read_id(text), number=_number(attachment_id), viewer=viewer
        )  # fmt: skip
        size = opened.attachment.size
        span = read_range(request.META.get("HTTP_RANGE", ""), size)
        if span is None:
            raise BeyondTheEnd(size=size)
        start, stop = (0, size) if span == "whole" else span
        content = opened.part(start, stop)
        _note(viewer, opened.record, opened.attachment.field_name)
        response = _file(content, opened.attachment.content_type, opened.file_name)
        if span != "whole":
            response.status_code = 206
            response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        return response

    @extra.get(one + "/thumbnail", summary="A small picture of a file")
    def read_thumbnail(request: HttpRequest, attachment_id: str, text: str = key_of(name)) -> HttpResponse:
        """A picture of a record, 256 points at most; that she saw it stands in the book of sightings first."""
        viewer = viewer_of(request)
        opened = open_attachment(
            kind=name, record_id=read_id(text), number=_number(attachment_id), viewer=viewer
        )  # fmt: skip
        content = opened.thumbnail()
        _note(viewer, opened.record, opened.attachment.field_name)
        return _file(content, "image/jpeg", "thumbnail.jpg")


def _content(data: dict[str, Any]) -> bytes:
    sent = data.get("attachment")
    if not isinstance(sent, str) or not sent:
        raise AttachmentInvalid([Problem("/attachment", "attachment.missing")])
    try:
        return base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError) as error:
        raise AttachmentInvalid([Problem("/attachment", "attachment.missing")]) from error


def _take(request: HttpRequest, record: Record, wish: Wish, content: bytes, viewer: Viewer, at: datetime) -> UUID:
    """Send a whole file on its own account first: its row stands before its bytes do, whatever happens then."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    announced = Announced(
        id=uuid5(BY_KEY, f"{viewer.user_id}:{key}") if key else new_id(),
        attachment_type=wish.attachment_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        record=record.id,
        field_name=wish.field_name,
    )
    begin_upload(kind=record.kind, announced=announced, actor=viewer, at=at)
    _, refusal = send_whole(upload_id=announced.id, content=content, actor=viewer, at=at)
    if refusal is not None:
        raise refusal
    return announced.id


def _writable(viewer: Viewer, kind: str, text: str) -> Record:
    require(viewer, kind, "write")
    return get_record(kind=kind, record_id=read_id(text), viewer=viewer)


def _note(viewer: Viewer, record: Record, field_name: str) -> None:
    note_sighting(
        viewer,
        road=f"{KINDS[record.kind].plural}.attachment",
        action="file",
        record_kind=record.kind,
        record_ids=[record.id],
        fields=field_name[:80],
    )


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-_ ") else "_" for sign in name)
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = STILL
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(len(content))
    # Never packed on the way: spans are counted in the bytes of the file.
    response["Content-Encoding"] = "identity"
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _ignored(request: HttpRequest, unknown: list[Problem]) -> list[dict[str, Any]]:
    if unknown and prefers(request, "handling=strict"):
        raise BodyInvalid(unknown)
    return [{"pointer": p.pointer, "code": p.code} for p in unknown]


def _done(viewer: Viewer, done: Attached, ignored: list[dict[str, Any]]) -> HttpResponse:
    """The file as the record shows it, and what changed of the record."""
    assert done.attachment is not None
    name, record = done.attachment.field_name, done.record
    day = today(settings.ENVIRONMENT.time_zone)
    values = served(record, viewer, today=day, names=(name, "photo"))
    shown = values.get(name)
    entries = shown if isinstance(shown, list) else [shown] if shown else []
    told = next((entry for entry in entries if entry["id"] == done.attachment.pk), {"id": done.attachment.pk})
    data = {key: value for key, value in told.items() if value is not None} | {"record": values}
    return reply(data, {"ignored": ignored} if ignored else None)


add_attachments(router, ours, CASE)
