"""How far apart two words of a name sound: letters that writers exchange cost little, other consonants cost much."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from cpims.matching.rules.likeness import Word
from cpims.matching.rules.skeletons import skeletons
from cpims.matching.rules.table import DIGRAPHS, FIRST, LETTERS

#: Words less alike than this in letters and in consonants are not looked at closely.
STRANGE: Final = 0.6
#: From here two words are two names, whatever their length.
APART: Final = 1.0
#: How far apart words of two scripts are at most that have the same consonants: vowels are lost on the way.
SAME_CONSONANTS: Final = 0.12
#: How far apart words are at most of which one is the other with a finger's slip inside.
SLIPPED: Final = 0.13
#: Words of so many letters may hide a letter too few or too many; longer ones a wrong one; from four on, two changed places.
LONG: Final = 6
LONGER: Final = 7
#: What two sounds cost that changed places.
CHANGED_PLACES: Final = 0.7
#: How far apart the forms of a name for a boy and for a girl are at least.
TWO_FORMS: Final = 0.3

_DOUBLED: Final = re.compile(r"(.)\1+")
_VOWELS: Final = frozenset("aeiou")
_LONG: Final = {"oo": "u", "ee": "i", "ou": "u", "aa": "a"}
#: What it costs to read one vowel for another; the nearer they are spoken, the less.
_VOWEL_COSTS: Final = {
    frozenset(pair): cost
    for pair, cost in {
        "ae": 0.25, "ai": 0.6, "ao": 0.45, "au": 0.8, "ei": 0.1, "eo": 0.7, "eu": 0.9, "io": 0.9, "iu": 0.9, "ou": 0.1,
    }.items()
}  # fmt: skip
#: Consonants that are heard for one another, by class.
_HEARD: Final = {
    frozenset(pair): cost
    for pair, cost in {"DT": 0.35, "JY": 0.4, "CS": 0.3, "CJ": 0.5, "CK": 0.5, "DJ": 0.5, "BF": 0.35}.items()
}
#: What X stands for: sh in Mayan names, h in Somali, j in Spanish.
_CROSSED: Final = frozenset(("sh", "ch", "s", "h", "j", "kh", "z"))
#: Servant of …: its article is written in many ways, or not at all.
_SERVANT: Final = re.compile(r"^c?abd(?:[aeiou]+(?:l|([rsnzdt])(?=\1))?)?(?=[^aeiou].{2})")
#: Last vowels that tell a girl's name from a boy's.
_LAST: Final = {frozenset("ao"): 1.2, frozenset("ai"): 1.0, frozenset("au"): 1.0, frozenset("ae"): 0.5}
_WEAK: Final = {"h": 0.25, "y": 0.35, "w": 0.35}
_BREATHED: Final = frozenset(("x", "kh", "gh", "h", "j"))
#: Endings that make a girl's name of a boy's.
_FEMININE: Final = frozenset(("a", "ah", "ia", "ine", "ette"))


class Sound(NamedTuple):
    """A consonant with the classes it may be heard as, or a vowel."""

    letters: str
    classes: tuple[str, ...]


@lru_cache(maxsize=16384)
def sounds_of(word: str) -> tuple[Sound, ...]:
    """The sounds of a word in Latin letters, in their order."""
    out: list[Sound] = []
    at = 0
    while at < len(word):
        if at and word[at] == word[at - 1] and word[at] not in _VOWELS:
            at += 1
            continue
        if (pair := word[at : at + 2]) in _LONG:
            out.append(Sound(_LONG[pair], ()))
            at += 2
            continue
        length = next((n for n in (4, 3, 2) if word[at : at + n] in DIGRAPHS), 1)
        out.append(_sound(word[at : at + length], first=at == 0, before=word[at + length : at + length + 1]))
        at += length
    return tuple(out)


def _sound(piece: str, *, first: bool, before: str) -> Sound:
    if piece in _VOWELS:
        return Sound(piece, ())
    if piece in ("y", "w") and not (first and before in _VOWELS):
        return Sound("i" if piece == "y" else "u", ())
    if piece == "c" and before in ("e", "i"):
        return Sound("s", ("S", "A") if first else ("S", ""))
    if first and piece in FIRST:
        return Sound(piece, FIRST[piece])
    return Sound(piece, DIGRAPHS.get(piece) or LETTERS.get(piece) or (piece.upper(),))


@lru_cache(maxsize=65536)
def distance(one: Word, other: Word) -> float:
    """How far two words are from being one name: 0 the same, from about 0.2 two names, 1 nothing in common."""
    if one.written == other.written:
        return 0.0
    loose = (one.written == one.latin) != (other.written == other.latin)
    unvowelled = not loose and _is_arabic(one.written) and _is_arabic(other.written)
    a, b = _SERVANT.sub("abd", one.latin), _SERVANT.sub("abd", other.latin)
    far = _distance(a, b, loose, unvowelled)
    if far and (a.startswith("al") or b.startswith("al")):
        far = min(far, _distance(_bare(a), _bare(b), loose, unvowelled))
    if far > SLIPPED and not loose and _is_slip(one.written, other.written):
        return SLIPPED
    return far


def _is_slip(one: str, other: str) -> bool:
    """Is one word the other with a finger's slip inside? First and last letters tell names apart."""
    if one[:1] != other[:1] or one[-1:] != other[-1:] or OSA.distance(one, other, score_cutoff=1) != 1:
        return False
    short, long = sorted((len(one), len(other)))
    if short < long:
        return short >= LONG
    return short >= LONGER or (short >= 4 and sorted(one) == sorted(other))


