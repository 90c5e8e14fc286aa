"""Devices: one's own, those of somebody in one's care, and those of a team on which work waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.leading import leads, may_lead, require_may_lead
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Device, User, UserGroup
from cpims.accounts.queries.people import bare_viewer, get_user, visible_users
from cpims.accounts.queries.sessions import session_digest
from cpims.accounts.rules.devices import UNSENT_AFTER, DeviceNotFound
from cpims.lib.crypto import same
from cpims.settings.queries import Decided


def find_proven_device(device_id: UUID | None, secret: str) -> Device | None:
    """The device of this id, if this is its secret; an unknown id costs as much as a wrong secret."""
    rows = Device.objects.select_related("user")
    found = rows.filter(pk=device_id).first() if device_id is not None else None
    fits = same(bytes(found.digest) if found else b"\0" * 32, session_digest(secret))
    return found if found is not None and fits else None


def find_devices(viewer: Viewer) -> list[Device]:
    """The viewer's own devices, the one used last first."""
    return list(Device.objects.select_related("user").filter(user_id=viewer.user_id).order_by("-seen_at", "id"))


def find_devices_of(viewer: Viewer, user_id: str) -> list[Device]:
    """The devices of somebody in an administrator's care.

    Raises: Forbidden, UserNotFound.
    """
    require(viewer, "user", "manage")
    user = get_user(viewer, user_id, "manage")
    return list(Device.objects.select_related("user").filter(user_id=user.id).order_by("-seen_at", "id"))


def find_team_devices(viewer: Viewer, *, offset: int, length: int) -> tuple[list[Device], int]:
    """Devices of a supervisor's workers on which something waits to be sent, the longest wait first; and how many.

    Raises: Forbidden.
    """
    require_may_lead(viewer)
    rows = Device.objects.filter(unsent__gt=0, wiped_at__isnull=True, user__in=led_users(viewer))
    ordered = rows.select_related("user").order_by("oldest_unsent_at", "seen_at", "id")
    return list(ordered[offset : offset + length]), rows.count()


def led_users(viewer: Viewer) -> QuerySet[User]:
    """The workers whom a supervisor answers for, herself left out; the same rule as ``leads``, for many."""
    if not may_lead(viewer):
        return User.objects.none()
    others = User.objects.exclude(pk=viewer.user_id)
    if viewer.scope is Scope.GROUP:
        shared = UserGroup.objects.filter(unique_id__in=viewer.groups, disabled=False)
        return others.filter(id__in=User.groups.through.objects.filter(usergroup__in=shared).values("user_id"))
    if viewer.scope is Scope.AGENCY:
        return others.filter(agency__unique_id=viewer.agency)
    return others


def get_own_device(viewer: Viewer, device_id: UUID | None) -> Device:
    """A device of her own.

    Raises: DeviceNotFound.
    """
    found = Device.objects.filter(pk=device_id, user_id=viewer.user_id).first() if device_id else None
    if found is None:
        raise DeviceNotFound
    return found


def may_be_revoked_by(viewer: Viewer) -> Q:
    """Devices that somebody may revoke: her own, and, for who manages accounts, those of the accounts in her care."""
    own = Q(user_id=viewer.user_id)
    return own | Q(user__in=visible_users(viewer)) if viewer.may("user", "manage") else own


def unsent_after(decided: Decided) -> timedelta:
    """How long work may wait on a device before its worker's supervisors are told."""
    return timedelta(days=decided.option("unsent_after_days", UNSENT_AFTER))


def overdue(at: datetime, after: timedelta) -> Q:
    """Devices on which work has waited too long, by what they told last, or since they told it."""
    limit = at - after
    return Q(unsent__gt=0, wiped_at__isnull=True) & (Q(oldest_unsent_at__lte=limit) | Q(seen_at__lte=limit))


def supervisors_of(workers: Sequence[User], *, configuration: int) -> dict[int, list[User]]:
    """Who answers for each of these workers and reads mail: those of her groups, else those of her agency."""
    people = (
        User.objects.filter(disabled=False, unverified=False, send_mail=True, role__disabled=False)
        .filter(role__group_permission__in=(Scope.GROUP, Scope.AGENCY), email__isnull=False)
        .exclude(email="")
        .select_related("role", "agency")
        .prefetch_related("groups")
    )
    leaders = [(person, bare_viewer(person, configuration=configuration)) for person in people]
    found: dict[int, list[User]] = {}
    for worker in workers:
        groups = {group.unique_id for group in worker.groups.all() if not group.disabled}
        mine = [
            (person, viewer)
            for person, viewer in leaders
            if person.id != worker.id and leads(viewer, agency=worker.agency.unique_id, groups=groups)
        ]
        near = [person for person, viewer in mine if viewer.scope is Scope.GROUP]
        found[worker.id] = near or [person for person, _ in mine]
    return found
