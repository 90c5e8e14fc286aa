"""Changing a record of any kind but a case: answers, its status, and whether it is switched on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.catalogue import ACTIONS
from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.audit.events import Event, differences
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.records.actions.companions import settle_with, take_out
from cpims.records.actions.registering import Course, links_wanted
from cpims.records.actions.writing import Outcome, check, derive_record, hold_record, merged_answers, touch
from cpims.records.models import Record
from cpims.records.queries.lending import readable_of, writable_of
from cpims.records.rules.editing import Edit, sort_edit
from cpims.records.rules.kinds import Kind
from cpims.records.rules.refusals import AnswersInvalid, UnknownAct

OPEN, CLOSED = "open", "closed"
#: ``record_action`` and the state that it opens, where the kind has that action.
OPENS: dict[str, frozenset[str]] = {
    "close": frozenset({"status", "date_closure"}),
    "reopen": frozenset({"status"}),
    "enable_disable_record": frozenset({"record_state"}),
}
WISHES = frozenset({"status", "date_closure", "record_state", "hidden_name", "module_id"})


def amend_record(course: Course, *, record_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    """Within the act of a room: a worker changes a record: answers, or with ``edit.move`` one act and what belongs to it.

    Raises: Forbidden, UnknownAct, RecordNotFound, RecordStale, EditConflict, AnswersInvalid.
    Records: the course's ``amended``, ``closed``, ``reopened``, ``disabled``, ``enabled``.
    """
    kind = course.kind
    require_may_amend(course, actor, edit.move)
    record = hold_record(kind=kind.name, record_id=record_id, actor=actor, if_match=edit.if_match)
    opened = OPENS.get(edit.move or "", frozenset())
    parts = sort_edit(
        edit.values,
        writable=writable_of(record, actor) if actor.may(kind.name, "write") else (),
        wishes=WISHES | kind.links.keys(),
        readable=readable_of(record, actor),
        masked=kind.masked_fields if record.is_masked_for(actor) else (),
        laid=kind.laid,
    )
    ignored = parts.ignored
    links = links_wanted(kind, parts.wishes, actor, ignored) if edit.move is None else {}
    wanted, wrong = _state_wanted(record, kind, parts.wishes, opened, actor, ignored)
    before, state_before = dict(record.data), _state(record)
    problems = wrong + (ignored if edit.strict else [])
    if problems:
        raise AnswersInvalid(problems)
    left = take_out(record, parts.answers | links, base=edit.base, actor=actor, at=at)
    taken = {name: value for name, value in parts.answers.items() if name not in left}
    after = merged_answers(record, left, edit.base, kind, actor.configuration)
    notices = check(
        kind, parts.answers, after=after | taken, stored=before, module=record.module,
        configuration=actor.configuration, now=at, partial=True,
    )  # fmt: skip
    day = today(settings.ENVIRONMENT.time_zone, at)
    if before.get("age") != after.get("age"):
        record.state["age_recorded_on"] = day.isoformat()
    record.data = after
    events = _move(record, wanted, course, day)
    course.changed(record, differences(before, record.data), actor=actor, at=at)
    derive_record(record, kind, configuration=actor.configuration, today=day)
    changes = course.told(before, record.data) | differences(state_before, _state(record))
    told = [] if edit.strict else ignored
    elsewhere = taken | links
    if changes or elsewhere:
        touch(record, actor=actor, at=at)
        record.save()
        _write_down(record, course, changes, events, edit, sorted(elsewhere), actor=actor, at=at)
        settle_with(record, actor=actor, at=at)
        changes |= {name: (None, value) for name, value in elsewhere.items() if name not in changes}
    return Outcome(record=record, changes=changes, ignored=told, notices=notices)


def acts_on(kind: str) -> dict[str, frozenset[str]]:
    """The acts that a change of a record of a kind may carry, with the state that each opens."""
    return {act: opened for act, opened in OPENS.items() if act in ACTIONS[kind]}


def require_may_amend(course: Course, actor: Viewer, move: str | None) -> None:
    """Refuse who may neither write nor do the act that is named.

    Raises: Forbidden, UnknownAct.
    """
    kind = course.kind.name
    if move is None:
        require(actor, kind, "write")
        return
    if move not in acts_on(kind):
        raise UnknownAct([Problem("/record_action", "case.unknown_action", {"name": move})])
    require(actor, kind, move)
    require(actor, kind, "read")


def _needed(kind: str, name: str, value: Any) -> str:
    acts = {"status": "reopen" if value == OPEN else "close", "date_closure": "close"}
    act = (acts | {"record_state": "enable_disable_record"}).get(name, "write")
    return act if act in ACTIONS[kind] else "write"


def _state(record: Record) -> dict[str, Any]:
    return {
        "status": record.status,
        "record_state": record.record_state,
        "hidden_name": record.hidden_name,
        "date_closure": record.date_closure.isoformat() if record.date_closure else None,
        "case_status_reopened": record.case_status_reopened,
        **record.state,
    }


def _state_wanted(
    record: Record, kind: Kind, wishes: dict[str, Any], opened: frozenset[str], actor: Viewer, ignored: list[Problem]
) -> tuple[dict[str, Any], list[Problem]]:
    """What the edit wants of the record's state, as far as she may; and what is wrong about it."""
    wanted: dict[str, Any] = {}
    wrong: list[Problem] = []
    now = _state(record) | {"module_id": record.module}
    for name, value in wishes.items():
        if value == now[name]:
            continue
        if name == "module_id" or (name == "hidden_name" and not kind.hides_names):
            ignored.append(Problem(f"/{name}", "not_writable", {"name": name}))
        elif name not in opened and not actor.may(kind.name, _needed(kind.name, name, value)):
            ignored.append(Problem(f"/{name}", "not_permitted", {"name": name}))
        elif name == "status" and value not in (OPEN, CLOSED):
            wrong.append(Problem("/status", "not_an_option"))
        elif name == "date_closure":
            day = _day(value, wrong)
            wanted |= {name: day} if day else {}
        elif name != "status" and not isinstance(value, bool):
            wrong.append(Problem(f"/{name}", "wrong_type"))
        else:
            wanted[name] = value
    return wanted, wrong


