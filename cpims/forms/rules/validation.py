"""Which answers are wrong, which are still missing, and what is only worth a remark.

*wrong* is never stored, *incomplete* may be kept as a draft but not completed, *notice* never blocks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from cpims.forms.rules.compiled import CompiledField, CompiledFields, compile_field, compile_fields
from cpims.forms.rules.options import OptionIds
from cpims.forms.rules.values import (
    BLANKS,
    DAY_MS,
    MISSING,
    as_double,
    day_of,
    escaped,
    instant_of,
    is_number,
    stored_instant_of,
)

Kind = Literal["wrong", "incomplete", "notice"]

KINDS: Final[Mapping[str, Kind]] = {
    "wrong_type": "wrong",
    "not_an_integer": "wrong",
    "out_of_range": "wrong",
    "invalid_date": "wrong",
    "date_in_future": "wrong",
    "not_an_option": "wrong",
    "invalid_text": "wrong",
    "invalid_unique_id": "wrong",
    "duplicate_unique_id": "wrong",
    "not_writable": "wrong",
    "required": "incomplete",
    "phone_format": "notice",
    "unknown_key": "notice",
}
LARGEST: Final = 2_147_483_647
SMALLEST: Final = -2_147_483_648
OLDEST: Final = 130
IDENTITY: Final = "unique_id"
REMOVED: Final = "_destroy"
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_BOOLEANS: Final = ("true", "false")
_NOTHING: Final[Mapping[str, Any]] = {}

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to be said about one answer; ``pointer`` leads to it from the record."""

    pointer: str
    code: str
    kind: Kind
    params: Mapping[str, Any]


@dataclass(slots=True)
class _Check:
    record: Answers
    lookups: OptionIds
    latest: int
    partial: bool
    found: list[Problem]

    def add(self, pointer: str, code: str, **params: Any) -> None:
        self.found.append(Problem(pointer, code, KINDS[code], params))


def find_problems(
    field: Mapping[str, Any],
    value: Any = MISSING,
    *,
    record: Answers = _NOTHING,
    stored: Any = None,
    lookups: OptionIds = _NOTHING,
    now: str,
    partial: bool = False,
) -> list[Problem]:
    """What is to be said about one answer of one field; ``record`` holds the other answers."""
    whole = record if value is MISSING else {**record, field["name"]: value}
    check = _Check(whole, lookups, _latest(now), partial, [])
    _field(check, compile_field(field), value, stored, "/" + escaped(field["name"]), None, asked=True)
    return check.found


def check_answers(
    fields: Sequence[Mapping[str, Any]] | CompiledFields,
    sent: Answers,
    *,
    record: Answers,
    stored: Answers = _NOTHING,
    lookups: OptionIds,
    now: str,
    partial: bool,
) -> list[Problem]:
    """What is to be said about the answers of a whole record.

    ``sent`` came with the request, ``stored`` is what the record held, ``record`` is the record with the change applied
    (conditions look at it). ``partial`` asks about the keys that were sent only. Keys that are no field are left to the caller.
    """
    compiled = compile_fields(fields)
    check = _Check(record, lookups, _latest(now), partial, [])
    _answers(check, compiled, sent, stored, "", None, partial=partial, asked=True)
    return check.found


def find_incomplete(fields: Sequence[Mapping[str, Any]] | CompiledFields, record: Answers) -> list[Problem]:
    """What a stored record still misses; its files and signatures included."""
    check = _Check(record, _NOTHING, 0, False, [])
    _missing(check, compile_fields(fields), record, "", None)
    return check.found


def _latest(now: str) -> int:
    moment = instant_of(now)
    if moment is None:
        raise ValueError(f"not a moment: {now}")
    return moment + DAY_MS


def _answers(
    check: _Check,
    fields: CompiledFields,
    sent: Answers,
    stored: Answers,
    pointer: str,
    row: Answers | None,
    *,
    partial: bool,
    asked: bool,
) -> None:
    if partial:
        for name, value in sent.items():
            if (field := fields.by_name.get(name)) is not None:
                _field(check, field, value, stored.get(name), f"{pointer}/{escaped(name)}", row, asked=asked)
        return
    for name, field in fields.by_name.items():
        value = sent.get(name, MISSING)
        if value is not MISSING or field.asked:
            _field(check, field, value, stored.get(name), f"{pointer}/{escaped(name)}", row, asked=asked)


