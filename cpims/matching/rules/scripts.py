"""Names of other scripts in Latin letters, by sound: Arabic, Cyrillic, Ethiopic, Burmese, Bengali.

Letters that several Latin letters stand for are kept apart: ʒ is j or z, θ is s or t, ð is d or z.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_ARABIC: Final = dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگٹڈڑێۆڤڕڵ",
    "a b t θ j h kh d ð r z s sh s d t ð a gh f q k l m n h w y p ch zh g t d r y o v r l".split(), strict=True))  # fmt: skip
_CYRILLIC: Final = dict(zip("абвгдежзийклмнопрстуфхцчшщюяїёқғңөүұәһҳҷӣӯѓќљњџј",
    ("a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch yu ya yi yo k gh ng o u u a h h j i u g k l n j y").split(),
    strict=True))  # fmt: skip
_MYANMAR: Final = dict(zip("ကခဂဃငစဆဇဈဉညဋဌဍဎဏတထဒဓနပဖဗဘမယရလဝသဟဠအဿဥဣဤဦဧဩဪ",
    ("k kh g g ng s s z z ny ny t t d d n t t d d n p ph b b m y y l w th h l a th u i i u e aw aw").split(),
    strict=True))  # fmt: skip
_MYANMAR_SIGNS: Final = {
    "\u102b": "a", "\u102c": "a", "\u102d": "i", "\u102e": "i", "\u102f": "u", "\u1030": "u", "\u1031": "e",
    "\u1032": "e", "\u103b": "y", "\u103c": "y", "\u103d": "w", "\u103e": "h", "\u1036": "n",
}  # fmt: skip
_ETHIOPIC_CONSONANTS: Final = {
    "HH": "h", "X": "h", "SZ": "s", "C": "ch", "TZ": "ts", "TH": "t", "CH": "ch", "PH": "p", "KX": "kh", "NY": "ny",
    "ZH": "zh", "Q": "k", "QW": "k", "QH": "k", "HW": "h", "KW": "k", "GW": "g", "GG": "ng", "DD": "d",
}  # fmt: skip
_ETHIOPIC_VOWELS: Final = {"AA": "a", "EE": "e", "A": "e", "U": "u", "I": "i", "E": "", "O": "o", "OA": "wa"}
_BENGALI_NAMES: Final = {
    "CA": "ch", "CHA": "ch", "JA": "ʒ", "JHA": "ʒ", "YA": "ʒ", "NYA": "n", "NGA": "ng", "TTA": "t", "TTHA": "t",
    "DDA": "d", "DDHA": "d", "NNA": "n", "PHA": "f", "SSA": "sh", "RRA": "r", "RHA": "r", "YYA": "y", "KHANDA TA": "t",
}  # fmt: skip
_BENGALI_VOWELS: Final = {"AA": "a", "II": "i", "UU": "u", "AI": "oi", "AU": "ou", "VOCALIC R": "ri"}


@lru_cache(maxsize=4096)
def romanized(word: str) -> str:
    """A folded word in Latin letters."""
    if word.isascii():
        return word
    out: list[str] = []
    for position, letter in enumerate(word):
        if "\u1000" <= letter <= "\u109f":
            out.append(_myanmar(word, position))
        elif "\u1200" <= letter <= "\u139f":
            out.append(_ethiopic(letter))
        elif "\u0980" <= letter <= "\u09ff":
            out.append(_bengali(letter))
        else:
            out.append(_ARABIC.get(letter) or _CYRILLIC.get(letter) or (letter if letter.isascii() else ""))
    return "".join(out)


def _myanmar(word: str, position: int) -> str:
    letter = word[position]
    if letter in _MYANMAR_SIGNS:
        return _MYANMAR_SIGNS[letter]
    sound = _MYANMAR.get(letter, "")
    if sound and position and "\u103a" in word[position + 1 : position + 3]:
        # A closed syllable ends in a nasal, or in a stop that Latin spellings write as t.
        stop = "" if letter in "ငဉညနမ" and word[position + 1] != "\u1037" else "t"
        return ("" if word[position - 1] in _MYANMAR_SIGNS else "a") + ("n" if letter in "ငဉညနမ" else "") + stop
    return sound


@lru_cache(maxsize=512)
def _ethiopic(letter: str) -> str:
    words = unicodedata.name(letter, "").split()
    if words[:2] != ["ETHIOPIC", "SYLLABLE"]:
        return ""
    sound = words[-1]
    vowel = next((v for v in ("AA", "EE", "OA", "A", "U", "I", "E", "O") if sound.endswith(v)), "")
    consonant = sound[: len(sound) - len(vowel)]
    if words[2] in ("GLOTTAL", "PHARYNGEAL"):
        consonant, vowel = "", {"A": "AA", "E": "EE"}.get(vowel, vowel)
    wide = "w" if len(consonant) > 1 and consonant.endswith("W") else ""
    return _ETHIOPIC_CONSONANTS.get(consonant, consonant.lower()) + wide + _ETHIOPIC_VOWELS.get(vowel, "")


@lru_cache(maxsize=256)
def _bengali(letter: str) -> str:
    name = unicodedata.name(letter, "")
    for prefix in ("BENGALI LETTER ", "BENGALI VOWEL SIGN "):
        if name.startswith(prefix):
            sound = name.removeprefix(prefix)
            if sound in _BENGALI_NAMES:
                return _BENGALI_NAMES[sound]
            if sound in _BENGALI_VOWELS:
                return _BENGALI_VOWELS[sound]
            return sound.lower() if len(sound) == 1 else sound.lower().removesuffix("a")
    return "n" if letter == "\u0982" else ""
