"""What became of invitations, and what shows that administrators received and used them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from cpims.access.rules.catalogue import ADMIN_RESOURCES, SUPER_RESOURCES
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Device, Invitation, Role, User
from cpims.accounts.queries.people import get_user, manages, visible_users
from cpims.accounts.rules.invitations import Marks, State, is_token, state_of
from cpims.lib.crypto import digest
from cpims.lib.secrets import secret

MARKS = ("expires_at", "sent_at", "delivered_at", "failed_at", "opened_at", "used_at", "revoked_at")


@dataclass(frozen=True)
class AdministratorEvidence:
    """What is known of one holder of system administration: her latest invitation, and how she came in.

    ``delivered_at``: a mail server took the mail. ``used_at``: she chose her password by the link.
    ``own_password_at``: the password she has now is of her own choosing. ``second_factor_at`` is always
    empty as long as the product has no second factor of accounts. ``devices``: registered and not revoked.
    """

    user_name: str
    full_name: str
    address: str
    invited_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    opened_at: datetime | None
    used_at: datetime | None
    own_password_at: datetime | None
    first_sign_in_at: datetime | None
    second_factor_at: datetime | None
    devices: int


def evidence_of_administrators() -> list[AdministratorEvidence]:
    """For each enabled holder of system administration: what shows that she received and used her credentials.

    Shows: names and moments of accounts, no password and no link. Three queries, however many there are.
    """
    roles = Role.objects.filter(manages(SUPER_RESOURCES) | manages(ADMIN_RESOURCES), disabled=False)
    holders = list(User.objects.filter(role__in=roles, disabled=False).order_by("user_name"))
    latest = _latest([user.id for user in holders])
    devices = list(
        Device.objects.filter(user__in=[user.id for user in holders], revoked_at__isnull=True).values_list(
            "user_id", flat=True
        )
    )
    return [_evidence(user, latest.get(user.id), devices.count(user.id)) for user in holders]


def _evidence(user: User, invitation: Invitation | None, devices: int) -> AdministratorEvidence:
    def of(name: str) -> Any:
        return getattr(invitation, name) if invitation else None

    return AdministratorEvidence(
        user_name=user.user_name,
        full_name=user.full_name,
        address=of("address") or "",
        invited_at=of("invited_at"),
        sent_at=of("sent_at"),
        delivered_at=of("delivered_at"),
        failed_at=of("failed_at"),
        opened_at=of("opened_at"),
        used_at=of("used_at"),
        own_password_at=user.own_password_at,
        first_sign_in_at=user.first_sign_in_at,
        second_factor_at=None,
        devices=devices,
    )


def _latest(user_ids: Any) -> dict[int, Invitation]:
    """The invitation that says most of each: the one that was used, else the newest."""
    rows = Invitation.objects.filter(user_id__in=user_ids).order_by("user_id", "invited_at", "id")
    found: dict[int, Invitation] = {}
    for row in rows:
        kept = found.get(row.user_id)
        if kept is None or row.used_at or not kept.used_at:
            found[row.user_id] = row
    return found


def token_digest(token: str) -> bytes:
    """Under which an invitation's secret is kept."""
    return digest(secret("session"), b"invitation", token.encode())


def open_invitations() -> Any:
    """Invitations that were neither used nor ended."""
    return Invitation.objects.filter(used_at__isnull=True, revoked_at__isnull=True)


def find_by_link(link: object, *, at: datetime) -> Invitation | None:
    """The invitation that a link opens now: of an account that is switched on, not used, ended or over."""
    if not is_token(link):
        return None
    found: Invitation | None = (
        open_invitations()
        .select_related("user")
        .filter(digest=token_digest(str(link)), expires_at__gt=at, user__disabled=False)
        .first()
    )
    return found


def told(invitation: Invitation, *, at: datetime) -> State:
    """How an invitation stands at a moment."""
    return state_of(Marks(**{name: getattr(invitation, name) for name in MARKS}), at=at)


@dataclass(frozen=True)
class Arrival:
    """How somebody came in, or did not yet: her account and her latest invitation."""

    user: User
    invitation: Invitation | None
    state: State | None


def find_arrivals(viewer: Viewer, *, at: datetime, user_ids: Collection[int] | None = None) -> list[Arrival]:
    """People in the viewer's care who cannot come in yet (no password, or an invitation that waits), or those that are
    named, with their latest invitations.

    Shows: accounts in her care. Two queries, however many there are.
    Raises: Forbidden.
    """
    require(viewer, "user", "write")
    waits = Q(password="") | Q(pk__in=open_invitations().values("user_id"))
    wanted = Q(pk__in=user_ids) if user_ids is not None else Q(own_password_at__isnull=True, disabled=False) & waits
    rows = visible_users(viewer).filter(wanted)
    users = list(rows.order_by("full_name", "id"))
    latest = _latest(rows.values("id"))
    return [_arrival(user, latest.get(user.id), at) for user in users]


def get_arrival(viewer: Viewer, user_id: str, *, at: datetime) -> Arrival:
    """How one person in the viewer's care came in.

    Raises: Forbidden, UserNotFound.
    """
    require(viewer, "user", "write")
    user = get_user(viewer, user_id, "write")
    return _arrival(user, _latest([user.id]).get(user.id), at)


def _arrival(user: User, invitation: Invitation | None, at: datetime) -> Arrival:
    return Arrival(user, invitation, told(invitation, at=at) if invitation else None)
