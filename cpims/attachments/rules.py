"""Which files belong on which questions, how large they may be, what is said with them, and how an attachment says no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.attachments.formats.cleaning import TAKEN
from cpims.attachments.formats.sniffing import CSV, ENDINGS, TEXT
from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted, Problem
from cpims.lib.ids import read_id
from cpims.records.rules.fields import FormView, in_module

#: Each kind of attachment, with the type of question that it answers.
FIELD_TYPES: Final = {
    "image": "photo_upload_box",
    "audio": "audio_upload_box",
    "document": "document_upload_box",
    "signature": "signature",
}
MOST: Final = 100
PIECE, SMALLEST_PIECE = 1 << 20, 64 * 1024
#: What somebody may have sent without saying where it belongs.
MOST_OPEN, MOST_OPEN_BYTES = 300, 2_000_000_000
PHOTOS: Final = "photos"
LONGEST: Final = 10_000
LONGEST_NAME: Final = 200
SAID: Final = ("date", "description", "comments", "is_current", "signature_provided_by")
FIXED: Final = ("attachment_type", "field_name", "file_name", "attachment")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
DIGEST = re.compile(r"[0-9a-f]{64}")


class AttachmentNotFound(NotFound):
    """There is no such attachment, or not for this person."""

    code = "attachment.not_found"


class FieldNotYours(NotPermitted):
    """There is no such question for files on this record, or her role does not fill it."""

    code = "attachment.field"


class AttachmentInvalid(Invalid):
    """What was sent cannot be attached; nothing was kept."""

    code = "attachment.invalid"


class BeyondTheEnd(Invalid):
    """The span that was asked for lies beyond the end of the file."""

    code = "attachment.beyond_the_end"


#: Why bytes are not kept, as the formats say it.
UNUSABLE: Final = {
    problem.code: problem
    for problem in (
        Problem("/file", "attachment.type"),
        Problem("/file", "attachment.unreadable"),
        Problem("/file", "attachment.active"),
        Problem("/file", "attachment.locked"),
    )
}


class UploadNotFound(NotFound):
    """Nothing with this id is being sent, or not by this person."""

    code = "upload.not_found"


class UploadInvalid(Invalid):
    """What was said about a file to be sent, or a piece of it, does not fit."""

    code = "upload.invalid"


class UploadUnknown(Invalid):
    """The bytes that an act names are not here (any more): they are to be sent again."""

    code = "upload.unknown"


class UploadNotReady(Conflict):
    """The bytes that an act names are not here whole."""

    code = "upload.not_ready"


class UploadDiffers(Conflict):
    """Something else was said about these bytes before."""

    code = "upload.differs"


class WrongOffset(Conflict):
    """This piece is not the next one; ``received`` says where to go on."""

    code = "upload.offset"


class DigestDiffers(Invalid):
    """The bytes are not those that were announced: all of them are to be sent again."""

    code = "upload.digest"


class TooManyUploads(Conflict):
    """Too much was sent that belongs nowhere yet."""

    code = "upload.too_many"


@dataclass(frozen=True)
class Announced:
    """What a device says about a file before it sends it."""

    id: UUID
    attachment_type: str
    size: int
    sha256: str
    record: UUID
    field_name: str


def read_announced(values: Mapping[str, Any], *, plural: str) -> Announced:
    """What was said about a file to be sent.

    Raises: UploadInvalid with everything that does not fit.
    """
    key, record, size, digest = (values.get(name) for name in ("id", "record_id", "size", "sha256"))
    kind, name = values.get("attachment_type"), values.get("field_name")
    checks = (
        ("/id", "invalid_unique_id", read_id(key) is not None),
        ("/record_id", "invalid_unique_id", read_id(record) is not None),
        ("/record_type", "not_an_option", values.get("record_type") == plural),
        ("/attachment_type", "not_an_option", isinstance(kind, str) and kind in FIELD_TYPES),
        ("/size", "wrong_type", isinstance(size, int) and not isinstance(size, bool) and size > 0),
        ("/sha256", "wrong_type", isinstance(digest, str) and DIGEST.fullmatch(digest) is not None),
        ("/field_name", "wrong_type", isinstance(name, str) and 0 < len(name) <= LONGEST_NAME),
    )
    known = {pointer[1:] for pointer, _, _ in checks}
    wrong = [Problem(pointer, code, {"name": pointer[1:]}) for pointer, code, fits in checks if not fits]
    wrong += [Problem(f"/{key}", "unknown_key", {"name": str(key)}) for key in values.keys() - known]
    if wrong:
        raise UploadInvalid(wrong)
    return Announced(
        id=_id(key), attachment_type=str(kind), size=int(str(size)), sha256=str(digest), record=_id(record),
        field_name=str(name),
    )  # fmt: skip


def _id(text: Any) -> UUID:
    found = read_id(text)
    if found is None:
        raise UploadInvalid([Problem("/id", "invalid_unique_id")])
    return found


def check_size(attachment_type: str, size: int, limits: Mapping[str, int]) -> None:
    """Refuse more bytes than this kind of file may have here.

    Raises: AttachmentInvalid.
    """
    most = limits[attachment_type]
    if size > most * 1_048_576:
        raise AttachmentInvalid([Problem("/file", "attachment.too_large", {"megabytes": most})])


def fillable_fields(viewer: Viewer, kind: str, forms: Iterable[FormView], module: str | None) -> dict[str, str]:
    """The questions for files that this viewer may fill on records of a kind and module (of any of hers, when none is
    named), each with its type."""
    if not viewer.may(kind, "write"):
        return {}
    return {
        field["name"]: field["type"]
        for form in forms
        if viewer.form_access.get(form.unique_id) == "rw" and in_module(viewer, form, module)
        for field in form.fields
        if field["type"] in FIELD_TYPES.values() and not field.get("disabled")
    }


def require_may_fill(fillable: Mapping[str, str], field_name: object, attachment_type: str | None = None) -> None:
    """Refuse a question that she may not fill, or that is for another kind of file.

    Raises: FieldNotYours, AttachmentInvalid.
    """
    if not isinstance(field_name, str) or field_name not in fillable:
        raise FieldNotYours
    if attachment_type is not None and fillable[field_name] != FIELD_TYPES[attachment_type]:
        raise AttachmentInvalid([Problem("/attachment_type", "attachment.other_type", {"name": field_name})])


@dataclass(frozen=True)
class Wish:
    """What somebody says with a file; ``said`` has only what she said."""

    field_name: str = ""
    attachment_type: str = ""
    file_name: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


def read_wish(values: Mapping[str, Any], *, new: bool, beside: Iterable[str] = ()) -> tuple[Wish, list[Problem]]:
    """What was said with a file, and what of it nobody knows. ``beside`` are names that the caller reads by itself.

    Raises: AttachmentInvalid with everything that does not fit.
    """
    wrong: list[Problem] = []
    said: dict[str, Any] = {}
    for name in SAID:
        if name not in values:
            continue
        value = values[name]
        if name == "date":
            said[name] = _day(value, wrong)
        elif name == "is_current":
            said[name] = bool(value)
            if not isinstance(value, bool | None):
                wrong.append(Problem("/is_current", "wrong_type", {"name": name}))
        elif not isinstance(value, str | None):
            wrong.append(Problem(f"/{name}", "wrong_type", {"name": name}))
        elif value and (len(value) > LONGEST or "\x00" in value):
            wrong.append(Problem(f"/{name}", "attachment.too_long", {"name": name, "most": LONGEST}))
        else:
            said[name] = value or None
    texts = {name: values.get(name) for name in FIXED[:3]} if new else {}
    for name, value in texts.items():
        if not isinstance(value, str | None):
            wrong.append(Problem(f"/{name}", "wrong_type", {"name": name}))
    kind = texts.get("attachment_type")
    if isinstance(kind, str) and kind not in FIELD_TYPES:
        wrong.append(Problem("/attachment_type", "not_an_option", {"name": "attachment_type"}))
    if wrong:
        raise AttachmentInvalid(wrong)
    known = {*SAID, *beside, *(FIXED[:3] if new else ())}
    unknown = [Problem(f"/{name}", "unknown_key", {"name": str(name)}) for name in values if name not in known]
    return Wish(
        field_name=texts.get("field_name") or "",
        attachment_type=kind or "",
        file_name=texts.get("file_name") or "",
        said=said,
    ), unknown


def _day(value: Any, wrong: list[Problem]) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value[:10])
    except (TypeError, ValueError):
        wrong.append(Problem("/date", "invalid_date" if isinstance(value, str) else "wrong_type", {"name": "date"}))
        return None


def told_type(content_type: str, file_name: str) -> str:
    """A text whose name says that it is a table is one: nothing else tells them apart, and neither can run."""
    return CSV if content_type == TEXT and file_name.strip().lower().endswith(".csv") else content_type


def shown_name(sent: str, content_type: str) -> str:
    """A name for people: without folders, hidden signs or an ending that lies. It is never part of a path."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFC", sent)).replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r'[<>:"|?*]', "_", plain).strip(" .")
    endings = ENDINGS[content_type]
    stem, dot, ending = plain.rpartition(".")
    if not dot or f".{ending.lower()}" not in endings:
        stem, ending = plain, endings[0][1:]
    return f"{(stem or 'file')[: LONGEST_NAME - len(ending) - 1]}.{ending}"


Whole = Literal["whole"]


def read_range(header: str, size: int) -> tuple[int, int] | Whole | None:
    """The span that a ``Range`` header asks for; the whole where it asks for something else; nothing where it lies beyond."""
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header.strip())
    if match is None or match[1] == match[2] == "":
        return "whole"
    if match[1] == "":
        length = min(int(match[2]), size)
        return (size - length, size) if length else None
    start = int(match[1])
    stop = min(int(match[2]) + 1, size) if match[2] else size
    if match[2] and int(match[2]) < start:
        return "whole"
    return (start, stop) if start < size else None


def is_picture(content_type: str) -> bool:
    """Is there something to be seen?"""
    return content_type in TAKEN["image"]
