"""The catalogue of what a role can allow."""

from __future__ import annotations

from typing import Any

from cpims.access.rules.catalogue import ACTIONS, ADMIN_RESOURCES, SUPER_RESOURCES, Scope


def known_permissions(before: dict[str, Any]) -> dict[str, Any]:
    """Scopes, and each resource with what can be done to it: the names that stored roles and clients use."""
    return {
        "scopes": [scope.value for scope in Scope],
        "resources": {resource: list(actions) for resource, actions in ACTIONS.items()},
        "super_user_manages": list(SUPER_RESOURCES),
        "administrator_manages": list(ADMIN_RESOURCES),
    }
