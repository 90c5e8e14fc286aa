"""What a device did with families and related cases: the same acts as on the road of the screens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.cases.actions import amend_case
from cpims.families.actions import (
    amend_relationship,
    create_case_from_detail,
    create_case_from_member,
    create_family_of_case,
    relate_cases,
)
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.actions.writing import Outcome
from cpims.records.rules.editing import Edit
from cpims.sync.rules.items import Item
from cpims.sync.rules.refusals import ItemInvalid


def _link(item: Item, actor: Viewer, at: datetime) -> Outcome:
    values = _only(item.values, ("family_id", "family_member_id"))
    return _edit(item, {"family_id": "", **values}, actor, at)


def _unlink(item: Item, actor: Viewer, at: datetime) -> Outcome:
    _only(item.values, ())
    return _edit(item, {"family_id": None}, actor, at)


def _make_family(item: Item, actor: Viewer, at: datetime) -> Outcome:
    values = _only(item.values, ("family_id", "family_name"))
    called = _text(values, "family_name")
    return create_family_of_case(
        case_id=item.record, family_id=_id(values, "family_id"), values={"family_name": called} if called else {},
        actor=actor, at=at,
    )  # fmt: skip


def _case_of_detail(item: Item, actor: Viewer, at: datetime) -> Outcome:
    """The item is about the case on which somebody is named; what is told of it is how that case stands now."""
    values = _only(item.values, ("family_detail_id", "id", "family_id"))
    made = create_case_from_detail(
        case_id=item.record, detail_id=values.get("family_detail_id"), new_case_id=_id(values, "id"),
        family_id=_id(values, "family_id"), actor=actor, at=at,
    )  # fmt: skip
    assert made.origin is not None
    return Outcome(record=made.origin, notices=made.notices)


def _case_of_member(item: Item, actor: Viewer, at: datetime) -> Outcome:
    """The item is about the new case, by the id that the device gave it."""
    values = _only(item.values, ("family_id", "family_member_id"))
    family = _id(values, "family_id")
    if family is None:
        raise ItemInvalid([Problem("/arguments/values/family_id", "invalid_unique_id", {"name": "family_id"})])
    return create_case_from_member(
        family_id=family, member_id=values.get("family_member_id"), case_id=item.record, actor=actor, at=at
    )


def _relate(item: Item, actor: Viewer, at: datetime) -> Outcome:
    values = _only(item.values, ("id", "case_id", "relationship_type", "primary"))
    return relate_cases(
        case_id=item.record, other_id=values.get("case_id"), kind=values.get("relationship_type"),
        primary=_flag(values, "primary") is True, relationship_id=_id(values, "id"), actor=actor, at=at,
    )  # fmt: skip


def _amend_relationship(item: Item, actor: Viewer, at: datetime) -> Outcome:
    values = _only(item.values, ("id", "primary", "disabled"))
    return amend_relationship(
        case_id=item.record, relationship_id=_id(values, "id"), primary=_flag(values, "primary"),
        disabled=_flag(values, "disabled"), actor=actor, at=at,
    )  # fmt: skip


#: By their name in the catalogue of acts. The record of an item is the case that it is done on; ``values`` is the rest.
KINSHIP: Final[Mapping[str, Callable[[Item, Viewer, datetime], Outcome]]] = {
    "link_family": _link,
    "unlink_family": _unlink,
    "create_family_of_case": _make_family,
    "create_case_from_detail": _case_of_detail,
    "create_case_from_member": _case_of_member,
    "relate_cases": _relate,
    "amend_relationship": _amend_relationship,
}


def _edit(item: Item, values: dict[str, Any], actor: Viewer, at: datetime) -> Outcome:
    move = "link_family_record" if actor.may("case", "link_family_record") else "case_from_family"
    return amend_case(case_id=item.record, edit=Edit(values=values, strict=True, move=move), actor=actor, at=at)


def _only(values: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    unknown = [Problem(f"/arguments/values/{key}", "unknown_key", {"name": key}) for key in values if key not in names]
    if unknown:
        raise ItemInvalid(unknown)
    return values


def _id(values: Mapping[str, Any], name: str) -> UUID | None:
    found = read_id(values.get(name))
    if values.get(name) is not None and found is None:
        raise ItemInvalid([Problem(f"/arguments/values/{name}", "invalid_unique_id", {"name": name})])
    return found


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise ItemInvalid([Problem(f"/arguments/values/{name}", "wrong_type", {"name": name})])
    return value or ""


def _flag(values: Mapping[str, Any], name: str) -> bool | None:
    value = values.get(name)
    if value is not None and not isinstance(value, bool):
        raise ItemInvalid([Problem(f"/arguments/values/{name}", "wrong_type", {"name": name})])
    return value
