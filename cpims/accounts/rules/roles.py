"""What a role must have, and which stored permissions mean something."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from cpims.access.rules.catalogue import ACTIONS, Scope
from cpims.accounts.rules.texts import (
    LONGEST_PROSE,
    flag_problems,
    is_blank,
    list_problems,
    unique_id_problem,
)
from cpims.lib.errors import Problem
from cpims.lib.texts import text_problems

FLAGS: Final = ("is_manager", "referral", "transfer", "referral_authorization", "disabled")
KEYS: Final = frozenset(
    "id unique_id name description group_permission reporting_location_level module_unique_ids permissions "
    "form_section_read_write is_manager referral transfer referral_authorization disabled".split()
)
SHARES: Final = frozenset({"self", "group", "agency", "all"})


def role_problems(
    values: Mapping[str, Any], *, new: bool, levels: Collection[int], modules: Collection[str]
) -> list[Problem]:
    """Everything that is wrong with a role as it is sent. ``levels`` are the levels by which places may be reported."""
    problems = text_problems(values, ["name", "group_permission", "user_category"])
    problems += text_problems(values, ["description"], LONGEST_PROSE)
    problems += flag_problems(values, FLAGS) + list_problems(values, ["module_unique_ids"])
    problems += unique_id_problem(values.get("unique_id"), "role.unique_id.format")
    if problems:
        return problems
    if is_blank(values.get("name")) and (new or "name" in values):
        problems.append(_problem("name", "role.name.required", "name_present"))
    if "permissions" in values or new:
        problems += permission_problems(values.get("permissions"))
    scope = values.get("group_permission")
    if scope not in {s.value for s in Scope} and not (scope is None and "group_permission" not in values):
        problems.append(Problem("/group_permission", "role.scope.unknown"))
    level = values.get("reporting_location_level")
    if level is not None and (isinstance(level, bool) or not isinstance(level, int) or level not in levels):
        problems.append(
            _problem("reporting_location_level", "role.reporting_level.unknown", "reporting_location_level")
        )
    unknown = sorted(set(values.get("module_unique_ids") or []) - set(modules))
    if unknown:
        problems.append(Problem("/module_unique_ids", "role.modules.unknown", {"names": unknown}))
    return problems + form_problems(values.get("form_section_read_write"))


def _problem(key: str, code: str, primero: str) -> Problem:
    return Problem(f"/{key}", code, {"primero": f"errors.models.role.{primero}"})


def permission_problems(stored: Any) -> list[Problem]:
    """What is wrong with the permissions of a role: an object from resource to a list of actions."""
    if stored is None or stored == {}:
        return [_problem("permissions", "role.permissions.required", "permission_presence")]
    if not isinstance(stored, dict):
        return [Problem("/permissions", "role.permissions.format")]
    problems = []
    for resource, actions in stored.items():
        if resource == "objects":
            problems += _object_problems(actions)
        elif not (isinstance(actions, list) and all(isinstance(action, str) for action in actions)):
            problems.append(Problem(f"/permissions/{resource}", "role.permissions.format"))
    if not problems and not any(known_permissions(stored)[r] for r in known_permissions(stored) if r != "objects"):
        problems.append(_problem("permissions", "role.permissions.required", "permission_presence"))
    return problems


def _object_problems(objects: Any) -> list[Problem]:
    bad = [Problem("/permissions/objects", "role.permissions.format")]
    if objects is None:
        return []
    if not isinstance(objects, dict):
        return bad
    for key in ("role", "agency"):
        names = objects.get(key, [])
        if not (isinstance(names, list) and all(isinstance(name, str) and "\x00" not in name for name in names)):
            return bad
    share = objects.get("managed_report", {})
    return [] if isinstance(share, dict) and share.get("scope", "all") in SHARES else bad


def form_problems(grants: Any) -> list[Problem]:
    """What is wrong with the forms a role may read (``r``) or read and fill (``rw``)."""
    if grants is None:
        return []
    fits = isinstance(grants, dict) and all(isinstance(v, str) and v in ("r", "rw") for v in grants.values())
    return [] if fits else [Problem("/form_section_read_write", "role.forms.format")]


def known_permissions(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of permissions: resources and actions that exist, in the catalogue's order, and the limits."""
    kept: dict[str, Any] = {
        resource: [action for action in ACTIONS[resource] if action in actions]
        for resource, actions in stored.items()
        if resource in ACTIONS
    }
    objects = stored.get("objects")
    kept["objects"] = {k: v for k, v in (objects or {}).items() if k in ("role", "agency", "managed_report")}
    return {k: v for k, v in kept.items() if v or k == "objects"}


def unknown_permissions(stored: Mapping[str, Any]) -> list[str]:
    """The places of permissions that do not exist here, as JSON pointers; they are not stored."""
    found = []
    for resource, actions in stored.items():
        if resource == "objects":
            continue
        if resource not in ACTIONS:
            found.append(f"/permissions/{resource}")
        elif isinstance(actions, list):
            found += [
                f"/permissions/{resource}/{place}" for place, a in enumerate(actions) if a not in ACTIONS[resource]
            ]
    return found
