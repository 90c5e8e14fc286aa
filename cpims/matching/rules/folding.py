"""One spelling for what people write in many ways: case, marks, letter forms, invisible characters, digits."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from cpims.matching.rules.myanmar import in_unicode_order

#: Significant digits of a phone number: the trunk zero and the country code in front of them are written or left out at will.
PHONE_TAIL: Final = 8

_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "ng",
        "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɣ": "g", "ə": "e",
        "'": "", "’": "", "‘": "", "ʼ": "", "ʻ": "", "`": "", "´": "", "ʿ": "", "ʾ": "",
        "ـ": "", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
        "ۀ": "ه", "ء": "", "ں": "ن",
        "ৎ": "ত", "্": "", "ী": "ি", "ূ": "ু", "ঈ": "ই", "ঊ": "উ", "়": "", "ঁ": "", "ণ": "ন", "ষ": "স", "শ": "স",
        "ь": "", "ъ": "", "ы": "и", "і": "и", "є": "е", "э": "е", "ґ": "г",
    }
)  # fmt: skip
# Amharic writes one sound with several letters: each row of eight is folded onto the first.
_ETHIOPIC_ROWS: Final = {0x1210: 0x1200, 0x1280: 0x1200, 0x12B8: 0x1200, 0x1220: 0x1230, 0x12D0: 0x12A0, 0x1340: 0x1338}
_ETHIOPIC: Final = str.maketrans(
    {chr(row + order): chr(onto + order) for row, onto in _ETHIOPIC_ROWS.items() for order in range(8)}
) | {0x1203: 0x1200, 0x1213: 0x1200, 0x1283: 0x1200, 0x12BB: 0x1200, 0x12A3: 0x12A0, 0x12D3: 0x12A0}
_SPACES = re.compile(r"\s+")
_PHONE = re.compile(r"[0-9]+")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A text without the differences that do not make another name: case, marks, letter forms, invisible characters."""
    shown = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace()
    )
    bare = "".join(_digit(c) for c in unicodedata.normalize("NFD", shown.casefold()) if not _is_mark(c))
    folded = in_unicode_order(bare.translate(_LETTERS).translate(_ETHIOPIC))
    return _SPACES.sub(" ", folded).strip()


def sort_key(text: str) -> str:
    """The key that orders names: the folded text without punctuation, the same for every language."""
    folded = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in fold(text))
    return _SPACES.sub(" ", folded).strip()[:200]


def phone_key(text: str) -> str:
    """The digits by which a phone number is found, however its country code and trunk zero are written."""
    digits = "".join(_PHONE.findall("".join(map(_digit, text)))).lstrip("0")
    return digits[-PHONE_TAIL:]


def identifier_key(text: str) -> str:
    """The letters and digits of an identifier, without case, blanks and separators."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_digit(c) for c in plain if c.isalnum())


def _digit(character: str) -> str:
    if character.isascii() or not character.isdigit():
        return character
    return str(unicodedata.digit(character, ""))


def _is_mark(character: str) -> bool:
    return (
        "\u0300" <= character <= "\u036f"
        or "\u064b" <= character <= "\u065f"
        or character == "\u0670"
        or ("\u0610" <= character <= "\u061a" or "\u06d6" <= character <= "\u06ed")
    )
