"""By which keys of the index the records are found that may speak of a person: they alone are scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from cpims.matching.rules.keys import WordKeys, search_words
from cpims.matching.rules.numbers import identifier_key, phone_search_key
from cpims.matching.rules.persons import Person

#: The strictest ways bring most; a single common word brings few.
MOST_OF_ALL_WORDS: Final = 120
MOST_OF_A_PAIR: Final = 60
MOST_OF_A_WORD: Final = 40
#: By how much a birth may be told wrongly: guessed, or known.
GUESSED: Final = timedelta(days=3 * 366)
MISTAKEN: Final = timedelta(days=2 * 366)
#: So many words of a name are combined.
WORDS: Final = 4


@dataclass(frozen=True)
class Way:
    """A way to find somebody: rows that have a key of every group, and how many of them are looked at."""

    groups: tuple[tuple[str, ...], ...]
    most: int


@dataclass(frozen=True)
class CandidateKeys:
    """The ways by name, the strictest first; keys of telephones; identifiers by kind. Keys are without the name of a field.

    ``born`` is between which days somebody with a common name is looked for before all others of that name.
    """

    ways: tuple[Way, ...]
    phones: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    born: tuple[date, date] | None = None


def keys_of(person: Person) -> CandidateKeys:
    """The keys by which the records that may speak of this person are found."""
    ways: dict[Way, None] = {}
    for name in (*person.names, *person.nicknames):
        ways.update(dict.fromkeys(_ways(search_words(name))))
    phones = dict.fromkeys(key for text in person.phones if (key := phone_search_key(text)))
    numbers = {**person.household, **person.identifiers}
    identifiers = {kind: key for kind, value in numbers.items() if (key := identifier_key(value))}
    born = None
    if person.birth is not None:
        margin = GUESSED if person.birth.estimated else MISTAKEN
        born = (_moved(person.birth.low, -margin), _moved(person.birth.high, margin))
    return CandidateKeys(tuple(ways), tuple(phones), tuple(identifiers.items()), born)


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


def _ways(words: list[WordKeys]) -> Iterable[Way]:
    words = words[:WORDS]
    if not words:
        return
    sounds = [_whole(word) for word in words]
    yield Way(tuple(sounds), MOST_OF_ALL_WORDS)
    if len(words) > 2:
        for pair in combinations(sounds, 2):
            yield Way(pair, MOST_OF_A_PAIR)
    if len(words) > 1:
        # A typing error hides one word, seldom two.
        for at in range(len(words)):
            yield Way(
                tuple(
                    (*sound, *word.mistyped) if at == i else sound
                    for i, (sound, word) in enumerate(zip(sounds, words, strict=True))
                ),
                MOST_OF_A_PAIR,
            )
    yield Way((tuple(dict.fromkeys((*sounds[0], *words[0].mistyped))),), MOST_OF_A_WORD)


def _whole(word: WordKeys) -> tuple[str, ...]:
    return tuple(key for key in word.keys if not key.startswith("p:"))
