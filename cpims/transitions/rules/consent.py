"""What the child and the caregiver agreed to: for which purpose, with which agency, and what was taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

GBV: Final = "primeromodule-gbv"
YES: Final = (True, "true", "yes")


class Purpose(StrEnum):
    """Why something is shared."""

    SERVICES = "services"
    TRANSFER = "transfer"


#: Which answers of the consent form have to be yes, by purpose; the module that asks one question only stands apart.
ASKED: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.SERVICES: ("disclosure_other_orgs", "consent_for_services"),
    Purpose.TRANSFER: ("disclosure_other_orgs",),
}


@dataclass(frozen=True)
class Statement:
    """What was said at a moment: yes or no, for a purpose and an agency, or (empty) for every one."""

    given: bool
    at: datetime
    purpose: str = ""
    agency: str = ""

    def covers(self, purpose: str, agency: str) -> bool:
        """Does it speak of this purpose and this agency?"""
        return self.purpose in ("", purpose) and self.agency in ("", agency)

    def is_lifted_by(self, later: Statement) -> bool:
        """Is this no taken back by a later yes? Only by one that speaks of nothing wider: "no to agency B" stands
        until somebody says yes to agency B."""
        narrower = self.purpose in ("", later.purpose) and self.agency in ("", later.agency)
        return later.given and later.at > self.at and narrower


def may_share(
    purpose: Purpose, agency: str, *, answers: Mapping[str, Any], module: str, statements: Iterable[Statement]
) -> bool:
    """Was it agreed that this is shared with somebody of this agency, and not taken back since?"""
    covering = [one for one in statements if one.covers(purpose, agency)]
    yes = [one for one in covering if one.given]
    if any(not any(no.is_lifted_by(later) for later in yes) for no in covering if not no.given):
        return False
    return bool(yes) or _in_the_form(purpose, answers, module)


def _in_the_form(purpose: Purpose, answers: Mapping[str, Any], module: str) -> bool:
    asked = ("consent_for_services",) if module == GBV else ASKED[purpose]
    return all(answers.get(name) in YES for name in asked)
