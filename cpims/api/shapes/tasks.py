"""What is due in cases, and how a team stands."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Moment, Paged, Shape

TaskType = Literal["assessment", "case_plan", "follow_up", "service", "review"]


class TaskRow(Shape):
    """Something to be done in one of one's own open cases."""

    record_type: Literal["case"]
    id: str = Field(description="the case")
    record_id_display: str
    name: str | None
    priority: str | None
    type: TaskType
    type_display: str = Field(examples=["Service - Health"])
    detail: str | None
    due_date: str = Field(examples=["06-Feb-2026"])
    overdue: bool
    upcoming_soon: bool
    completion_field: str
    module_unique_id: str


class TaskPage(Paged):
    """Beside tasks: the questions that each type is told by; ``total_exact`` is false where there are more than 10,000."""

    total_exact: bool | None = None
    field_names: dict[str, str] | None = None


class TasksWanted(Shape):
    """Which tasks: one's own, or of ``workers``, or of ``everybody`` in sight. Empty lists do not narrow."""

    model_config = ConfigDict(strict=True, extra="forbid")

    workers: list[str] | None = Field(default=None, max_length=500)
    everybody: bool = False
    types: list[TaskType] = Field(default_factory=list)
    due: list[Literal["overdue", "soon", "later"]] = Field(default_factory=list)
    order_by: Literal["due_date", "type", "detail", "priority", "record_id_display", "name"] = "due_date"
    order: Literal["asc", "desc"] = "asc"
    page: int = 1
    per: int = 20


class Task(Shape):
    """Something to be done in an open case. It is done when ``completion_field`` is answered, and due anew with another
    ``due_field``: in the case, or in the ``row`` of its ``section`` (no row: nobody has planned it yet)."""

    record_type: Literal["case"]
    id: str = Field(description="the case")
    record_id_display: str
    module_id: str
    owned_by: str
    name: str | None
    priority: str | None
    type: TaskType
    detail: str | None
    due_on: date
    overdue: bool
    upcoming_soon: bool
    section: str | None
    row: str | None
    completion_field: str
    due_field: str


class Late(Shape):
    """How many tasks are overdue, and how many are due within seven days."""

    overdue: int
    soon: int


class Caseload(Late):
    """A worker of the team: her open cases, those that nobody wrote in for 30 days (``quiet``), and what is due.

    ``by_risk`` is null where the viewer may not read the risk level. ``to_hand_over``: her account is switched off while
    children are still in her care.
    """

    user_name: str
    full_name: str
    agency: str
    disabled: bool
    to_hand_over: bool
    cases: int
    quiet: int
    quiet_since: Moment | None
    by_risk: dict[str, int] | None
    by_type: dict[str, Late]
