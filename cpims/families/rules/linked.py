"""What a case keeps of its family: which it is, as which member, and what the child brought along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from cpims.lib.ids import read_id

#: Under this name it stands beside the answers; it is nobody’s to read: ``family_id`` is assembled, as far as she sees it.
LINK: Final = "linked_family"


@dataclass(frozen=True)
class Linked:
    """The family of a case. Each row has one home: what the child brought goes with it when it is unlinked."""

    family: UUID
    member: str
    #: The member was made from the case, not found in the family.
    made: bool = False
    #: Rows about others, and answers, that came with the case.
    rows: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    def as_state(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "family": str(self.family),
            "member": self.member,
            "made": self.made,
            "rows": list(self.rows),
            "answers": list(self.answers),
        }


def linked_of(state: Mapping[str, Any]) -> Linked | None:
    """The family of a case, from what is kept beside its answers."""
    kept = state.get(LINK)
    if not isinstance(kept, Mapping):
        return None
    family = read_id(kept["family"])
    assert family is not None
    return Linked(family, kept["member"], kept["made"], tuple(kept["rows"]), tuple(kept["answers"]))
