"""The workbook of requirements as a spreadsheet that people fill in, and back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cpims.imports.formats.workbook import read_sheets
from cpims.lib.messages import sentence
from cpims.rollout.rules.filling import CHOICES, Filled, Table, read_workbook_rows, word_of
from cpims.rollout.rules.requirements import SHEETS, SheetOf

WIDTHS: Final = {"label": 36, "name": 36, "actions": 60, "value": 60, "notes": 30}
USUAL_WIDTH: Final = 22
#: How many rows below the last one still offer their choices.
ROOM: Final = 500
#: The longest list of choices that a spreadsheet takes in a cell.
LONGEST_CHOICES: Final = 255
RTL: Final = frozenset({"ar"})


def write_workbook(workbook: Mapping[str, Any], locale: str) -> bytes:
    """A spreadsheet with a sheet for each part, its heads in a language, every row where it was read from.

    Texts stay texts, whatever they begin with: nothing that somebody typed is ever calculated by a spreadsheet.
    """
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E3EEF2", "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for sheet in SHEETS.values():
        page = book.add_worksheet(word_of(locale, "sheet", sheet.id)[:31])
        if locale in RTL:
            page.right_to_left()
        page.freeze_panes(1, len(sheet.keys))
        _put_sheet(page, sheet, workbook["sheets"][sheet.id], locale, (bold, plain))
    book.close()
    return target.getvalue()


def _put_sheet(
    page: Worksheet, sheet: SheetOf, content: Mapping[str, Any], locale: str, formats: tuple[Any, Any]
) -> None:
    bold, plain = formats
    last = max((number for number, _ in content["rows"]), default=0)
    ticks = [sentence(locale, f"import.word.{word}").partition("/")[0] for word in ("yes", "no")]
    for column, head in enumerate(content["heads"]):
        if not head:
            continue
        name, _, place = head.partition("/")
        page.set_column(column, column, WIDTHS.get(name, USUAL_WIDTH), plain)
        title = word_of(locale, "column", name)
        page.write_string(0, column, f"{title} ({place})" if place else title, bold)
        choices: Sequence[str] = ticks if sheet.column(head).kind == "tick" else CHOICES.get(name, ())
        if choices and len(",".join(choices)) <= LONGEST_CHOICES:
            page.data_validation(1, column, last + ROOM, column, {"validate": "list", "source": list(choices)})
    for number, values in content["rows"]:
        for column, head in enumerate(content["heads"]):
            text = values.get(head, "")
            if head and sheet.column(head).kind == "tick":
                text = ticks[0 if text == "true" else 1]
            if text:
                page.write_string(number, column, text)


def read_workbook(content: bytes, locales: Sequence[str]) -> Filled:
    """What a spreadsheet asks for, with every cell that cannot be used.

    Raises: SheetUnreadable.
    """
    tables = [
        Table(
            title,
            sheet.rows,
            {place: f"cell_{problem.code.rpartition('.')[2]}" for place, problem in sheet.wrong.items()},
        )
        for title, sheet in read_sheets(content).items()
    ]
    return read_workbook_rows(tables, locales)
