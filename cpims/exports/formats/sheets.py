"""A table as a spreadsheet: one sheet, written row by row, never held whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

Cell = str | int | float | date | None
#: The longest text that a cell of a spreadsheet holds.
LONGEST_TEXT = 32_767
WIDTH = 18


@dataclass(frozen=True)
class Sheet:
    """What a sheet is called, whether it runs from right to left, and what stands above its columns."""

    title: str
    rtl: bool
    heads: Sequence[str]


def write_sheet(target: IO[bytes], sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> int:
    """Write a sheet; answers how many rows it has.

    Texts stay texts, whatever they begin with: nothing that a worker typed is ever calculated by a spreadsheet.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    book = Workbook(target, options)
    bold = book.add_format({"bold": True, "text_wrap": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page = book.add_worksheet(_title(sheet.title))
    if sheet.rtl:
        page.right_to_left()
    page.freeze_panes(1, 0)
    page.set_column(0, max(len(sheet.heads) - 1, 0), WIDTH)
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head, bold)
    count = 0
    try:
        for count, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(count, column, cell[:LONGEST_TEXT])
                elif isinstance(cell, date):
                    page.write_datetime(count, column, cell, day)
                elif cell is not None:
                    page.write_number(count, column, cell)
    finally:
        _close(book)
    return count


def _close(book: Workbook) -> None:
    try:
        book.close()
    except XlsxWriterException as error:
        raise OSError("the sheet cannot be written") from error


def _title(text: str) -> str:
    """A name that a sheet may have: short, without the signs that spreadsheets refuse."""
    kept = "".join(sign for sign in text if sign not in "[]:*?/\\'")
    return kept[:31] or "-"
