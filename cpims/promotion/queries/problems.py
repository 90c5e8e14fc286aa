"""What stands against a set of changes as it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cpims.promotion.models import Pair
from cpims.promotion.queries.change_sets import Choice


@dataclass(frozen=True)
class Standing:
    """One thing that stands against a set, and the change that it is about."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    change: str | None = None


def problems_of(choice: Choice) -> list[Standing]:
    """Everything that keeps a draft from being proposed; nothing once it is on its way."""
    found: list[Standing] = []
    if choice.row.state not in ("draft", "proposed", "approved"):
        return found
    if not choice.chosen:
        found.append(Standing("change_set.nothing_chosen"))
    found += [Standing("change_set.needs", {"needs": other}, one) for one, other in choice.missing()]
    last = Pair.objects.filter(pk=choice.row.pair_id).values_list("last_hash", flat=True).first()
    if last and last != choice.row.base_id:
        found.append(Standing("change_set.base_moved"))
    return found
