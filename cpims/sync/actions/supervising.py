"""Approvals and flags that a device delivers: the same acts as over the API, their arguments in ``values``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.approvals.actions import answer_approval, request_approval, withdraw_approval
from cpims.approvals.rules import read_wish as read_approval
from cpims.flags.actions import amend_flag, raise_flag, resolve_flag
from cpims.flags.rules import read_wish as read_flag
from cpims.lib.errors import Problem
from cpims.records.actions.writing import Outcome
from cpims.sync.actions.recording import kind_here
from cpims.sync.rules import Item, ItemInvalid


def _request(item: Item, actor: Viewer, at: datetime) -> Outcome:
    kind, rest = _approval(item.values)
    wish, unknown = read_approval(rest | {"approval_status": "requested"})
    _refuse(unknown)
    asked = {"approval_type": wish.approval_type, "notes": wish.notes}
    return request_approval(case_id=item.record, kind=kind, **asked, actor=actor, at=at)


def _answer(item: Item, actor: Viewer, at: datetime) -> Outcome:
    kind, rest = _approval(item.values)
    wish, unknown = read_approval(rest)
    _refuse(unknown)
    if wish.status == "requested":
        _refuse([Problem("/arguments/values/approval_status", "not_an_option", {"name": "approval_status"})])
    approved = wish.status == "approved"
    return answer_approval(case_id=item.record, kind=kind, approved=approved, notes=wish.notes, actor=actor, at=at)


def _cancel(item: Item, actor: Viewer, at: datetime) -> Outcome:
    kind, rest = _approval(item.values)
    _refuse([Problem(f"/arguments/values/{name}", "unknown_key", {"name": name}) for name in rest])
    return withdraw_approval(case_id=item.record, kind=kind, actor=actor, at=at)


def _raise(item: Item, actor: Viewer, at: datetime) -> Outcome:
    wish, unknown = read_flag(item.values, new=True)
    _refuse(unknown)
    return raise_flag(kind=kind_here(item.record, actor), record_id=item.record, wish=wish, actor=actor, at=at)


def _amend(item: Item, actor: Viewer, at: datetime) -> Outcome:
    flag, rest = _flag(item.values)
    wish, unknown = read_flag(rest, new=False)
    _refuse(unknown)
    return amend_flag(
        kind=kind_here(item.record, actor), record_id=item.record, flag_id=flag, wish=wish, actor=actor, at=at
    )


def _resolve(item: Item, actor: Viewer, at: datetime) -> Outcome:
    flag, rest = _flag(item.values)
    wish, unknown = read_flag(rest, new=False)
    _refuse(unknown)
    message = wish.unflag_message or ""
    return resolve_flag(
        kind=kind_here(item.record, actor), record_id=item.record, flag_id=flag, message=message, actor=actor, at=at
    )


#: By their name in the catalogue of acts. ``values`` is the body of the route, and names its ``approval`` or ``flag``.
SUPERVISING: Final[Mapping[str, Callable[[Item, Viewer, datetime], Outcome]]] = {
    "request_approval": _request,
    "answer_approval": _answer,
    "withdraw_approval": _cancel,
    "raise_flag": _raise,
    "amend_flag": _amend,
    "resolve_flag": _resolve,
}


def _approval(values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = values.get("approval")
    if not isinstance(kind, str):
        _refuse([Problem("/arguments/values/approval", "wrong_type", {"name": "approval"})])
    return str(kind), {name: value for name, value in values.items() if name != "approval"}


def _flag(values: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    number = values.get("flag")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        _refuse([Problem("/arguments/values/flag", "wrong_type", {"name": "flag"})])
        raise AssertionError
    return number, {name: value for name, value in values.items() if name != "flag"}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ItemInvalid(problems)
