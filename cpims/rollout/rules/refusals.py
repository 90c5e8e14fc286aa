"""What nobody may do with the gates, and what a waiver must say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from cpims.access.rules.viewer import Forbidden, Viewer, require
from cpims.lib.errors import Conflict, Invalid, NotFound, Problem
from cpims.rollout.rules.road import GATE

#: A waiver holds for no more days than these.
MOST_DAYS: Final = 90
LONGEST_REASON: Final = 2_000


class RequirementsUnusable(Invalid):
    """The workbook of requirements cannot be used as it is; nothing was kept."""

    code = "admin.rollout.requirements_invalid"


class RequirementsNotFound(NotFound):
    """There are no such requirements."""

    code = "admin.rollout.requirements_not_found"


class RequirementsSame(Conflict):
    """The workbook says what the newest requirements say."""

    code = "admin.rollout.requirements_same"


class DifferenceGone(Conflict):
    """Some of these differences are not there any more."""

    code = "admin.rollout.difference_gone"


class AcceptanceNotFound(NotFound):
    """Nobody accepted such a difference, or it was taken back."""

    code = "admin.rollout.acceptance_not_found"


class NotAligned(Conflict):
    """What is configured is not as was asked for, or changed meanwhile."""

    code = "admin.rollout.not_aligned"


class NotTheDemo(Conflict):
    """Requirements are kept on the demo, where configuration is made."""

    code = "admin.rollout.not_the_demo"


class WaiverNotFound(NotFound):
    """There is no such waiver, or it has ended."""

    code = "admin.rollout.waiver_not_found"


class WaiverInvalid(Invalid):
    """The waiver cannot be signed like this."""

    code = "admin.rollout.waiver_invalid"


class ReasonInvalid(Invalid):
    """The reason is missing or too long."""

    code = "admin.rollout.reason_invalid"


def require_may_look(viewer: Viewer) -> None:
    """The road is for those who look after the system or its configuration.

    Raises: Forbidden.
    """
    if not (viewer.may("primero_configuration", "manage") or viewer.may("system", "manage")):
        raise Forbidden(resource="primero_configuration", action="manage")


def require_may_decide(viewer: Viewer) -> None:
    """Requirements, attestations and waivers are for those who manage configurations.

    Raises: Forbidden.
    """
    require(viewer, "primero_configuration", "manage")


def reason_problems(reason: str) -> list[Problem]:
    """What is wrong with a reason."""
    if not reason.strip():
        return [Problem("/reason", "admin.rollout.reason_required")]
    if len(reason) > LONGEST_REASON:
        return [Problem("/reason", "admin.rollout.reason_too_long", {"limit": LONGEST_REASON})]
    return []


def waiver_problems(values: Mapping[str, Any], *, today: date) -> list[Problem]:
    """Everything that is wrong with a waiver: ``gate``, ``reason``, ``until``."""
    problems = reason_problems(values["reason"])
    gate, until = GATE.get(values["gate"]), values["until"]
    if gate is None:
        problems.append(Problem("/gate", "admin.rollout.gate_unknown"))
    elif not gate.is_built:
        problems.append(Problem("/gate", "admin.rollout.gate_not_built"))
    if until < today:
        problems.append(Problem("/until", "admin.rollout.until_past"))
    elif (until - today).days > MOST_DAYS:
        problems.append(Problem("/until", "admin.rollout.until_too_far", {"days": MOST_DAYS}))
    return problems
