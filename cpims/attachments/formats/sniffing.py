"""What bytes are, by themselves: neither a name nor a header is believed."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import Final

from cpims.attachments.formats.refusing import ACTIVE, TYPE, UNREADABLE, Unusable

JPEG, PNG = "image/jpeg", "image/png"
MP3, MP4, OGG = "audio/mpeg", "audio/mp4", "audio/ogg"
PDF, TEXT, CSV = "application/pdf", "text/plain", "text/csv"
DOC, XLS = "application/msword", "application/vnd.ms-excel"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Every type that is kept, with the endings that a name of it may have; the first is given to names without one.
ENDINGS: Final = {
    JPEG: (".jpg", ".jpeg"), PNG: (".png",), MP3: (".mp3",), MP4: (".m4a", ".mp4"), OGG: (".ogg", ".oga", ".opus"),
    PDF: (".pdf",), TEXT: (".txt",), CSV: (".csv",), DOC: (".doc",), XLS: (".xls",), DOCX: (".docx",), XLSX: (".xlsx",),
}  # fmt: skip

#: Beginnings that a browser or a shell would run, wherever they stand near the front.
RUNS = re.compile(
    rb"<\s*(!doctype|html|svg|script|iframe|body|head|object|embed|\?xml|\?php)|^\s*(#!|\{\\rtf|%!PS)", re.I
)
FRONT: Final = 4096
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_ENTRIES, MOST_UNPACKED = 5_000, 200_000_000


def content_type_of(content: bytes) -> str:
    """The type of some bytes; a table of texts (.csv) is a text, for nothing but its name tells them apart.

    Raises: Unusable for types that are not kept, for programs, and for two kinds of file in one.
    """
    found = _by_beginning(content)
    if found is None:
        found = _text(content)
    elif found not in (DOCX, XLSX) and _ends_as_archive(content):
        raise Unusable(ACTIVE)
    return found


def _by_beginning(content: bytes) -> str | None:
    """The type that the beginning promises; whoever opens it then (pictures, sounds, papers) says whether it is so."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(OLE):
        return _old_office(content)
    if content[4:8] == b"ftyp":
        return MP4
    if content.startswith(b"OggS"):
        return OGG
    is_frame = content[:1] == b"\xff" and content[1:2] >= b"\xe0"
    return MP3 if content.startswith(b"ID3") or (is_frame and content[:2] != b"\xff\xfe") else None


def _plain(content: bytes) -> bytes:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return b"\x00"
    return content


def _text(content: bytes) -> str:
    plain = _plain(content)
    if not plain.strip() or CONTROLS.search(plain):
        raise Unusable(TYPE)
    if RUNS.search(plain[:FRONT]):
        raise Unusable(ACTIVE)
    return TEXT


def _ends_as_archive(content: bytes) -> bool:
    """Does a zip end here too? Then it is opened as another file by whoever expects one (a polyglot)."""
    place = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if place < 0 or len(content) < place + 22:
        return False
    (comment,) = struct.unpack_from("<H", content, place + 20)
    return bool(place + 22 + comment == len(content))


def _office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise Unusable(UNREADABLE) from error
    names = {entry.filename for entry in entries}
    kinds = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
    kind = next((kind for kind, part in kinds.items() if part in names and "[Content_Types].xml" in names), None)
    if kind is None:
        raise Unusable(TYPE)
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Unusable(UNREADABLE)
    return kind


def _old_office(content: bytes) -> str:
    kinds = {DOC: "WordDocument", XLS: "Workbook"}
    found = [kind for kind, stream in kinds.items() if stream.encode("utf-16-le") in content]
    if not found:
        raise Unusable(TYPE)
    if "_VBA_PROJECT".encode("utf-16-le") in content or "EncryptedPackage".encode("utf-16-le") in content:
        raise Unusable(ACTIVE)
    return found[0]
