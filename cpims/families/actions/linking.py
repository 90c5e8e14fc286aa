"""A case belongs to a family: linking it, unlinking it. Each answer has one home, before, meanwhile and afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.families.actions.keeping import bring_workers, hold_families, keep_family
from cpims.families.events import (
    CaseOfFamilyLinked,
    CaseOfFamilyUnlinked,
    FamilyAmended,
    FamilyLinked,
    FamilyUnlinked,
)
from cpims.families.models import FamilyLink
from cpims.families.queries.kin import cases_of, keys_of_members, keys_shared
from cpims.families.rules.linked import LINK, Linked, linked_of
from cpims.families.rules.refusals import MemberHasCase
from cpims.families.rules.rows import (
    DETAILS,
    ID,
    MEMBERS,
    SHARED,
    Row,
    is_said,
    member_of_child,
    member_of_detail,
    nameless,
    rows_in,
    without,
)
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id, read_id
from cpims.records.models import Record
from cpims.records.rules.refusals import AnswersInvalid

Answers = dict[str, Any]


def link(case: Record, answers: Mapping[str, Any], *, wanted: Any, member: Any, actor: Viewer, at: datetime) -> Answers:
    """Link a case that is held (or about to be stored) to a family in the actor’s sight; answers what stays with the case.

    The people of whom the case told become members, and the child one of them, unless ``member`` says which it is.
    Raises: Forbidden, AnswersInvalid, MemberHasCase.
    Records: CaseOfFamilyLinked, FamilyLinked.
    """
    family_id, now = read_id(wanted), linked_of(case.state)
    if now is not None and now.family == family_id and member in (None, now.member):
        return dict(answers)
    require(actor, "family", "read", "search_and_select_family_record")
    held = hold_families([one for one in (family_id, now.family if now else None) if one is not None])
    family = held.get(family_id) if family_id else None
    if family is None or not family.is_visible_to(actor) or not family.record_state or family.module != case.module:
        raise AnswersInvalid([Problem("/family_id", "family.unknown", {"name": "family_id"})])
    left = unlink(case, answers, actor=actor, at=at) if now is not None else dict(answers)
    return join(case, left, family, member=member, actor=actor, at=at)


def join(
    case: Record, answers: Mapping[str, Any], family: Record, *, member: Any, actor: Viewer, at: datetime
) -> Answers:
    """Link a case to a family, both held; answers what stays with the case.

    Raises: AnswersInvalid, MemberHasCase.
    Records: CaseOfFamilyLinked, FamilyLinked.
    """
    shared, asked, before = keys_shared(actor.configuration), keys_of_members(actor.configuration), dict(family.data)
    members, rows = rows_in(family.data, MEMBERS), _named(answers)
    known = {row[ID] for row in members}
    brought = [row for row in rows if row[ID] not in known]
    made = member is None
    if made:
        member = str(new_id())
    elif member not in known:
        raise AnswersInvalid([Problem("/family_member_id", "family.member_unknown", {"name": "family_member_id"})])
    elif member in cases_of(family.id):
        raise MemberHasCase
    members += [member_of_detail(row, shared, asked) for row in brought]
    if made:
        child = member_of_child(answers, asked)
        members.append({ID: member} | (nameless(child) if case.hidden_name else child))
    given = {name: answers[name] for name in SHARED if answers.get(name) not in (None, "")}
    family.data = {name: value for name, value in given.items() if family.data.get(name) in (None, "")} | {
        name: value for name, value in family.data.items() if name not in given or value not in (None, "")
    }
    family.data[MEMBERS] = members
    bring_workers(family, joining=case.owned_by)
    linked = Linked(family.id, member, made, tuple(row[ID] for row in brought), tuple(given))
    case.state = case.state | {LINK: linked.as_state()}
    keep_family(family, before, CaseOfFamilyLinked, actor=actor, at=at, told=case.id, child=member if made else "")
    if not case._state.adding:
        write_link(case, actor=actor, at=at)
    kept = {name: value for name, value in answers.items() if name not in SHARED}
    if rows:
        kept[DETAILS] = [row for row in without(rows, shared) if is_said(row)]
    return kept


def write_link(case: Record, *, actor: Viewer, at: datetime) -> None:
    """Write down that a case belongs to a family now: once it has a row of its own.

    Records: FamilyLinked.
    """
    linked = linked_of(case.state)
    assert linked is not None
    FamilyLink.objects.create(
        case=case, family_id=linked.family, member_id=linked.member, linked_at=at, linked_by=actor.user_name
    )
    _tell_case(case, FamilyLinked, (None, _code(linked.family)), actor=actor, at=at)


def unlink(case: Record, answers: Mapping[str, Any], *, actor: Viewer, at: datetime) -> Answers:
    """Unlink a case that is held from its family; answers what the case has from now on.

    What the child brought goes home with it, and leaves the family unless the case of another child speaks of it; what
    was the family’s stays there. The child is no member any more when the case made it one.
    Records: CaseOfFamilyUnlinked, FamilyUnlinked.
    """
    linked = linked_of(case.state)
    assert linked is not None
    family = hold_families([linked.family])[linked.family]
    shared, before = keys_shared(actor.configuration), dict(family.data)
    others = cases_of(family.id)
    others.pop(linked.member, None)
    spoken_of = set(others) | _spoken_of(case, family)
    members, local = rows_in(family.data, MEMBERS), {row[ID]: row for row in rows_in(answers, DETAILS)}
    home = [
        {ID: row[ID]} | {k: v for k, v in row.items() if k in shared} | local.get(row[ID], {})
        for row in members
        if row[ID] in linked.rows and row[ID] != linked.member
    ]
    gone = {row[ID] for row in home} - spoken_of | ({linked.member} if linked.made else set())
    family.data = dict(family.data) | {MEMBERS: [row for row in members if row[ID] not in gone]}
    back = {name: family.data[name] for name in linked.answers if family.data.get(name) not in (None, "")}
    if not others:
        family.data = {name: value for name, value in family.data.items() if name not in back}
    bring_workers(family, leaving=case.id)
    case.state = {name: value for name, value in case.state.items() if name != LINK}
    FamilyLink.objects.filter(case_id=case.id).delete()
    keep_family(family, before, CaseOfFamilyUnlinked, actor=actor, at=at, child=linked.member if linked.made else "")
    _tell_case(case, FamilyUnlinked, (family.display_id, None), actor=actor, at=at)
    left = dict(answers) | back
    if DETAILS in answers or home:
        left[DETAILS] = home
    return left


def hide(case: Record, linked: Linked, *, actor: Viewer, at: datetime) -> None:
    """The names of a child are hidden now: the family, which others read, forgets what tells who it is.

    Records: FamilyAmended.
    """
    family = hold_families([linked.family])[linked.family]
    before, rows = dict(family.data), rows_in(family.data, MEMBERS)
    kept = [nameless(row) if row[ID] == linked.member else row for row in rows]
    if kept != rows:
        family.data = dict(family.data) | {MEMBERS: kept}
        keep_family(family, before, FamilyAmended, actor=actor, at=at, child=linked.member)


def remember(case: Record, linked: Linked, *rows: str) -> None:
    """The case brought these rows into its family as well."""
    case.state = case.state | {LINK: replace(linked, rows=(*linked.rows, *rows)).as_state()}


def _named(answers: Mapping[str, Any]) -> list[Row]:
    """The rows about the child’s people, each with something that tells it apart."""
    rows = answers.get(DETAILS)
    found = [dict(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [
        row if isinstance(row.get(ID), str) else row | {ID: str(new_id())} for row in found if not row.get("_destroy")
    ]


def _spoken_of(case: Record, family: Record) -> set[str]:
    """The members of whom the cases of other children of the family say something of their own."""
    rows = Record.objects.filter(family_link__family_id=family.id).exclude(pk=case.id)
    told = rows.values_list(f"data__{DETAILS}", flat=True)
    return {row[ID] for one in told for row in rows_in({DETAILS: one}, DETAILS)}


def _code(family_id: UUID) -> str:
    return Record.objects.values_list("display_id", flat=True).get(pk=family_id)


def _tell_case(
    case: Record,
    event: type[FamilyLinked] | type[FamilyUnlinked],
    code: tuple[Any, Any],
    *,
    actor: Viewer,
    at: datetime,
) -> None:
    told = event(record=case.id, revision=case.revision + 1, changes={"family_id_display": code})
    write_down(told, actor=actor, at=at)
