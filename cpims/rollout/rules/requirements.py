"""What a country asks of its system, sheet by sheet, and where the system is otherwise.

A workbook is texts in cells: ``{"sheets": {sheet: {"heads": [column or ""], "rows": [[row number, {column: text}]]}}}``. Numbers of rows and columns
are those of the spreadsheet as it was filled in, counted from nought, so that whatever is said of a cell can be found there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpims.configuration.rules.differing import leaves
from cpims.lib.json import BadJson, canonical, loads

FORMAT: Final = "cpims-requirements/1"
Workbook = Mapping[str, Any]
Row = dict[str, str]
#: A column that nobody compares: what people write for each other.
NOTES: Final = "notes"


@dataclass(frozen=True)
class Column:
    """A column: how its cells are read (``word``, ``tick``, ``parts``, ``number``, ``value``), and whether each language has its own."""

    id: str
    kind: str = "word"
    is_key: bool = False
    by_language: bool = False


@dataclass(frozen=True)
class SheetOf:
    """A sheet by its id, with its columns; the key columns together name the thing that a row is about."""

    id: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return tuple(column.id for column in self.columns if column.is_key)

    def column(self, head: str) -> Column:
        """The column that a head is of, whatever its language."""
        return next(column for column in self.columns if column.id == head.partition("/")[0])


def _sheet(sheet_id: str, *columns: Column) -> SheetOf:
    return SheetOf(sheet_id, (*columns, Column(NOTES)))


FORM, FIELD, LIST, ROLE = (Column(name, is_key=True) for name in ("form_id", "field_id", "list_id", "role_id"))
SHEETS: Final[Mapping[str, SheetOf]] = {
    sheet.id: sheet
    for sheet in (
        _sheet("forms", FORM, Column("record_type"), Column("rows_only", "tick"), Column("name", by_language=True)),
        _sheet(
            "fields",
            FORM, FIELD, Column("type"), Column("required", "tick"), Column("several", "tick"),
            Column("options_list"), Column("rows_form"), Column("label", by_language=True),
        ),
        _sheet("lists", LIST, Column("name", by_language=True)),
        _sheet("options", LIST, Column("option_id", is_key=True), Column("label", by_language=True)),
        _sheet("roles", ROLE, Column("role_name"), Column("sees"), Column("leads", "tick")),
        _sheet("permissions", ROLE, Column("resource", is_key=True), Column("actions", "parts")),
        _sheet("role_forms", ROLE, FORM, Column("access")),
        _sheet("levels", Column("level", "number", is_key=True), Column("place_types", "parts")),
        _sheet("settings", Column("setting", is_key=True), Column("value", "value")),
    )
}  # fmt: skip
#: The forms and lists of questions that have options of their own: ``form/question``.
OWN: Final = "/"
_LOOKUP: Final = "lookup "


@dataclass(frozen=True)
class Difference:
    """Something that the system has otherwise than was asked for.

    ``column`` is empty where a whole row is missing (``found`` is nothing) or too many (``wanted`` is nothing). ``cell``: where in the
    workbook it was asked, counted from nought.
    """

    sheet: str
    key: tuple[str, ...]
    column: str
    wanted: str | None
    found: str | None
    words: Mapping[str, str]
    cell: tuple[int, int] | None = None

    @property
    def id(self) -> str:
        """The digest of what differs: the same as long as both sides stay."""
        said = [self.sheet, list(self.key), self.column, self.wanted, self.found]
        return hashlib.sha256(canonical(said)).hexdigest()[:32]

    @property
    def action(self) -> str:
        """Is it missing, too much, or other?"""
        return "missing" if self.found is None else "extra" if self.wanted is None else "other"


def differences_between(wanted: Workbook, found: Workbook) -> list[Difference]:
    """Every place where the system is otherwise than the workbook asks, in the order of the sheets and their rows."""
    return [
        one
        for sheet in SHEETS.values()
        for one in _between(sheet, wanted["sheets"][sheet.id], found["sheets"][sheet.id])
    ]


def _between(sheet: SheetOf, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Difference]:
    heads = [head for head in wanted["heads"] if head and head not in (*sheet.keys, NOTES)]
    places = {head: column for column, head in enumerate(wanted["heads"]) if head}
    asked = {_key(sheet, values): (number, values) for number, values in wanted["rows"]}
    stands = {_key(sheet, values): values for _, values in found["rows"]}
    for key, (number, values) in asked.items():
        first = (number, places[sheet.keys[0]])
        there = stands.get(key)
        if there is None:
            yield Difference(sheet.id, key, "", _said(heads, values), None, _words(values), first)
            continue
        for head in heads:
            want, have = values.get(head, ""), there.get(head, "")
            if want != have:
                words = _words(there) or _words(values)
                yield Difference(sheet.id, key, head, want, have, words, (number, places[head]))
    for key, there in stands.items():
        if key not in asked:
            yield Difference(sheet.id, key, "", None, _said(heads, there), _words(there))


def _key(sheet: SheetOf, values: Row) -> tuple[str, ...]:
    return tuple(values.get(column, "") for column in sheet.keys)


def _said(heads: Sequence[str], values: Row) -> str:
    return canonical({head: values[head] for head in heads if values.get(head)}).decode()


def _words(values: Row) -> dict[str, str]:
    """What a thing is called, by language."""
    texts = {head.partition("/")[2]: text for head, text in values.items() if head.startswith(("name/", "label/"))}
    return {place: text for place, text in texts.items() if text} or (
        {"": values["role_name"]} if values.get("role_name") else {}
    )


def asked_of(document: Mapping[str, Any], locales: Sequence[str]) -> dict[str, Any]:
    """The workbook that asks for exactly what a configuration has, in these languages."""
    rows: dict[str, list[Row]] = {name: [] for name in SHEETS}
    for form, said in document["forms"].items():
        rows["forms"].append(
            {"form_id": form, "record_type": said.get("parent_form", ""), "rows_only": tick(said.get("is_nested"))}
            | _texts("name", said.get("name"), locales)
        )
        for field in said["fields"]:
            _put_field(rows, form, field, locales)
    for name, said in document["lookups"].items():
        rows["lists"].append({"list_id": name} | _texts("name", said.get("name"), locales))
        rows["options"] += [_option(name, value, locales) for value in said["values"] if not value.get("disabled")]
    for role, said in document["roles"].items():
        rows["roles"].append(
            {"role_id": role, "role_name": said.get("name", ""), "sees": said.get("group_permission", "")}
            | {"leads": tick(said.get("is_manager"))}
        )
        rows["permissions"] += [
            {"role_id": role, "resource": resource, "actions": joined(actions)}
            for resource, actions in said.get("permissions", {}).items()
            if isinstance(actions, list) and actions and resource != "objects"
        ]
    for role, forms in document["grants"].items():
        rows["role_forms"] += [{"role_id": role, "form_id": form, "access": access} for form, access in forms.items()]
    rows["levels"] = _levels(document["locations"])
    rows["settings"] = [
        {"setting": key, "value": value_text(value)} for key, value in leaves(document["settings"]) if key
    ]
    return {"format": FORMAT, "sheets": {name: _filled(SHEETS[name], rows[name], locales) for name in SHEETS}}


def _put_field(rows: dict[str, list[Row]], form: str, field: Mapping[str, Any], locales: Sequence[str]) -> None:
    source, own = str(field.get("option_strings_source") or ""), field.get("option_strings_text") or []
    if own and not source:
        source = f"{form}{OWN}{field['name']}"
        options = [option for option in own if isinstance(option, Mapping) and not option.get("disabled")]
        rows["options"] += [_option(source, option, locales) for option in options]
    rows["fields"].append(
        {
            "form_id": form,
            "field_id": field["name"],
            "type": field.get("type", ""),
            "required": tick(field.get("required")),
            "several": tick(field.get("multi_select")),
            "options_list": source.removeprefix(_LOOKUP),
            "rows_form": field.get("subform_unique_id") or "",
        }
        | _texts("label", field.get("display_name"), locales)
    )


def _option(name: str, value: Mapping[str, Any], locales: Sequence[str]) -> Row:
    return {"list_id": name, "option_id": str(value.get("id", ""))} | _texts(
        "label", value.get("display_text"), locales
    )


def _texts(column: str, words: Any, locales: Sequence[str]) -> Row:
    said = words if isinstance(words, Mapping) else {locales[0]: words} if isinstance(words, str) else {}
    return {f"{column}/{locale}": tidy(str(said.get(locale) or "")) for locale in locales}


def _levels(places: Mapping[str, Any]) -> list[Row]:
    """Which kinds of places there are at each depth; the country's own is the first."""
    depths: dict[str, int] = {}

    def depth(code: str) -> int:
        way: list[str] = []
        while code not in depths and code in places and code not in way:
            way.append(code)
            code = places[code].get("parent", "")
        start = depths.get(code, 0)
        for step, one in enumerate(reversed(way), start=1):
            depths[one] = start + step
        return depths.get(way[0], 0) if way else start

    kinds: dict[int, set[str]] = {}
    for code, said in places.items():
        kinds.setdefault(depth(code), set()).add(str(said.get("type") or ""))
    return [{"level": str(level), "place_types": joined(kinds[level])} for level in sorted(kinds)]


