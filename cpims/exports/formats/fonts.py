"""The fonts that are there, and which letters they have: a paper never leaves with letters missing."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from cpims.exports.rules.refusals import ScriptWithoutFont

PACKAGED = tuple(Path(str(files(package))) for package in ("manimgx_fonts", "fontpkg_ibm_plex_sans_arabic"))
#: In which order a letter is looked for; the rest comes after, pictures last.
FIRST = ("Noto Sans", "IBM Plex Sans Arabic")
#: Kinds of signs that need no shape of their own.
SHAPELESS = frozenset({"Cf", "Zs", "Zl", "Zp"})
VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))


@dataclass(frozen=True, eq=False)
class Faces:
    """Fonts ready for setting: their families, in the order in which a letter is looked for, and all their letters."""

    fonts: typst.Fonts
    families: tuple[str, ...]
    letters: frozenset[int]


@lru_cache(maxsize=4)
def faces_in(*folders: Path) -> Faces:
    """The packaged fonts, and those in an instance's own folders."""
    paths: list[Any] = [str(folder) for folder in (*PACKAGED, *folders) if folder.is_dir()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
    letters: set[int] = set()
    for face in fonts.fonts():
        if face.path is not None and face.style == "normal":
            letters.update(letters_of(Path(face.path).read_bytes(), face.index))
    rest = sorted(set(fonts.families()) - set(FIRST), key=lambda family: ("Emoji" in family, family))
    return Faces(fonts, (*FIRST, *rest), frozenset(letters))


def letters_of(font: bytes, index: int = 0) -> Iterator[int]:
    """The code points that a font has a shape for (from its ``cmap`` table, formats 4 and 12)."""
    start = struct.unpack_from(">I", font, 12 + 4 * index)[0] if font[:4] == b"ttcf" else 0
    for number in range(struct.unpack_from(">H", font, start + 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * number)
        if tag == b"cmap":
            for at in {
                struct.unpack_from(">HHI", font, offset + 4 + 8 * table)[2]
                for table in range(struct.unpack_from(">H", font, offset + 2)[0])
            }:
                yield from _mapped(font, offset + at)


def _mapped(font: bytes, at: int) -> Iterator[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    if kind == 4:
        count = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", font, at + 14)
        starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
        for first, last in zip(starts, ends, strict=True):
            yield from range(first, last + (last != 0xFFFF))
    elif kind == 12:
        for group in range(struct.unpack_from(">I", font, at + 12)[0]):
            first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
            yield from range(first, last + 1)


def fitted(value: Any, letters: frozenset[int]) -> Any:
    """A paper's description with every text fit to be set.

    Signs that steer are taken out; a sign without a shape is written as its number. Letters are never replaced.
    Raises: ScriptWithoutFont.
    """
    missing: set[str] = set()
    found = _fitted(value, letters, missing)
    if missing:
        raise ScriptWithoutFont(scripts=", ".join(sorted({script_of(letter) for letter in missing})))
    return found


def _fitted(value: Any, letters: frozenset[int], missing: set[str]) -> Any:
    if isinstance(value, str):
        return "".join(_sign(sign, letters, missing) for sign in value)
    if isinstance(value, dict):
        return {key: _fitted(part, letters, missing) for key, part in value.items()}
    if isinstance(value, list):
        return [_fitted(part, letters, missing) for part in value]
    return value


def _sign(sign: str, letters: frozenset[int], missing: set[str]) -> str:
    if sign == "\n" or ord(sign) in letters:
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Cs", "Co", "Cn"):
        return " " if sign == "\t" else ""
    if kind in SHAPELESS or sign in VARIATIONS:
        return sign if kind == "Cf" else "" if sign in VARIATIONS else " "
    plain = unicodedata.normalize("NFKC", sign)
    if plain != sign and all(ord(letter) in letters for letter in plain):
        return plain
    if kind[0] in "LMN":
        missing.add(sign)
        return ""
    return f"\u2039U+{ord(sign):04X}\u203a"


def script_of(letter: str) -> str:
    """The script of a letter, by the name that Unicode gives the letter."""
    return unicodedata.name(letter, "unknown").split()[0].title()
