"""Who may hand a case to whom, who answers, who takes back: decisions on values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.leading import ASSIGNS
from cpims.access.rules.viewer import Viewer
from cpims.transitions.rules.moves import Kind

#: The very action that a recipient's role must hold; ``manage`` alone makes nobody a recipient.
RECEIVES: Final[Mapping[Kind, str]] = {Kind.REFERRAL: "receive_referral", Kind.TRANSFER: "receive_transfer"}
#: What opens the list of people to whom a case may go, and the act itself.
SENDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.ASSIGN: ASSIGNS,
    Kind.REFERRAL: ("referral", "referral_from_service"),
    Kind.TRANSFER: ("transfer",),
}
#: Roles of these categories keep the instance running; nobody hands them a child's case.
NOT_PEOPLE: Final = ("maintenance", "system")
#: Scopes that see no case of others.
SEES_NO_CASE: Final = (Scope.ADMIN_ONLY, Scope.IDENTIFIED)
#: What lets somebody work on referrals that were sent.
HANDLES_REFERRALS: Final = ("write", "receive_referral", "remove_assigned_users")
#: What lets somebody see referrals of her team's cases that were sent to others.
VIEWS_REFERRALS: Final = (
    *("referral_from_service", "remove_assigned_users", "referral", "receive_referral"),
    "receive_referral_different_module",
)


def assign_reach(actor: Viewer) -> Literal["all", "agency", "group", "none"]:
    """How far she may hand a case: to anybody, within her agency, within her groups."""
    if actor.may("case", "assign"):
        return "all"
    if actor.may("case", "assign_within_agency"):
        return "agency"
    return "group" if actor.may("case", "assign_within_user_group") else "none"


def reaches(viewer: Viewer, *, agency: str, groups: Collection[str]) -> bool:
    """Does she lead somebody of this agency and these groups?"""
    if viewer.scope is Scope.GROUP:
        return not viewer.groups.isdisjoint(groups)
    return viewer.scope is Scope.ALL or (
        viewer.scope is Scope.AGENCY and bool(viewer.agency) and viewer.agency == agency
    )


def may_answer(
    viewer: Viewer, *, sender_id: int, answerer_id: int | None, agency: str, groups: Collection[str]
) -> bool:
    """May she accept, reject or finish? She to whom it is addressed; or who leads her and holds the right. Never the
    sender."""
    if answerer_id is None or viewer.user_id == sender_id:
        return False
    if viewer.user_id == answerer_id:
        return True
    return viewer.may("case", "accept_or_reject_transfer") and reaches(viewer, agency=agency, groups=groups)


def may_revoke(viewer: Viewer, *, kind: Kind, sender_id: int, owner_id: int) -> bool:
    """May she take it back? The sender; of what was shared also the owner, and who may take people off a case."""
    if viewer.user_id == sender_id:
        return True
    if kind is Kind.REQUEST:
        return False
    return viewer.user_id == owner_id or viewer.may("case", "remove_assigned_users")
