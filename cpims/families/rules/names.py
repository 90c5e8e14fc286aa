"""A name as one line, and its parts: the first name carries who somebody is, the last the family, the rest the fathers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

PARTS = ("name_first", "name_middle", "name_last")
#: Words that are no name by themselves: they belong to the word that follows.
BEFORE = frozenset(
    (
        "abd abdel abdul abu abou bou ibn bin ben bint bent umm um oum al el de del della da do dos das di la le van "
        "von der den ter mac st san santa "
        "عبد أبو ابو أبي ابي بن ابن بنت أم ام آل ال ذو"
    ).split()
)
#: Words that complete the word before them ("Nour al-Din" in one name).
AFTER = frozenset(
    (
        "aldin al-din eldin el-din eddin eddine ad-din ud-din uddin allah ullah "
        "الدين الله الرحمن الرحيم الإسلام الاسلام الحق"
    ).split()
)


def split_name(name: str) -> dict[str, str]:
    """The parts of a name that was told in one line: the first, the last, and whatever stands between them.

    Words that only make a name together stay together, in Arabic and in Latin letters. One name alone is the first.
    """
    names = _together(name.split())
    parts = (
        dict(zip(PARTS, (names[0] if names else "", " ".join(names[1:-1]), names[-1]), strict=True)) if names else {}
    )
    if len(names) == 1:
        parts["name_last"] = ""
    return {part: value for part, value in parts.items() if value}


def joined_name(answers: Mapping[str, Any]) -> str:
    """A child's name in one line: its parts, else as it was given."""
    parts = [str(answers[part]).strip() for part in PARTS if isinstance(answers.get(part), str)]
    joined = " ".join(part for part in parts if part)
    whole = answers.get("name")
    return joined or (whole.strip() if isinstance(whole, str) else "")


def _together(words: Sequence[str]) -> list[str]:
    names: list[str] = []
    waits = False
    for word in words:
        plain = _plain(word)
        if names and (waits or plain in AFTER):
            names[-1] = f"{names[-1]} {word}"
        else:
            names.append(word)
        waits = plain in BEFORE
    return names


def _plain(word: str) -> str:
    """Without vowel signs, in small letters, one kind of hyphen."""
    marks = "".join(c for c in unicodedata.normalize("NFC", word) if unicodedata.category(c) != "Mn" and c != "ـ")
    return marks.casefold().replace("‐", "-").replace("‑", "-").replace("’", "'")
