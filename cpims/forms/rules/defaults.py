"""The answers a new record, or a new row, starts with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cpims.forms.rules.values import day_of, number_of_text, plain

_TODAY = ("today", "now")


def default_answers(fields: Sequence[Mapping[str, Any]], *, today: str, now: str) -> dict[str, Any]:
    """The default answers of a new record, or of a row when given a nested form's fields.

    Only defaults that say something are filled in: an empty answer and none are the same. ``today`` is the day in the
    instance's time zone, ``now`` the moment in UTC.
    """
    answers: dict[str, Any] = {}
    for field in fields:
        name = str(field["name"])
        if name not in answers and (value := default_answer(field, today=today, now=now)) is not None:
            answers[name] = value
    return answers


def default_answer(field: Mapping[str, Any], *, today: str, now: str) -> Any:
    """The default of one field, or nothing."""
    chosen = field.get("selected_value")
    if chosen is None or chosen == "" or isinstance(chosen, (list, Mapping)):
        return None
    text, kind = str(chosen), field.get("type")
    if kind == "date_field":
        return _date(field, text, today=today, now=now)
    if kind == "tick_box":
        return True if chosen is True or text.lower() in ("t", "true") else None
    if kind == "numeric_field":
        number = number_of_text(text)
        return None if number is None or not number.is_integer() else plain(number)
    if kind == "select_box" and field.get("multi_select") is True:
        return _several(text)
    return text if kind in ("text_field", "textarea", "radio_button", "select_box") else None


def _date(field: Mapping[str, Any], text: str, *, today: str, now: str) -> str | None:
    if text.lower() in _TODAY:
        return now if field.get("date_include_time") is True else today
    return text if field.get("date_include_time") is not True and day_of(text) is not None else None


def _several(text: str) -> list[str] | None:
    if not text.startswith("["):
        return [text]
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    chosen = [one for one in parsed if isinstance(one, str)] if isinstance(parsed, list) else []
    return chosen or None
