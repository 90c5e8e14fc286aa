"""The keys by which a name is found: stored with the record, asked for in a search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cpims.matching.rules.scripts import romanized
from cpims.matching.rules.skeletons import skeletons
from cpims.matching.rules.words import name_words

#: A skeleton shorter than this says too little to find anybody by.
SHORTEST_SKELETON: Final = 2
#: Lengths of the beginnings of words that are stored, so that a name is found while it is being typed.
BEGINNINGS: Final = (2, 3, 4, 5, 7)
#: Words of these lengths are also found with one letter wrong, missing, too many, or changed with its neighbour.
MISTYPED: Final = range(4, 13)
#: More words than these are not looked at in a search.
MOST_WORDS: Final = 6


@dataclass(frozen=True)
class WordKeys:
    """The keys of one word of a search: of the word itself, and of words that are a typing error away."""

    word: str
    keys: tuple[str, ...]
    mistyped: tuple[str, ...]


def name_keys(text: str) -> list[str]:
    """The keys stored with a name: words (``w:``), sounds (``s:``), beginnings (``p:``), words less a letter (``d:``)."""
    words = name_words(text)
    keys = dict.fromkeys(key for word in _with_pairs(words) for key in _whole(word))
    for word in words:
        keys.update(dict.fromkeys(f"p:{word[:length]}" for length in BEGINNINGS if length < len(word)))
        keys.update(dict.fromkeys(_less_a_letter(word)))
    return list(keys)


def search_words(text: str) -> list[WordKeys]:
    """The words of a search with their keys; each word may be the beginning of a longer one, or run into the next."""
    words = name_words(text)[:MOST_WORDS]
    found: list[WordKeys] = []
    for position, word in enumerate(words):
        near = [word, *(a + b for a, b in pairwise(words[max(position - 1, 0) : position + 2]))]
        keys = dict.fromkeys(key for one in near for key in _whole(one))
        if beginning := _beginning(word):
            keys[beginning] = None
        less = _less_a_letter(word)
        mistyped = [f"d:{word}", *less, *(f"w:{key[2:]}" for key in less)] if less else []
        mistyped += _less_a_sound(word)
        found.append(WordKeys(word, tuple(keys), tuple(dict.fromkeys(mistyped))))
    return found


def search_keys(text: str) -> list[str]:
    """The keys to ask for in a search that any one word may satisfy."""
    return list(dict.fromkeys(key for word in search_words(text) for key in word.keys))


def whole_keys(text: str) -> list[str]:
    """The keys that only a whole word has, for searches that may not guess."""
    return list(dict.fromkeys(key for word in _with_pairs(name_words(text)) for key in _whole(word)))


def _with_pairs(words: tuple[str, ...]) -> Iterable[str]:
    return (*words, *(one + other for one, other in pairwise(words)))


def _whole(word: str) -> list[str]:
    sounds = [skeleton for skeleton in skeletons(romanized(word)) if len(skeleton) >= SHORTEST_SKELETON]
    return [f"w:{word}", *(f"s:{sound}" for sound in sounds)]


def _beginning(word: str) -> str:
    length = max((length for length in BEGINNINGS if length <= len(word)), default=0)
    return f"p:{word[:length]}" if length else ""


def _less_a_letter(word: str) -> list[str]:
    if len(word) not in MISTYPED:
        return []
    return list(dict.fromkeys(f"d:{word[:at]}{word[at + 1 :]}" for at in range(len(word))))


def _less_a_sound(word: str) -> list[str]:
    sound = skeletons(romanized(word))[0]
    if len(sound) < MISTYPED.start:
        return []
    return [f"s:{sound[:at]}{sound[at + 1 :]}" for at in range(len(sound))]
