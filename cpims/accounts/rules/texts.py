"""What the ticks, lists, localized texts and ids of an account, role, agency or group must be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cpims.lib.errors import Problem

UNIQUE_ID: Final = re.compile(r"\w[\w.+@-]*\Z")
EMAIL: Final = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+\.[^@\s<>()\[\],;:\\\".]+\Z")
LONGEST_PROSE: Final = 10_000


def flag_problems(values: Mapping[str, Any], keys: Iterable[str]) -> list[Problem]:
    """Flags that are neither true nor false."""
    return [
        Problem(f"/{key}", "value.not_boolean") for key in keys if key in values and not isinstance(values[key], bool)
    ]


def list_problems(values: Mapping[str, Any], keys: Iterable[str], kinds: tuple[type, ...] = (str,)) -> list[Problem]:
    """Lists that are none, or hold something that does not belong into them."""
    return [
        Problem(f"/{key}", "value.not_list")
        for key in keys
        if key in values
        and not (
            isinstance(values[key], list)
            and len(values[key]) <= 1000
            and all(
                isinstance(v, kinds) and not isinstance(v, bool) and v != "" and "\x00" not in str(v)
                for v in values[key]
            )
        )
    ]


def localized_problems(values: Mapping[str, Any], keys: Iterable[str]) -> list[Problem]:
    """Localized texts that are not an object from locale to text."""
    problems = []
    for key in keys:
        value = values.get(key)
        if value is None:
            continue
        if not isinstance(value, dict):
            problems.append(Problem(f"/{key}", "text.not_localized"))
            continue
        problems += [
            Problem(f"/{key}/{locale}", "text.not_text")
            for locale, text in value.items()
            if "\x00" in locale
            or not (text is None or (isinstance(text, str) and "\x00" not in text and len(text) <= LONGEST_PROSE))
        ]
    return problems


def unique_id_problem(value: object, code: str) -> list[Problem]:
    """What is wrong with an id that a client chose."""
    good = isinstance(value, str) and len(value) <= 100 and UNIQUE_ID.match(value)
    return [] if value is None or good else [Problem("/unique_id", code)]


def is_blank(value: object) -> bool:
    """Is there nothing in it?"""
    return value is None or (isinstance(value, str) and not value.strip())
