"""A member of a family gets a case of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.cases.actions import register_case
from cpims.cases.rules.kind import CASE
from cpims.families.actions.linking import join
from cpims.families.actions.recording import FAMILY_COURSE
from cpims.families.queries.kin import cases_of
from cpims.families.rules.linked import linked_of
from cpims.families.rules.refusals import FamilyThere, MemberHasCase, MemberNotFound
from cpims.families.rules.rows import DETAILS, ID, MEMBERS, child_of_member, rows_in
from cpims.forms.queries.catalogue import catalogue
from cpims.lib.clock import today
from cpims.lib.transactions import atomic
from cpims.records.actions.registering import register_record
from cpims.records.actions.writing import Outcome, derive_record, hold_record, touch
from cpims.records.models import Record
from cpims.records.queries.lending import readable_of


@dataclass
class CaseMade(Outcome):
    """What came of giving a member a case: the new case, its family, and the case from which it was done, if any."""

    family: Record | None = None
    origin: Record | None = None


@atomic
def create_case_from_member(
    *, family_id: UUID, member_id: Any, actor: Viewer, at: datetime, case_id: UUID | None = None
) -> CaseMade:
    """A worker opens a case for somebody who is a member of a family; a member has one case and no second.

    Raises: Forbidden, RecordNotFound, MemberNotFound, MemberHasCase, AnswersInvalid.
    Records: CaseRegistered, CaseOfFamilyLinked, FamilyLinked.
    """
    require(actor, "family", "case_from_family")
    family = hold_record(kind="family", record_id=family_id, actor=actor)
    if MEMBERS not in readable_of(family, actor):
        raise MemberNotFound
    return _make(family, member_id, actor=actor, at=at, case_id=case_id)


@atomic
def create_case_from_detail(
    *,
    case_id: UUID,
    detail_id: Any,
    actor: Viewer,
    at: datetime,
    new_case_id: UUID | None = None,
    family_id: UUID | None = None,
) -> CaseMade:
    """A worker opens a case for one of the people on a child’s case; the family of both is made when there is none yet.

    ``family_id`` and ``new_case_id`` are what a device called them while it was offline.
    Raises: Forbidden, RecordNotFound, MemberNotFound, MemberHasCase, AnswersInvalid, RecordExists.
    Records: FamilyRegistered, CaseOfFamilyLinked, FamilyLinked, CaseRegistered.
    """
    require(actor, "case", "case_from_family")
    require(actor, "case", "read")
    origin = hold_record(kind="case", record_id=case_id, actor=actor)
    if DETAILS not in readable_of(origin, actor):
        raise MemberNotFound
    linked = linked_of(origin.state)
    if linked is None:
        if detail_id not in {row[ID] for row in rows_in(origin.data, DETAILS)}:
            raise MemberNotFound
        family = _found(origin, actor=actor, at=at, family_id=family_id)
    else:
        if detail_id == linked.member:
            raise MemberNotFound
        family = Record.objects.of_kind("family").hold(linked.family)
    made = _make(family, detail_id, actor=actor, at=at, case_id=new_case_id)
    made.origin = origin
    return made


@atomic
def create_family_of_case(
    *, case_id: UUID, actor: Viewer, at: datetime, family_id: UUID | None = None, values: dict[str, Any] | None = None
) -> CaseMade:
    """A worker makes a family of a child’s case: the child and its people become the members.

    Raises: Forbidden, RecordNotFound, FamilyThere, AnswersInvalid, RecordExists.
    Records: FamilyRegistered, CaseOfFamilyLinked, FamilyLinked.
    """
    require(actor, "case", "case_from_family", "link_family_record")
    origin = hold_record(kind="case", record_id=case_id, actor=actor)
    if linked_of(origin.state) is not None:
        raise FamilyThere
    family = _found(origin, actor=actor, at=at, family_id=family_id, values=values)
    return CaseMade(record=origin, family=family)


def _found(
    origin: Record, *, actor: Viewer, at: datetime, family_id: UUID | None, values: dict[str, Any] | None = None
) -> Record:
    """A new family, of whoever owns the case, with the case in it."""
    owner = User.objects.select_related("agency").prefetch_related("groups").get(pk=origin.owner_id)
    called = {} if origin.hidden_name else {"family_name": origin.data.get("name_last")}
    given = {name: value for name, value in called.items() if value} | (values or {}) | {"module_id": origin.module}
    course = replace(FAMILY_COURSE, creates=("case:case_from_family", "case:link_family_record"))
    made = register_record(course, values=given, actor=actor, at=at, record_id=family_id, owner=owner)
    family = Record.objects.hold(made.record.id)
    origin.data = join(origin, origin.data, family, member=None, actor=actor, at=at)
    _keep(origin, actor=actor, at=at)
    return family


def _make(family: Record, member_id: Any, *, actor: Viewer, at: datetime, case_id: UUID | None) -> CaseMade:
    member = next((row for row in rows_in(family.data, MEMBERS) if row[ID] == member_id), None)
    if member is None:
        raise MemberNotFound
    if member_id in cases_of(family.id):
        raise MemberHasCase
    fields = catalogue(actor.configuration).fields_of("case", family.module)
    values = child_of_member(member, fields) | {"module_id": family.module}
    made = register_case(values=values, actor=actor, at=at, case_id=case_id)
    case = made.record
    case.data = join(case, case.data, family, member=member_id, actor=actor, at=at)
    _keep(case, actor=actor, at=at)
    return CaseMade(record=case, changes=made.changes, ignored=made.ignored, notices=made.notices, family=family)


def _keep(case: Record, *, actor: Viewer, at: datetime) -> None:
    day = today(settings.ENVIRONMENT.time_zone, at)
    derive_record(case, CASE, configuration=actor.configuration, today=day)
    touch(case, actor=actor, at=at)
    case.save()
