"""A role and where its holder stands, and what a route must answer her: what the policies are written with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.cast import MODULE, WORKER

SCOPES = ("self", "group", "agency", "all", "admin_only", "identified")
STANDS = ("own", "near", "far", "about")
SUPER = {r: ["manage"] for r in "case incident report role user user_group agency metadata system".split()}
ADMIN = {r: ["manage"] for r in "role user user_group agency metadata system".split()}

Permissions = dict[str, list[str]]


@dataclass(frozen=True)
class Shape:
    """A role and where its holder stands to Noor's case: hers, of her team (near), of nobody near (far), about herself."""

    permissions: Permissions
    scope: str
    stands: str
    modules: tuple[str, ...] = (MODULE,)
    objects: dict[str, list[str]] = field(default_factory=dict)

    def may(self, resource: str, *actions: str) -> bool:
        held = self.permissions.get(resource, [])
        return "manage" in held or any(action in held for action in actions)

    @property
    def is_super(self) -> bool:
        return self.scope == "all" and all("manage" in self.permissions.get(r, []) for r in SUPER)

    @property
    def is_admin(self) -> bool:
        return self.scope == "admin_only" and all("manage" in self.permissions.get(r, []) for r in ADMIN)

    @property
    def team(self) -> bool:
        """Does she belong to agency A and Group north, like Amina and Bilal?"""
        return self.stands == "near"

    def sees_case(self) -> bool:
        if MODULE not in self.modules and not self.is_super:
            return False
        return {
            "all": True,
            "agency": self.stands in ("own", "near"),
            "group": self.stands in ("own", "near"),
            "identified": self.stands == "about",
        }.get(self.scope, self.stands == "own")

    def cares_for_bilal(self) -> bool:
        """Bilal is neither super-user nor administrator; agency A, Group north."""
        if self.is_super or self.is_admin or (self.scope == "all" and not self._own_agency_only):
            return True
        return self.team if self._own_agency_only or self.scope == "group" else False

    @property
    def _own_agency_only(self) -> bool:
        return "agency_read" in self.permissions.get("user", [])

    def touches_role(self, name: str) -> bool:
        listed = self.objects.get("role")
        return self.is_super or not listed or name in listed

    def touches_agency(self) -> bool:
        listed = self.objects.get("agency")
        return self.is_super or not listed or "agency-a" in listed

    def touches_group(self) -> bool:
        return self.scope in ("all", "admin_only") or (self.scope in ("group", "agency") and self.team)

    def holds_all(self, permissions: Permissions) -> bool:
        return all(self.may(resource, action) for resource, actions in permissions.items() for action in actions)

    def reaches_own(self) -> bool:
        """May she make or hand out a role of scope ``self`` in the module?"""
        return self.scope not in ("admin_only", "identified") and MODULE in self.modules

    def may_hand_out_worker(self) -> bool:
        if not self.may("role", "assign") or not self.touches_role("role-worker"):
            return False
        if self.is_super or self.is_admin or self.objects.get("role"):
            return True
        return self.holds_all({"case": WORKER}) and self.reaches_own()

    def may_place_in_a(self) -> bool:
        listed = self.objects.get("agency")
        if self.is_super or (self.team and not listed):
            return True
        if not self.may("agency", "assign") or self._own_agency_only:
            return False
        return "agency-a" in listed if listed else self.scope in ("all", "admin_only")

    def may_place_in_north(self) -> bool:
        return self.is_super or (self.may("user_group", "assign") and self.touches_group())


Oracle = Callable[[Shape], int]


@dataclass(frozen=True)
class Rule:
    """What a route needs, at the least, and what it must answer to a shape; 200 stands for the route's own success."""

    needs: Permissions
    answers: Oracle


def plain(resource: str, *actions: str, hidden: Callable[[Shape], bool] = lambda _: False) -> Rule:
    """Any of these actions; then, where the thing is hidden from her, as if there were none."""

    def answers(shape: Shape) -> int:
        if not shape.may(resource, *actions):
            return 403
        return 404 if hidden(shape) else 200

    return Rule({resource: [actions[0]]}, answers)


def everybody(_: Shape) -> int:
    return 200


def one_user(*actions: str) -> Rule:
    return plain("user", *actions, hidden=lambda s: not s.cares_for_bilal())


def one_role(action: str) -> Rule:
    return plain("role", action, hidden=lambda s: not s.touches_role("role-worker"))


def one_group(action: str) -> Rule:
    return plain("user_group", action, hidden=lambda s: not s.touches_group())


def one_agency(action: str) -> Rule:
    return plain("agency", action, hidden=lambda s: not s.touches_agency())


def one_case(*needed: str) -> Rule:
    """All of these actions and the case in sight."""

    def answers(shape: Shape) -> int:
        if not all(shape.may("case", action) for action in needed):
            return 403
        return 200 if shape.sees_case() else 404

    return Rule({"case": list(needed)}, answers)
