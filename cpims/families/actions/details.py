"""What a linked case says of its people and its family: the family’s part goes to the family, the rest stays with the case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.families.actions.keeping import hold_families, keep_family
from cpims.families.actions.linking import remember
from cpims.families.events import FamilyAmended, FamilyDetailsAmended
from cpims.families.queries.kin import cases_of, keys_of_members, keys_shared
from cpims.families.rules.linked import Linked
from cpims.families.rules.refusals import MemberHasCase
from cpims.families.rules.rows import (
    DETAILS,
    ID,
    MEMBERS,
    SHARED,
    SHOWN,
    Row,
    changed_rows,
    is_said,
    member_of_detail,
    only,
    rows_in,
    without,
)
from cpims.lib.clock import iso
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.records.models import Record
from cpims.records.queries.setup import setup_of
from cpims.records.rules.editing import Base
from cpims.records.rules.merging import merge_edit, merge_patch
from cpims.records.rules.refusals import AnswersInvalid, EditConflict

Answers = Mapping[str, Any]
Conflicts = list[dict[str, Any]]
OURS = (*SHARED, DETAILS)


def amend_details(
    case: Record, linked: Linked, sent: Answers, *, base: Base | None, actor: Viewer, at: datetime
) -> None:
    """Take what was sent for a linked case, which is held, apart: the family is held, merged and stored, the case is merged.

    Raises: EditConflict, AnswersInvalid, MemberHasCase.
    Records: FamilyAmended, FamilyDetailsAmended.
    """
    family = hold_families([linked.family])[linked.family]
    shared, before = keys_shared(actor.configuration), dict(family.data)
    sent = {name: sent[name] for name in OURS if name in sent} | _rows_sent(sent, linked)
    members = [row for row in rows_in(family.data, MEMBERS) if row[ID] != linked.member]
    seen = None if base is None else {name: base.values[name] for name in OURS if name in base.values}
    stored = {name: family.data.get(name) for name in SHARED} | {DETAILS: only(members, shared)}
    said = {row[ID]: row for row in rows_in(case.data, DETAILS)}
    own = {DETAILS: [{ID: row[ID]} | said.get(row[ID], {}) for row in members]}
    theirs, conflicts = _merged(_part(seen, shared), _part(sent, shared) or {}, stored, actor)
    mine, more = _merged(_rest(seen, shared), _rest(sent, shared) or {}, own, actor)
    if conflicts or more:
        raise EditConflict(conflicts=[_told(one, family) for one in (*conflicts, *more)], revision=case.revision)
    rows = rows_in(theirs, DETAILS)
    _require_free(family, {row[ID] for row in members} - {row[ID] for row in rows})
    fresh = [row for row in rows if row[ID] not in {one[ID] for one in members}]
    family.data = dict(family.data) | {name: theirs.get(name) for name in SHARED if name in sent}
    if DETAILS in sent:
        family.data[MEMBERS] = _written(rows_in(family.data, MEMBERS), linked.member, rows, mine, shared, actor)
        local = [row for row in rows_in(mine, DETAILS) if is_said(row) and row[ID] in {one[ID] for one in rows}]
        if local or case.data.get(DETAILS):
            case.data = dict(case.data) | {DETAILS: local}
    changes = _changes(before, family.data, linked, shared)
    if fresh:
        remember(case, linked, *(row[ID] for row in fresh))
    if not changes and family.data.get(MEMBERS) == before.get(MEMBERS):
        return
    keep_family(family, before, FamilyAmended, actor=actor, at=at, told=case.id)
    event = FamilyDetailsAmended(record=case.id, revision=case.revision + 1, changes=changes)
    write_down(event, actor=actor, at=at)


def amend_members(family: Record, sent: Any, *, base: Base | None, actor: Viewer) -> None:
    """Merge what was sent of a family’s members, the family being held; a member with a case is not removed.

    Raises: EditConflict, MemberHasCase.
    """
    stored = {MEMBERS: rows_in(family.data, MEMBERS)}
    seen = None
    if base is not None and MEMBERS in base.values:
        seen = {MEMBERS: without(base.values[MEMBERS], SHOWN)}
    merged, conflicts = _merged(seen, {MEMBERS: without(sent, SHOWN)}, stored, actor, kind="family")
    if conflicts:
        raise EditConflict(conflicts=[_told(one, family) for one in conflicts], revision=family.revision)
    _require_free(family, {row[ID] for row in stored[MEMBERS]} - {row[ID] for row in rows_in(merged, MEMBERS)})
    family.data = dict(family.data) | {MEMBERS: merged[MEMBERS]}


def _rows_sent(sent: Answers, linked: Linked) -> dict[str, Any]:
    """The rows that were sent, each with something that tells it apart; the child itself is none of its own people."""
    rows = sent.get(DETAILS)
    if DETAILS not in sent or not isinstance(rows, list):
        return {DETAILS: []} if DETAILS in sent else {}
    if any(isinstance(row, Mapping) and row.get(ID) == linked.member for row in rows):
        raise AnswersInvalid([Problem(f"/{DETAILS}/{linked.member}", "family.own_member", {"name": DETAILS})])
    return {
        DETAILS: [
            row if not isinstance(row, Mapping) or row.get(ID) else dict(row) | {ID: str(new_id())}
            for row in without(rows, SHOWN)
        ]
    }


def _part(values: Answers | None, shared: Collection[str]) -> dict[str, Any] | None:
    """The family’s part of what was sent or seen."""
    if values is None:
        return None
    return {name: only(value, shared) if name == DETAILS else value for name, value in values.items()}


def _rest(values: Answers | None, shared: Collection[str]) -> dict[str, Any] | None:
    """The part of the case alone."""
    return (
        None if values is None else {DETAILS: without(values[DETAILS], {*shared, *SHOWN})} if DETAILS in values else {}
    )


def _merged(
    seen: Answers | None, sent: Answers, stored: Answers, actor: Viewer, kind: str = "case"
) -> tuple[dict[str, Any], Conflicts]:
    if seen is None:
        return merge_patch(stored, sent, _fresh), []
    fields = [field for name, field in setup_of(actor.configuration, kind).fields.items() if name in sent]
    return merge_edit(seen, sent, stored, fields, _fresh)


def _fresh() -> str:
    return str(new_id())


def _told(conflict: Mapping[str, Any], family: Record) -> dict[str, Any]:
    return dict(conflict) | {"author": family.last_updated_by, "at": iso(family.last_updated_at)}


def _require_free(family: Record, removed: Collection[str]) -> None:
    if removed and not cases_of(family.id).keys().isdisjoint(removed):
        raise MemberHasCase


def _written(
    members: Sequence[Row], own: str, rows: Sequence[Row], mine: Answers, shared: Collection[str], actor: Viewer
) -> list[Row]:
    """The members as they stand after what a case said of them; whoever is new comes last."""
    now, said = {row[ID]: row for row in rows}, {row[ID]: row for row in rows_in(mine, DETAILS)}
    kept = [
        member if member[ID] == own else member | {k: v for k, v in now[member[ID]].items() if k in shared}
        for member in members
        if member[ID] == own or member[ID] in now
    ]
    known, asked = {member[ID] for member in members}, keys_of_members(actor.configuration)
    new = [member_of_detail(said.get(row[ID], {}) | row, shared, asked) for row in rows if row[ID] not in known]
    return [*kept, *new]


def _changes(before: Answers, after: Answers, linked: Linked, shared: Collection[str]) -> dict[str, tuple[Any, Any]]:
    """What the case shows otherwise than before, for its own history."""
    changes = differences({n: before.get(n) for n in SHARED}, {n: after.get(n) for n in SHARED})
    was, now = (
        [row for row in only(rows_in(data, MEMBERS), shared) if row[ID] != linked.member] for data in (before, after)
    )
    touched = changed_rows(was, now)
    return changes | ({DETAILS: touched} if touched else {})
