"""How alike two names are, from 0 to 1: to rank what a search found. What is one child is never decided by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from rapidfuzz.distance import JaroWinkler

from cpims.matching.rules.folding import fold, sort_key
from cpims.matching.rules.scripts import romanized, script_of
from cpims.matching.rules.skeletons import skeletons
from cpims.matching.rules.words import abbreviated_words, name_words

SAME_SOUND: Final = 0.9
SAME_SOUND_ACROSS: Final = 0.93
"""Across scripts two spellings are never the same: what sounds alike is as good as equal, its letters only break ties."""
BEGINNING: Final = 0.9
"""A word that begins with the one asked for."""
UNMATCHED: Final = 0.35
"""How much of a word that only one of two names has counts against them."""
UNASKED: Final = 0.03
"""How much of a word that a search did not ask for counts against a name."""
ABBREVIATED: Final = 0.4
"""How much a word that people write short counts: Md. stands before half of the names of a country."""
LIKE: Final = 0.75
"""Words less alike than this are not taken for one another when a find is explained."""

WordScore = Callable[["Word", "Word"], float]


class Word(NamedTuple):
    """A word of a name: as it is written, in Latin letters (as far as they are known), and what it counts."""

    written: str
    latin: str
    weight: float


@dataclass(frozen=True)
class Likeness:
    """How well a name answers a search, and why.

    ``kind`` is ``same``, ``beginning``, ``sound``, ``script`` (the same in another script), ``near`` (a typing error
    away), or ``some`` (not every word was found).
    """

    score: float
    kind: str


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[Word, ...]:
    """The words of a name that can be compared, in their order."""
    short = abbreviated_words(name)
    found = ((word, romanized(word) or word) for word in name_words(name))
    return tuple(Word(w, latin, len(latin) * (ABBREVIATED if w in short else 1.0)) for w, latin in found)


def name_similarity(one: str, other: str) -> float:
    """How alike two names are: word by word, whatever their order, script and spelling."""
    if sort_key(one) == sort_key(other):
        return 1.0
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return 0.0
    if len(first) > len(second):
        first, second = second, first
    return max(_total(a, b, _alike, extra=UNMATCHED)[0] for a, b in writings(first, second))


def name_likeness(query: str, name: str) -> Likeness:
    """How well a name answers a search for ``query``: words may be missing in the search, but not in the name."""
    if sort_key(query) == sort_key(name):
        return Likeness(1.0, "same")
    asked, there = words_of(query), words_of(name)
    if not asked or not there:
        return Likeness(0.0, "some")
    tries = [_total(a, b, _answers, extra=UNASKED) for a, b in writings(asked, there)]
    score, pairs, missing = max(tries, key=lambda found: found[0])
    return Likeness(score, _reason(pairs, missing=missing, scripts=(script_of(fold(query)), script_of(fold(name)))))


def _reason(pairs: list[tuple[Word, Word]], *, missing: int, scripts: tuple[str, str]) -> str:
    kinds = {_word_reason(asked, there) for asked, there in pairs}
    if missing or "other" in kinds:
        return "some"
    if scripts[0] != scripts[1]:
        return "script"
    return next((kind for kind in ("near", "sound", "beginning") if kind in kinds), "same")


def _word_reason(asked: Word, there: Word) -> str:
    if asked.written == there.written:
        return "same"
    if there.written.startswith(asked.written):
        return "beginning"
    if _sound_alike(asked.latin, there.latin):
        return "sound"
    return "near" if JaroWinkler.similarity(asked.latin, there.latin) >= LIKE else "other"


def _total(
    first: tuple[Word, ...], second: tuple[Word, ...], score: WordScore, *, extra: float
) -> tuple[float, list[tuple[Word, Word]], int]:
    """The likeness of two rows of words, each word paired once; the pairs; and how many of the first row have none."""
    every = sorted(((score(a, b), i, j) for i, a in enumerate(first) for j, b in enumerate(second)), reverse=True)
    pairs: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for value, i, j in every:
        if i not in pairs and j not in taken:
            pairs[i] = (j, value)
            taken.add(j)
    total = sum(first[i].weight * value for i, (_, value) in sorted(pairs.items()))
    weight = sum(word.weight for word in first)
    alone = sum(word.weight for j, word in enumerate(second) if j not in taken)
    matched = [(first[i], second[j]) for i, (j, _) in pairs.items()]
    return total / (weight + extra * alone), matched, len(first) - len(pairs)


def writings(first: tuple[Word, ...], second: tuple[Word, ...]) -> list[tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """Two names as they stand, and with two neighbouring words written as one where the other writes them as one."""
    ways = [(first, second)]
    if (joined := _joined(first, second)) is not None:
        ways.append((joined, second))
    if (joined := _joined(second, first)) is not None:
        ways.append((first, joined))
    return ways


def _joined(words: tuple[Word, ...], other: tuple[Word, ...]) -> tuple[Word, ...] | None:
    for position, (a, b) in enumerate(pairwise(words)):
        longest = max(len(a.latin), len(b.latin))
        if any(len(word.latin) > longest and _sound_alike(a.latin + b.latin, word.latin) for word in other):
            one = Word(a.written + b.written, a.latin + b.latin, a.weight + b.weight)
            return (*words[:position], one, *words[position + 2 :])
    return None


def _answers(asked: Word, there: Word) -> float:
    if asked.written != there.written and there.written.startswith(asked.written) and len(asked.written) > 1:
        return max(BEGINNING + (1 - BEGINNING) * len(asked.written) / len(there.written), _alike(asked, there))
    return _alike(asked, there)


def _alike(one: Word, other: Word) -> float:
    if one.written == other.written:
        return 1.0
    across = (one.written == one.latin) != (other.written == other.latin)
    return _letters(one.latin, other.latin, across)


@lru_cache(maxsize=65536)
def _letters(one: str, other: str, across: bool) -> float:
    if one == other:
        return 1.0
    letters = JaroWinkler.similarity(one, other)
    if not _sound_alike(one, other):
        return letters * letters
    if across:
        return SAME_SOUND_ACROSS + (1 - SAME_SOUND_ACROSS) * letters
    return max(letters, SAME_SOUND if min(len(one), len(other)) > 2 else letters)


def _sound_alike(one: str, other: str) -> bool:
    return any(sound and sound in skeletons(other) for sound in skeletons(one))
