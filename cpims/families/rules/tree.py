"""A family by generations: where each member stands, seen from the children."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: Two for grandparents, one for parents, none for the children, one below for their own children.
GENERATIONS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("grandmother", "grandfather"), 2),
    **dict.fromkeys(("mother", "father", "stepmother", "stepfather", "aunt", "uncle"), 1),
    **dict.fromkeys(("sister", "brother", "cousin", "husband", "wife", "partner"), 0),
    **dict.fromkeys(("daughter", "son"), -1),
}
GROWN_AT: Final = 18


def generation_of(member: Mapping[str, Any], *, has_case: bool) -> int | None:
    """In which generation somebody stands, as far as it is known. A child with a case is one of the children."""
    place = member.get("family_relationship")
    if isinstance(place, str) and place:
        return GENERATIONS.get(place)
    age = member.get("relation_age")
    is_child = isinstance(age, int) and not isinstance(age, bool) and age < GROWN_AT
    return 0 if has_case or is_child else None
