"""Which moves a case may make; the table is shared with the client (``contracts/moves.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from cpims.cases.rules.due import rows_of
from cpims.records.rules.refusals import MoveNotAllowed


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    IDENTIFIED = "identified"


MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.OPEN: frozenset({Status.CLOSED, Status.TRANSFERRED}),
    Status.CLOSED: frozenset({Status.OPEN}),
    Status.TRANSFERRED: frozenset({Status.OPEN}),
    Status.IDENTIFIED: frozenset({Status.OPEN}),
}
#: The forms that closing rests on: their required questions must be answered first.
CLOSING_RESTS_ON: Final = ("closure_form", "closure")
#: A case is not closed without saying why, where a form asks for it.
CLOSING_REASON: Final = "closure_reason"


def require_move(current: Status, wanted: Status) -> None:
    """Refuse a move that the table does not hold.

    Raises: MoveNotAllowed.
    """
    if wanted not in MOVES[current]:
        raise MoveNotAllowed(current=str(current), wanted=str(wanted))


def workflow_after(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    workflow: str,
    status: Status,
    reopened: bool,
    options: Mapping[str, Any],
) -> str:
    """The step of the workflow after a write (records.md §5)."""
    if status is Status.CLOSED:
        return "closed"
    if status is not Status.OPEN:
        return workflow
    if reopened:
        return "reopened"
    services = rows_of(after, "services_section")
    if before.get("services_section") != after.get("services_section") and services:
        if options.get("use_workflow_service_implemented") and all(
            row.get("service_implemented") == "implemented" for row in services
        ):
            return "services_implemented"
        waiting = [
            row for row in services
            if row.get("service_response_type") and row.get("service_implemented") == "not_implemented"
        ]  # fmt: skip
        if waiting:
            latest = max(waiting, key=lambda row: str(row.get("service_response_day_time") or ""))
            return str(latest["service_response_type"])
    for field, option, step in (
        ("date_case_plan", "use_workflow_case_plan", "case_plan"),
        ("assessment_requested_on", "use_workflow_assessment", "assessment"),
    ):
        if options.get(option) and after.get(field) and before.get(field) != after.get(field):
            return step
    return workflow


def reopens_by_itself(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Does a new service open a closed case again?"""
    return len(rows_of(after, "services_section")) > len(rows_of(before, "services_section"))
