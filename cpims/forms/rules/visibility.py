"""What a worker sees: which fields, forms and rows are shown for these answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cpims.forms.rules.conditions import BrokenCondition, Condition, compile_condition, condition_of


class Shown(NamedTuple):
    """Is it shown; ``problem`` is the code of a broken condition, to be reported to whoever keeps the forms."""

    shown: bool
    problem: str | None = None


class ShownRows(NamedTuple):
    """The rows that are shown, in order, and the code of a broken condition."""

    rows: list[Mapping[str, Any]]
    problem: str | None = None


def compile_container(container: Any) -> tuple[Condition | None, str | None]:
    """The condition in a container, or nothing when always shown; a broken one is never met and says why."""
    expression = condition_of(container)
    if expression is None:
        return None, None
    try:
        return compile_condition(expression), None
    except BrokenCondition as broken:
        return _never, broken.code


def field_shown(field: Mapping[str, Any], record: Mapping[str, Any], row: Mapping[str, Any] | None = None) -> Shown:
    """Is the field shown: its record condition asks the record, its row condition the row, both must hold?"""
    by_record, broken = compile_container(field.get("display_conditions_record"))
    shown = by_record is None or by_record(record)
    if row is not None:
        by_row, broken_by_row = compile_container(field.get("display_conditions_subform"))
        broken = broken or broken_by_row
        shown = shown and (by_row is None or by_row(row))
    return Shown(shown, broken)


def form_shown(display_conditions: Any, record: Mapping[str, Any]) -> Shown:
    """Is the form offered; a record without any answer yet offers every form?"""
    if all(value is None for value in record.values()):
        return Shown(True)
    condition, broken = compile_container(display_conditions)
    return Shown(condition is None or condition(record), broken)


def rows_shown(display_conditions: Any, rows: Sequence[Mapping[str, Any]]) -> ShownRows:
    """The rows of a subform that this form shows, in stored order; the others stay stored."""
    condition, broken = compile_container(display_conditions)
    return ShownRows([row for row in rows if condition is None or condition(row)], broken)


def _never(_data: Mapping[str, Any]) -> bool:
    return False
