"""The columns that a table may have, known by their names in any of our languages, and the answers of a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from cpims.imports.rules.plans import BadCell, ImportInvalid, Kind
from cpims.lib.errors import Problem
from cpims.lib.messages import FOLDER, catalogue

#: The columns of each kind, in the order of an empty table, each with the key of the API that it stands for.
COLUMNS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.USERS: {
        "user_name": "user_name",
        "full_name": "full_name",
        "email": "email",
        "role": "role_unique_id",
        "agency": "agency_unique_id",
        "groups": "user_group_unique_ids",
        "phone": "phone",
        "position": "position",
        "locale": "locale",
        "location": "location",
        "disabled": "disabled",
    },
    Kind.LOCATIONS: {
        "place_code": "code",
        "parent_code": "parent_code",
        "place_type": "type",
        "placename": "placename",
        "disabled": "disabled",
    },
}
#: Without these nobody knows what a row is about.
NEEDED: Final = {Kind.USERS: ("user_name",), Kind.LOCATIONS: ("place_code",)}
#: A name with its language: ``name_fr``, ``Name (fr)``, ``Nom [fr]``, ``placename:ar``.
TONGUE: Final = re.compile(r"(.+?)[\s_:+(\[-]+([A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)\s*[)\]]?\Z")
REASON: Final = "reason"
PARTS: Final = re.compile(r"[;|\n]")


@dataclass(frozen=True)
class Head:
    """What a column is: which key of the API, and in which language where it has several."""

    key: str
    locale: str = ""


@dataclass
class Given:
    """A row as it was given: its values by key (blank cells say nothing), and in which column each stands."""

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)

    def bad(self, pointer: str, code: str, params: Mapping[str, Any], main: str) -> BadCell:
        """What is wrong with a value, at its cell; else at the cell that says whom or what the row is about."""
        key = pointer.strip("/")
        near = next((k for k in (key, key.partition("/")[0], main) if k in self.columns), None)
        said = {name: value for name, value in params.items() if name != "primero"}
        return BadCell(self.row, self.columns[near] if near else None, code, said)


def plain(head: str) -> str:
    """A heading without what people write differently: case, blanks, signs, marks."""
    letters = unicodedata.normalize("NFKD", head.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


@cache
def known_heads(kind: Kind) -> Mapping[str, str]:
    """Every heading by which a column is known, plain, and the key that it stands for."""
    found: dict[str, str] = {}
    for locale in sorted(path.name for path in FOLDER.iterdir()):
        words = catalogue(locale)
        for name, key in COLUMNS[kind].items():
            for heading in (name, key, words.get(f"import.column.{name}", "")):
                found[plain(heading)] = key
        found[plain(words.get("import.column.reason", ""))] = REASON
    if kind is Kind.LOCATIONS:
        found["name"] = "placename"
    found.pop("", None)
    return found


def read_heads(kind: Kind, cells: Sequence[str], locales: Collection[str]) -> tuple[dict[int, Head], list[int]]:
    """Which column is what, and the columns that nobody knows.

    Raises: ImportInvalid when a column that is needed is not there, or one stands twice.
    """
    known = known_heads(kind)
    found: dict[int, Head] = {}
    ignored: list[int] = []
    problems: list[Problem] = []
    for column, cell in enumerate(cells):
        if not plain(cell):
            continue
        head = _head(known, cell, locales)
        if head is None:
            ignored.append(column)
        elif head in found.values():
            problems.append(Problem("/data_base64", "import.heading.twice", {"column": cell}))
        elif head.key != REASON:
            found[column] = head
    keys = {head.key for head in found.values()}
    for name in NEEDED[kind]:
        if COLUMNS[kind][name] not in keys:
            problems.append(Problem("/data_base64", "import.heading.missing", {"column": COLUMNS[kind][name]}))
    if problems:
        raise ImportInvalid(problems)
    return found, ignored


def _head(known: Mapping[str, str], cell: str, locales: Collection[str]) -> Head | None:
    key = known.get(plain(cell))
    if key is not None:
        return Head(key, "en" if key == "placename" else "")
    match = TONGUE.match(cell.strip())
    if match and known.get(plain(match[1])) == "placename" and match[2].lower() in {x.lower() for x in locales}:
        return Head("placename", next(x for x in locales if x.lower() == match[2].lower()))
    return None


def read_row(row: int, cells: Sequence[str], heads: Mapping[int, Head]) -> Given:
    """The texts of a row under their keys; yes and no still as words."""
    given = Given(row)
    for column, head in heads.items():
        text = cells[column] if column < len(cells) else ""
        pointer = f"{head.key}/{head.locale}" if head.locale else head.key
        given.columns[pointer] = column
        given.columns.setdefault(head.key, column)
        if not text:
            continue
        if head.locale:
            given.values.setdefault(head.key, {})[head.locale] = text
        else:
            given.values[head.key] = text
    return given


@cache
def _words(key: str) -> frozenset[str]:
    own = {word for path in FOLDER.iterdir() for word in catalogue(path.name).get(key, "").split("/")}
    return frozenset(plain(word) for word in own)


def read_tick(text: str) -> bool | None:
    """Yes or no in any of our languages; nothing when it is neither."""
    word = plain(text)
    if word in {"true", "1", "x"} | _words("import.word.yes"):
        return True
    return False if word in {"false", "0"} | _words("import.word.no") else None


def parts_of(text: str) -> list[str]:
    """The single words of a cell that holds several."""
    return list(dict.fromkeys(part.strip() for part in PARTS.split(text) if part.strip()))