def _day(value: Any, wrong: list[Problem]) -> date | None:
    try:
        return date.fromisoformat(value) if value is not None else None
    except (TypeError, ValueError):
        wrong.append(Problem("/date_closure", "invalid_date" if isinstance(value, str) else "wrong_type"))
        return None


def _move(record: Record, wanted: dict[str, Any], course: Course, day: date) -> list[type[Event]]:
    events: list[type[Event]] = []
    if wanted.get("status") == CLOSED:
        record.status, record.date_closure = CLOSED, wanted.get("date_closure") or day
        events.append(course.closed)
    elif wanted.get("status") == OPEN:
        record.status, record.date_closure, record.case_status_reopened = OPEN, None, True
        events.append(course.reopened)
    elif "date_closure" in wanted and record.status == CLOSED:
        record.date_closure = wanted["date_closure"]
    if "record_state" in wanted:
        record.record_state = wanted["record_state"]
        events.append(course.enabled if record.record_state else course.disabled)
    if "hidden_name" in wanted:
        record.hidden_name = wanted["hidden_name"]
    return events


def _write_down(
    record: Record,
    course: Course,
    changes: dict[str, tuple[Any, Any]],
    events: list[type[Event]],
    edit: Edit,
    elsewhere: list[str],
    *,
    actor: Viewer,
    at: datetime,
) -> None:
    """``unseen`` is said when she had not told what she saw: whose answers she replaced is told. ``elsewhere`` are the
    names that companions took; what became of those stands in their own books."""
    status = ("status", "date_closure", "case_status_reopened")
    of = {course.closed: status, course.reopened: status}
    rest = dict(changes)
    for event in events:
        mine = {name: rest.pop(name) for name in of.get(event, ("record_state",)) if name in rest}
        write_down(event(record=record.id, revision=record.revision, changes=mine), actor=actor, at=at)
    if rest or elsewhere:
        unseen = edit.base is None and edit.if_match is None and edit.move is None
        about: dict[str, Any] = {"unseen": True} if unseen else {}
        about |= {"elsewhere": elsewhere} if elsewhere else {}
        amended = course.amended(record=record.id, revision=record.revision, changes=rest, about=about)
        write_down(amended, actor=actor, at=at)
