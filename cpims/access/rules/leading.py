"""Whose work a supervisor answers for: she may write and assign cases, and her sight reaches the worker."""

from __future__ import annotations

from collections.abc import Collection

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Forbidden, Viewer

ASSIGNS = ("assign", "assign_within_agency", "assign_within_user_group")


def may_lead(viewer: Viewer) -> bool:
    """Does her role let her take over and hand on the cases of others?"""
    reaches = viewer.scope in (Scope.GROUP, Scope.AGENCY, Scope.ALL)
    return reaches and viewer.may("case", "write") and viewer.may_any("case", *ASSIGNS)


def require_may_lead(viewer: Viewer) -> None:
    """Refuse whoever answers for nobody's work.

    Raises: Forbidden.
    """
    if not may_lead(viewer):
        raise Forbidden(resource="case", action="assign")


def leads(viewer: Viewer, *, agency: str, groups: Collection[str]) -> bool:
    """Does she answer for a worker of this agency and these groups?"""
    if not may_lead(viewer):
        return False
    if viewer.scope is Scope.GROUP:
        return not viewer.groups.isdisjoint(groups)
    return viewer.scope is Scope.ALL or (bool(viewer.agency) and viewer.agency == agency)
