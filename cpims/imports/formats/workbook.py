"""The sheets of an XLSX file, cell by cell. Nothing is calculated: a formula is told, whatever its last result was."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final
from xml.etree import ElementTree

from cpims.imports.formats.sheet import FILE, LARGEST, MOST_COLUMNS, MOST_ROWS, Sheet, SheetUnreadable
from cpims.lib.errors import Problem

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_SHEETS: Final = 40
#: Unpacked, no part of a table of a hundred thousand rows is larger.
LARGEST_PART: Final = 200 * 1024 * 1024
PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
#: What reading a file that only looks like a workbook ends in.
BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError),
    *(LookupError, ValueError, StopIteration, NotImplementedError, RuntimeError),
)
WHOLE: Final = re.compile(r"-?[0-9]+\.0+\Z")


def read_workbook(content: bytes) -> Sheet:
    """The rows of the first sheet.

    Raises: SheetUnreadable.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            shared = _shared(book)
            return _cells(book, _first(book), shared)
    except BROKEN as error:
        raise SheetUnreadable([Problem(FILE, "import.file.not_workbook")]) from error


def read_sheets(content: bytes) -> dict[str, Sheet]:
    """The rows of every sheet, by the names of the sheets, in their order.

    Raises: SheetUnreadable.
    """
    if not content:
        raise SheetUnreadable([Problem(FILE, "import.file.empty")])
    if len(content) > LARGEST:
        raise SheetUnreadable([Problem(FILE, "import.file.too_large", {"most": LARGEST // 1024 // 1024})])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            shared = _shared(book)
            return {name: _cells(book, part, shared) for name, part in islice(_named(book), MOST_SHEETS)}
    except BROKEN as error:
        raise SheetUnreadable([Problem(FILE, "import.file.not_workbook")]) from error


def _part(book: zipfile.ZipFile, name: str) -> bytes:
    """One part of the file, unpacked no further than it may be large; parts that declare entities are refused."""
    with book.open(name) as packed:
        content = packed.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise SheetUnreadable([Problem(FILE, "import.file.too_large", {"most": LARGEST_PART // 1024 // 1024})])
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("declares entities")
    return content


def _first(book: zipfile.ZipFile) -> str:
    """The name of the part that holds the first sheet."""
    return next(_named(book))[1]


def _named(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The sheets in their order: what each is called, and the name of the part that holds it."""
    parts = {
        relation.attrib["Id"]: relation.attrib["Target"]
        for relation in ElementTree.fromstring(_part(book, "xl/_rels/workbook.xml.rels"))
    }
    for sheet in ElementTree.fromstring(_part(book, "xl/workbook.xml")).iter(f"{MAIN}sheet"):
        target = parts[sheet.attrib[RELATED]]
        yield sheet.attrib.get("name", ""), target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _shared(book: zipfile.ZipFile) -> list[str]:
    """The texts that cells point to."""
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(_part(book, "xl/sharedStrings.xml"))
    return [_words(item) for item in root.iter(f"{MAIN}si")]


def _words(item: ElementTree.Element) -> str:
    """A text in its pieces; how it is spoken (``rPh``) is no part of it."""
    own = [piece.text or "" for piece in item.findall(f"{MAIN}t")]
    return "".join(own + [piece.text or "" for piece in item.findall(f"{MAIN}r/{MAIN}t")])


def _cells(book: zipfile.ZipFile, name: str, shared: list[str]) -> Sheet:
    sheet = Sheet(rows=[], encoding="xlsx")
    for row, column, cell in _places(_part(book, name)):
        while len(sheet.rows) <= row:
            sheet.rows.append([])
        cells = sheet.rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = _text(cell, shared)
        if cell.find(f"{MAIN}f") is not None:
            sheet.wrong[(row, column)] = Problem("", "import.cell.formula")
        elif cell.get("t") == "e":
            sheet.wrong[(row, column)] = Problem("", "import.cell.error")
    return sheet


def _places(content: bytes) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Each cell with its row and column, counted from nought."""
    row = -1
    for _, line in ElementTree.iterparse(io.BytesIO(content)):
        if line.tag != f"{MAIN}row":
            continue
        row, column = int(line.get("r") or row + 2) - 1, -1
        if not 0 <= row <= MOST_ROWS:
            raise SheetUnreadable([Problem(FILE, "import.file.too_many_rows", {"most": MOST_ROWS})])
        for cell in line.findall(f"{MAIN}c"):
            place = PLACE.match(cell.get("r") or "")
            column = _number(place[1]) if place else column + 1
            if column >= MOST_COLUMNS:
                raise SheetUnreadable([Problem(FILE, "import.file.too_many_columns", {"most": MOST_COLUMNS})])
            yield row, column, cell
        line.clear()


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _text(cell: ElementTree.Element, shared: list[str]) -> str:
    kind, value = cell.get("t") or "n", cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        return shared[int(value)].strip()
    if kind == "inlineStr":
        inner = cell.find(f"{MAIN}is")
        return "" if inner is None else _words(inner).strip()
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind == "n" and WHOLE.match(value):
        return value.partition(".")[0]
    return value.strip()
