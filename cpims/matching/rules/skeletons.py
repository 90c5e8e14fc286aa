"""The consonants of a word, as every script and every spelling of it shares them.

Vowels fall, doubled letters count once, and letters that writers exchange share a class. A letter that may be read in two
ways gives two skeletons.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import Final

from cpims.matching.rules.table import DIGRAPHS, FIRST, LETTERS

MOST_READINGS: Final = 8
_DOUBLED = re.compile(r"(.)\1+")
_PROSTHETIC = re.compile(r"^[ei](?=s[tpkm])")
_ASSIMILATED = re.compile(r"^[ae]([zsdnrt])\1")
_VOWELS: Final = frozenset("aeiou")


@lru_cache(maxsize=16384)
def skeletons(word: str) -> tuple[str, ...]:
    """The consonant skeletons of a word in Latin letters, the likeliest first."""
    plain = _DOUBLED.sub(r"\1", _PROSTHETIC.sub("", _ASSIMILATED.sub(r"\1", word)))
    readings = _readings(plain)
    found: dict[str, None] = {}
    for reading in list(product(*readings))[:MOST_READINGS]:
        found.setdefault(_servant("".join(reading)))
    if plain.startswith("al") and len(plain) > 5 and plain[2] not in _VOWELS:
        found.update(dict.fromkeys(skeletons(plain[2:])))
    return tuple(found)


def _readings(word: str) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = []
    at, combinations = 0, 1
    while at < len(word):
        length = next((n for n in (4, 3, 2) if word[at : at + n] in DIGRAPHS), 1)
        piece = word[at : at + length]
        choices = _choices(word, at, piece)
        if combinations * len(choices) > MOST_READINGS:
            choices = choices[:1]
        combinations *= len(choices)
        out.append(choices)
        at += length
    return out


def _choices(word: str, at: int, piece: str) -> tuple[str, ...]:
    if at == 0:
        if word.startswith("ou"):
            return FIRST["ou"]
        if piece == "y" and word[1:2] == "e":
            return ("Y", "A")
        if piece in FIRST:
            return ("S", "A") if piece == "c" and word[1:2] in ("e", "i") else FIRST[piece]
        if piece in _VOWELS:
            return ("A",)
    if piece == "c" and word[at + 1 : at + 2] in ("e", "i"):
        return ("S", "")
    if piece == "d" and at + 1 == len(word):
        return ("T",)
    if piece == "d" and word[at + 1 : at + 3] in ("ia", "io"):
        return ("D", "J")
    return DIGRAPHS.get(piece) or LETTERS.get(piece) or ("",)


def _servant(skeleton: str) -> str:
    # Abd ul-Rahman, Abdelrahman and Abd Rahman are one name.
    return "ABD" + skeleton[4:] if skeleton.startswith("ABDL") and len(skeleton) > 5 else skeleton
