"""The sentences an operator reads, from the message catalogue. Runs before any package is installed."""

from __future__ import annotations

import json
import os
import re
import sys
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = ROOT / "contracts" / "messages"
_GAP = re.compile(r"\{(\w+)\}")


def locale() -> str:
    """The operator's language (the first of LC_ALL, LC_MESSAGES, LANG that is set), else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            language = re.split(r"[_.@-]", value.lower())[0]
            return language if language.isalpha() and (MESSAGES / language).is_dir() else "en"
    return "en"


@lru_cache(maxsize=4)
def _catalogue(language: str) -> dict[str, str]:
    path = MESSAGES / language / "ops.json"
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}
    return found


def text(key: str, **params: object) -> str:
    """The sentence for a key, in the operator's language, its gaps filled; the key itself where there is none."""
    sentence = _catalogue(locale()).get(key) or _catalogue("en").get(key)
    if sentence is None:
        return " ".join([key, *(f"{name}={value}" for name, value in params.items())])
    return _GAP.sub(lambda gap: str(params.get(gap[1], gap[0])), sentence)


def say(key: str, **params: object) -> None:
    """Tell the operator something."""
    sys.stdout.write(text(key, **params) + "\n")
    sys.stdout.flush()


def complain(key: str, **params: object) -> None:
    """Tell the operator what went wrong and the way out."""
    sys.stderr.write(text(key, **params) + "\n")
    sys.stderr.flush()


class Stop(Exception):
    """The command cannot go on; the sentence says why and what to do."""

    def __init__(self, key: str, **params: object) -> None:
        """Keep the key and what fills its gaps."""
        super().__init__(text(key, **params))
        self.key = key
