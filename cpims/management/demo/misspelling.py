"""How people write names in Latin letters as they hear them, and how fingers slip."""

from __future__ import annotations

from random import Random
from typing import Final

#: What is written for one another where sounds of other languages are put into Latin letters.
_EXCHANGED: Final = (
    ("kh", "ch"), ("sh", "ch"), ("ou", "u"), ("oo", "u"), ("u", "ou"), ("u", "o"), ("o", "u"), ("ee", "i"), ("i", "ee"), ("i", "e"),
    ("e", "i"), ("q", "k"), ("k", "q"), ("c", "k"), ("y", "i"), ("i", "y"), ("z", "s"), ("j", "dj"), ("dh", "d"), ("ph", "f"),
    ("ay", "ai"), ("ai", "ei"), ("aa", "a"), ("a", "aa"), ("w", "ou"), ("v", "w"), ("h", ""),
)  # fmt: skip
#: A word is written as in the recipe so often.
_AS_IT_STANDS: Final = 0.45


def misspell(rng: Random, text: str) -> str:
    """A name in Latin letters as another worker would have written it down."""
    return " ".join(word if rng.random() < _AS_IT_STANDS else _heard(rng, word) for word in text.split())


def _heard(rng: Random, word: str) -> str:
    low = word.lower()
    ways = [(a, b) for a, b in _EXCHANGED if a in low[1:]]
    for at in range(1, len(low) - 1):
        if low[at] == low[at + 1] and low[at] not in "aeiou":
            ways.append((low[at] * 2, low[at]))
        elif low[at] in "dlmnst" and low[at - 1] in "aeiou" and low[at + 1] in "aeiou":
            ways.append((low[at], low[at] * 2))
    if low.endswith("a"):
        return word + "h" if rng.random() < 0.3 else _changed(rng, word, ways)
    return _changed(rng, word, ways)


def _changed(rng: Random, word: str, ways: list[tuple[str, str]]) -> str:
    if not ways:
        return word
    old, new = rng.choice(ways)
    return word[:1] + word[1:].replace(old, new, 1)


def mistype(rng: Random, text: str) -> str:
    """A name with one letter left out, doubled, or changed with its neighbour, in its longest word."""
    word = max(text.split(), key=len)
    if len(word) < 4:
        return text
    at = rng.randrange(1, len(word) - 1)
    slipped = rng.choice(
        (word[:at] + word[at + 1 :], word[: at + 1] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    )
    return text.replace(word, slipped, 1)
