"""The consonants of a word, as every script and every spelling of it shares them.

Vowels fall, doubled letters count once, and letters that writers exchange share a class. A letter that may be read in two
ways gives two skeletons.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import Final

MOST_READINGS: Final = 8
_DOUBLED = re.compile(r"(.)\1+")
_PROSTHETIC = re.compile(r"^[ei](?=s[tpkm])")
_ASSIMILATED = re.compile(r"^[ae]([zsdnrt])\1")
_DIGRAPHS: Final = {
    "shch": ("S",), "sch": ("S",), "tch": ("C",), "tsch": ("C",), "kh": ("K",), "sh": ("S",), "ch": ("C", "S"),
    "dj": ("J",), "gh": ("J",), "zh": ("J", "S"), "ph": ("F",), "th": ("T", "S"), "dh": ("D", "S"), "ck": ("K",),
    "bh": ("B",), "ng": ("N",), "gn": ("JN", "N"), "ny": ("N",), "tz": ("TS", "S"), "ht": ("T",), "hm": ("M",),
    "hl": ("L",), "hn": ("N",), "qu": ("K",), "dy": ("J", "D"), "ts": ("TS",),
}  # fmt: skip
_LETTERS: Final = {
    "b": ("B",), "p": ("B",), "d": ("D",), "f": ("F",), "v": ("F",), "g": ("J", ""), "j": ("J",), "k": ("K",),
    "q": ("K",), "l": ("L",), "m": ("M",), "n": ("N",), "r": ("R",), "s": ("S",), "z": ("S",), "t": ("T",),
    "x": ("", "KS"), "ʒ": ("J", "S"), "θ": ("S", "T"), "ð": ("D", "S"), "c": ("K", ""),
}  # fmt: skip
_FIRST: Final = {
    "h": ("H",), "x": ("H", "KS"), "y": ("Y",), "w": ("W",), "i": ("A", "Y"), "j": ("J", "Y", "H"), "g": ("J", "H"),
    "c": ("K", "A"), "kh": ("K", "H"), "ou": ("A", "W"),
}  # fmt: skip
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
        length = next((n for n in (4, 3, 2) if word[at : at + n] in _DIGRAPHS), 1)
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
            return _FIRST["ou"]
        if piece == "y" and word[1:2] == "e":
            return ("Y", "A")
        if piece in _FIRST:
            return ("S", "A") if piece == "c" and word[1:2] in ("e", "i") else _FIRST[piece]
        if piece in _VOWELS:
            return ("A",)
    if piece == "c" and word[at + 1 : at + 2] in ("e", "i"):
        return ("S", "")
    if piece == "d" and at + 1 == len(word):
        return ("T",)
    if piece == "d" and at == 0 and word[1:3] in ("ia", "io"):
        return ("D", "J")
    return _DIGRAPHS.get(piece) or _LETTERS.get(piece) or ("",)


def _servant(skeleton: str) -> str:
    # Abd ul-Rahman, Abdelrahman and Abd Rahman are one name.
    return "ABD" + skeleton[4:] if skeleton.startswith("ABDL") and len(skeleton) > 5 else skeleton
