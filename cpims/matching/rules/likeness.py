"""How alike two names are, from 0 to 1: to rank what a search found. What is one child is never decided by it."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import JaroWinkler

from cpims.matching.rules.folding import sort_key
from cpims.matching.rules.skeletons import skeletons
from cpims.matching.rules.words import latin_words

SAME_SOUND: Final = 0.9
UNMATCHED: Final = 0.35
"""How much of a word that only one of the two names has counts against them."""


def name_similarity(one: str, other: str) -> float:
    """How alike two names are: word by word, whatever their order, script and spelling."""
    if sort_key(one) == sort_key(other):
        return 1.0
    first, second = latin_words(one), latin_words(other)
    if not first or not second:
        return 0.0
    straight = _aligned(first, second)
    return max(straight, _aligned(_paired(first, second), second), _aligned(first, _paired(second, first)))


def _aligned(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    short, long = (first, second) if len(first) <= len(second) else (second, first)
    pairs = sorted(((_word(a, b), i, j) for i, a in enumerate(short) for j, b in enumerate(long)), reverse=True)
    matched: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for score, i, j in pairs:
        if i not in matched and j not in taken:
            matched[i] = (j, score)
            taken.add(j)
    weight = sum(len(word) for word in short)
    total = sum(len(short[i]) * score for i, (_, score) in matched.items())
    alone = sum(len(word) for j, word in enumerate(long) if j not in taken)
    return total / (weight + UNMATCHED * alone)


def _paired(words: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Two neighbouring words written as one, where the other name writes them as one."""
    for position, (a, b) in enumerate(pairwise(words)):
        sounds = set(skeletons(a + b))
        if any(len(word) > max(len(a), len(b)) and not sounds.isdisjoint(skeletons(word)) for word in other):
            return (*words[:position], a + b, *words[position + 2 :])
    return words


@lru_cache(maxsize=65536)
def _word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    letters = JaroWinkler.similarity(one, other)
    if set(skeletons(one)).isdisjoint(skeletons(other)):
        return letters * letters
    return max(letters, SAME_SOUND if min(len(one), len(other)) > 2 else letters)
