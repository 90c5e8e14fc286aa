"""Which records are in a viewer's sight: decided once, for one record and for a list alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer


@dataclass(frozen=True)
class Sight:
    """What a record must carry to be seen: everything, or one of these names, groups, agencies, or one identified person."""

    everything: bool = False
    user_name: str | None = None
    groups: frozenset[str] = frozenset()
    agency: str | None = None
    identified_by: str | None = None
    modules: frozenset[str] | None = None


def sight_of(viewer: Viewer) -> Sight:
    """How far this viewer sees. Without groups a group scope means her own records only.

    Only records of her modules are in sight (Primero does not look at modules); a super-user sees every module.
    """
    modules = None if viewer.is_super else viewer.modules
    if viewer.scope is Scope.ALL:
        return Sight(everything=True, modules=modules)
    if viewer.scope is Scope.AGENCY and viewer.agency:
        return Sight(agency=viewer.agency, modules=modules)
    if viewer.scope is Scope.GROUP and viewer.groups:
        return Sight(groups=viewer.groups, modules=modules)
    if viewer.scope is Scope.IDENTIFIED:
        return Sight(identified_by=viewer.user_name, modules=modules)
    return Sight(user_name=viewer.user_name, modules=modules)


def is_in_sight(
    sight: Sight,
    *,
    user_names: Collection[str],
    groups: Collection[str],
    agencies: Collection[str],
    identified_by: str | None,
    module: str,
) -> bool:
    """Does a record with these associations lie in this sight?"""
    if sight.modules is not None and module not in sight.modules:
        return False
    if sight.everything:
        return True
    if sight.agency is not None:
        return sight.agency in agencies
    if sight.groups:
        return not sight.groups.isdisjoint(groups)
    if sight.identified_by is not None:
        return sight.identified_by == identified_by
    return sight.user_name is not None and sight.user_name in user_names
