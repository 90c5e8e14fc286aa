"""The viewer: who is looking or acting, frozen for the length of one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cpims.access.rules.catalogue import (
    ACTIONS,
    ADMIN_RESOURCES,
    ALSO_GRANTS,
    MANAGE,
    SUPER_RESOURCES,
    Scope,
)
from cpims.lib.errors import NotPermitted

EMPTY: Mapping[str, frozenset[str]] = MappingProxyType({})


class Forbidden(NotPermitted):
    """Your role does not allow this."""

    code = "forbidden"


@dataclass(frozen=True, eq=False)
class Viewer:
    """A signed-in person with what her role allows, as it stood at ``epoch``; compared by identity."""

    user_id: int
    user_name: str
    full_name: str
    epoch: int
    role: str
    role_name: str
    scope: Scope
    permissions: Mapping[str, frozenset[str]]
    modules: frozenset[str]
    groups: frozenset[str]
    agency: str
    agency_id: int | None = None
    locale: str = "en"
    is_manager: bool = False
    category: str | None = None
    location: str | None = None
    form_access: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    managed_roles: frozenset[str] | None = None
    managed_agencies: frozenset[str] | None = None
    report_scope: str = Scope.ALL
    configuration: int = 0
    #: Has she still to accept the code of conduct, before anything else?
    owes_conduct: bool = False
    #: Has she still to accept the terms of use of her agency, before anything else?
    owes_terms: bool = False

    def may(self, resource: str, action: str) -> bool:
        """Does her role grant this action on this kind of thing?"""
        held = self.permissions.get(resource)
        if not held:
            return False
        if MANAGE in held or action in held:
            return True
        return any(action in granted and stored in held for stored, granted in ALSO_GRANTS.items())

    def may_any(self, resource: str, *actions: str) -> bool:
        """Does her role grant at least one of these?"""
        return any(self.may(resource, action) for action in actions)

    def holds(self, resource: str, action: str) -> bool:
        """Is this very action in her role, not only through ``manage``?"""
        return action in self.permissions.get(resource, frozenset())

    @property
    def is_super(self) -> bool:
        """May she act on anybody and anything?"""
        return self.scope is Scope.ALL and all(MANAGE in self.permissions.get(r, frozenset()) for r in SUPER_RESOURCES)

    @property
    def is_admin(self) -> bool:
        """Does she look after accounts and settings (but not children)?"""
        return self.scope is Scope.ADMIN_ONLY and all(
            MANAGE in self.permissions.get(r, frozenset()) for r in ADMIN_RESOURCES
        )


def require(viewer: Viewer, resource: str, *actions: str) -> None:
    """Refuse unless her role grants one of these actions on this kind of thing.

    Raises: Forbidden.
    """
    if not viewer.may_any(resource, *actions):
        raise Forbidden(resource=resource, action=actions[0])


def read_permissions(stored: Mapping[str, object]) -> Mapping[str, frozenset[str]]:
    """The permission set in a role's stored JSON; names that do not exist grant nothing."""
    known: dict[str, frozenset[str]] = {}
    for resource, actions in stored.items():
        if resource in ACTIONS and isinstance(actions, (list, tuple)):
            held = frozenset(a for a in actions if isinstance(a, str) and a in ACTIONS[resource])
            if held:
                known[resource] = held
    return MappingProxyType(known)
