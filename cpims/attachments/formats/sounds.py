"""Sounds: kept as they were recorded, without tags, pictures or the place where it was."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, Final

from mutagen import MutagenError
from mutagen.apev2 import delete as delete_ape
from mutagen.id3 import delete as delete_id3
from mutagen.mp3 import MP3 as Mp3File
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from cpims.attachments.formats.refusing import TYPE, UNREADABLE, Unusable
from cpims.attachments.formats.sniffing import MP3, MP4

#: Boxes of an MP4 in which others lie, and those that hold what somebody wrote beside the sound.
HOLDERS: Final = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts", b"mvex"))
BESIDE: Final = frozenset((b"udta", b"meta", b"uuid", b"xml ", b"bxml", b"ID32", b"loci"))
DEEPEST: Final = 10


def without_tags(content: bytes, content_type: str) -> bytes:
    """The sound alone.

    Raises: Unusable.
    """
    try:
        if content_type == MP3:
            return _mp3(content)
        return _mp4(content) if content_type == MP4 else _ogg(content)
    except (MutagenError, struct.error, ValueError, EOFError, IndexError, OverflowError) as error:
        raise error if isinstance(error, Unusable) else Unusable(UNREADABLE) from error


def _mp3(content: bytes) -> bytes:
    file = io.BytesIO(content)
    sound: Any = Mp3File(file)  # type: ignore[no-untyped-call]
    if sound.info is None or sound.info.sketchy:
        raise Unusable(TYPE)
    for forget in (delete_id3, delete_ape, delete_id3):
        file.seek(0)
        forget(file)
    return file.getvalue()


def _ogg(content: bytes) -> bytes:
    file = io.BytesIO(content)
    for kind in (OggOpus, OggVorbis):
        try:
            file.seek(0)
            kind(file).delete(file)
        except MutagenError:
            file = io.BytesIO(content)
        else:
            return file.getvalue()
    raise Unusable(TYPE)


def _mp4(content: bytes) -> bytes:
    """Blank out everything beside the sound, in its place, so that nothing else has to move; films are not sounds."""
    sound, kinds = bytearray(content), set()
    beginnings: set[bytes] = set()
    for kind, start, body, stop, depth in _boxes(content, 0, len(content), 0):
        beginnings.add(kind)
        if kind == b"hdlr" and stop - body >= 12:
            kinds.add(content[body + 8 : body + 12])
        if kind in BESIDE:
            sound[start + 4 : start + 8] = b"free"
            sound[body:stop] = bytes(stop - body)
        del depth
    if not {b"ftyp", b"moov", b"mdat"} <= beginnings or b"soun" not in kinds or kinds & {b"vide", b"text", b"sbtl"}:
        raise Unusable(TYPE)
    return bytes(sound)


def _boxes(content: bytes, start: int, stop: int, depth: int) -> Iterator[tuple[bytes, int, int, int, int]]:
    """Every box with where it begins, where its body begins, where it ends, and how deep it lies."""
    while start < stop:
        if stop - start < 8:
            raise Unusable(UNREADABLE)
        size, kind = struct.unpack_from(">I4s", content, start)
        body = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, body)
            body += 8
        end = stop if size == 0 else start + size
        if end > stop or end < body or depth > DEEPEST:
            raise Unusable(UNREADABLE)
        yield kind, start, body, end, depth
        if kind in HOLDERS:
            yield from _boxes(content, body, end, depth + 1)
        start = end
