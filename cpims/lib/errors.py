"""The kinds of refusal. A rule says no by raising one; the API has one table from kind to status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what was sent: where (a JSON pointer), what (a code), with which values."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """Somebody may not do this, or not now, or not so. ``code`` is stable and is a message key."""

    code: ClassVar[str] = "refused"

    def __init__(self, **params: Any) -> None:
        """Keep the values that the sentence about this refusal needs."""
        super().__init__(self.code)
        self.params: dict[str, Any] = params


class Unauthenticated(Refusal):
    """Nobody is signed in."""

    code = "session.required"


class NotPermitted(Refusal):
    """The person may not do this at all."""

    code = "not_permitted"


class NotFound(Refusal):
    """There is no such thing, or not for this person: the two look alike."""

    code = "not_found"


class Conflict(Refusal):
    """What was sent does not fit what is stored now."""

    code = "conflict"


class Stale(Conflict):
    """The record was changed since the revision that was named (If-Match)."""

    code = "record.stale"


class TooMany(Refusal):
    """Too many tries; come back after ``retry_after`` seconds."""

    code = "too_many_requests"


class TooSlow(TooMany):
    """What was asked for took longer than anybody should wait, and was stopped."""

    code = "statement.too_slow"


class Invalid(Refusal):
    """What was sent is wrong; ``problems`` holds every problem, not only the first."""

    code = "invalid"

    def __init__(self, problems: Sequence[Problem] = (), **params: Any) -> None:
        """Keep all problems."""
        super().__init__(**params)
        self.problems = list(problems)
