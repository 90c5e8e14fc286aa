"""Papers: without who wrote them, when, on which machine, and without anything that runs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pikepdf

from cpims.attachments.formats.pictures import paint_anew
from cpims.attachments.formats.refusing import ACTIVE, LOCKED, UNREADABLE, Unusable
from cpims.attachments.formats.sniffing import JPEG, PNG

#: Names of actions and parts in a PDF that run something, open something else, or carry another file.
RUNS: Final = frozenset(
    ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia", "/XFA", "/GoToE", "/ImportData")
)
SIGNED: Final = frozenset(("/Sig", "/DocTimeStamp"))
EMPTY_PROPERTIES: Final = {
    "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties"/>',
    "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'custom-properties"/>',
}
#: Parts of an office paper that are programs, or other files in it.
PROGRAMS = re.compile(r"(vbaProject|vbaData|activeX/|embeddings/|\.(bin|exe|dll|js|vbs|hta|scr|bat|cmd|ps1)$)", re.I)
#: Printers and themes leave these; they hold no program.
HARMLESS = re.compile(r"printerSettings/printerSettings\d*\.bin$", re.I)
PICTURES: Final = {".jpg": JPEG, ".jpeg": JPEG, ".png": PNG}
LONGEST: Final = 3_000
MOST_OBJECTS: Final = 2_000_000


def pdf_without_properties(content: bytes) -> bytes:
    """A PDF without properties and XMP, of the paper and of everything on it. One that is signed stays as it is, byte for
    byte: otherwise nobody could check the signature.

    Raises: Unusable.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            signed = _look_through(pdf)
            if signed:
                return content
            if pikepdf.Name.Info in pdf.trailer:
                del pdf.trailer.Info
            target = io.BytesIO()
            pdf.save(target, linearize=False, preserve_pdfa=False, encryption=False)
            return target.getvalue()
    except pikepdf.PasswordError as error:
        raise Unusable(LOCKED) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, RecursionError) as error:
        raise error if isinstance(error, Unusable) else Unusable(UNREADABLE) from error


def _look_through(pdf: pikepdf.Pdf) -> bool:
    """Take the properties off every part, refuse what runs; answers whether somebody signed it."""
    signed = False
    for part in _parts(pdf):
        keys = set(part.keys())
        kinds = {str(part[key]) for key in ("/S", "/Type", "/Subtype", "/FT") if key in keys and _is_name(part[key])}
        if keys & RUNS or kinds & RUNS or "/EF" in keys:
            raise Unusable(ACTIVE)
        signed = signed or not kinds.isdisjoint(SIGNED)
        for beside in ("/Metadata", "/PieceInfo", "/LastModified"):
            if beside in keys:
                del part[beside]
    return signed


def _parts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of a PDF, those that stand inside others too."""
    seen = 0
    for whole in pdf.objects:
        waiting: list[Any] = [whole]
        while waiting:
            seen += 1
            if seen > MOST_OBJECTS:
                raise Unusable(UNREADABLE)
            part = waiting.pop()
            if isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
                yield part
                inner: Iterable[Any] = [part[key] for key in part.keys()]  # noqa: SIM118 (a stream has no other way)
            else:
                inner = part if isinstance(part, pikepdf.Array) else ()
            waiting += [
                one for one in inner if isinstance(one, (pikepdf.Dictionary, pikepdf.Array)) and not one.is_indirect
            ]


def _is_name(value: object) -> bool:
    return isinstance(value, pikepdf.Name)


def office_without_properties(content: bytes) -> bytes:
    """A DOCX or XLSX without its properties, its pictures painted anew.

    Raises: Unusable.
    """
    target = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fresh,
        ):
            seen: set[str] = set()
            for entry in archive.infolist():
                name = entry.filename
                if entry.flag_bits & 1:
                    raise Unusable(LOCKED)
                if PROGRAMS.search(name) and not HARMLESS.search(name):
                    raise Unusable(ACTIVE)
                if entry.is_dir() or name in seen:
                    continue
                seen.add(name)
                fresh.writestr(
                    zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _part(archive, entry), zipfile.ZIP_DEFLATED
                )
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, zipfile.LargeZipFile) as error:
        raise Unusable(UNREADABLE) from error
    return target.getvalue()


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    name = entry.filename
    if name in EMPTY_PROPERTIES:
        return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + EMPTY_PROPERTIES[name].encode()
    with archive.open(entry) as file:
        part = file.read(entry.file_size + 1)
    if len(part) > entry.file_size:
        raise Unusable(UNREADABLE)
    ending = "." + name.rpartition(".")[2].lower()
    if ending in PICTURES:
        try:
            return paint_anew(part, PICTURES[ending], longest=LONGEST).content
        except Unusable:
            # A picture that no picture program opens shows nothing: an empty part loses nothing.
            return b""
    return part