def _filled(sheet: SheetOf, rows: Sequence[Row], locales: Sequence[str]) -> dict[str, Any]:
    kept = [{head: text for head, text in row.items() if text} for row in rows]
    return {"heads": heads_of(sheet, locales), "rows": [[number, row] for number, row in enumerate(kept, start=1)]}


def heads_of(sheet: SheetOf, locales: Sequence[str]) -> list[str]:
    """The heads of a sheet in these languages."""
    heads: list[str] = []
    for column in sheet.columns:
        heads += [f"{column.id}/{locale}" for locale in locales] if column.by_language else [column.id]
    return heads


def tick(value: Any) -> str:
    """Yes or no as it is kept."""
    return "true" if value else "false"


def joined(parts: Any) -> str:
    """Several words in one cell, in one order."""
    return "; ".join(sorted({str(part) for part in parts if str(part)}))


def tidy(text: str) -> str:
    """A text as a cell keeps it: without blanks around it, with one kind of line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def value_text(value: Any) -> str:
    """A setting in a cell: a text as it is, unless it would be read as something else; anything else as JSON."""
    if isinstance(value, str) and value == tidy(value) and read_value(value) == value:
        return value
    return canonical(value).decode()


def read_value(text: str) -> Any:
    """What a cell says of a setting."""
    try:
        return loads(text.encode())
    except BadJson:
        return text
