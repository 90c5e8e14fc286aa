"""Two names compared word by word: the first given name carries the weight, the others are shared by brothers and sisters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from cpims.matching.rules.folding import fold, sort_key
from cpims.matching.rules.likeness import Word, words_of
from cpims.matching.rules.scripts import script_of
from cpims.matching.rules.skeletons import skeletons
from cpims.matching.rules.sounds import distance, runs_into
from cpims.matching.rules.table import EQUIVALENTS

#: What a distance says about two words being one name: from 1, surely, to -1, surely not; between them in a straight line.
_SAYS: Final = ((0.0, 1.0), (0.06, 0.9), (0.12, 0.6), (0.16, 0.2), (0.2, -0.5), (0.27, -1.0))
#: What is left of an agreement when it is one of nicknames, or of two languages' forms of a name.
OTHER_FORM: Final = 0.75
#: How far two words may be apart to agree.
AGREES: Final = 0.3
#: So near are two words that neither is a part of a longer one.
ONE_WORD: Final = 0.16
#: A name is not taken for one in another order where its other words then contradict as much as this.
AGAINST_TURNING: Final = -1.0
#: More agreeing words than these add no more.
MOST_FURTHER: Final = 3


@dataclass(frozen=True)
class Named:
    """How two names compare.

    Nothing is said of names in two scripts of which one cannot be read.

    ``first`` says, from 1 to -1, whether the first given names are one name; ``further`` and ``against`` what the other words
    that both have say; ``missing`` counts those that only one name has. ``kind`` is how the first names agree: ``same``,
    ``spelling``, ``script``, or ``form`` (nickname, another language).
    """

    first: float
    further: tuple[float, ...] = ()
    against: tuple[float, ...] = ()
    missing: int = 0
    #: Do both have words that the other has not, at different places?
    astray: bool = False
    swapped: bool = False
    kind: str = "same"


@lru_cache(maxsize=8192)
def compare_names(one: str, other: str) -> Named | None:
    """How two whole names compare in the order that fits best; nothing where one has no word."""
    first, second = _without_abbreviations(words_of(one), words_of(other))
    if not first or not second:
        return None
    if sort_key(one) == sort_key(other):
        further = tuple(word.weight / len(word.latin or "x") for word in first[1:])
        return Named(_weighed(1.0, first[0]), further[:MOST_FURTHER])
    if any(_is_unreadable(a, b) or _is_unreadable(b, a) for a in first[:1] for b in second[:1]):
        return None
    as_written, *turned = (_compared(a, b, swapped) for a, b, swapped in _orders(*_joined(first, second)))
    best = max((as_written, *(named for named in turned if _may_be_turned(named))), key=_worth)
    if best.kind == "spelling" and script_of(fold(one)) != script_of(fold(other)):
        return replace(best, kind="script")
    return best


def _without_abbreviations(a: tuple[Word, ...], b: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Md. and Mst. stand before half of the names of a country: the next word is the one that a child is called by."""
    short = {word.written for word in (*a[:1], *b[:1]) if word.weight < len(word.latin)}

    def rest(words: tuple[Word, ...]) -> tuple[Word, ...]:
        return words[1:] if len(words) > 1 and words[0].written in short else words

    return (rest(a), rest(b)) if short else (a, b)


def agreement(one: str, other: str) -> float:
    """What two single words say about being one name, from 1 to -1; another form of it counts less."""
    first, second = words_of(one)[:1], words_of(other)[:1]
    return _first(first[0], second[0])[0] if first and second else -1.0


def _may_be_turned(named: Named) -> bool:
    """Khalil Ibrahim and Ibrahim Khalil are a father and a son: all must fit when a name stands in another order."""
    return not named.astray and sum(named.against) > AGAINST_TURNING


def _is_unreadable(one: Word, other: Word) -> bool:
    """Is one in a script whose sounds nobody has written down, and the other in another one? They cannot be compared."""
    return one.latin == one.written and not one.latin.isascii() and script_of(one.written) != script_of(other.written)


def _worth(named: Named) -> float:
    return 2 * named.first + sum(named.further) + 1.5 * sum(named.against) - 0.15 * named.missing - 0.6 * named.swapped


def _weighed(says: float, word: Word) -> float:
    """Mohammad, written short before half of the names of a country, says less than a rare name."""
    return says * word.weight / len(word.latin) if says > 0 and word.latin else says


