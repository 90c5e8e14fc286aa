"""What lies in the folder of a browser's profile for somebody who copies it: every file, and what is packed inside."""

from __future__ import annotations

import base64
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import cramjam

TABLE_MAGIC = bytes.fromhex("57fb808b247547db")
ENTRY_MAGIC = bytes.fromhex("305c72a71b6dfbfc")
END_OF_STREAM = bytes.fromhex("d8410d97456ffaf4")
#: A large value of IndexedDB is packed as a whole behind these bytes.
PACKED_VALUE = b"\xff\x11\x02"


def found(folder: Path, words: list[str]) -> dict[str, set[str]]:
    """The words that can be read in the folder, and the files in which each lies."""
    forms = {word: forms_of(word) for word in words}
    hits: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        where = path.relative_to(folder).as_posix()
        data = b"\n".join([where.encode(), *opened(path)])
        for word, encoded in forms.items():
            if any(form in data for form in encoded):
                hits.setdefault(word, set()).add(where)
    return hits


def forms_of(word: str) -> set[bytes]:
    """How a word may be written in a file."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))
    forms: set[bytes] = set()
    for text in {word, word.lower(), word.upper(), bare, bare.lower()}:
        forms |= {text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), quote(text).encode()}
        forms |= {quote(text).lower().encode(), text.encode("latin-1", "ignore") if text.isascii() else text.encode()}
        try:
            forms.add(text.encode("latin-1"))
        except UnicodeEncodeError:
            pass
        escaped = "".join(one if one.isascii() else f"\\u{ord(one):04x}" for one in text)
        forms |= {escaped.encode(), re.sub(r"u[0-9a-f]{4}", lambda m: "u" + m[0][1:].upper(), escaped).encode()}
        for raw in (text.encode(), text.encode("utf-16-le")):
            forms |= in_base64(raw) | {raw.hex().encode(), raw.hex().upper().encode()}
    return forms


def in_base64(raw: bytes) -> set[bytes]:
    """The characters that stand for these bytes wherever they begin in what was encoded, in both alphabets."""
    forms: set[bytes] = set()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw)
        left = (0, 2, 3)[before]
        over = (before + len(raw)) % 3
        sure = whole[left : len(whole) - (0, 3, 2)[over]]
        forms |= {sure, sure.replace(b"+", b"-").replace(b"/", b"_")}
    return forms


def opened(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and of everything packed in it."""
    data = path.read_bytes()
    yield data
    values: list[bytes] = [data]
    if data.endswith(TABLE_MAGIC):
        for block in blocks_of_table(data):
            yield block
            values += [value for key, value in entries(block)]
    elif re.fullmatch(r"\d+\.log|MANIFEST-\d+", path.name):
        records = list(records_of_log(data))
        yield from records
        values += records
    elif data.startswith(ENTRY_MAGIC):
        yield from bodies_of_cache(data)
    for value in values:
        yield from unpacked(value)


def unpacked(value: bytes) -> Iterator[bytes]:
    """What lies packed (snappy, gzip) somewhere in these bytes."""
    for match in re.finditer(re.escape(PACKED_VALUE), value):
        for end in range(len(value), max(match.end(), len(value) - 64), -1):
            try:
                yield bytes(cramjam.snappy.decompress_raw(value[match.end() : end]))
                break
            except cramjam.DecompressionError:
                continue
    for match in re.finditer(b"\x1f\x8b\x08", value):
        try:
            yield zlib.decompressobj(31).decompress(value[match.start() :])
        except zlib.error:
            continue


def number(data: bytes, at: int) -> tuple[int, int]:
    """A number of LevelDB (seven bits a byte), and where the next thing begins."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def blocks_of_table(data: bytes) -> Iterator[bytes]:
    """The blocks of a LevelDB table, unpacked."""

    def block(start: int, size: int) -> bytes:
        raw, kind = data[start : start + size], data[start + size]
        if kind == 0:
            return raw
        return bytes(cramjam.snappy.decompress_raw(raw) if kind == 1 else cramjam.zstd.decompress(raw))

    footer = data[-48:]
    at = 0
    for _ in range(2):
        _, at = number(footer, at)
    start, at = number(footer, at)
    size, at = number(footer, at)
    index = block(start, size)
    yield index
    for _, handle in entries(index):
        start, at = number(handle, 0)
        size, at = number(handle, at)
        yield block(start, size)


def entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block."""
    end = len(block) - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    at, key = 0, b""
    while at < end:
        shared, at = number(block, at)
        fresh, at = number(block, at)
        size, at = number(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + size]
        at += fresh + size


def records_of_log(data: bytes) -> Iterator[bytes]:
    """The records of a LevelDB log, put together again, each followed by the values that it writes."""
    whole = b""
    for start in range(0, len(data), 32768):
        page, at = data[start : start + 32768], 0
        while at + 7 <= len(page):
            size, kind = struct.unpack("<HB", page[at + 4 : at + 7])
            if kind == 0:
                break
            whole = (b"" if kind in (1, 2) else whole) + page[at + 7 : at + 7 + size]
            at += 7 + size
            if kind in (1, 4):
                yield whole
                yield from values_of_batch(whole)


def values_of_batch(batch: bytes) -> Iterator[bytes]:
    """What one write put there."""
    at = 12
    try:
        while at < len(batch):
            puts = batch[at] == 1
            size, at = number(batch, at + 1)
            at += size
            if puts:
                size, at = number(batch, at)
                yield batch[at : at + size]
                at += size
    except IndexError:
        return  # a log of another kind, such as that of the tables


def bodies_of_cache(data: bytes) -> Iterator[bytes]:
    """The bodies of an entry of the HTTP cache or of Cache Storage, unpacked."""
    start = 24 + struct.unpack("<I", data[12:16])[0]
    for body in (data[start:].split(END_OF_STREAM)[0], data[start:]):
        for packing in (cramjam.brotli, cramjam.zstd, cramjam.gzip):
            try:
                yield bytes(packing.decompress(body))
            except cramjam.DecompressionError:
                continue
