"""What is kept of a file: known by its bytes, without where and by whom it was made; what runs is not kept."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from mutagen.id3 import COMM, ID3, TIT2
from mutagen.ogg import OggPage
from PIL import Image, TiffImagePlugin
from PIL.ExifTags import GPS, IFD, Base

from cpims.attachments.formats import Unusable, clean
from cpims.attachments.formats.sniffing import DOCX, MP3, MP4, OGG, PDF, TEXT, XLSX
from cpims.attachments.rules import read_range, shown_name, told_type

RED, BLUE = (200, 30, 30), (30, 30, 200)
SECRETS = (b"GPSLat", b"Lantern House", b"Exif\x00\x00", b"http://ns.adobe.com/xap")


def jpeg(size: tuple[int, int] = (640, 400), *, orientation: int = 1, secret: bool = True) -> bytes:
    """A photo, red on the left and blue on the right, that says where it was taken."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    target = io.BytesIO()
    if not secret:
        picture.save(target, "JPEG")
        return target.getvalue()
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "Lantern House"
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLongitudeRef] = "N", "E"
    place[GPS.GPSLatitude] = tuple(TiffImagePlugin.IFDRational(n) for n in (33, 30, 12))
    place[GPS.GPSLongitude] = tuple(TiffImagePlugin.IFDRational(n) for n in (36, 18, 8))
    picture.save(target, "JPEG", exif=exif, comment=b"Lantern House", xmp=b"<x:xmpmeta>Lantern House</x:xmpmeta>")
    return target.getvalue()


def png(size: tuple[int, int] = (300, 120), mode: str = "RGBA") -> bytes:
    target = io.BytesIO()
    Image.new(mode, size).save(target, "PNG")
    return target.getvalue()


def pdf(**more: str) -> bytes:
    """A PDF of one page with properties; ``more`` stands in its root."""
    made, target = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.docinfo["/Author"] = "Lantern House"
    with made.open_metadata() as metadata:
        metadata["dc:title"] = "Lantern House"
    for name, text in more.items():
        made.Root[f"/{name}"] = pikepdf.Object.parse(text.encode())
    made.save(target, compress_streams=False)
    return target.getvalue()


def office(kind: str = "word/document.xml", **parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(kind, "<w:document>Noor</w:document>")
        archive.writestr("docProps/core.xml", "<cp>Lantern House</cp>")
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def mp3() -> bytes:
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    sound = io.BytesIO(frame * 40)
    tags = ID3()
    tags.add(TIT2(encoding=3, text="Lantern House"))
    tags.add(COMM(encoding=3, text="Lantern House"))
    tags.save(sound, v1=2)
    return sound.getvalue()


def box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def mp4(handler: bytes = b"soun") -> bytes:
    hdlr = box(b"hdlr", bytes(8), handler, bytes(12), b"\0")
    place = box(b"udta", box(b"\xa9xyz", b"\x00\x12\x15\xc7+33.5033+036.3022/"), box(b"name", b"Lantern House"))
    trak = box(b"trak", box(b"mdia", hdlr), box(b"udta", b"Lantern House"))
    moov = box(b"moov", box(b"mvhd", bytes(100)), trak, place)
    xmp = box(b"uuid", b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", b"Lantern House")
    return box(b"ftyp", b"M4A \0\0\0\0M4A isom") + moov + xmp + box(b"mdat", b"S" * 3000)


def ogg() -> bytes:
    def page(number: int, packet: bytes, position: int) -> OggPage:
        made = OggPage()
        made.serial, made.sequence, made.position, made.packets = 7, number, position, [packet]
        made.first, made.last = number == 0, number == 2
        return made

    comment = b"LOCATION=Lantern House"
    tags = b"OpusTags" + struct.pack("<I", 4) + b"made" + struct.pack("<II", 1, len(comment)) + comment
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    return b"".join(page(n, p, n * 960).write() for n, p in enumerate((head, tags, b"\xfc" + bytes(60))))


def refused(content: bytes, kind: str = "document") -> str:
    with pytest.raises(Unusable) as caught:
        clean(content, attachment_type=kind)
    return caught.value.code


def test_a_photo_loses_the_place_where_it_was_taken_and_stands_upright() -> None:
    sent = jpeg(orientation=6)
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(IFD.GPSInfo)
    kept = clean(sent, attachment_type="image")
    shown = Image.open(io.BytesIO(kept.content))
    assert (shown.format, shown.size, kept.content_type) == ("JPEG", (400, 640), "image/jpeg")
    assert not shown.getexif() and set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert [secret for secret in SECRETS if secret in sent] and not [s for s in SECRETS if s in kept.content]
    top, bottom = shown.getpixel((200, 20)), shown.getpixel((200, 620))
    assert top[0] > 150 > top[2] and bottom[2] > 150 > bottom[0]
    small = Image.open(io.BytesIO(kept.thumbnail or b""))
    assert (small.format, max(small.size), not small.getexif()) == ("JPEG", 256, True)


def test_a_large_photo_becomes_smaller_and_what_hangs_behind_it_goes() -> None:
    sent = jpeg((5000, 1000), secret=False) + b"<script>alert(1)</script>" + b"PK" * 50
    kept = clean(sent, attachment_type="image")
    assert Image.open(io.BytesIO(kept.content)).size == (2048, 410)
    assert b"script" not in kept.content


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "LA", "P", "1", "I;16"])
def test_every_sort_of_png_is_painted_anew(mode: str) -> None:
    kept = clean(png(mode=mode), attachment_type="signature")
    assert (kept.content_type, Image.open(io.BytesIO(kept.content)).size) == ("image/png", (300, 120))


