"""Acts between people that a device delivers: the same acts as over the API, their arguments in ``values``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.actions.writing import Outcome
from cpims.sync.rules import Item, ItemInvalid
from cpims.transitions.actions import (
    answer_transition,
    assign_case,
    refer_case,
    register_consent,
    request_transfer,
    revoke_transition,
    transfer_case,
    withdraw_consent,
)
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.wishes import Wish, read_answer, read_wish

SAID: Final = ("purpose", "agency", "reason")


def _assign(item: Item, actor: Viewer, at: datetime) -> Outcome:
    return assign_case(case_id=item.record, wish=_wish(item), actor=actor, at=at)


def _refer(item: Item, actor: Viewer, at: datetime) -> Outcome:
    return refer_case(case_id=item.record, wish=_wish(item), actor=actor, at=at)


def _transfer(item: Item, actor: Viewer, at: datetime) -> Outcome:
    return transfer_case(case_id=item.record, wish=_wish(item), actor=actor, at=at)


def _request(item: Item, actor: Viewer, at: datetime) -> Outcome:
    wish = _wish(item)
    return request_transfer(case_id=item.record, notes=wish.notes, individual=wish.individual, actor=actor, at=at)


def _answer(item: Item, actor: Viewer, at: datetime) -> Outcome:
    named, kind, rest = _named(item.values)
    status, reason, unknown = read_answer(rest)
    _refuse(unknown)
    if status is Status.REVOKED:
        return revoke_transition(case_id=item.record, transition_id=named, kind=kind, actor=actor, at=at)
    return answer_transition(
        case_id=item.record, transition_id=named, kind=kind, status=status, reason=reason, actor=actor, at=at
    )


def _revoke(item: Item, actor: Viewer, at: datetime) -> Outcome:
    named, kind, rest = _named(item.values)
    _refuse([Problem(f"/arguments/values/{key}", "unknown_key", {"name": key}) for key in rest])
    return revoke_transition(case_id=item.record, transition_id=named, kind=kind, actor=actor, at=at)


def _agree(item: Item, actor: Viewer, at: datetime) -> Outcome:
    return register_consent(case_id=item.record, **_said(item.values), actor=actor, at=at)


def _withdraw(item: Item, actor: Viewer, at: datetime) -> Outcome:
    return withdraw_consent(case_id=item.record, **_said(item.values), actor=actor, at=at)


#: By their name in the catalogue of acts. ``values`` is the body of the route; an answer also names its transition and type.
SHARING: Final[Mapping[str, Callable[[Item, Viewer, datetime], Outcome]]] = {
    "assign_case": _assign,
    "refer_case": _refer,
    "transfer_case": _transfer,
    "request_transfer": _request,
    "answer_transition": _answer,
    "revoke_transition": _revoke,
    "register_consent": _agree,
    "withdraw_consent": _withdraw,
}


def _wish(item: Item) -> Wish:
    wish, unknown = read_wish(item.values)
    _refuse(unknown)
    return wish


def _named(values: Mapping[str, Any]) -> tuple[UUID | None, Kind, dict[str, Any]]:
    named, kind = read_id(values.get("transition")), values.get("type")
    known = {str(one) for one in Kind}
    wrong = [] if named else [Problem("/arguments/values/transition", "invalid_unique_id", {"name": "transition"})]
    wrong += [] if kind in known else [Problem("/arguments/values/type", "not_an_option", {"name": "type"})]
    _refuse(wrong)
    return named, Kind(str(kind)), {k: v for k, v in values.items() if k not in ("transition", "type")}


def _said(values: Mapping[str, Any]) -> dict[str, str]:
    wrong = [
        Problem(f"/arguments/values/{key}", "unknown_key" if key not in SAID else "wrong_type", {"name": key})
        for key, value in values.items()
        if key not in SAID or not isinstance(value, str | None)
    ]
    _refuse(wrong)
    return {key: values.get(key) or "" for key in SAID}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ItemInvalid(problems)