def _compared(a: Sequence[Word], b: Sequence[Word], swapped: bool) -> Named:
    first, kind = _first(a[0], b[0])
    further, against, missing = _further(a[1:], b[1:])
    most = tuple(sorted(further, reverse=True)[:MOST_FURTHER])
    return Named(first, most, tuple(against), sum(missing), min(missing) > 0, swapped, kind)


def _first(one: Word, other: Word) -> tuple[float, str]:
    far = distance(one, other)
    says = _says(far)
    if says < OTHER_FORM and _are_equivalent(one, other):
        return OTHER_FORM, "form"
    return _weighed(
        says, min(one, other, key=lambda word: word.weight)
    ), "same" if one.written == other.written else "spelling"


def _says(far: float) -> float:
    for (near, high), (wide, low) in pairwise(_SAYS):
        if far <= wide:
            return high + (low - high) * (far - near) / (wide - near)
    return _SAYS[-1][1]


def _further(a: Sequence[Word], b: Sequence[Word]) -> tuple[list[float], list[float], tuple[int, int]]:
    """The words after the first, paired in their order: what agrees, what contradicts in the same place, what is missing."""
    says = [[_pair(x, y) for y in b] for x in a]
    pairs = _paired(says)
    against: list[float] = []
    alone = [0, 0]
    i = j = 0
    for next_i, next_j in (*pairs, (len(a), len(b))):
        both = min(next_i - i, next_j - j)
        against += [min(says[i + n][j + n], 0.0) for n in range(both)]
        alone[0] += next_i - i - both
        alone[1] += next_j - j - both
        i, j = next_i + 1, next_j + 1
    return [says[i][j] for i, j in pairs], against, (alone[0], alone[1])


def _paired(says: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The agreeing pairs, in the order of both names, that say most together."""
    best: dict[tuple[int, int], tuple[float, list[tuple[int, int]]]] = {}
    for i in range(len(says) - 1, -1, -1):
        for j in range(len(says[i]) - 1, -1, -1):
            ways = [best.get((i + 1, j), (0.0, [])), best.get((i, j + 1), (0.0, []))]
            if says[i][j] >= AGREES:
                total, pairs = best.get((i + 1, j + 1), (0.0, []))
                ways.append((total + says[i][j], [(i, j), *pairs]))
            best[i, j] = max(ways, key=lambda way: way[0])
    return best.get((0, 0), (0.0, []))[1]


def _pair(one: Word, other: Word) -> float:
    says = _says(distance(one, other))
    if says < OTHER_FORM and _are_equivalent(one, other):
        return OTHER_FORM
    return _weighed(says, min(one, other, key=lambda word: word.weight))


def _orders(a: Sequence[Word], b: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Sequence[Word], bool]]:
    """Two names as they stand, and with what stands first in one, the family name perhaps, put at its end."""
    yield a, b, False
    if len(a) > 1:
        yield (*a[1:], a[0]), b, True
    if len(b) > 1:
        yield a, (*b[1:], b[0]), True


def _joined(a: tuple[Word, ...], b: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Two names with neighbouring words written as one wherever the other name writes them as one."""
    for _ in range(MOST_FURTHER):
        if (joined := _one_joined(a, b)) is not None:
            a = joined
        elif (joined := _one_joined(b, a)) is not None:
            b = joined
        else:
            break
    return a, b


def _one_joined(words: tuple[Word, ...], other: tuple[Word, ...]) -> tuple[Word, ...] | None:
    for at in range(len(words) - 1):
        x, y = words[at], words[at + 1]
        if any(runs_into(x, y, word) for word in other) and all(
            distance(word, part) > ONE_WORD for word in other for part in (x, y)
        ):
            one = Word(x.written + y.written, x.latin + y.latin, x.weight + y.weight)
            return (*words[:at], one, *words[at + 2 :])
    return None


#: A word so near to one of a row of equivalents belongs to the row.
AS_IN_THE_ROW: Final = 0.05


def _are_equivalent(one: Word, other: Word) -> bool:
    return not _rows(one.latin).isdisjoint(_rows(other.latin))


@lru_cache(maxsize=8192)
def _rows(latin: str) -> frozenset[int]:
    """The rows of names that are one in other languages or for short, to which a word belongs."""
    word = Word(latin, latin, 0.0)
    near = {each for sound in skeletons(latin) for each in _by_sound().get(sound, ())}
    return frozenset(
        row for each, row in near if each == latin or distance(word, Word(each, each, 0.0)) <= AS_IN_THE_ROW
    )


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for number, row in enumerate(EQUIVALENTS):
        for word in row:
            for sound in skeletons(word):
                found.setdefault(sound, []).append((word, number))
    return found
