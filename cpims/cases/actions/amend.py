"""Changing a case: answers, and the moves that a PATCH may carry (close, reopen, switch off, hide the name)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.cases.actions.duplicates import compare_identifiers
from cpims.cases.actions.identifying import identify
from cpims.cases.events import (
    CaseAmended,
    CaseAttributed,
    CaseClosed,
    CaseDisabled,
    CaseEnabled,
    CaseEvent,
    CaseReopened,
    NameHidden,
)
from cpims.cases.queries import with_due_days
from cpims.cases.rules.editing import LONGEST_REASON, OPENS, WISHES, StateWish, require_known_act
from cpims.cases.rules.kind import CASE
from cpims.cases.rules.moves import (
    CLOSING_REASON,
    CLOSING_RESTS_ON,
    Status,
    reopens_by_itself,
    require_move,
    workflow_after,
)
from cpims.cases.rules.settling import settle
from cpims.forms.queries.catalogue import catalogue
from cpims.lib.clock import iso, today
from cpims.lib.errors import Problem
from cpims.lib.texts import text_problems
from cpims.lib.transactions import atomic
from cpims.modules.models import Module
from cpims.notices.actions import alert_to_changes
from cpims.records.actions.companions import settle_with, take_out
from cpims.records.actions.registering import links_wanted
from cpims.records.actions.writing import Outcome, check, derive_record, hold_record, merged_answers, touch
from cpims.records.models import Record
from cpims.records.queries.lending import eyes_on, readable_of, writable_of
from cpims.records.rules.editing import Edit, sort_edit
from cpims.records.rules.refusals import AnswersInvalid, SectionsIncomplete


@atomic
def amend_case(*, case_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    """A worker changes a case: answers, or with ``edit.move`` one act and what belongs to it.

    Raises: Forbidden, RecordNotFound, RecordStale, EditConflict, AnswersInvalid, MoveNotAllowed, SectionsIncomplete,
    IdentificationRefused.
    Records: CaseAmended, CaseClosed, CaseReopened, CaseDisabled, CaseEnabled, CaseAttributed, NameHidden.
    """
    require_may_edit(actor, edit.move)
    case = hold_record(kind="case", record_id=case_id, actor=actor, if_match=edit.if_match)
    parts = sort_edit(
        edit.values,
        writable=_writable(case, edit, actor),
        wishes=WISHES.keys() | CASE.links.keys(),
        readable=readable_of(case, actor),
        masked=CASE.masked_fields if case.is_masked_for(actor) else (),
        laid=CASE.laid,
    )
    links = links_wanted(CASE, parts.wishes, actor, parts.ignored, OPENS.get(edit.move or "", frozenset()))
    wish = _state_wish(case, parts.wishes, edit, actor)
    ignored = parts.ignored + wish.ignored
    before, state_before = dict(case.data), _state(case)
    identifiers = case.identifiers if case.record_state else []
    left = take_out(case, parts.answers | links, base=edit.base, actor=actor, at=at)
    elsewhere = {name: value for name, value in (parts.answers | links).items() if name not in left}
    after = merged_answers(case, left, edit.base, CASE, actor.configuration)
    problems = list(wish.wrong) + (ignored if edit.strict else [])
    notices: list[Problem] = []
    asked = {name: value for name, value in parts.wishes.items() if name == "date_closure"}
    try:
        notices = check(
            CASE, {**parts.answers, **asked}, after={**after, **elsewhere, **asked}, stored=before, module=case.module,
            configuration=actor.configuration, now=at, partial=True,
        )  # fmt: skip
    except AnswersInvalid as refusal:
        problems += refusal.problems
    if problems:
        raise AnswersInvalid(list({(p.pointer, p.code): p for p in problems}.values()))
    day = today(settings.ENVIRONMENT.time_zone, at)
    if "age" in parts.answers and before.get("age") != after.get("age"):
        case.state["age_recorded_on"] = day.isoformat()
    case.data = settle(before, after, author=actor.user_name, at=at)
    if case.status != Status.CLOSED:
        case.data = with_due_days(before, case.data, module=case.module, configuration=actor.configuration)
    # Like a new service, an incident opens a closed case again.
    wish.reopen |= case.status == Status.CLOSED and not wish.close and bool(elsewhere.get("incident_details"))
    events = _move(case, wish, before, actor=actor, at=at, day=day)
    alert_to_changes(case, differences(before, case.data), actor=actor, at=at)
    derive_record(case, CASE, configuration=actor.configuration, today=day)
    if wish.close:
        _require_complete(case, actor.configuration)
    changes = differences(before, case.data) | differences(state_before, _state(case))
    if not changes and not elsewhere:
        return Outcome(record=case, ignored=[] if edit.strict else ignored, notices=notices)
    touch(case, actor=actor, at=at)
    case.save()
    compare_identifiers([(case, identifiers)], configuration=actor.configuration)
    unseen = edit.base is None and edit.if_match is None and edit.move is None
    about = {"unseen": True} if unseen else {}
    _write_down(
        case, changes, events, about | ({"elsewhere": sorted(elsewhere)} if elsewhere else {}), actor=actor, at=at
    )
    settle_with(case, actor=actor, at=at)
    changes |= {name: (None, value) for name, value in elsewhere.items() if name not in changes}
    return Outcome(record=case, changes=changes, ignored=[] if edit.strict else ignored, notices=notices)


def require_may_edit(actor: Viewer, move: str | None) -> None:
    """Refuse who may neither write nor do the act that is named.

    Raises: Forbidden, UnknownAct.
    """
    if move is None:
        require(actor, "case", "write")
        return
    require_known_act(move)
    require(actor, "case", move)
    require(actor, "case", "read")


def _writable(case: Record, edit: Edit, actor: Viewer) -> frozenset[str]:
    writable = writable_of(case, actor)
    if edit.move is None:
        return writable
    opened = OPENS[edit.move] - WISHES.keys() if eyes_on(case, actor).may("case", edit.move) else frozenset()
    return writable | opened if actor.may("case", "write") else opened


def _state(case: Record) -> dict[str, Any]:
    return {
        "status": case.status,
        "workflow": case.workflow,
        "record_state": case.record_state,
        "hidden_name": case.hidden_name,
        "case_status_reopened": case.case_status_reopened,
        "date_closure": case.date_closure.isoformat() if case.date_closure else None,
        "reopened_logs": case.state.get("reopened_logs"),
        "identified_by": case.identified_by,
        "identified_by_full_name": case.state.get("identified_by_full_name"),
        "identified_at": case.state.get("identified_at"),
        "current_alert_types": case.state.get("current_alert_types"),
    }


def _state_wish(case: Record, wishes: dict[str, Any], edit: Edit, actor: Viewer) -> StateWish:
    wish = StateWish()
    opened = OPENS.get(edit.move or "", frozenset())
    for name, value in wishes.items():
        if name == "module_id":
            if value != case.module:
                wish.ignored.append(Problem("/module_id", "not_writable", {"name": name}))
            continue
        needed = _needed(name, value)
        if value == _state(case).get(name) and name not in ("hidden_name",):
            continue
        if needed and name not in opened and not actor.may("case", needed):
            wish.ignored.append(Problem(f"/{name}", "not_permitted", {"name": name}))
            continue
        _take(wish, name, value, case)
    return wish


def _needed(name: str, value: Any) -> str:
    if name == "status":
        return "close" if value == Status.CLOSED else "reopen"
    return WISHES[name]


def _take(wish: StateWish, name: str, value: Any, case: Record) -> None:
    if name == "status":
        if value not in (Status.OPEN, Status.CLOSED):
            wish.wrong.append(Problem("/status", "not_an_option"))
        wish.close, wish.reopen = value == Status.CLOSED, value == Status.OPEN
    elif name in ("record_state", "hidden_name"):
        if not isinstance(value, bool):
            wish.wrong.append(Problem(f"/{name}", "wrong_type"))
        else:
            setattr(wish, name, value)
    elif name == "reopened_reason":
        wish.wrong += text_problems({name: value}, [name], LONGEST_REASON)
        wish.reopened_reason = value.strip() if isinstance(value, str) else ""
    elif name == "identified_by":
        wish.identifies, wish.identified_by = True, value
        if value is not None and not isinstance(value, str):
            wish.wrong.append(Problem("/identified_by", "wrong_type"))
    elif name == "date_closure":
        try:
            wish.date_closure = date.fromisoformat(value) if value is not None else None
            wish.date_said = True
        except (TypeError, ValueError):
            if value is not None and not isinstance(value, str):
                wish.wrong.append(Problem("/date_closure", "wrong_type"))
            else:
                wish.wrong.append(Problem("/date_closure", "invalid_date"))


def _move(
    case: Record, wish: StateWish, before: dict[str, Any], *, actor: Viewer, at: datetime, day: date
) -> list[type[CaseEvent]]:
    events: list[type[CaseEvent]] = []
    reopened = False
    if wish.close:
        require_move(Status(case.status), Status.CLOSED)
        case.status, case.date_closure = Status.CLOSED, wish.date_closure or case.date_closure or day
        events.append(CaseClosed)
    elif wish.date_said and (wish.date_closure is not None or case.status != Status.CLOSED):
        case.date_closure = wish.date_closure
    wants_open = wish.reopen or (
        case.status == Status.CLOSED and not wish.close and case.record_state and reopens_by_itself(before, case.data)
    )
    if wants_open:
        require_move(Status(case.status), Status.OPEN)
        case.status, case.case_status_reopened, case.date_closure, reopened = Status.OPEN, True, None, True
        entry = {"unique_id": str(case.id), "reopened_date": iso(at), "reopened_user": actor.user_name}
        entry |= {"reopened_reason": wish.reopened_reason} if wish.reopened_reason else {}
        case.state["reopened_logs"] = [entry, *(case.state.get("reopened_logs") or [])]
        events.append(CaseReopened)
    if wish.record_state is not None and wish.record_state != case.record_state:
        case.record_state = wish.record_state
        events.append(CaseEnabled if wish.record_state else CaseDisabled)
    if wish.hidden_name is not None and wish.hidden_name != case.hidden_name:
        case.hidden_name = wish.hidden_name
        events.append(NameHidden)
    if wish.identifies:
        identify(case, wish.identified_by, at=at)
        events.append(CaseAttributed)
    options = Module.objects.filter(unique_id=case.module).values_list("options", flat=True).first() or {}
    case.workflow = workflow_after(
        before, case.data, workflow=case.workflow, status=Status(case.status), reopened=reopened, options=options
    )
    return events


def _require_complete(case: Record, configuration: int) -> None:
    missing = [entry for entry in case.incomplete if entry["form"] in CLOSING_RESTS_ON]
    if not case.data.get(CLOSING_REASON) and not any(entry["pointer"] == f"/{CLOSING_REASON}" for entry in missing):
        form = reason_form(case.module, configuration)
        missing += [{"pointer": f"/{CLOSING_REASON}", "code": "required", "form": form}] if form else []
    if missing:
        raise SectionsIncomplete([Problem(e["pointer"], e["code"], {"form": e["form"]}) for e in missing])


def reason_form(module: str, configuration: int) -> str | None:
    """The form of this module on which the reason for closing is asked, if there is one."""
    for form in catalogue(configuration).by_kind.get("case", ()):
        if module in form.module_ids and any(f["name"] == CLOSING_REASON for f in form.fields):
            return form.unique_id
    return None


STATE_OF: dict[type[CaseEvent], tuple[str, ...]] = {
    CaseClosed: ("status", "workflow", "date_closure", CLOSING_REASON),
    CaseReopened: ("status", "workflow", "date_closure", "case_status_reopened", "reopened_logs"),
    CaseDisabled: ("record_state",),
    CaseEnabled: ("record_state",),
    NameHidden: ("hidden_name",),
    CaseAttributed: ("identified_by", "identified_by_full_name", "identified_at"),
}


def _write_down(
    case: Record,
    changes: dict[str, tuple[Any, Any]],
    events: list[type[CaseEvent]],
    about: dict[str, Any],
    *,
    actor: Viewer,
    at: datetime,
) -> None:
    """``about`` says ``unseen`` when she had not told what she saw: whose answers she replaced is told; ``elsewhere``,
    which answers companions took."""
    rest = dict(changes)
    for event in events:
        mine = {name: rest.pop(name) for name in STATE_OF[event] if name in rest}
        reason = case.data.get(CLOSING_REASON) if event is CaseClosed else None
        told = event(record=case.id, revision=case.revision, changes=mine, about={"reason": reason} if reason else {})
        write_down(told, actor=actor, at=at)
    if rest or about.get("elsewhere"):
        amended = CaseAmended(record=case.id, revision=case.revision, changes=rest, about=about)
        write_down(amended, actor=actor, at=at)
