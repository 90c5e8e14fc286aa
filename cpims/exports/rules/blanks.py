"""A form to be filled in by hand: lines, boxes and circles where the screen has fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cpims.exports.rules.casefile import Block, Form, columns_of
from cpims.exports.rules.words import Field, Words, options_of

#: More options than this are not printed; the answer is written on a line.
MOST_OPTIONS = 24
TEXT_LINES = 4
#: How many empty rows a form has, and how deep rows stand in rows.
EMPTY_ROWS, DEEPEST = 2, 2
#: A row of more questions than this is printed once: another row is another sheet.
LONG_ROW = 8
COMPUTED = frozenset({"calculated"})
#: (up to so many letters, so many columns of options)
WIDTHS = ((12, 4), (22, 3), (44, 2))


def blank_section(form: Form, nested: Mapping[int, Form], words: Words) -> Block:
    """One form as a sheet of paper, with its guidance."""
    return {
        "title": words.pick(form["name"]),
        "about": words.pick(form.get("description")),
        "blocks": _blocks(form["fields"], nested, words, 0),
    }


def _blocks(fields: Iterable[Field], nested: Mapping[int, Form], words: Words, depth: int) -> list[Block]:
    blocks: list[Block] = []
    heading: Block | None = None
    for field in fields:
        if not is_asked(field):
            continue
        if field["type"] == "separator":
            about = words.pick(field.get("help_text"))
            heading = {"kind": "heading", "text": words.pick(field["display_name"]), "about": about}
            continue
        block = _block(field, nested, words, depth)
        if block is None:
            continue
        if heading is not None:
            blocks.append(heading)
            heading = None
        blocks.append(block)
    return blocks


def is_asked(field: Field) -> bool:
    """Is this something that a person writes down, not something that the system works out or keeps?"""
    if field["type"] == "separator":
        return field.get("visible") is not False
    if field.get("visible") is False or field.get("disabled") or field.get("subform_summary"):
        return False
    return field["type"] not in COMPUTED


def _block(field: Field, nested: Mapping[int, Form], words: Words, depth: int) -> Block | None:
    block: Block = {
        "label": words.pick(field["display_name"]),
        "required": bool(field.get("required")),
        "how": words.say("print.form.if_applies") if is_conditional(field) else "",
        "hints": _hints(field, words),
    }
    match field["type"]:
        case "text_field" | "numeric_field":
            return block | {"kind": "line"}
        case "textarea":
            return block | {"kind": "lines", "count": TEXT_LINES if depth == 0 else TEXT_LINES // 2}
        case "date_field":
            return block | {"kind": "date", "parts": _date_parts(field, words)}
        case "tick_box":
            label = words.pick(field.get("tick_box_label")) or words.say("print.yes")
            return block | {"kind": "choices", "many": True, "columns": 1, "options": [label]}
        case "radio_button" | "select_box":
            return block | _choices(field, block, words)
        case "tally_field":
            items = [words.pick(item.get("display_text")) for item in field.get("tally") or ()]
            total = [words.say("print.tally_total")] if field.get("autosum_total") else []
            return block | {"kind": "tally", "items": items + total}
        case "subform":
            return _rows(field, block, nested, words, depth)
        case "signature":
            return block | {"kind": "box", "height": 2.2, "text": words.say("print.form.sign")}
        case "photo_upload_box":
            return block | {"kind": "box", "height": 4.5, "width": 3.5, "text": words.say("print.form.photo")}
        case "audio_upload_box" | "document_upload_box":
            return block | {"kind": "line", "hints": [*block["hints"], words.say("print.form.attach")]}
    return None


def is_conditional(field: Field) -> bool:
    """Is this asked only when other answers say so?"""
    return bool(field.get("display_conditions_record") or field.get("display_conditions_subform"))


def _hints(field: Field, words: Words) -> list[str]:
    hints = [words.pick(field.get("help_text")), words.pick(field.get("guiding_questions"))]
    return [hint for hint in hints if hint]


def _date_parts(field: Field, words: Words) -> list[Block]:
    parts = [("print.form.day", 2), ("print.form.month", 2), ("print.form.year", 4)]
    if field.get("date_include_time"):
        parts += [("print.form.hour", 2), ("print.form.minute", 2)]
    return [{"text": words.say(key), "boxes": boxes} for key, boxes in parts]


def _choices(field: Field, block: Block, words: Words) -> Block:
    offered = [option for option in options_of(field, words) if option.get("disabled") is not True]
    options = [words.pick(option.get("display_text")) or str(option.get("id")) for option in offered]
    if not options or len(options) > MOST_OPTIONS:
        return {"kind": "line"}
    many = bool(field.get("multi_select"))
    longest = max(map(len, options))
    columns = next((count for most, count in WIDTHS if longest <= most), 1)
    how = words.say("print.form.many" if many else "print.form.one")
    return {
        "kind": "choices",
        "many": many,
        "columns": min(columns, len(options)),
        "options": options,
        "how": " ".join(part for part in (how, block["how"]) if part),
    }


def _rows(field: Field, block: Block, nested: Mapping[int, Form], words: Words, depth: int) -> Block | None:
    form = nested.get(field.get("subform_section_id") or 0)
    if form is None or depth >= DEEPEST:
        return None
    configuration: Mapping[str, Any] = field.get("subform_section_configuration") or {}
    entry = _blocks(columns_of(form, configuration), nested, words, depth + 1)
    if not entry:
        return None
    rows = EMPTY_ROWS if depth == 0 and len(entry) <= LONG_ROW else 1
    return block | {"kind": "blank_rows", "count": rows, "blocks": entry, "more": words.say("print.form.more_rows")}
