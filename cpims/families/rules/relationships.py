"""How two cases may be related: each way of it, and how the same is called from the other side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from cpims.families.rules.refusals import RelationshipInvalid
from cpims.lib.errors import Problem

#: What an instance says when it does not decide itself (setting ``case_relationships``): from one side, from the other.
USUAL: Final[Mapping[str, str]] = {
    "farmer_on": "farm_for",
    "sibling_of": "sibling_of",
    "parent_of": "child_of",
    "same_household": "same_household",
}


def types_of(decided: Any) -> dict[str, str]:
    """Every type with its inverse, both ways round; what is decided wrongly is left out."""
    pairs = decided if isinstance(decided, Mapping) and decided else USUAL
    known: dict[str, str] = {}
    for one, other in pairs.items():
        if isinstance(one, str) and one and isinstance(other, str) and other:
            known |= {one: other, other: one}
    return known


def stored_types(decided: Any) -> frozenset[str]:
    """The types as they are kept: the first of each pair."""
    pairs = decided if isinstance(decided, Mapping) and decided else USUAL
    return frozenset(
        one for one, other in pairs.items() if isinstance(one, str) and isinstance(other, str) and one and other
    )


def as_kept(case: UUID, other: UUID, kind: Any, decided: Any) -> tuple[UUID, UUID, str]:
    """From which case to which, and as what, a relationship is kept that was told from the side of ``case``.

    Raises: RelationshipInvalid.
    """
    known = types_of(decided)
    problems = []
    if not isinstance(kind, str) or kind not in known:
        problems.append(Problem("/relationship_type", "not_an_option", {"name": "relationship_type"}))
    if case == other:
        problems.append(Problem("/case_id", "relationship.itself"))
    if problems:
        raise RelationshipInvalid(problems)
    if known[kind] == kind:
        one, two = sorted((case, other))
        return one, two, kind
    return (case, other, kind) if kind in stored_types(decided) else (other, case, known[kind])


def as_seen(case: UUID, from_case: UUID, kind: str, decided: Any) -> str:
    """The same relationship, as it is called from the side of ``case``."""
    return kind if case == from_case else types_of(decided).get(kind, kind)
