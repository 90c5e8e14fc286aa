"""Names of other scripts in Latin letters, by sound: Arabic, Cyrillic, Ethiopic, Burmese, Bengali.

Letters that several Latin letters stand for are kept apart: ʒ is j or z, θ is s or t, ð is d or z.
"""

from __future__ import annotations

from functools import lru_cache

from cpims.matching.rules.table import LATIN, MYANMAR, MYANMAR_SIGNS, NASALS, SCRIPTS


@lru_cache(maxsize=4096)
def romanized(word: str) -> str:
    """A folded word in Latin letters."""
    if word.isascii():
        return word
    out: list[str] = []
    for position, letter in enumerate(word):
        if "\u1000" <= letter <= "\u109f":
            out.append(_myanmar(word, position))
        else:
            out.append(letter if letter.isascii() else LATIN.get(letter, ""))
    return "".join(out)


def script_of(text: str) -> str:
    """The script of the first letter of a text that is of a script known here."""
    for letter in text:
        for first, last, name in SCRIPTS:
            if first <= ord(letter) <= last:
                return name
    return ""


def _myanmar(word: str, position: int) -> str:
    letter = word[position]
    if letter in MYANMAR_SIGNS:
        return MYANMAR_SIGNS[letter]
    sound = MYANMAR.get(letter, "")
    if sound and position and "\u103a" in word[position + 1 : position + 3]:
        # A closed syllable ends in a nasal, or in a stop that Latin spellings write as t.
        stop = "" if letter in NASALS and word[position + 1] != "\u1037" else "t"
        return ("" if word[position - 1] in MYANMAR_SIGNS else "a") + ("n" if letter in NASALS else "") + stop
    return sound
