"""In a demo everything is invented: what looks like a real telephone, e-mail address or number of a document is refused.

Invented are telephones that begin with +999 (no country has it), addresses in the domains kept for examples (RFC 2606),
and numbers that begin with 999 or 000. Short ones pass: they name nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cpims.lib.errors import Problem

EMAIL: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
EXAMPLES: Final = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|org|net|edu))?|test|invalid|localhost)$")
#: A telephone as it is written anywhere: with the sign or the zeros of a country code.
ABROAD: Final = re.compile(r"(?<![\w+.])(?:\+|00)(?=[1-9])[\d ()./-]{7,22}\d")
#: Numbers of people and families as UNHCR gives them.
UNHCR: Final = re.compile(r"(?<![\w-])(\d{3})-(?:\d{2}C\d{5}|\d{8})(?![\w-])", re.IGNORECASE)
PHONES: Final = re.compile(r"phone|mobile|whatsapp")
DOCUMENTS: Final = re.compile(
    r"national_id|unhcr|passport|ration_card|(?:^|_)(?:id|card|un|ddr|ref|certificate)_(?:no|number)$|_other_id$"
)
#: What programs number things with, rows of a form among them; groups of digits in it are nobody's.
MADE_BY_PROGRAMS: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
#: So many digits are a telephone, and so many the number of a document.
TELEPHONE, DOCUMENT = 7, 8
INVENTED: Final = ("999", "000")


def real_looking(values: Mapping[str, Any], stored: Mapping[str, Any]) -> list[Problem]:
    """What of newly written answers looks as if it were somebody's: where it stands, and a code that says what to write."""
    found = []
    for name, value in values.items():
        if value != stored.get(name):
            found += [Problem(pointer, code) for pointer, code in _looked_through(f"/{name}", name, value)]
    return found


def _looked_through(pointer: str, name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _looked_through(f"{pointer}/{key}", str(key), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _looked_through(f"{pointer}/{number}", name, inner)
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        code = what_is_real(name, str(value))
        if code is not None:
            yield pointer, code


def what_is_real(name: str, text: str) -> str | None:
    """The code of what looks real in the answer to a question, or nothing."""
    if MADE_BY_PROGRAMS.fullmatch(text):
        return None
    plain = "".join(_plain(sign) for sign in text)
    if any(not EXAMPLES.search(found[1].lower()) for found in EMAIL.finditer(plain)):
        return "demo.real_email"
    if any(found[1] not in INVENTED for found in UNHCR.finditer(plain)):
        return "demo.real_number"
    if any(not _is_invented(found[0], TELEPHONE) for found in ABROAD.finditer(plain)):
        return "demo.real_phone"
    if PHONES.search(name) and not all(_is_invented(part, TELEPHONE) for part in re.split(r"[,;/\n]", plain)):
        return "demo.real_phone"
    if DOCUMENTS.search(name) and not _is_invented(plain, DOCUMENT):
        return "demo.real_number"
    return None


def _plain(sign: str) -> str:
    """Digits of every script as our own, so that ٠٧٩ is read as 079."""
    return str(unicodedata.digit(sign)) if sign.isdigit() and unicodedata.digit(sign, None) is not None else sign


def _is_invented(text: str, long: int) -> bool:
    digits = "".join(sign for sign in text if sign.isdigit())
    if text.strip().startswith("00") and not digits.startswith("000"):
        digits = digits[2:]
    return len(digits) < long or digits.startswith(INVENTED)
