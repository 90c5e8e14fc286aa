"""A supervisor's view of her team: who has how many children in her care, and what is late."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.accounts.queries.people import managed_by, roster
from cpims.cases.queries import due_spans, modules_in_sight, visible_tasks
from cpims.records.models import Record
from cpims.records.queries.setup import readable_fields

#: A case that nobody wrote in for so long is told of.
QUIET: Final = timedelta(days=30)


@dataclass
class Late:
    """How many tasks are overdue and how many are due soon."""

    overdue: int = 0
    soon: int = 0


@dataclass
class Caseload:
    """A worker's open cases and what is due in them. ``by_risk`` is ``None`` where the viewer may not read the risk."""

    user_name: str
    full_name: str
    agency: str
    disabled: bool
    cases: int = 0
    quiet: int = 0
    quiet_since: datetime | None = None
    by_risk: dict[str, int] | None = None
    due: Late = field(default_factory=Late)
    by_type: dict[str, Late] = field(default_factory=dict)

    @property
    def to_hand_over(self) -> bool:
        """Has she left while children are still in her care?"""
        return self.disabled and self.cases > 0


def find_team(*, viewer: Viewer, at: datetime, today: date) -> list[Caseload]:
    """Each worker of the viewer's team with her caseload, the most overdue first; those who left with open cases too.

    Raises: Forbidden.
    Shows: numbers over open cases in sight.
    """
    require(viewer, "case", "read")
    require(viewer, "dashboard", "dash_cases_by_social_worker")
    team = {person.user_name: person for person in managed_by(viewer, roster())}
    named = User.objects.filter(user_name__in=team).values_list("user_name", "full_name", "disabled")
    risks = all("risk_level" in readable_fields(viewer, "case", module) for module in modules_in_sight(viewer))
    loads = {
        name: Caseload(name, full, team[name].agency, off, by_risk={} if risks else None) for name, full, off in named
    }
    for row in _cases(viewer, loads, at, risks=risks):
        _add(loads[row["owned_by"]], row)
    for row in _tasks(viewer, loads, today):
        load, late = loads[row["owned_by"]], Late(row["overdue"], row["soon"])
        load.by_type[row["type"]] = late
        load.due = Late(load.due.overdue + late.overdue, load.due.soon + late.soon)
    told = [load for load in loads.values() if load.cases or not load.disabled]
    return sorted(told, key=lambda one: (-one.due.overdue, -one.cases, one.user_name))


def _cases(viewer: Viewer, loads: Collection[str], at: datetime, *, risks: bool) -> list[dict[str, Any]]:
    """Open cases counted by worker, and by risk where she may read it in every part of the work that she does."""
    cases = Record.objects.visible_to(viewer).of_kind("case").filter(status="open", record_state=True)
    counted = (
        cases.filter(owned_by__in=sorted(loads))
        .order_by()
        .values("owned_by", *(["risk_level"] if risks else []))
        .annotate(
            cases=Count("id"), quiet=Count("id", filter=Q(last_updated_at__lt=at - QUIET)), since=Min("last_updated_at")
        )
    )
    return [dict(row) for row in counted]


def _tasks(viewer: Viewer, loads: Collection[str], today: date) -> list[dict[str, Any]]:
    spans = due_spans(today)
    counted = (
        visible_tasks(viewer)
        .filter(spans["overdue"] | spans["soon"], owned_by__in=sorted(loads))
        .order_by()
        .values("owned_by", "type")
        .annotate(overdue=Count("number", filter=spans["overdue"]), soon=Count("number", filter=spans["soon"]))
    )
    return [dict(row) for row in counted]


def _add(load: Caseload, row: dict[str, Any]) -> None:
    load.cases += row["cases"]
    load.quiet += row["quiet"]
    load.quiet_since = min(row["since"], load.quiet_since or row["since"])
    if load.by_risk is not None:
        load.by_risk[row["risk_level"] or ""] = row["cases"]
