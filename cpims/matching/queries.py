"""What this instance decided about matching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cpims.matching.rules.weights import Weights, weights_of
from cpims.settings.queries import settings_at


@dataclass(frozen=True)
class Matching:
    """What weighs how much, and whether it is told that a child may be known beyond what somebody sees."""

    weights: Weights
    across: bool


@lru_cache(maxsize=8)
def matching_at(configuration: int) -> Matching:
    """How this instance matches: the system option ``matching``, with its ``weights`` and ``cross_agency``."""
    decided = settings_at(configuration).option("matching", {})
    told = decided if isinstance(decided, Mapping) else {}
    return Matching(weights_of(told.get("weights")), told.get("cross_agency") is True)
