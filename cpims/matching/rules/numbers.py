"""Telephone numbers and identifiers: the keys by which they are found, however they are written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cpims.matching.rules.folding import in_plain_digits

#: Significant digits of a telephone number: the trunk zero and the country code in front are written or left out at will.
PHONE_TAIL: Final = 8
#: Fewer digits than these are no telephone number and find nobody.
SHORTEST_PHONE: Final = 6
#: The length of the pieces by which a part of an identifier is found.
PIECE: Final = 3
#: Machine-made ids are found whole, by their first characters, and by their short form: never by a piece of the middle.
LONGEST_PIECED: Final = 31
FIRST_CHARACTERS: Final = 8

_DIGITS: Final = re.compile(r"[0-9]+")
_BETWEEN_NUMBERS: Final = re.compile(r"[/,;|\n]|[^\W\d_]+")
_SEPARATORS: Final = re.compile(r"[\W_]+")


def phone_key(text: str) -> str:
    """The digits by which a telephone number is found, however its country code and trunk zero are written."""
    digits = "".join(_DIGITS.findall(in_plain_digits(text))).lstrip("0")
    return digits[-PHONE_TAIL:]


def phone_keys(text: str) -> list[str]:
    """The keys stored with what stands in a telephone field: the ends of every number in it, eight digits to six."""
    found: dict[str, None] = {}
    for number in _numbers(text):
        key = phone_key(number)
        for length in range(len(key), SHORTEST_PHONE - 1, -1):
            found[key[-length:]] = None
        if key and len(key) < SHORTEST_PHONE:
            found[key] = None
    return list(found)


def phone_search_key(text: str) -> str:
    """The key to ask for in a search by telephone number; empty where there are too few digits to find anybody by."""
    key = phone_key(text)
    return key if len(key) >= SHORTEST_PHONE else ""


@lru_cache(maxsize=4096)
def identifier_key(text: str) -> str:
    """The letters and digits of an identifier, without case, blanks and separators."""
    return _SEPARATORS.sub("", in_plain_digits(text).lower())


def identifier_pieces(key: str) -> list[str]:
    """The pieces stored with an identifier, by which a part of it is found."""
    if len(key) > LONGEST_PIECED:
        return [f"^{key[:FIRST_CHARACTERS]}"]
    return list(dict.fromkeys(key[at : at + PIECE] for at in range(len(key) - PIECE + 1)))


def search_pieces(part: str) -> list[list[str]]:
    """The pieces to ask for when looking for a part of an identifier: each list is a way to find it, all of it together.

    Empty where the part is too short to find anybody by.
    """
    if len(part) < PIECE:
        return []
    ways = [identifier_pieces(part)] if len(part) <= LONGEST_PIECED else []
    if len(part) >= FIRST_CHARACTERS:
        ways.append([f"^{part[:FIRST_CHARACTERS]}"])
    return ways


def _numbers(text: str) -> list[str]:
    plain = in_plain_digits(text)
    parts = [part for part in _BETWEEN_NUMBERS.split(plain) if _DIGITS.search(part)]
    return parts if all(len(phone_key(part)) >= SHORTEST_PHONE for part in parts) else [plain]
