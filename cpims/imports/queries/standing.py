"""What stands already of what a table names: places, accounts, and the roles, agencies and groups that accounts are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cpims.access.rules.administration import may_look_after
from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.accounts.queries.people import person_of, whole
from cpims.imports.rules.places import Stored
from cpims.locations.models import Location

PART = 10_000


def stored_places(codes: Collection[str]) -> dict[str, Stored]:
    """The places of these codes that are stored."""
    wanted = sorted(codes)
    found: dict[str, Stored] = {}
    for start in range(0, len(wanted), PART):
        rows = Location.objects.filter(code__in=wanted[start : start + PART])
        for code, path, kind, disabled, names in rows.values_list("code", "hierarchy", "type", "disabled", "placename"):
            found[code] = Stored(path, {"type": kind, "disabled": disabled, "placename": names})
    return found


@dataclass(frozen=True)
class Teams:
    """By what may stand in a cell (in lower case): the unique ids that it can mean."""

    roles: Mapping[str, Collection[str]]
    agencies: Mapping[str, Collection[str]]
    groups: Mapping[str, Collection[str]]


def known_teams() -> Teams:
    """Roles, agencies and groups by their unique ids, names and codes."""
    agencies = [
        (unique_id, [code, *names.values()])
        for unique_id, code, names in Agency.objects.values_list("unique_id", "agency_code", "name")
    ]
    return Teams(
        roles=_by_name([(key, [name]) for key, name in Role.objects.values_list("unique_id", "name")]),
        agencies=_by_name(agencies),
        groups=_by_name([(key, [name]) for key, name in UserGroup.objects.values_list("unique_id", "name")]),
    )


def _by_name(things: Collection[tuple[str, list[Any]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for unique_id, names in things:
        for name in names:
            if name:
                found[str(name).strip().casefold()].add(unique_id)
    # A unique id means what it names, whatever else is called like it.
    return found | {unique_id.casefold(): {unique_id} for unique_id, _ in things}


def accounts_in_care(names: Collection[str], viewer: Viewer | None) -> dict[str, User]:
    """The accounts of these names that she may look after, by name; all of them when an operator asks."""
    users = whole(User.objects.filter(user_name__in=list(names)))
    return {user.user_name: user for user in users if viewer is None or may_look_after(viewer, person_of(user))}