def runs_into(one: Word, next_one: Word, other: Word) -> bool:
    """Are two words written as one in another name?"""
    if len(other.latin) <= max(len(one.latin), len(next_one.latin)):
        return False
    both = one.latin + next_one.latin
    return not set(skeletons(both)).isdisjoint(skeletons(other.latin))


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


def _bare(word: str) -> str:
    return word[2:] if len(word) > 5 and word.startswith("al") and word[2] not in _VOWELS else word


def _distance(one: str, other: str, loose: bool, unvowelled: bool) -> float:
    if one == other:
        return 0.0
    alike = not set(skeletons(one)).isdisjoint(skeletons(other))
    if not alike and JaroWinkler.similarity(one, other) < STRANGE:
        return APART
    a, b = sounds_of(one), sounds_of(other)
    longest = max(len(a), len(b), 3)
    if loose:
        longest = max(longest, 5)
    far = min(_cost(a, b, _Ear(loose, unvowelled)) / longest, APART)
    if loose and alike and far > SAME_CONSONANTS:
        far = (far + SAME_CONSONANTS) / 2
    if not loose and _are_two_forms(one, other):
        far = max(far, TWO_FORMS)
    return far


def _are_two_forms(one: str, other: str) -> bool:
    """Is one the feminine form of the other?"""
    short, long = sorted((one, other), key=len)
    ending = long[len(short) :]
    if long.startswith(short) and len(short) > 2 and short[-1] not in _VOWELS:
        return ending in _FEMININE or (ending == "h" and short[-1] not in "st")
    return long.startswith(short) and ending == "ch"


class _Ear(NamedTuple):
    """How to listen: to two scripts of which one leaves vowels out, or to one that writes long vowels only."""

    loose: bool
    unvowelled: bool


def _cost(a: tuple[Sound, ...], b: tuple[Sound, ...], ear: _Ear) -> float:
    out_a, out_b = _all_left_out(a, ear), _all_left_out(b, ear)
    before = list(accumulate(out_b, initial=0.0))
    last: list[float] | None = None
    ends = (len(a) - 1, len(b) - 1)
    for i, sound in enumerate(a):
        left = before[0] + out_a[i]
        row = [left]
        for j, other in enumerate(b):
            cost = before[j + 1] + out_a[i]
            if left + out_b[j] < cost:
                cost = left + out_b[j]
            if before[j] < cost:
                cost = min(cost, before[j] + _read_for(sound, other, ear, i == 0 or j == 0, (i, j) == ends))
            if last is not None and i and j and sound == b[j - 1] and other == a[i - 1]:
                cost = min(cost, last[j - 1] + CHANGED_PLACES)
            left = cost
            row.append(cost)
        last, before = before, row
    return before[-1]


@lru_cache(maxsize=16384)
def _all_left_out(sounds: tuple[Sound, ...], ear: _Ear) -> tuple[float, ...]:
    return tuple(_left_out(sounds, at, ear) for at in range(len(sounds)))


def _left_out(sounds: tuple[Sound, ...], at: int, ear: _Ear) -> float:
    sound = sounds[at]
    final = at == len(sounds) - 1
    if sound.classes:
        weak = _WEAK.get(sound.letters)
        if weak is not None:
            return weak
        if "" in sound.classes or (final and sound.letters == "r"):
            return 0.5
        return 1.25 if final or at == 0 else 1.0
    if ear.loose:
        return 0.07
    if ear.unvowelled:
        return 0.6 if sound.letters == "a" else 0.9
    beside = not final and not sounds[at + 1].classes
    if at + 2 == len(sounds) and beside and sound.letters in "iu" and at and sounds[at - 1].classes:
        return 0.5
    if beside or (at and not sounds[at - 1].classes and not (final and sound.letters in "ao")):
        return 0.15 if len(sounds) > 3 else 0.3
    if final:
        return 0.2 if sound.letters == "e" else 0.4 if sound.letters in "iu" else 0.9
    if at == 0:
        return 0.2 if sound.letters in "ei" else 0.6
    return 0.35


@lru_cache(maxsize=16384)
def _read_for(one: Sound, other: Sound, ear: _Ear, first: bool, final: bool) -> float:
    if one.letters == other.letters:
        return 0.0
    if not one.classes and not other.classes:
        pair = frozenset((one.letters, other.letters))
        cost = _LAST.get(pair, _VOWEL_COSTS[pair]) if final else _VOWEL_COSTS[pair]
        return cost * 0.6 if ear.loose else cost
    if not one.classes or not other.classes:
        consonant = one if one.classes else other
        if consonant.letters in ("h", "y", "w") or "" in consonant.classes:
            return 0.1 if ear.loose else 0.3
        return 1.1
    if not set(one.classes).isdisjoint(other.classes):
        return 0.08
    if (one.letters == "x" and other.letters in _CROSSED) or (other.letters == "x" and one.letters in _CROSSED):
        return 0.3
    heard = [_HEARD[pair] for x in one.classes for y in other.classes if (pair := frozenset((x, y))) in _HEARD]
    if heard:
        return min(heard)
    if (one.letters in _WEAK and other.letters in _BREATHED) or (other.letters in _WEAK and one.letters in _BREATHED):
        return 0.3
    return 1.4 if first else 1.0