def _field(
    check: _Check, field: CompiledField, value: Any, stored: Any, pointer: str, row: Answers | None, *, asked: bool
) -> None:
    if value is MISSING:
        if not check.partial or row is not None:
            _require(check, field, None, None, pointer, row, asked)
        return
    if not field.writable:
        check.add(pointer, "not_writable")
        return
    if value is None:
        _require(check, field, None, None, pointer, row, asked)
        return
    before = len(check.found)
    if field.type == "subform":
        asked = asked and field.visible and field.shown(check.record, row)
        if isinstance(value, list):
            _rows(check, field, value, stored, pointer, asked=asked)
            _require(check, field, value, stored, pointer, row, asked)
        else:
            check.add(pointer, "wrong_type")
        return
    checker = _CHECKERS.get(field.type)
    if checker is not None:
        checker(check, field, value, stored, pointer)
    if len(check.found) == before or all(problem.kind != "wrong" for problem in check.found[before:]):
        _require(check, field, value, stored, pointer, row, asked)


def _require(
    check: _Check, field: CompiledField, value: Any, stored: Any, pointer: str, row: Answers | None, asked: bool
) -> None:
    if asked and field.asked and not _answered(check, field, value, stored) and field.shown(check.record, row):
        check.add(pointer, "required")


def _answered(check: _Check, field: CompiledField, value: Any, stored: Any) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        return value.strip(BLANKS) != ""
    if field.type == "tick_box":
        return value is True
    if field.type == "tally_field" and isinstance(value, Mapping):
        if check.partial and isinstance(stored, Mapping):
            value = {**stored, **value}
        return any(is_number(value.get(item)) for item in field.items if item != "total")
    if field.type == "subform" and isinstance(value, list):
        return _rows_remain(value, stored if check.partial else None)
    return not (isinstance(value, (list, Mapping)) and not value)


def _rows_remain(sent: list[Any], stored: Any) -> bool:
    removed = {row.get(IDENTITY) for row in sent if isinstance(row, Mapping) and row.get(REMOVED) is True}
    if any(isinstance(row, Mapping) and row.get(REMOVED) is not True for row in sent):
        return True
    held = stored if isinstance(stored, list) else ()
    return any(isinstance(row, Mapping) and row.get(IDENTITY) not in removed for row in held)


def _rows(check: _Check, field: CompiledField, rows: list[Any], stored: Any, pointer: str, *, asked: bool) -> None:
    held = stored if isinstance(stored, list) else ()
    known = {row[IDENTITY]: row for row in held if isinstance(row, Mapping) and isinstance(row.get(IDENTITY), str)}
    seen: set[str] = set()
    nested = field.rows
    for position, row in enumerate(rows):
        at = f"{pointer}/{position}"
        if not isinstance(row, Mapping):
            check.add(at, "wrong_type")
            continue
        identity = row.get(IDENTITY, MISSING)
        if identity is not MISSING:
            if not isinstance(identity, str) or not _UUID.match(identity):
                check.add(f"{at}/{IDENTITY}", "invalid_unique_id")
            elif identity in seen:
                check.add(f"{at}/{IDENTITY}", "duplicate_unique_id")
            else:
                seen.add(identity)
        removal = row.get(REMOVED)
        if removal is True:
            continue
        if removal is not None and removal is not False:
            check.add(f"{at}/{REMOVED}", "wrong_type", expected="tick")
        if nested is None:
            continue
        for key in row:
            if key not in nested.by_name and key != IDENTITY and key != REMOVED:
                check.add(f"{at}/{escaped(key)}", "unknown_key", key=key)
        before = known.get(identity) if isinstance(identity, str) else None
        change = check.partial and before is not None
        whole = {**before, **row} if change and before is not None else row
        _answers(check, nested, row, before or _NOTHING, at, whole, partial=change, asked=asked)


def _text(check: _Check, field: CompiledField, value: Any, _stored: Any, pointer: str) -> None:
    if not isinstance(value, str):
        check.add(pointer, "wrong_type", expected="text")
    elif "\0" in value:
        check.add(pointer, "invalid_text")
    elif field.phone and value and not _PHONE.match(value):
        check.add(pointer, "phone_format")


