"""Asking for an approval, giving it, refusing it, taking the request back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.approvals.events import (
    ApprovalCancelled,
    ApprovalEvent,
    ApprovalGiven,
    ApprovalRefused,
    ApprovalRequested,
)
from cpims.approvals.rules import (
    CASE,
    LOG,
    PLAN,
    PLAN_TYPE,
    ApprovalCaseNotOpen,
    NotYoursToCancel,
    Status,
    answered_before,
    asked_by,
    log_of,
    require_known,
    require_may_answer,
    require_move,
    rests_on,
    status_of,
)
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.cases.rules.kind import CASE as CASE_KIND
from cpims.cases.rules.moves import Status as CaseStatus
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.notices.actions import clear_alerts, raise_alert
from cpims.notices.queries import alert_settings
from cpims.notices.rules import AlertFor
from cpims.records.actions.writing import Outcome, derive_record, hold_record, touch
from cpims.records.models import Record
from cpims.records.rules.refusals import SectionsIncomplete


@atomic
def request_approval(
    *, case_id: UUID, kind: str, approval_type: str, notes: str = "", actor: Viewer, at: datetime
) -> Outcome:
    """A worker asks her supervisor to approve a part of a case, perhaps with a word for her.

    Raises: ApprovalNotFound, Forbidden, RecordNotFound, ApprovalCaseNotOpen, ApprovalMoveNotAllowed, SectionsIncomplete.
    Records: ApprovalRequested.
    """
    require_known(kind)
    require(actor, CASE, f"request_approval_{kind}")
    case = _take_hold(case_id, actor)
    before = dict(case.state)
    require_move(status_of(before, kind), Status.PENDING)
    decided = alert_settings(actor.configuration, case.module)
    asked = rests_on(kind, decided.approval_forms)
    missing = [entry for entry in case.incomplete if entry["form"] in asked]
    if missing:
        raise SectionsIncomplete([Problem(e["pointer"], e["code"], {"form": e["form"]}) for e in missing])
    entry: dict[str, Any] = {
        "approval_requested_for": kind,
        "approval_date": _day(at),
        "approval_status": "requested",
        "requested_by": actor.user_name,
    }
    if notes:
        entry["approval_request_comments"] = notes
    if kind == PLAN and approval_type and decided.selectable_approval_types:
        case.state[PLAN_TYPE] = approval_type
        entry["approval_for_type"] = approval_type
    case.state[f"approval_status_{kind}"] = Status.PENDING.value
    case.state[LOG] = [*log_of(before), entry]
    form = next((name for name, approval in decided.approval_forms.items() if approval == kind), "")
    raise_alert(case, alert_for=AlertFor.APPROVAL, type=kind, form=form, at=at)
    return _keep(case, before, ApprovalRequested, {"approval": kind, "asked_by": actor.user_name}, actor, at)


@atomic
def answer_approval(*, case_id: UUID, kind: str, approved: bool, notes: str, actor: Viewer, at: datetime) -> Outcome:
    """A supervisor says yes or no to what a worker asked for; without a request that waits there is nothing to answer.

    Raises: ApprovalNotFound, Forbidden, RecordNotFound, OwnApproval, ApprovalCaseNotOpen, ApprovalMoveNotAllowed.
    Records: ApprovalGiven, ApprovalRefused.
    """
    require_known(kind)
    require(actor, CASE, f"approve_{kind}")
    case = _take_hold(case_id, actor)
    before = dict(case.state)
    who_asked = asked_by(log_of(before), kind)
    require_may_answer(actor, kind, owner=case.owned_by, asked_by=who_asked)
    status = Status.APPROVED if approved else Status.REJECTED
    require_move(status_of(before, kind), status)
    entry: dict[str, Any] = {
        "approval_response_for": kind,
        "approval_date": _day(at),
        "approval_status": status.value,
        "approved_by": actor.user_name,
    }
    if notes:
        entry["approval_manager_comments"] = notes
        case.state[f"{kind}_approved_comments"] = notes
    if kind == PLAN and before.get(PLAN_TYPE):
        entry["approval_for_type"] = before[PLAN_TYPE]
    case.state |= {
        f"approval_status_{kind}": status.value,
        f"{kind}_approved": approved,
        f"{kind}_approved_date": _day(at),
        LOG: [*log_of(before), entry],
    }
    clear_alerts(case, alert_for=[AlertFor.APPROVAL], types=[kind])
    event = ApprovalGiven if approved else ApprovalRefused
    return _keep(case, before, event, {"approval": kind, "asked_by": who_asked}, actor, at)


@atomic
def withdraw_approval(*, case_id: UUID, kind: str, actor: Viewer, at: datetime) -> Outcome:
    """A request that waits is taken back by who asked or who holds the case; the answer before it stands again.

    Raises: ApprovalNotFound, Forbidden, RecordNotFound, NotYoursToCancel, ApprovalCaseNotOpen, ApprovalMoveNotAllowed.
    Records: ApprovalCancelled.
    """
    require_known(kind)
    require(actor, CASE, f"request_approval_{kind}")
    case = _take_hold(case_id, actor)
    before = dict(case.state)
    who_asked = asked_by(log_of(before), kind)
    if actor.user_name not in (case.owned_by, who_asked):
        raise NotYoursToCancel
    require_move(status_of(before, kind), Status.NONE)
    again = answered_before(log_of(before), kind)
    entry = {
        "approval_requested_for": kind,
        "approval_date": _day(at),
        "approval_status": "cancelled",
        "requested_by": actor.user_name,
    }
    case.state[LOG] = [*log_of(before), entry]
    case.state.pop(f"approval_status_{kind}")
    if again is not Status.NONE:
        case.state[f"approval_status_{kind}"] = again.value
    clear_alerts(case, alert_for=[AlertFor.APPROVAL], types=[kind])
    return _keep(case, before, ApprovalCancelled, {"approval": kind, "asked_by": who_asked}, actor, at)


def _take_hold(case_id: UUID, actor: Viewer) -> Record:
    require(actor, CASE, "read")
    case = hold_record(kind=CASE, record_id=case_id, actor=actor)
    if case.status != CaseStatus.OPEN or not case.record_state:
        raise ApprovalCaseNotOpen
    return case


def _day(at: datetime) -> str:
    return today(settings.ENVIRONMENT.time_zone, at).isoformat()


def _keep(
    case: Record,
    before: dict[str, Any],
    event: type[ApprovalEvent],
    about: dict[str, Any],
    actor: Viewer,
    at: datetime,
) -> Outcome:
    """Save the case and write down the one change that the act made."""
    day = today(settings.ENVIRONMENT.time_zone, at)
    answers = dict(case.data)
    derive_record(case, CASE_KIND, configuration=actor.configuration, today=day)
    changes = differences(before, case.state) | differences(answers, case.data)
    touch(case, actor=actor, at=at)
    case.save()
    write_down(event(record=case.id, revision=case.revision, changes=changes, about=about), actor=actor, at=at)
    return Outcome(record=case, changes=changes)
