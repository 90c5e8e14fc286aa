"""A file as rows of texts: CSV in whatever encoding and with whatever separator an office writes it, or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Final

from cpims.imports.formats.sheet import FILE, LARGEST, MOST_COLUMNS, MOST_ROWS, Sheet, SheetUnreadable
from cpims.imports.formats.workbook import read_workbook
from cpims.lib.errors import Problem

__all__ = ["LARGEST", "MOST_ROWS", "Sheet", "SheetUnreadable", "address", "read_sheet"]

SEPARATORS: Final = (",", ";", "\t", "|")
MARKS: Final[Mapping[bytes, str]] = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: What spreadsheets put before a text so that it is not calculated.
GUARDED: Final = ("'=", "'+", "'-", "'@")


def read_sheet(content: bytes) -> Sheet:
    """The rows of a file. A spreadsheet is told by its first bytes, a text by its marks and by what it can be.

    Raises: SheetUnreadable.
    """
    if not content:
        raise SheetUnreadable([Problem(FILE, "import.file.empty")])
    if len(content) > LARGEST:
        raise SheetUnreadable([Problem(FILE, "import.file.too_large", {"most": LARGEST // 1024 // 1024})])
    if content.startswith(b"PK"):
        return read_workbook(content)
    text, encoding = _text(content)
    rows, separator = _rows(text)
    sheet = Sheet(rows=rows, encoding=encoding, separator=separator)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell.startswith("="):
                sheet.wrong[(row, column)] = Problem("", "import.cell.formula")
            elif cell.startswith(GUARDED):
                cells[column] = cell[1:]
    return sheet


def address(row: int, column: int | None) -> str:
    """A cell as a spreadsheet names it; rows and columns are counted from nought. Without a column, the row's number."""
    letters, left = "", -1 if column is None else column
    while left >= 0:
        left, letter = divmod(left, 26)
        letters, left = chr(ord("A") + letter) + letters, left - 1
    return f"{letters}{row + 1}"


def _text(content: bytes) -> tuple[str, str]:
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    if encoding is None and b"\x00" in content[:200]:
        # Letters of most tables take two bytes of which one is nought; it tells which end comes first.
        encoding = "utf-16-le" if content[1:200:2].count(0) >= content[0:200:2].count(0) else "utf-16-be"
    for name in (encoding,) if encoding else ("utf-8", "windows-1252"):
        try:
            return content.decode(name), name.removesuffix("-sig")
        except ValueError:
            continue
    raise SheetUnreadable([Problem(FILE, "import.file.not_text")])


def _rows(text: str) -> tuple[list[list[str]], str]:
    if "\x00" in text:
        raise SheetUnreadable([Problem(FILE, "import.file.not_text")])
    separator = _separator(text)
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            if len(rows) > MOST_ROWS:
                raise SheetUnreadable([Problem(FILE, "import.file.too_many_rows", {"most": MOST_ROWS})])
            if len(cells) > MOST_COLUMNS:
                raise SheetUnreadable([Problem(FILE, "import.file.too_many_columns", {"most": MOST_COLUMNS})])
            rows.append([cell.strip() for cell in cells])
    except csv.Error as error:
        raise SheetUnreadable([Problem(FILE, "import.file.not_csv", {"row": len(rows) + 1})]) from error
    return rows, separator


def _separator(text: str) -> str:
    """What stands between the cells: the sign that the first line with words has most often outside of quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=outside.count)
