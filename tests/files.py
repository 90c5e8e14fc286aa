"""What tests of files add to the cast: a form with questions for them, and a picture that is made on the spot."""

from __future__ import annotations

import hashlib
import io
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from cpims.accounts.models import Role
from cpims.attachments.actions import Attached, attach_file, begin_upload, send_whole
from cpims.attachments.models import Attachment, Upload
from cpims.attachments.rules import Announced, Wish
from cpims.forms.models import Field, Form, FormGrant
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.cast import AT, MODULE, text, viewer

QUESTIONS = {
    "photos": "photo_upload_box",
    "recorded_audio": "audio_upload_box",
    "other_documents": "document_upload_box",
    "consent_signature": "signature",
}


def put_file_form(*, access: str = "rw") -> Form:
    """A form for files, granted to everybody who works with cases."""
    form = Form.objects.create(
        unique_id="photos_and_audio", name=text("Photos"), parent_form="case", module_ids=[MODULE], order=90
    )
    for number, (name, kind) in enumerate(QUESTIONS.items()):
        Field.objects.create(form=form, name=name, type=kind, order=number, display_name=text(name))
    for role in Role.objects.exclude(unique_id="role-administrator"):
        FormGrant.objects.create(form=form, role=role, access=access)
    instance = Instance.objects.get()
    instance.configuration += 1
    instance.save()
    return form


def png(size: tuple[int, int] = (40, 30), colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def announced(
    content: bytes, record: UUID, *, field: str = "photos", kind: str = "image", **more: Any
) -> dict[str, Any]:
    """What a device says before it sends a file."""
    return {
        "id": str(uuid4()), "attachment_type": kind, "size": len(content), "record_type": "cases",
        "sha256": hashlib.sha256(content).hexdigest(), "record_id": str(record), "field_name": field,
    } | more  # fmt: skip


def sent(
    record: UUID,
    content: bytes | None = None,
    *,
    by: str = "amina",
    field: str = "photos",
    kind: str = "image",
    of: str = "case",
) -> UUID:
    """A file that somebody has sent whole and not yet attached; its id."""
    content = content or png()
    told = Announced(uuid4(), kind, len(content), hashlib.sha256(content).hexdigest(), record, field)
    begin_upload(kind=of, announced=told, actor=viewer(by), at=AT)
    _, refusal = send_whole(upload_id=told.id, content=content, actor=viewer(by), at=AT)
    assert refusal is None
    return told.id


def attached(record: UUID, content: bytes | None = None, *, by: str = "amina", **more: Any) -> Attachment:
    """A file on a record."""
    field, kind, name = more.pop("field", "photos"), more.pop("kind", "image"), more.pop("name", "Noor.png")
    of = Record.objects.values_list("kind", flat=True).get(pk=record)
    upload = sent(record, content, by=by, field=field, kind=kind, of=of)
    wish = Wish(field_name=field, attachment_type=kind, file_name=name, said=more)
    done: Attached = attach_file(kind=of, record_id=record, upload_id=upload, wish=wish, actor=viewer(by), at=AT)
    assert done.attachment is not None
    return done.attachment


def begun(by: str, record: UUID) -> Upload:
    """A file of somebody that is on its way."""
    told = Announced(uuid4(), "image", 10, "0" * 64, record, "photos")
    return begin_upload(kind="case", announced=told, actor=viewer(by), at=AT)
