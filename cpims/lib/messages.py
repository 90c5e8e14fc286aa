"""Sentences from the message catalogue, for what leaves the server as text (mail)."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "contracts" / "messages"
GAP = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=16)
def catalogue(locale: str) -> dict[str, str]:
    """Every sentence of one locale, from all its parts."""
    found: dict[str, str] = {}
    for part in sorted((FOLDER / locale).glob("*.json")) if locale.isidentifier() else []:
        found |= json.loads(part.read_text(encoding="utf-8"))
    return found


def sentence(locale: str, key: str, /, **values: object) -> str:
    """The sentence for a key in a locale (else in its language, else in English), its gaps filled."""
    for place in (locale, locale.partition("-")[0], "en"):
        text = catalogue(place).get(key)
        if text is not None:
            return GAP.sub(lambda gap: str(values.get(gap[1], gap[0])), text)
    return key
