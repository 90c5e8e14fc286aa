"""What is due, and a supervisor's view of her team."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.analytics.queries.team import Late, find_team
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.tasks import TasksWanted
from cpims.audit.actions import note_sighting
from cpims.cases.queries import Due, Tasks, TasksAsked, find_tasks
from cpims.cases.rules.due import TYPES
from cpims.forms.queries.catalogue import catalogue
from cpims.lib.clock import iso, now, today
from cpims.lib.messages import sentence
from cpims.lookups.queries import served_lookups
from cpims.records.queries.setup import decided_of
from cpims.settings.queries import settings_at

router = Router(tags=["tasks"])
ours = Router(tags=["tasks"])
#: The question whose options name what a task is about.
ABOUT: Final = {"service": "service_type", "follow_up": "followup_type"}
MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@router.get("/tasks", summary="What is due in one's own cases")
def list_tasks(request: HttpRequest) -> HttpResponse:
    """What is due in the viewer's own open cases, the earliest first."""
    viewer = viewer_of(request)
    require(viewer, "dashboard", "dash_tasks")
    query = read_query(request)
    page = page_of(query)
    order = query.get("order_by")
    asked = TasksAsked(
        workers=[viewer.user_name],
        order_by=order if isinstance(order, str) else "due_date",
        descending=query.get("order") == "desc" and order != "status",
    )
    found = find_tasks(viewer=viewer, asked=asked, offset=page.offset, per=page.per, today=_today())
    _note(viewer, "tasks.list", found)
    options = _options(viewer)
    data = [_primero(task, viewer, options) for task in found.rows]
    return reply(data, _metadata(found, page.per, page.number) | {"field_names": _field_names(viewer)})


@ours.post("/tasks/search", summary="What is due in cases in sight")
def search_tasks(request: HttpRequest) -> HttpResponse:
    """What is due: in one's own cases, in those of some workers, or in all cases in sight."""
    viewer = viewer_of(request)
    require(viewer, "dashboard", "dash_tasks", "dash_cases_by_social_worker")
    body = read_body(request)
    wanted = check(TasksWanted, body)
    page = page_of(body)
    asked = TasksAsked(
        workers=None if wanted.everybody else [viewer.user_name] if wanted.workers is None else wanted.workers,
        types=wanted.types,
        due=wanted.due,
        order_by=wanted.order_by,
        descending=wanted.order == "desc",
    )
    found = find_tasks(viewer=viewer, asked=asked, offset=page.offset, per=page.per, today=_today())
    _note(viewer, "tasks.search", found)
    return reply([_ours(task) for task in found.rows], _metadata(found, page.per, page.number))


@ours.get("/team", summary="The caseload of each worker of one's team")
def read_team(request: HttpRequest) -> HttpResponse:
    """Who of the team has how many children in her care, what is late, and who left with cases to hand over."""
    viewer = viewer_of(request)
    loads = find_team(viewer=viewer, at=now(), today=_today())
    note_sighting(viewer, road="team.read", action="count", record_kind="case")
    return reply(
        [
            {
                "user_name": load.user_name,
                "full_name": load.full_name,
                "agency": load.agency,
                "disabled": load.disabled,
                "to_hand_over": load.to_hand_over,
                "cases": load.cases,
                "quiet": load.quiet,
                "quiet_since": iso(load.quiet_since) if load.quiet_since else None,
                "by_risk": load.by_risk,
                **_late(load.due),
                "by_type": {name: _late(late) for name, late in sorted(load.by_type.items())},
            }
            for load in loads
        ]
    )


def _today() -> Any:
    return today(settings.ENVIRONMENT.time_zone)


def _late(late: Late) -> dict[str, int]:
    return {"overdue": late.overdue, "soon": late.soon}


def _note(viewer: Viewer, road: str, found: Tasks) -> None:
    seen = list(dict.fromkeys(task.case_id for task in found.rows))
    note_sighting(viewer, road=road, action="list", record_kind="case", record_ids=seen, fields="tasks")


def _metadata(found: Tasks, per: int, number: int) -> dict[str, Any]:
    exact = {} if found.total_exact else {"total_exact": False}
    return {"total": found.total, "per": per, "page": number} | exact


def _ours(task: Due) -> dict[str, Any]:
    kind = TYPES[task.type]
    return {
        "record_type": "case",
        "id": str(task.case_id),
        "record_id_display": task.display_id,
        "module_id": task.module,
        "owned_by": task.owned_by,
        "name": task.name,
        "priority": task.risk_level,
        "type": task.type,
        "detail": task.detail or None,
        "due_on": task.due_on.isoformat(),
        "overdue": task.overdue,
        "upcoming_soon": task.soon,
        "section": kind.section or None,
        "row": task.row or None,
        "completion_field": kind.completion,
        "due_field": kind.due,
    }


def _primero(task: Due, viewer: Viewer, options: dict[str, dict[str, str]]) -> dict[str, Any]:
    day = task.due_on
    said = sentence(_locale(viewer), f"task.type.{task.type}")
    about = options.get(task.type, {}).get(task.detail, task.detail)
    return {
        "record_type": "case",
        "id": str(task.case_id),
        "record_id_display": task.display_id,
        "name": task.name,
        "priority": task.risk_level,
        "type": task.type,
        "type_display": f"{said} - {about}" if about else said,
        "detail": task.detail or None,
        "due_date": f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year:04d}",
        "overdue": task.overdue,
        "upcoming_soon": task.soon,
        "completion_field": TYPES[task.type].completion,
        "module_unique_id": task.module,
    }


def _locale(viewer: Viewer) -> str:
    return viewer.locale or settings_at(viewer.configuration).default_locale


def _options(viewer: Viewer) -> dict[str, dict[str, str]]:
    """What tasks can be about, in the viewer's language: the options of the rows' questions."""
    decided, locale = settings_at(viewer.configuration), _locale(viewer)
    lists = {one["unique_id"]: one["values"] for one in served_lookups(viewer.configuration, decided.locales)}
    found: dict[str, dict[str, str]] = {}
    fields = catalogue(viewer.configuration).fields_of("case")
    for kind, question in ABOUT.items():
        nested = (fields.get(TYPES[kind].section) or {}).get("subform") or {}
        source: Mapping[str, Any] = next((f for f in nested.get("fields", ()) if f["name"] == question), {})
        named = str(source.get("option_strings_source") or "").removeprefix("lookup ")
        options = lists.get(named) or source.get("option_strings_text") or []
        found[kind] = {one["id"]: _said(one.get("display_text"), locale, decided.default_locale) for one in options}
    return found


def _said(texts: Any, locale: str, fallback: str) -> str:
    return (texts.get(locale) or texts.get(fallback) or texts.get("en") or "") if isinstance(texts, dict) else ""


def _field_names(viewer: Viewer) -> dict[str, str]:
    """The questions that Primero's client tells tasks by."""
    by_appointment = decided_of(viewer.configuration).get("due_date_from_appointment_date")
    return {name: kind.due for name, kind in TYPES.items()} | {
        "service": "service_appointment_date" if by_appointment else "service_response_timeframe"
    }
