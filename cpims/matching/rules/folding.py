"""One spelling for what people write in many ways: case, marks, letter forms, invisible characters, digits."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from cpims.matching.rules.myanmar import in_unicode_order
from cpims.matching.rules.table import MARKS, PAIRS, SAME, ZEROS

_SAME: Final = str.maketrans(SAME)
_DIGITS: Final = str.maketrans({chr(ord(zero) + n): str(n) for zero in ZEROS for n in range(10)})
_PAIRS: Final = {unicodedata.normalize("NFD", pair): letter for pair, letter in PAIRS.items()}
_MARKED: Final = re.compile("|".join(_PAIRS))
_MARKS: Final = re.compile(f"[{MARKS}]")
_SPACES: Final = re.compile(" +")
#: Most names: nothing to fold but their capitals.
_PLAIN: Final = re.compile("[a-z ]*")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A text without the differences that do not make another name: case, marks, letter forms, invisible characters."""
    small = text.lower()
    if _PLAIN.fullmatch(small):
        return _SPACES.sub(" ", small).strip(" ")
    shown = "".join(map(_visible, unicodedata.normalize("NFKC", text)))
    apart = unicodedata.normalize("NFD", shown.lower())
    bare = _MARKS.sub("", _MARKED.sub(lambda found: _PAIRS[found[0]], apart))
    folded = in_unicode_order(bare.translate(_DIGITS).translate(_SAME))
    return _SPACES.sub(" ", folded).strip(" ")


def sort_key(text: str) -> str:
    """The key that orders names: the folded text without punctuation, the same for every language."""
    folded = fold(text)
    if not _PLAIN.fullmatch(folded):
        folded = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
        folded = _SPACES.sub(" ", folded).strip(" ")
    return folded[:200]


def in_plain_digits(text: str) -> str:
    """A text with the digits of every script written 0 to 9."""
    return unicodedata.normalize("NFKC", text).translate(_DIGITS)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    return "" if category == "Cf" else " " if category == "Cc" or category[0] == "Z" else character
