"""Do two records speak of the same person? Evidence for and against, added up, each piece with its reason.

Two questions are asked at once: rather one person than two strangers, and rather one person than brother and sister. What a family
shares (names after the first, parents, home, telephone) answers only the first, so siblings never score as one child.
Nothing depends on what else was found, and nothing is ever merged by a score.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp
from typing import Final

from cpims.matching.rules.evidence import PARTS, Evidence, Reason
from cpims.matching.rules.persons import Person
from cpims.matching.rules.weights import DEFAULT, Weights

__all__ = ["Likelihood", "Reason", "Score", "score"]

#: Beyond this no further evidence is told apart.
SURE: Final = 30.0
#: From here on evidence for the same family is strong enough to say that they may be brother and sister.
FAMILY: Final = 2.0


class Likelihood(StrEnum):
    """How likely it is that two records speak of the same person."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True)
class Score:
    """How likely two records speak of the same person, from 0 to 1, and the reasons, the weightiest first."""

    value: float
    likelihood: Likelihood
    reasons: tuple[Reason, ...]


def score(one: Person, other: Person, weights: Weights = DEFAULT) -> Score:
    """How likely two records speak of the same person, whatever else was found; the same from both sides."""
    found = [evidence for part in PARTS if (evidence := part(one, other, weights)) is not None]
    strangers = weights.strangers + sum(evidence.strangers for evidence in found)
    kin = weights.kin + sum(evidence.kin for evidence in found)
    value = 1 / (1 + exp(_held(-strangers)) + exp(_held(-kin)))
    reasons = sorted((reason for evidence in found for reason in evidence.reasons), key=lambda r: -abs(r.weight))
    if _are_kin(found, kin):
        reasons.insert(0, Reason("perhaps_siblings", "name", kin))
    return Score(round(value, 4), _likelihood(value, weights), tuple(reasons))


def _held(exponent: float) -> float:
    return max(-SURE, min(exponent, SURE))


def _are_kin(found: list[Evidence], kin: float) -> bool:
    """Does what they share speak of one family, but not of one child?"""
    shared = sum(max(evidence.strangers - max(evidence.kin, 0.0), 0.0) for evidence in found)
    further = sum(r.weight for evidence in found for r in evidence.reasons if r.code == "further_names")
    return (
        kin < 0 and shared + further >= FAMILY and any(r.code == "first_name_differs" for e in found for r in e.reasons)
    )


def _likelihood(value: float, weights: Weights) -> Likelihood:
    if value >= weights.likely:
        return Likelihood.LIKELY
    return Likelihood.POSSIBLE if value >= weights.possible else Likelihood.UNLIKELY
