"""How a set of changes goes from a draft to production, and who may do what with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cpims.lib.errors import Problem
from cpims.promotion.rules.refusals import IllegalMove, SecondPersonNeeded

DRAFT, PROPOSED, APPROVED, PROMOTED = "draft", "proposed", "approved", "promoted"
REJECTED, STALE = "rejected", "stale"
MOVES: Final[Mapping[str, frozenset[str]]] = {
    DRAFT: frozenset({PROPOSED, REJECTED}),
    PROPOSED: frozenset({APPROVED, REJECTED}),
    APPROVED: frozenset({PROMOTED, REJECTED, STALE}),
    PROMOTED: frozenset(),
    REJECTED: frozenset(),
    STALE: frozenset(),
}
LONGEST_TITLE: Final = 200
LONGEST_REASON: Final = 2_000


def require_move(before: str, after: str) -> None:
    """Refuse a move that is none.

    Raises: IllegalMove.
    """
    if after not in MOVES[before]:
        raise IllegalMove(state=before, to=after)


def require_second_person(proposed_by: int | None, approver: int) -> None:
    """Two people look at what goes to production.

    Raises: SecondPersonNeeded.
    """
    if proposed_by is None or proposed_by == approver:
        raise SecondPersonNeeded


def acts_for(state: str, *, proposed_by: int | None, viewer: int) -> list[str]:
    """What somebody who looks after the configuration may do with a set now."""
    if state == PROPOSED:
        return ["approve", "reject"] if proposed_by != viewer else ["reject"]
    return {DRAFT: ["change", "propose", "reject"], APPROVED: ["promote", "file", "reject"], PROMOTED: ["file"]}.get(
        state, []
    )


def text_problems(*, title: Any = None, reason: Any = None, title_needed: bool = False) -> list[Problem]:
    """What is wrong with the words of a set."""
    problems = []
    if (title_needed and title is None) or (title is not None and not title.strip()):
        problems.append(Problem("/title", "change_set.title_required"))
    elif title is not None and len(title) > LONGEST_TITLE:
        problems.append(Problem("/title", "change_set.text_too_long", {"limit": LONGEST_TITLE}))
    if reason is not None and len(reason) > LONGEST_REASON:
        problems.append(Problem("/reason", "change_set.text_too_long", {"limit": LONGEST_REASON}))
    return problems
