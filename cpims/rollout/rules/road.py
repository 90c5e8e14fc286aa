"""The phases and steps of a rollout, and every gate on the road. What each is called stands in the messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Gate:
    """Something that must be true before the road goes on.

    ``strength``: how the guidelines put it (required, must, implied, stated, invariant, outcome). ``stands_at``: the step whose
    end it is. A gate without a rule (``version`` nought) is told as not built yet, and is never open.
    """

    id: str
    strength: str
    stands_at: str
    version: int = 0

    @property
    def is_built(self) -> bool:
        """Is there a rule that computes it?"""
        return self.version > 0


@dataclass(frozen=True)
class Step:
    """One step of a phase; ``opened_by``: the gate that must be open before it begins."""

    id: str
    opened_by: str = ""
    has_outcome: bool = False


@dataclass(frozen=True)
class Phase:
    """A phase with its steps."""

    id: str
    steps: tuple[Step, ...]


ROAD: Final = (
    Phase("p2", (Step("p2_1"), Step("p2_2"), Step("p2_3"), Step("p2_4"))),
    Phase(
        "p3",
        (
            Step("p3_1", opened_by="g0", has_outcome=True),
            Step("p3_2", opened_by="g1", has_outcome=True),
            Step("p3_3", opened_by="g2", has_outcome=True),
            Step("p3_4", opened_by="g3", has_outcome=True),
            Step("p3_5", opened_by="g4", has_outcome=True),
        ),
    ),
    Phase("p4", (Step("p4_1", opened_by="g5"),)),
)

#: The register of gates, in the order of the road.
GATES: Final = (
    Gate("g0a", "implied", "p2_1"),
    Gate("g0b", "stated", "p2_1"),
    Gate("gcm", "stated", "p2_3"),
    Gate("gsh", "stated", "p2_4"),
    Gate("g0", "implied", "p2_4"),
    Gate("g1", "required", "p3_1", version=1),
    Gate("g1a", "implied", "p3_1"),
    Gate("g1b", "invariant", "p3_2", version=1),
    Gate("g2", "required", "p3_2", version=1),
    Gate("g3", "required", "p3_3"),
    Gate("gtr", "stated", "p3_3"),
    Gate("g4a", "must", "p3_4"),
    Gate("g4", "required", "p3_4"),
    Gate("g4b", "must", "p3_4"),
    Gate("g5", "outcome", "p3_5"),
)
GATE: Final = {gate.id: gate for gate in GATES}
