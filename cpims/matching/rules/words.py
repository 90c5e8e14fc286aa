"""The words of a name: particles, titles and dirt left out, abbreviations written out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from cpims.matching.rules.folding import fold
from cpims.matching.rules.myanmar import syllables
from cpims.matching.rules.table import ARTICLES, FIRST_ONLY, FULL, JOINED, PARTICLES, SHORT, SLASHED

_FULL = {fold(short): full for short, full in FULL.items()}
_SHORT = frozenset(map(fold, SHORT))
_FIRST_ONLY = frozenset(map(fold, FIRST_ONLY))
_JOINED = re.compile(JOINED)
_ARTICLE_HYPHEN = re.compile(r"\b(?:" + "|".join(ARTICLES) + r")[-\u2010-\u2015](?=\w)")
_SLASH = re.compile(r"\b([wghtk])/(?=\w)")
_DOTTED_MARIA = re.compile(r"^ma\.\s")
_SPLIT = re.compile(r"[^\w\u0900-\u0dff\u1000-\u109f]+")


@lru_cache(maxsize=8192)
def name_words(text: str) -> tuple[str, ...]:
    """The words of a name that count, folded; all of them when nothing else is left."""
    words = [_FULL.get(word, word) for word in _every_word(text) if not any(map(_is_number, word))]
    counting = [_bare(word) for word in words if word not in PARTICLES]
    while len(counting) > 2 and counting[0] in _FIRST_ONLY:
        counting = counting[1:]
    return tuple(word for word in counting or words if word)


@lru_cache(maxsize=8192)
def abbreviated_words(text: str) -> frozenset[str]:
    """Those words of a name that were written short and are read in full."""
    return frozenset(_FULL[word] for word in _every_word(text) if word in _SHORT)


def _every_word(text: str) -> list[str]:
    folded = _DOTTED_MARIA.sub("maria ", fold(text))
    folded = _SLASH.sub(lambda found: SLASHED[found[1]] + " ", _ARTICLE_HYPHEN.sub("", folded))
    return [part for word in _SPLIT.split(folded.replace("\u0983", " ")) if word for part in _parts(word)]


def _is_number(character: str) -> bool:
    return unicodedata.category(character)[0] == "N"


def _parts(word: str) -> list[str]:
    return syllables(word) if any("\u1000" <= c <= "\u109f" for c in word) else [word]


def _bare(word: str) -> str:
    if word.startswith("ال") and len(word) > 4 and word != "الله":
        return word[2:]
    word = _JOINED.sub("", word)
    return "".join(c for c in word if unicodedata.category(c)[0] in "LM" or c == "_")