def test_a_picture_that_is_small_in_bytes_and_huge_in_points_is_not_opened() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    assert refused(bomb, "image") == "attachment.unreadable"
    assert refused(jpeg()[:900], "image") == "attachment.unreadable"


def test_sounds_lose_their_tags_and_keep_their_sound() -> None:
    for made, kind in ((mp3(), MP3), (mp4(), MP4), (ogg(), OGG)):
        assert b"Lantern House" in made or "Lantern House".encode("utf-16") in made
        kept = clean(made, attachment_type="audio")
        assert kept.content_type == kind
        assert b"Lantern" not in kept.content and b"+33.5033" not in kept.content
        assert kept.thumbnail is None
    kept = clean(mp4(), attachment_type="audio")
    assert (len(kept.content), kept.content[-3000:]) == (len(mp4()), b"S" * 3000)
    assert clean(mp3(), attachment_type="audio").content.startswith(b"\xff\xfb\x90\x64")


def test_a_film_is_no_sound_and_a_broken_box_is_not_followed() -> None:
    assert refused(mp4(b"vide"), "audio") == "attachment.type"
    assert refused(mp4()[:-10], "audio") == "attachment.unreadable"
    assert refused(mp3()[:200], "audio") in ("attachment.unreadable", "attachment.type")


def test_a_pdf_loses_its_properties() -> None:
    sent = pdf()
    assert b"Lantern House" in sent
    kept = clean(sent, attachment_type="document")
    with pikepdf.open(io.BytesIO(kept.content)) as opened:
        assert (kept.content_type, len(opened.pages)) == (PDF, 1)
        assert "/Info" not in opened.trailer and "/Metadata" not in opened.Root
    assert b"Lantern" not in kept.content


def test_a_signed_pdf_stays_byte_for_byte() -> None:
    signed = pdf(AcroForm="<< /SigFlags 3 /Fields [ << /FT /Sig /V << /Type /Sig /ByteRange [0 1 2 3] >> >> ] >>")
    assert clean(signed, attachment_type="document").content == signed


def test_a_pdf_that_runs_or_is_locked_is_not_kept() -> None:
    assert refused(pdf(OpenAction="<< /S /JavaScript /JS (app.alert\\(1\\)) >>")) == "attachment.active"
    assert refused(pdf(OpenAction="<< /S /Launch /F (calc.exe) >>")) == "attachment.active"
    assert refused(pdf(Names="<< /EmbeddedFiles << /Names [ (a) << /Type /Filespec /EF << >> >> ] >> >>"))
    made, target = pikepdf.open(io.BytesIO(pdf())), io.BytesIO()
    made.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert refused(target.getvalue()) == "attachment.locked"
    assert refused(b"%PDF-1.7\nnothing behind it") == "attachment.unreadable"


