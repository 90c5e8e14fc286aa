"""The words of a name: particles, titles and dirt left out, abbreviations written out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from cpims.matching.rules.folding import fold
from cpims.matching.rules.myanmar import syllables
from cpims.matching.rules.scripts import romanized

_ARTICLES: Final = frozenset("al el ul il an ash as ar at az ad adh ez es ed en et er".split())
_PARTICLES: Final = frozenset(
    "bin ben ibn bint bnt wa abu_ de del la las los el al ul da do dos das van von y e di "
    "haji hajji hajj hadji sheikh shaikh sheik cheikh sayed syed sayyid sayyed dr mr mrs ms miss ustaz mullah imam"
    .split()
)  # fmt: skip
#: Titles only in front of a name: elsewhere they are names.
_FIRST_ONLY: Final = frozenset("u daw ma ko maung mg sayama saya mama baba".split())
_FULL: Final = {
    "md": "mohammad", "mohd": "mohammad", "muhd": "mohammad", "mhd": "mohammad", "mohammed": "mohammad",
    "mst": "mosammat", "mosa": "mosammat", "most": "mosammat", "মো": "mohammad", "মোহাম্মদ": "mohammad",
    "মোছা": "mosammat", "মোসা": "mosammat", "মোছাম্মৎ": "mosammat", "abdo": "abdu",
}  # fmt: skip
_SLASHED: Final = {"w": "wolde", "g": "gebre", "h": "haile", "t": "tekle", "k": "kidane"}
_MYANMAR_TITLES: Final = ("မောင်", "ဒေါ်", "ဦး", "မ", "ကို")
_ARTICLE_HYPHEN = re.compile(r"\b(?:" + "|".join(sorted(_ARTICLES)) + r")[-\u2010-\u2015](?=\w)")
_SLASH = re.compile(r"\b([wghtk])/(?=\w)")
_DOTTED_MARIA = re.compile(r"^ma\.\s")
_SPLIT = re.compile(r"[^\w\u0900-\u0dff\u1000-\u109f]+")


@lru_cache(maxsize=8192)
def name_words(text: str) -> tuple[str, ...]:
    """The words of a name that count, folded; all of them when nothing else is left."""
    folded = _DOTTED_MARIA.sub("maria ", fold(text))
    folded = _SLASH.sub(lambda found: _SLASHED[found[1]] + " ", _ARTICLE_HYPHEN.sub("", folded))
    every = [part for word in _SPLIT.split(folded.replace("\u0983", " ")) if word for part in _parts(word)]
    words = [_FULL.get(word, word) for word in every if not any(c.isdigit() for c in word)]
    counting = [_bare(word) for word in words if word not in _PARTICLES]
    while len(counting) > 2 and (counting[0] in _FIRST_ONLY or counting[0] in _MYANMAR_TITLES):
        counting = counting[1:]
    return tuple(word for word in counting or words if word)


@lru_cache(maxsize=8192)
def latin_words(text: str) -> tuple[str, ...]:
    """The words of a name in Latin letters."""
    return tuple(latin for word in name_words(text) if (latin := romanized(word)))


def _parts(word: str) -> list[str]:
    return syllables(word) if any("\u1000" <= c <= "\u109f" for c in word) else [word]


def _bare(word: str) -> str:
    if word.startswith("ال") and len(word) > 4 and word != "الله":
        return word[2:]
    return "".join(c for c in word if c.isalpha() or unicodedata.category(c)[0] == "M" or c in "_")