def _whole_number(check: _Check, value: Any, highest: int, pointer: str) -> None:
    if not is_number(value):
        check.add(pointer, "wrong_type", expected="number")
    elif isinstance(value, float) and not value.is_integer():
        check.add(pointer, "not_an_integer")
    elif not 0 <= value <= highest:
        check.add(pointer, "out_of_range", least=0, most=highest)


def _numeric(check: _Check, field: CompiledField, value: Any, _stored: Any, pointer: str) -> None:
    _whole_number(check, value, OLDEST if field.is_age else LARGEST, pointer)


def _tally(check: _Check, field: CompiledField, value: Any, _stored: Any, pointer: str) -> None:
    if not isinstance(value, Mapping):
        check.add(pointer, "wrong_type", expected="tally")
        return
    for key, count in value.items():
        at = f"{pointer}/{escaped(key)}"
        if key not in field.items:
            check.add(at, "unknown_key", key=key)
        elif count is not None:
            _whole_number(check, count, LARGEST, at)


def _tick(check: _Check, _field: CompiledField, value: Any, _stored: Any, pointer: str) -> None:
    if not isinstance(value, bool):
        check.add(pointer, "wrong_type", expected="tick")


def _date(check: _Check, field: CompiledField, value: Any, _stored: Any, pointer: str) -> None:
    if not isinstance(value, str):
        check.add(pointer, "wrong_type", expected="date")
        return
    if field.with_time:
        moment = stored_instant_of(value)
    else:
        day = day_of(value)
        moment = None if day is None else day * DAY_MS
    if moment is None:
        check.add(pointer, "invalid_date")
    elif field.not_future and moment > check.latest:
        check.add(pointer, "date_in_future")


def _calculated(check: _Check, _field: CompiledField, value: Any, _stored: Any, pointer: str) -> None:
    if isinstance(value, str):
        if "\0" in value:
            check.add(pointer, "invalid_text")
    elif is_number(value):
        if not SMALLEST <= as_double(value) <= LARGEST:
            check.add(pointer, "out_of_range", least=SMALLEST, most=LARGEST)
    elif not isinstance(value, bool):
        check.add(pointer, "wrong_type")


def _options(check: _Check, field: CompiledField) -> Collection[str] | None:
    return field.inline if field.lookup is None else check.lookups.get(field.lookup)


def _choice(check: _Check, field: CompiledField, value: Any, stored: Any, pointer: str) -> None:
    options = _options(check, field)
    if field.type == "select_box" and field.multiple:
        if not isinstance(value, list):
            check.add(pointer, "wrong_type", expected="options")
            return
        kept = stored if isinstance(stored, list) else ()
        for position, one in enumerate(value):
            _one_choice(check, options, one, kept, f"{pointer}/{position}")
        return
    if isinstance(value, bool) and field.type == "radio_button" and _booleans(options, field):
        return
    _one_choice(check, options, value, (stored,), pointer)


def _one_choice(check: _Check, options: Collection[str] | None, value: Any, kept: Sequence[Any], pointer: str) -> None:
    if not isinstance(value, str):
        check.add(pointer, "wrong_type", expected="option")
    elif options is None:
        if "\0" in value:
            check.add(pointer, "invalid_text")
    elif value not in options and value not in kept:
        check.add(pointer, "not_an_option")


def _booleans(options: Collection[str] | None, field: CompiledField) -> bool:
    if field.lookup is None:
        return field.inline_booleans
    return options is not None and len(options) > 0 and all(option in _BOOLEANS for option in options)


_CHECKERS: Final = {
    "text_field": _text,
    "textarea": _text,
    "numeric_field": _numeric,
    "tally_field": _tally,
    "tick_box": _tick,
    "date_field": _date,
    "calculated": _calculated,
    "radio_button": _choice,
    "select_box": _choice,
}


def _missing(check: _Check, fields: CompiledFields, answers: Answers, pointer: str, row: Answers | None) -> None:
    for field in fields.demanding:
        value = answers.get(field.name)
        at = f"{pointer}/{escaped(field.name)}"
        if field.asked:
            _require(check, field, value, None, at, row, True)
        nested = field.rows
        if nested is not None and isinstance(value, list) and field.visible and field.shown(check.record, row):
            for position, entry in enumerate(value):
                if isinstance(entry, Mapping):
                    _missing(check, nested, entry, f"{at}/{position}", entry)
