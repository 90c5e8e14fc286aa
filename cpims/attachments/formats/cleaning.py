"""From what somebody sent to what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cpims.attachments.formats.papers import office_without_properties, pdf_without_properties
from cpims.attachments.formats.pictures import paint_anew
from cpims.attachments.formats.refusing import TYPE, Unusable
from cpims.attachments.formats.sniffing import (
    CSV,
    DOC,
    DOCX,
    JPEG,
    MP3,
    MP4,
    OGG,
    PDF,
    PNG,
    TEXT,
    XLS,
    XLSX,
    content_type_of,
)
from cpims.attachments.formats.sounds import without_tags

#: What each kind of attachment may be.
TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "image": frozenset({JPEG, PNG}),
    "audio": frozenset({MP3, MP4, OGG}),
    "document": frozenset({PDF, DOCX, XLSX, DOC, XLS, TEXT, CSV, JPEG, PNG}),
    "signature": frozenset({PNG}),
}
#: The long side of pictures: a photo of a child, a paper that must stay readable, a name written with a finger.
LONGEST: Final[Mapping[str, int]] = {"image": 2_048, "document": 3_000, "signature": 1_200}


@dataclass(frozen=True)
class Cleaned:
    """Bytes as they are kept: their type, and a small picture where there is one."""

    content: bytes
    content_type: str
    thumbnail: bytes | None = None


def clean(content: bytes, *, attachment_type: str) -> Cleaned:
    """What is kept of some bytes: checked to be what they say, without where and by whom they were made.

    Raises: Unusable.
    """
    content_type = content_type_of(content)
    if content_type not in TAKEN[attachment_type]:
        raise Unusable(TYPE)
    if content_type in (JPEG, PNG):
        picture = paint_anew(content, content_type, longest=LONGEST[attachment_type])
        return Cleaned(picture.content, content_type, picture.thumbnail)
    if content_type in (MP3, MP4, OGG):
        return Cleaned(without_tags(content, content_type), content_type)
    if content_type == PDF:
        return Cleaned(pdf_without_properties(content), content_type)
    if content_type in (DOCX, XLSX):
        return Cleaned(office_without_properties(content), content_type)
    return Cleaned(content, content_type)
