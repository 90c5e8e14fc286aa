"""Burmese: the old Zawgyi encoding brought into Unicode order, and words cut into syllables."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from cpims.matching.rules.table import ZAWGYI

_CONSONANT: Final = "\u1000-\u1021\u1025\u103f"
# Signs of Zawgyi: the vowel E before its consonant at the start of a word, or letters that only Zawgyi uses.
_ZAWGYI = re.compile(rf"(?:^|\s)\u1031|[\u1060-\u1097]|\u1039(?![{_CONSONANT}])")
_LETTERS: Final = str.maketrans(ZAWGYI)
_SYLLABLE = re.compile(rf"(?<!\u1039)([{_CONSONANT}\u1023-\u102a\u104e])(?![\u103a\u1039\u1037]*[\u103a\u1039])")


def in_unicode_order(text: str) -> str:
    """A text in Unicode, where it was written in Zawgyi; any other text as it is."""
    if not any("\u1000" <= c <= "\u109f" for c in text) or not _ZAWGYI.search(text):
        return text
    return re.sub(rf"(\u1031?)(\u103c?)([{_CONSONANT}])([\u103b-\u103e]*)", _reordered, text.translate(_LETTERS))


def syllables(word: str) -> list[str]:
    """A Burmese word cut into its syllables: names are written together, and apart in other scripts."""
    starts = [found.start() for found in _SYLLABLE.finditer(word)]
    if not starts:
        return [word]
    cuts = [0, *starts[1:], len(word)] if starts[0] == 0 else [0, *starts, len(word)]
    return [word[a:b] for a, b in pairwise(cuts) if a < b]


def _reordered(found: re.Match[str]) -> str:
    vowel, medial, consonant, medials = found.groups()
    return consonant + "".join(sorted(medial + medials)) + vowel