def test_an_office_paper_loses_its_properties_and_its_pictures_their_place() -> None:
    sent = office(**{"word/media/image1.jpeg": jpeg()})
    kept = clean(sent, attachment_type="document")
    assert kept.content_type == DOCX
    assert clean(office("xl/workbook.xml"), attachment_type="document").content_type == XLSX
    with zipfile.ZipFile(io.BytesIO(kept.content)) as archive:
        assert archive.read("word/document.xml") == b"<w:document>Noor</w:document>"
        parts = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Lantern House" not in parts and b"Exif" not in parts


def test_programs_in_office_papers_are_not_kept() -> None:
    assert refused(office(**{"word/vbaProject.bin": b"x"})) == "attachment.active"
    assert refused(office(**{"word/embeddings/oleObject1.bin": b"x"})) == "attachment.active"
    assert refused(office("ppt/presentation.xml")) == "attachment.type"
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    assert clean(old, attachment_type="document").content == old
    assert refused(old + "_VBA_PROJECT".encode("utf-16-le")) == "attachment.active"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + bytes(60),
        b"\x7fELF" + bytes(60),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"  <!DOCTYPE html><html></html>",
        b"<?xml version='1.0'?><a/>",
        b"\xef\xbb\xbf<HTML>",
        "<script>".encode("utf-16"),
        b"#!/bin/sh\nrm -rf /",
        b"{\\rtf1 x}",
        b"GIF89a" + bytes(30),
        b"PK\x03\x04" + bytes(60),
        b"",
        b"   \n",
        b"\x00\x01\x02",
    ],
)
def test_what_runs_or_is_unknown_is_not_kept(content: bytes) -> None:
    for kind in ("image", "audio", "document", "signature"):
        assert refused(content, kind) in ("attachment.type", "attachment.active", "attachment.unreadable")


def test_two_files_in_one_are_not_kept() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.js", "alert(1)")
    for content, kind in ((pdf(), "document"), (mp3(), "audio"), (jpeg(), "image")):
        assert refused(content + archive.getvalue(), kind) == "attachment.active"


def test_texts_are_texts() -> None:
    for text in ("Noor عربي\n".encode(), "Noor".encode("utf-16"), "Café".encode("latin-1"), b"a,b\r\n1,2\r\n"):
        kept = clean(text, attachment_type="document")
        assert (kept.content, kept.content_type) == (text, TEXT)
    assert told_type(TEXT, "List.CSV ") == "text/csv"
    assert told_type("image/png", "list.csv") == "image/png"


def test_a_kind_of_attachment_takes_its_own_types_only() -> None:
    assert refused(jpeg(), "audio") == "attachment.type"
    assert refused(jpeg(), "signature") == "attachment.type"
    assert refused(pdf(), "image") == "attachment.type"
    assert refused(mp3(), "document") == "attachment.type"


@pytest.mark.parametrize(
    ("sent", "kind", "shown"),
    [
        ("../../etc/passwd", "image/png", "passwd.png"),
        ("C:\\photos\\Noor.JPG", "image/jpeg", "Noor.JPG"),
        ("evil\u202egpj.exe", "image/jpeg", "evilgpj.exe.jpg"),
        ("", "audio/mpeg", "file.mp3"),
        ("..", "audio/mpeg", "file.mp3"),
        ("a\r\nSet-Cookie: x.pdf", "application/pdf", "aSet-Cookie_ x.pdf"),
        ("نور.pdf", "application/pdf", "نور.pdf"),
        ("n" * 500 + ".pdf", "application/pdf", "n" * 196 + ".pdf"),
    ],
)
def test_names_are_for_people_only(sent: str, kind: str, shown: str) -> None:
    assert shown_name(sent, kind) == shown


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", "whole"),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=0-1000", (0, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=9-3", "whole"),
        ("bytes=0-1,4-5", "whole"),
        ("bytes=-", "whole"),
        ("rows=1-2", "whole"),
    ],
)
def test_spans_of_a_file(header: str, span: object) -> None:
    assert read_range(header, 100) == span
