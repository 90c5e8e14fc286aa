"""The keys by which a name is found: stored with the record, asked for in a search."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from cpims.matching.rules.scripts import romanized
from cpims.matching.rules.skeletons import skeletons
from cpims.matching.rules.words import name_words

#: A skeleton shorter than this says too little to find anybody by.
SHORTEST_SKELETON: Final = 2
#: Beginnings of words that can be searched while a name is being typed.
PREFIXES: Final = range(2, 6)


def name_keys(text: str) -> list[str]:
    """The keys stored with a name: its words (``w:``), their sound (``s:``), and their beginnings (``p:``)."""
    words = name_words(text)
    keys = _keys(words)
    for word in words:
        keys.update(dict.fromkeys(f"p:{word[:length]}" for length in PREFIXES if length < len(word)))
    return list(keys)


def search_keys(text: str) -> list[str]:
    """The keys to ask for in a search; a short word is also taken as the beginning of one."""
    words = name_words(text)
    keys = _keys(words)
    keys.update(dict.fromkeys(f"p:{word}" for word in words if len(word) in PREFIXES))
    return list(keys)


def whole_keys(text: str) -> list[str]:
    """The keys that only a whole word has, for searches that may not guess."""
    return list(_keys(name_words(text)))


def _keys(words: tuple[str, ...]) -> dict[str, None]:
    keys: dict[str, None] = {}
    for word in (*words, *(one + other for one, other in pairwise(words))):
        keys[f"w:{word}"] = None
        for skeleton in skeletons(romanized(word)):
            if len(skeleton) >= SHORTEST_SKELETON:
                keys[f"s:{skeleton}"] = None
    return keys
