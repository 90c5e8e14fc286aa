"""Who can look after the configuration and the accounts: without them nobody could mend a mistake."""

from __future__ import annotations

from collections.abc import Mapping

from cpims.access.rules.catalogue import MANAGE
from cpims.access.rules.viewer import read_permissions
from cpims.accounts.models import User

#: The rights that somebody must always hold, by the resource that is managed.
RIGHTS = ("primero_configuration", "user")


def stewards() -> Mapping[str, int]:
    """How many accounts in use hold each right that somebody must always hold; in one statement."""
    held = dict.fromkeys(RIGHTS, 0)
    people = User.objects.filter(disabled=False, unverified=False, role__disabled=False)
    for stored in people.values_list("role__permissions", flat=True):
        permissions = read_permissions(stored)
        for right in RIGHTS:
            held[right] += MANAGE in permissions.get(right, frozenset())
    return held
