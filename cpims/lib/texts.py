"""What a text must be to be kept: a text, not too long, without signs that cannot be stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cpims.lib.errors import Problem

LONGEST: Final = 255


def text_problems(values: Mapping[str, Any], keys: Iterable[str], longest: int = LONGEST) -> list[Problem]:
    """Texts that are none, too long, or hold a sign that cannot be stored; what is not there is no problem."""
    problems = []
    for key in keys:
        value = values.get(key)
        if value is None:
            continue
        if not isinstance(value, str):
            problems.append(Problem(f"/{key}", "text.not_text"))
        elif "\x00" in value:
            problems.append(Problem(f"/{key}", "text.unusable"))
        elif len(value) > longest:
            problems.append(Problem(f"/{key}", "text.too_long", {"most": longest}))
    return problems
