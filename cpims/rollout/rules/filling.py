"""Reading a workbook that somebody filled in: which sheet and column is which, and every cell that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from cpims.access.rules.catalogue import ACTIONS, RECORD_TYPES, Scope
from cpims.forms.rules.definitions import FIELD_TYPES
from cpims.imports.rules.columns import TONGUE, parts_of, plain, read_tick
from cpims.lib.messages import FOLDER, catalogue
from cpims.rollout.rules.requirements import (
    FORMAT,
    NOTES,
    OWN,
    SHEETS,
    Row,
    SheetOf,
    joined,
    read_value,
    tick,
    tidy,
    value_text,
)

#: Lists of options that the system keeps itself.
KEPT_LISTS: Final = frozenset(
    {"Location", "ReportingLocation", "Agency", "User", "UserGroup", "Module", "Role", "Service"}
)
WITH_OPTIONS: Final = frozenset({"select_box", "radio_button"})
ACCESS: Final = ("r", "rw")
SCOPES: Final = tuple(str(scope) for scope in Scope)


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be used, and why; without a column, the row; without a row, the sheet."""

    sheet: str
    row: int | None
    column: int | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A sheet as it came: its name there, its rows of texts, and the cells that hold no text of their own."""

    title: str
    rows: Sequence[Sequence[str]]
    wrong: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass
class Filled:
    """What was read: the workbook, what cannot be used, and what nobody here reads (sheets, columns)."""

    workbook: dict[str, Any]
    bad: list[BadCell] = field(default_factory=list)
    unread: list[tuple[str, int | None]] = field(default_factory=list)


def word_of(locale: str, kind: str, name: str) -> str:
    """What a sheet or a column is called in a language."""
    for place in (locale, "en"):
        found = catalogue(place).get(f"admin.rollout.{kind}.{name}")
        if found:
            return found
    return name


@cache
def _known(kind: str, names: tuple[str, ...]) -> dict[str, str]:
    found = {plain(name): name for name in names}
    for locale in sorted(path.name for path in FOLDER.iterdir()):
        for name in names:
            found.setdefault(plain(word_of(locale, kind, name)), name)
    found.pop("", None)
    return found


def read_workbook_rows(tables: Sequence[Table], locales: Sequence[str]) -> Filled:
    """A workbook from its sheets, with every cell that is wrong in any of them."""
    known = _known("sheet", tuple(SHEETS))
    filled = Filled({"format": FORMAT, "sheets": {}})
    sheets = filled.workbook["sheets"]
    for table in tables:
        name = known.get(plain(table.title))
        if name is None or name in sheets:
            filled.unread.append((table.title, None))
            continue
        sheets[name] = _read_sheet(SHEETS[name], table, locales, filled)
    filled.bad += [BadCell(name, None, None, "sheet_missing") for name in SHEETS if name not in sheets]
    if not filled.bad:
        filled.bad += _loose_ends(sheets)
    return filled


def _read_sheet(sheet: SheetOf, table: Table, locales: Sequence[str], filled: Filled) -> dict[str, Any]:
    heads = _heads(sheet, table, locales, filled)
    rows: list[list[Any]] = []
    seen: dict[tuple[str, ...], int] = {}
    places = {head: column for column, head in enumerate(heads) if head}
    for number, cells in enumerate(table.rows[1:], start=1):
        given = {head: tidy(cells[column]) if column < len(cells) else "" for head, column in places.items()}
        if not any(given.values()):
            continue
        values: Row = {}
        for head, text in given.items():
            wrong = table.wrong.get((number, places[head]))
            read, code, params = ("", wrong, {}) if wrong else _read_cell(sheet, head, text)
            if code:
                filled.bad.append(BadCell(sheet.id, number, places[head], code, params))
            if read:
                values[head] = read
        key = tuple(values.get(column, "") for column in sheet.keys)
        if all(key) and key in seen:
            place = BadCell(sheet.id, number, places.get(sheet.keys[-1]), "row_twice", {"row": seen[key] + 1})
            filled.bad.append(place)
        seen.setdefault(key, number)
        rows.append([number, values])
    return {"heads": heads, "rows": rows}


def _heads(sheet: SheetOf, table: Table, locales: Sequence[str], filled: Filled) -> list[str]:
    known = _known("column", tuple(column.id for column in sheet.columns))
    heads: list[str] = []
    for column, cell in enumerate(table.rows[0] if table.rows else ()):
        head = _head(sheet, known, cell, locales)
        if head and head in heads:
            filled.bad.append(BadCell(sheet.id, 0, column, "column_twice"))
            head = ""
        if not head and plain(cell):
            filled.unread.append((sheet.id, column))
        heads.append(head)
    while heads and not heads[-1]:
        heads.pop()
    for wanted in sheet.columns:
        if wanted.id != NOTES and not any(head.partition("/")[0] == wanted.id for head in heads):
            filled.bad.append(BadCell(sheet.id, 0, None, "column_missing", {"column": wanted.id}))
    return heads


def _head(sheet: SheetOf, known: Mapping[str, str], cell: str, locales: Sequence[str]) -> str:
    name = known.get(plain(cell))
    if name is not None:
        return f"{name}/{locales[0]}" if sheet.column(name).by_language else name
    match = TONGUE.match(cell.strip().replace("/", " "))
    name = known.get(plain(match[1])) if match else None
    if match and name and sheet.column(name).by_language:
        place = next((one for one in locales if one.lower() == match[2].lower()), None)
        return f"{name}/{place}" if place else ""
    return ""


#: What a cell of a column may be, where there is a list of it.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "type": tuple(sorted(FIELD_TYPES)),
    "record_type": RECORD_TYPES,
    "access": ACCESS,
    "sees": SCOPES,
    "resource": tuple(sorted(ACTIONS)),
}
#: Columns that may stay empty.
MAY_BE_EMPTY: Final = frozenset(
    {"options_list", "rows_form", "place_types", "actions", "value", NOTES, "name", "label"}
)
Read = tuple[str, str, dict[str, Any]]


def _read_cell(sheet: SheetOf, head: str, text: str) -> Read:
    column = sheet.column(head)
    if column.kind == "tick":
        answer = read_tick(text) if text else False
        return ("", "cell_not_tick", {"text": text}) if answer is None else (tick(answer), "", {})
    if not text:
        return "", "" if column.id in MAY_BE_EMPTY else "cell_empty", {}
    if column.kind == "number":
        fits = text.isascii() and text.isdigit() and 0 < int(text) < 100
        return (str(int(text)), "", {}) if fits else ("", "cell_not_number", {"text": text})
    if column.kind == "parts":
        return joined(parts_of(text)), "", {}
    if column.kind == "value":
        return value_text(read_value(text)), "", {}
    choices = CHOICES.get(column.id)
    if choices is not None and text not in choices:
        return "", "cell_no_choice", {"text": text, "choices": ", ".join(choices)}
    return text, "", {}


def _loose_ends(sheets: Mapping[str, Any]) -> Iterator[BadCell]:
    """Cells that name a form, list, role or action that the workbook does not have."""
    forms, lists, roles = (
        _ids(sheets, *place) for place in (("forms", "form_id"), ("lists", "list_id"), ("roles", "role_id"))
    )
    optional = {f"{values['form_id']}{OWN}{values['field_id']}" for _, values in sheets["fields"]["rows"]}
    yield from _unknown(sheets, "fields", "form_id", forms, "form_unknown")
    yield from _unknown(sheets, "fields", "rows_form", forms, "form_unknown")
    yield from _unknown(sheets, "role_forms", "form_id", forms, "form_unknown")
    yield from _unknown(sheets, "options", "list_id", lists | optional, "list_unknown")
    yield from _unknown(sheets, "fields", "options_list", lists | optional | KEPT_LISTS, "list_unknown")
    for name in ("permissions", "role_forms"):
        yield from _unknown(sheets, name, "role_id", roles, "role_unknown")
    fields = sheets["fields"]
    for number, values in fields["rows"]:
        if values.get("type") in WITH_OPTIONS and not values.get("options_list"):
            yield BadCell("fields", number, _column(fields, "options_list"), "options_missing")
        if values.get("type") == "subform" and not values.get("rows_form"):
            yield BadCell("fields", number, _column(fields, "rows_form"), "rows_form_missing")
    rights = sheets["permissions"]
    for number, values in rights["rows"]:
        known = ACTIONS.get(values.get("resource", ""), ())
        strange = [action for action in values.get("actions", "").split("; ") if action and action not in known]
        if strange:
            place = _column(rights, "actions")
            yield BadCell("permissions", number, place, "action_unknown", {"text": ", ".join(strange)})


def _ids(sheets: Mapping[str, Any], name: str, head: str) -> set[str]:
    return {values[head] for _, values in sheets[name]["rows"] if head in values}


def _unknown(sheets: Mapping[str, Any], name: str, head: str, known: set[str], code: str) -> Iterator[BadCell]:
    sheet = sheets[name]
    for number, values in sheet["rows"]:
        if values.get(head) and values[head] not in known:
            yield BadCell(name, number, _column(sheet, head), code, {"text": values[head]})


def _column(sheet: Mapping[str, Any], head: str) -> int:
    heads: list[str] = sheet["heads"]
    return heads.index(head)
