"""The code of conduct: what it must hold, and what waits until it is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cpims.accounts.rules.texts import is_blank
from cpims.lib.errors import Invalid, NotFound, NotPermitted, Problem
from cpims.lib.texts import text_problems

LONGEST_TITLE: Final = 500
LONGEST_CONTENT: Final = 100_000
KEYS: Final = ("title", "content")


class ConductInvalid(Invalid):
    """A code of conduct needs a title and a text."""

    code = "code_of_conduct.invalid"


class ConductNotFound(NotFound):
    """There is no code of conduct here."""

    code = "code_of_conduct.not_found"


class ConductNotAccepted(NotPermitted):
    """The code of conduct that holds now has to be accepted first."""

    code = "code_of_conduct.not_accepted"


def conduct_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a code of conduct."""
    problems = text_problems(values, ["title"], LONGEST_TITLE) + text_problems(values, ["content"], LONGEST_CONTENT)
    named = {problem.pointer for problem in problems}
    return problems + [
        Problem(f"/{key}", f"code_of_conduct.{key}.required", {"primero": f"errors.models.code_of_conduct.{key}"})
        for key in KEYS
        if f"/{key}" not in named and is_blank(values.get(key))
    ]
