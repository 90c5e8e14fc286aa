"""What a case carries of its transitions: who works on it beside its owner, what waits, what was answered when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cpims.lib.clock import iso
from cpims.records.rules.fields import LENT
from cpims.transitions.rules.moves import Kind, Status

OPEN_REFERRAL: Final = frozenset({Status.IN_PROGRESS, Status.ACCEPTED})
#: Sections of a case that sharing it rests on: who the child is, and what was agreed.
SHARING_RESTS_ON: Final = ("basic_identity", "consent")
CONSENT_FORM: Final = "consent"


@dataclass(frozen=True)
class Share:
    """What of a transition decides what its case carries."""

    kind: Kind
    status: Status
    to: str
    to_groups: tuple[str, ...] = ()
    ended_at: datetime | None = None
    #: The role whose forms were lent to her; empty: her own.
    role: str = ""

    @property
    def gives_access(self) -> bool:
        """Does its recipient work on the case now?"""
        if not self.to:
            return False
        if self.kind is Kind.REFERRAL:
            return self.status in OPEN_REFERRAL
        return self.kind is Kind.TRANSFER and self.status is Status.IN_PROGRESS


def helpers_after(before: Collection[str], shares: Iterable[Share]) -> list[str]:
    """Who works on a case beside its owner: who is there by a transition that is open, and who came another way."""
    known = list(shares)
    by_transition = {one.to for one in known if one.kind in (Kind.REFERRAL, Kind.TRANSFER)}
    return sorted((set(before) - by_transition) | {one.to for one in known if one.gives_access})


def sharing_state(shares: Sequence[Share]) -> dict[str, Any]:
    """The keys that lists and dashboards ask for, from all transitions of a case in their order; ``None``: not there."""
    referrals = [one for one in shares if one.kind is Kind.REFERRAL and one.to]
    transfers = [one for one in shares if one.kind is Kind.TRANSFER]
    pending = _names(one.to for one in referrals if one.status is Status.IN_PROGRESS)
    accepted = _names(one.to for one in referrals if one.status is Status.ACCEPTED)
    moving = [one for one in transfers if one.status is Status.IN_PROGRESS and one.to]
    state: dict[str, Any] = {
        "transferred_to_users": _names(one.to for one in moving) or None,
        "transferred_to_user_groups": _names(group for one in moving for group in one.to_groups) or None,
        "referred_users": _names([*pending, *accepted]) or None,
        "referred_users_pending": pending or None,
        "referred_users_accepted": accepted or None,
        "last_referral_rejected_at": _latest(referrals, Status.REJECTED),
        "last_referral_done_at": _latest(referrals, Status.DONE),
        LENT: lent_roles(referrals) or None,
    }
    if transfers:
        state["transfer_status"] = str(transfers[-1].status)
    if referrals:
        state |= {
            "referred_users_present": bool(pending or accepted),
            "referred_users_pending_present": bool(pending),
            "referred_users_accepted_present": bool(accepted),
        }
    return state


def lent_roles(shares: Iterable[Share]) -> dict[str, list[str]]:
    """With which roles' forms somebody works on a case while her referrals are open; she to whom none was lent looks
    with her own and is not named."""
    held: dict[str, set[str]] = {}
    for one in shares:
        if one.kind is Kind.REFERRAL and one.gives_access:
            held.setdefault(one.to, set()).add(one.role)
    return {to: sorted(roles) for to, roles in sorted(held.items()) if roles != {""}}


def _names(found: Iterable[str]) -> list[str]:
    return sorted(set(found))


def _latest(referrals: Iterable[Share], status: Status) -> str | None:
    moments = [one.ended_at for one in referrals if one.status is status and one.ended_at is not None]
    return iso(max(moments)) if moments else None
