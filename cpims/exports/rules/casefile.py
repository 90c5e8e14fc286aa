"""A child's case as it stands on paper: the answers of each section, in the order of the forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpims.exports.rules.words import Field, Words, answer_text
from cpims.forms.rules.visibility import field_shown, form_shown, rows_shown

Block = dict[str, Any]
Form = Mapping[str, Any]
#: A table of rows is set as a table when it has so few columns and so short answers; otherwise row below row.
MOST_COLUMNS, LONGEST_CELL, LONGEST_ROW = 5, 40, 90


@dataclass(frozen=True)
class Filled:
    """The sections that say something, and the titles of those that say nothing yet."""

    sections: list[Block]
    empty: list[str]


def case_sections(
    forms: Iterable[Form], nested: Mapping[int, Form], answers: Mapping[str, Any], words: Words
) -> Filled:
    """The sections of a case with their answers; questions without an answer are left out."""
    found = Filled([], [])
    for form in forms:
        if not form_shown(form.get("display_conditions"), answers).shown:
            continue
        title = words.pick(form["name"])
        blocks = _blocks(form["fields"], nested, answers, None, words)
        if blocks:
            found.sections.append({"title": title, "blocks": blocks})
        else:
            found.empty.append(title)
    return found


def _blocks(
    fields: Iterable[Field],
    nested: Mapping[int, Form],
    record: Mapping[str, Any],
    row: Mapping[str, Any] | None,
    words: Words,
) -> list[Block]:
    blocks: list[Block] = []
    heading = ""
    for field in fields:
        if not _printed(field, record, row):
            continue
        if field["type"] == "separator":
            heading = words.pick(field["display_name"])
            continue
        block = _block(field, nested, record, row, words)
        if block is None:
            continue
        if heading:
            blocks.append({"kind": "heading", "text": heading})
            heading = ""
        blocks.append(block)
    return blocks


def _printed(field: Field, record: Mapping[str, Any], row: Mapping[str, Any] | None) -> bool:
    if field.get("visible") is False or field.get("hide_on_view_page"):
        return False
    return field_shown(field, record, row).shown


def _block(
    field: Field, nested: Mapping[int, Form], record: Mapping[str, Any], row: Mapping[str, Any] | None, words: Words
) -> Block | None:
    value = (record if row is None else row).get(field["name"])
    label = words.pick(field["display_name"])
    if field["type"] == "subform":
        return _rows(field, label, nested, record, value, words)
    text = answer_text(field, value, words)
    return {"kind": "answer", "label": label, "text": words.run(text)} if text else None


def _rows(
    field: Field, label: str, nested: Mapping[int, Form], record: Mapping[str, Any], value: Any, words: Words
) -> Block | None:
    form = nested.get(field.get("subform_section_id") or 0)
    if form is None or not isinstance(value, list):
        return None
    configuration = field.get("subform_section_configuration") or {}
    rows = rows_shown(configuration.get("display_conditions"), [r for r in value if isinstance(r, Mapping)]).rows
    columns = columns_of(form, configuration)
    entries = [
        blocks for row in in_order(rows, configuration) if (blocks := _blocks(columns, nested, record, row, words))
    ]
    if not entries:
        return None
    return _as_table(label, columns, entries, words) or {"kind": "rows", "label": label, "rows": entries}


def columns_of(form: Form, configuration: Mapping[str, Any]) -> list[Field]:
    """The questions of a row that this form shows."""
    wanted = configuration.get("fields")
    return [f for f in form["fields"] if not wanted or f["name"] in wanted]


def in_order(rows: Sequence[Mapping[str, Any]], configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Rows in the order that the form asks for; rows without an answer there come last."""
    name = configuration.get("subform_sort_by")
    if not name:
        return list(rows)
    with_answer = [row for row in rows if row.get(name) is not None]
    without = [row for row in rows if row.get(name) is None]
    numbers = all(isinstance(row[name], (int, float)) for row in with_answer)
    key = (lambda row: row[name]) if numbers else (lambda row: str(row[name]).encode("utf-16-be", "surrogatepass"))
    return sorted(with_answer, key=key, reverse=configuration.get("subform_sort_by_direction") == "desc") + without


def _as_table(label: str, columns: Sequence[Field], entries: list[list[Block]], words: Words) -> Block | None:
    if any(block["kind"] != "answer" for blocks in entries for block in blocks):
        return None
    cells = [{block["label"]: block["text"] for block in blocks} for blocks in entries]
    used = [
        title
        for title in dict.fromkeys(words.pick(f["display_name"]) for f in columns)
        if any(title in cell for cell in cells)
    ]
    if (
        len(entries) < 2
        or len(used) > MOST_COLUMNS
        or any(len(cell) != len(b) for cell, b in zip(cells, entries, strict=True))
    ):
        return None
    widths = [max([len(title), *(length(cell.get(title, "")) for cell in cells)]) for title in used]
    if max(widths) > LONGEST_CELL or sum(widths) > LONGEST_ROW:
        return None
    return {
        "kind": "table",
        "label": label,
        "columns": used,
        "rows": [[cell.get(title, "") for title in used] for cell in cells],
    }


def length(text: str) -> int:
    """How many letters a text has; a line break makes it too long for a table."""
    return 1000 if "\n" in text else len(text)
