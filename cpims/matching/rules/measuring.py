"""How well a scorer tells one person from two, on pairs that somebody labelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: Thresholds that are tried when the best is asked for.
STEPS: Final = tuple(step / 100 for step in range(2, 100, 2))


@dataclass(frozen=True)
class Counted:
    """Of the pairs of one group: how many are one person and found, found wrongly, missed, and rightly left apart."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    apart: int = 0

    @property
    def pairs(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.missed + self.apart

    @property
    def precision(self) -> float | None:
        """The share of those taken for one person that are; nothing where none was taken."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """The share of those who are one person that were found; nothing where there is none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        """Precision and recall in one number."""
        taken = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / taken if self.right + self.missed else None


@dataclass(frozen=True)
class Judged:
    """A labelled pair with its score."""

    same: bool
    value: float
    scripts: str
    kind: str


def count(judged: Iterable[Judged], threshold: float) -> Counted:
    """How the pairs come out when those from this score on are taken for one person."""
    found = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair in judged:
        found[pair.same, pair.value >= threshold] += 1
    return Counted(found[True, True], found[False, True], found[True, False], found[False, False])


def best_threshold(judged: Sequence[Judged]) -> float:
    """The threshold with the best F1; of several equal ones the middle."""
    scored = [(count(judged, step).f1 or 0.0, step) for step in STEPS]
    most = max(f1 for f1, _ in scored)
    equal = [step for f1, step in scored if f1 == most]
    return equal[len(equal) // 2]
