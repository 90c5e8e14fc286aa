"""What is due in a case, and when: time limits per risk level, and the tasks that follow from the answers.

``web/src/engine/due.ts`` says the same for cases kept on a device; both stand on ``contracts/vectors/due.json``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from cpims.lib.json import read_moment
from cpims.records.rules.kinds import Answers

FOLLOW_UPS, SERVICES, REVIEWS = "followup_subform_section", "services_section", "case_review_section"


@dataclass(frozen=True)
class TaskType:
    """A kind of task: the rows it lies in ("": in the case itself), its day, and the answer that completes it."""

    section: str
    due: str
    completion: str
    #: The facet that holds the due days of all open tasks of this kind; Primero's lists and dashboards read it.
    facet: str

    @property
    def needs(self) -> str:
        """The name that somebody must be able to read to know of such a task."""
        return self.section or self.due


TYPES: Final[Mapping[str, TaskType]] = MappingProxyType(
    {
        "assessment": TaskType("", "assessment_due_date", "assessment_requested_on", "assessment_due_dates"),
        "case_plan": TaskType("", "case_plan_due_date", "date_case_plan", "case_plan_due_dates"),
        "follow_up": TaskType(FOLLOW_UPS, "followup_needed_by_date", "followup_date", "followup_due_dates"),
        "service": TaskType(SERVICES, "service_appointment_date", "service_implemented_day_time", "service_due_dates"),
        "review": TaskType(REVIEWS, "case_review_due_date", "case_review_date", "case_review_due_dates"),
    }
)
TIMEFRAME: Final = re.compile(r"([0-9]{1,4})_(minute|hour|day|week|month)s?")
MINUTES: Final = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080, "month": 43_200}
#: The last day that is counted with; whatever lies beyond is a slip of the pen.
LAST: Final = date(2999, 12, 31)


def tasks_of(answers: Mapping[str, Any], decided: Mapping[str, Any]) -> list[Answers]:
    """What is still to be done in a case: type and day, and where there are rows, which row and about what.

    ``decided`` holds what the instance decides: ``timelines``, ``due_date_from_appointment_date``, ``time_zone``. A
    follow-up or review without a row is the next one that the time limit asks for; nobody has planned it yet.
    """
    found = [
        _task(kind, day)
        for kind in ("assessment", "case_plan")
        if not answers.get(TYPES[kind].completion) and (day := _day(answers.get(TYPES[kind].due)))
    ]
    rows = rows_of(answers, FOLLOW_UPS)
    found += [
        _task("follow_up", day, row, "followup_type")
        for row in rows
        if not row.get("followup_date") and (day := _day(row.get("followup_needed_by_date")))
    ]
    following = None if any(not row.get("followup_date") for row in rows) else _next_follow_up(answers, decided)
    found += [_task("follow_up", following)] if following else []
    found += [
        _task("service", day, row, "service_type")
        for row in rows_of(answers, SERVICES)
        if not row.get("service_implemented_day_time") and (day := _service_due(row, decided))
    ]
    reviews = rows_of(answers, REVIEWS)
    found += [
        _task("review", day, row)
        for row in reviews
        if not row.get("case_review_date") and (day := _day(row.get("case_review_due_date")))
    ]
    coming = None if any(not row.get("case_review_date") for row in reviews) else _next_review(answers, decided)
    return found + ([_task("review", coming)] if coming else [])


def due_of(answers: Mapping[str, Any], decided: Mapping[str, Any]) -> tuple[list[Answers], Answers]:
    """The open tasks of a case, and their due days as lists and dashboards ask for them."""
    tasks = tasks_of(answers, decided)
    return tasks, due_dates(tasks)


def due_dates(tasks: list[Answers]) -> Answers:
    """The due days of the open tasks, kind by kind, as lists and dashboards ask for them."""
    found: Answers = {}
    for task in tasks:
        found.setdefault(TYPES[task["type"]].facet, set()).add(task["due_on"])
    return {name: sorted(days) for name, days in found.items()}


def fill_due(
    before: Mapping[str, Any], after: Answers, *, decided: Mapping[str, Any], asked: Collection[str]
) -> Answers:
    """The answers with the days that the time limits set, where the forms ask for them (``asked``).

    A day that a worker chose stays. One that a limit had set follows when the risk level or the day it counts from
    changes; one that is emptied is set anew.
    """
    limits, old = _limits_of_case(after, decided, asked), _limits_of_case(before, decided, asked)
    filled = dict(after)
    for name, day in limits.items():
        stored = after.get(name)
        if not stored or (stored == before.get(name) == old.get(name)):
            filled[name] = day
    for kind, day_of in (("follow_up", _next_follow_up), ("review", _next_review)):
        section, due, done = TYPES[kind].section, TYPES[kind].due, TYPES[kind].completion
        limit, earlier = _text(day_of(after, decided)), _text(day_of(before, decided))
        if limit is None or section not in asked or not isinstance(after.get(section), list):
            continue
        known = {row.get("unique_id"): row.get(due) for row in rows_of(before, section)}
        filled[section] = [
            {**row, due: limit}
            if isinstance(row, Mapping)
            and not row.get(done)
            and (not row.get(due) or (row[due] == earlier and row[due] == known.get(row.get("unique_id"))))
            else row
            for row in after[section]
        ]
    return filled


def _limits_of_case(answers: Mapping[str, Any], decided: Mapping[str, Any], asked: Collection[str]) -> dict[str, str]:
    assessed = _day(answers.get("assessment_completed_on")) or _day(answers.get("assessment_requested_on"))
    found: dict[str, str] = {}
    for kind, since, limit in (
        ("assessment", _day(answers.get("registration_date")), "days_to_assess"),
        ("case_plan", assessed, "days_to_plan"),
    ):
        day = _after(since, _limit(answers, decided, limit))
        if day and TYPES[kind].due in asked and not answers.get(TYPES[kind].completion):
            found[TYPES[kind].due] = day.isoformat()
    return found


def _next_follow_up(answers: Mapping[str, Any], decided: Mapping[str, Any]) -> date | None:
    """The time limit after the last follow-up; before the first, after the plan."""
    done = [day for row in rows_of(answers, FOLLOW_UPS) if (day := _day(row.get("followup_date")))]
    since = max(done) if done else _day(answers.get("date_case_plan"))
    return _after(since, _limit(answers, decided, "days_between_follow_ups"))


def _next_review(answers: Mapping[str, Any], decided: Mapping[str, Any]) -> date | None:
    """What the last review or the plan agreed; where nothing was, the time limit after it."""
    limit = _limit(answers, decided, "days_between_reviews")
    held = [(day, row) for row in rows_of(answers, REVIEWS) if (day := _day(row.get("case_review_date")))]
    if held:
        last, row = max(held, key=lambda one: one[0])
        return _day(row.get("case_review_next_date")) or _after(last, limit)
    planned = _day(answers.get("date_case_plan"))
    return (_day(answers.get("case_plan_review_date")) or _after(planned, limit)) if planned else None


def _service_due(row: Mapping[str, Any], decided: Mapping[str, Any]) -> date | None:
    appointment = _day(row.get("service_appointment_date"))
    if decided.get("due_date_from_appointment_date") and appointment:
        return appointment
    asked_for = read_moment(row.get("service_response_day_time"))
    frame = TIMEFRAME.fullmatch(str(row.get("service_response_timeframe") or ""))
    if asked_for is None or frame is None:
        return None
    try:
        due = asked_for + timedelta(minutes=int(frame[1]) * MINUTES[frame[2]])
        day = due.astimezone(ZoneInfo(decided.get("time_zone") or "UTC")).date()
    except (OverflowError, ValueError):
        return None
    return day if day <= LAST else None


def _limit(answers: Mapping[str, Any], decided: Mapping[str, Any], name: str) -> int | None:
    timelines = decided.get("timelines")
    risk = answers.get("risk_level")
    limits = timelines.get(risk) if isinstance(timelines, Mapping) and isinstance(risk, str) else None
    days = limits.get(name) if isinstance(limits, Mapping) else None
    return days if isinstance(days, int) and not isinstance(days, bool) and 0 < days < 10_000 else None


def _after(since: date | None, days: int | None) -> date | None:
    return since + timedelta(days=days) if since is not None and days is not None else None


def _task(kind: str, day: date, row: Mapping[str, Any] | None = None, about: str = "") -> Answers:
    task: Answers = {"type": kind, "due_on": day.isoformat()}
    if row is not None and isinstance(row.get("unique_id"), str):
        task["row"] = row["unique_id"]
    if row is not None and about and isinstance(row.get(about), str):
        task["detail"] = row[about]
    return task


def rows_of(answers: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The rows of a subform answer."""
    rows = answers.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(value: Any) -> date | None:
    try:
        day = date.fromisoformat(value[:10]) if isinstance(value, str) and len(value) >= len("2026-01-01") else None
    except ValueError:
        return None
    return day if day is not None and day <= LAST else None
