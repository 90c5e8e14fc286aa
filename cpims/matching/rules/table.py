"""The letters, sounds and words that server and client share (`contracts/names/`), read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FOLDER = Path(__file__).resolve().parents[3] / "contracts" / "names"

_TABLE: Final[dict[str, Any]] = json.loads((FOLDER / "table.json").read_text(encoding="utf-8"))
_ETHIOPIC: Final = _TABLE["ethiopic"]
#: Names that are one name in other languages or for short, each a row of words in Latin letters.
EQUIVALENTS: Final[tuple[frozenset[str], ...]] = tuple(
    frozenset(row.split()) for row in json.loads((FOLDER / "equivalents.json").read_text(encoding="utf-8"))
)

#: The zero of each script that has digits of its own: nine more follow it.
ZEROS: Final[str] = _TABLE["digits"]
#: Marks that do not make another letter, as the inside of a regular expression's class.
MARKS: Final[str] = _TABLE["marks"]
#: A letter and its mark that together are another letter.
PAIRS: Final[dict[str, str]] = _TABLE["pairs"]
#: Letters that are written for one another: each with the one that is kept.
SAME: Final[dict[str, str]] = (
    _TABLE["same"]
    | {
        chr(ord(row) + order): chr(ord(onto) + order)
        for row, onto in _ETHIOPIC["same_rows"].items()
        for order in range(8)
    }
    | _ETHIOPIC["same"]
)
#: What a letter sounds like in Latin letters; Burmese ones depend on their neighbours and stand apart.
LATIN: Final[dict[str, str]] = _TABLE["latin"] | {
    chr(ord(row) + order): consonant + (_ETHIOPIC["vowels"] if consonant else _ETHIOPIC["bare"])[order]
    for row, consonant in _ETHIOPIC["rows"].items()
    for order in range(8)
}
MYANMAR: Final[dict[str, str]] = _TABLE["myanmar"]["latin"]
MYANMAR_SIGNS: Final[dict[str, str]] = _TABLE["myanmar"]["signs"]
NASALS: Final[str] = _TABLE["myanmar"]["nasals"]
ZAWGYI: Final[dict[str, str]] = _TABLE["myanmar"]["zawgyi"]


def _readings(entries: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {letters: tuple(sounds) for letters, sounds in entries.items()}


DIGRAPHS: Final = _readings(_TABLE["sounds"]["digraphs"])
LETTERS: Final = _readings(_TABLE["sounds"]["letters"])
FIRST: Final = _readings(_TABLE["sounds"]["first"])

#: Where the letters of a script stand, first and last; every other letter is of a script of its own.
SCRIPTS: Final[list[tuple[int, int, str]]] = [
    (int(first, 16), int(last, 16), name) for name, first, last in map(str.split, _TABLE["scripts"])
]

ARTICLES: Final[tuple[str, ...]] = tuple(_TABLE["words"]["articles"].split())
PARTICLES: Final = frozenset(_TABLE["words"]["particles"].split())
#: Titles only in front of a name: elsewhere they are names.
FIRST_ONLY: Final = frozenset(_TABLE["words"]["first_only"].split())
#: Words that are written short, or in another way, for a longer one.
FULL: Final[dict[str, str]] = _TABLE["words"]["full"]
#: Those of them that stand before many names and say little.
SHORT: Final = frozenset(_TABLE["words"]["short"].split())
#: Particles written together with the name, as a regular expression.
JOINED: Final[str] = _TABLE["words"]["joined"]
SLASHED: Final[dict[str, str]] = _TABLE["words"]["slashed"]
