"""What a password must be: long, not common, not a pattern, not her own name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

SHORTEST: Final = 12
LONGEST: Final = 128
#: Signs that stand for letters when people think they are clever.
DISGUISES: Final = str.maketrans("@4301!$57", "aaeoiisst")
ORNAMENTS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
#: Words that everybody tries first; a password that is one of them with ornaments is none.
OBVIOUS: Final = frozenset(
    [
        "password",
        "passwort",
        "motdepasse",
        "contrasena",
        "welcome",
        "welcometo",
        "letmein",
        "changeme",
        "administrator",
        "admin",
        "superuser",
        "primero",
        "cpims",
        "childprotection",
        "casemanagement",
        "caseworker",
        "socialworker",
        "supervisor",
        "protection",
        "unicef",
        "qwerty",
        "qwertyuiop",
        "iloveyou",
        "football",
        "princess",
        "sunshine",
        "dragon",
        "monkey",
        "master",
        "secret",
        "default",
        "temporary",
        "temp",
        "testing",
    ]
)
ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb",
)


def plain(text: str) -> str:
    """A text as it is compared: one form of each letter, lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def password_problem(password: str, user_name: str, common: Collection[str]) -> str | None:
    """The code of what is wrong with a password, or nothing. ``common`` holds the passwords that attackers try first."""
    if len(password) < SHORTEST:
        return "password.too_short"
    if len(password) > LONGEST:
        return "password.too_long"
    if "\x00" in password:
        return "password.unusable"
    text = plain(password)
    name = plain(user_name)
    if len(name) > 2 and (name in text or name[::-1] in text) and len(text) < 2 * len(name) + 8:
        return "password.like_name"
    if is_common(text, common):
        return "password.too_common"
    return None


def is_common(text: str, common: Collection[str]) -> bool:
    """Is it one of the well-known ones, one with ornaments, two of them, or a mere pattern?"""
    if is_pattern(text):
        return True
    bare = ORNAMENTS.sub("", text)
    for form in {text, text.translate(DISGUISES), bare.translate(DISGUISES)}:
        core = ORNAMENTS.sub("", form)
        squeezed = re.sub(r"[\W_]+", "", form)
        letters = re.sub(r"[\W\d_]+", "", form)
        if {form, core, squeezed, letters} & OBVIOUS or any(w in common for w in (form, core, squeezed) if len(w) > 3):
            return True
        if any(squeezed[:cut] in common and squeezed[cut:] in common for cut in range(4, len(squeezed) - 3)):
            return True
    return False


def is_pattern(text: str) -> bool:
    """Few different signs, one piece over and over, or a walk along the keyboard or the alphabet."""
    if len(set(text)) < 5:
        return True
    if any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 2 + 1)):
        return True
    return _walked(text) >= len(text) - 3


def _walked(text: str) -> int:
    """How many signs belong to walks of four or more along a row, in either direction."""
    rows = [row * 2 for row in ROWS] + [row[::-1] * 2 for row in ROWS]
    covered, start = 0, 0
    while start < len(text):
        length = max(
            (
                size
                for size in range(4, min(len(text) - start, 26) + 1)
                if any(text[start : start + size] in r for r in rows)
            ),
            default=0,
        )
        covered += length
        start += length or 1
    return covered
