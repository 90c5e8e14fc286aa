"""Who may resolve or change a flag, and how a flag says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted, Problem

LONGEST: Final = 10_000
KEYS: Final = ("message", "date", "unflag_message")


class FlagNotFound(NotFound):
    """There is no such flag on this record."""

    code = "flag.not_found"


class FlagIsResolved(Conflict):
    """The flag was resolved already."""

    code = "flag.is_resolved"


class NotYoursToResolve(NotPermitted):
    """Only who raised a flag, who holds the record, or who may resolve any flag does this."""

    code = "flag.not_yours_to_resolve"


class FlagInvalid(Invalid):
    """What was sent about a flag cannot be used."""

    code = "flag.invalid"


@dataclass(frozen=True)
class Wish:
    """What somebody says about a flag; nothing where she says nothing."""

    message: str | None = None
    date: date | None = None
    unflag_message: str | None = None
    #: The job in whose course it is raised, when many records are flagged at once; nobody sends it.
    bulk: str = ""


def read_wish(values: Mapping[str, Any], *, new: bool) -> tuple[Wish, list[Problem]]:
    """What was sent, and what of it nobody knows. A new flag says something.

    Raises: FlagInvalid with everything that does not fit.
    """
    wrong: list[Problem] = []
    texts: dict[str, str | None] = {}
    for name in ("message", "unflag_message"):
        value = values.get(name)
        texts[name] = value if isinstance(value, str) else None
        if value is not None and not isinstance(value, str):
            wrong.append(Problem(f"/{name}", "wrong_type", {"name": name}))
        elif isinstance(value, str) and len(value) > LONGEST:
            wrong.append(Problem(f"/{name}", "flag.too_long", {"name": name, "most": LONGEST}))
    said = texts["message"]
    empty = not (said or "").strip() if new else said is not None and not said.strip()
    if empty and not wrong:
        wrong.append(Problem("/message", "flag.message", {"primero": "errors.models.flags.message"}))
    day = _day(values.get("date"), wrong)
    if wrong:
        raise FlagInvalid(wrong)
    known = KEYS[:2] if new else KEYS
    unknown = [Problem(f"/{name}", "unknown_key", {"name": str(name)}) for name in values if name not in known]
    return Wish(said, day, texts["unflag_message"]), unknown


def _day(value: Any, wrong: list[Problem]) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        wrong.append(Problem("/date", "invalid_date" if isinstance(value, str) else "wrong_type", {"name": "date"}))
        return None


def require_may_resolve(actor: Viewer, kind: str, *, raised_by: int, owner: int) -> None:
    """Refuse who neither raised the flag, nor holds the record, nor may resolve any.

    Raises: Forbidden, NotYoursToResolve.
    """
    require(actor, kind, "flag", "resolve_any_flag")
    if actor.user_id not in (raised_by, owner) and not actor.may(kind, "resolve_any_flag"):
        raise NotYoursToResolve
