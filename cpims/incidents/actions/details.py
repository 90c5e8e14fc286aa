"""Rows of incidents that are sent with a case: each is an incident of that case, registered or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.forms.queries.catalogue import catalogue
from cpims.incidents.actions.linking import joined
from cpims.incidents.actions.recording import INCIDENT_COURSE
from cpims.incidents.queries.of_case import DETAILS, acting_from_case, detail_names, field_map_of, of_cases
from cpims.incidents.rules.kind import CASE_LINK
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id, read_id
from cpims.records.actions.amending import amend_record
from cpims.records.actions.registering import register_record
from cpims.records.models import Record
from cpims.records.queries.setup import writable_fields
from cpims.records.rules.editing import Base, Edit
from cpims.records.rules.refusals import AnswersInvalid, EditConflict


@dataclass(frozen=True)
class Row:
    """One incident as it was sent with its case, and what she saw of it."""

    id: UUID
    values: Mapping[str, Any]
    seen: Mapping[str, Any] | None
    is_new: bool


def read_rows(case: Record, sent: Any, base: Base | None, actor: Viewer) -> list[Row]:
    """The rows as incidents of this case; an id of any other record is refused, whatever it is of.

    Raises: AnswersInvalid.
    """
    if sent is None:
        return []
    if not isinstance(sent, list) or not all(isinstance(row, Mapping) for row in sent):
        raise AnswersInvalid([Problem(f"/{DETAILS}", "wrong_type")])
    ids = [read_id(row["unique_id"]) if row.get("unique_id") is not None else new_id() for row in sent]
    known = [one for one in ids if one is not None]
    there = set(Record.objects.filter(pk__in=known).values_list("id", flat=True))
    mine = set(of_cases(actor, [case.id]).filter(pk__in=there).values_list("id", flat=True)) if there else set()
    seen = _seen(base)
    wrong: list[Problem] = []
    rows: list[Row] = []
    for place, (identity, row) in enumerate(zip(ids, sent, strict=True)):
        if identity is None:
            wrong.append(Problem(f"/{DETAILS}/{place}/unique_id", "invalid_unique_id"))
        elif known.count(identity) > 1:
            wrong.append(Problem(f"/{DETAILS}/{identity}/unique_id", "duplicate_unique_id"))
        elif identity in there and identity not in mine:
            wrong.append(Problem(f"/{DETAILS}/{identity}/unique_id", "incident.not_of_this_case"))
        elif row.get("_destroy") is True:
            wrong.append(Problem(f"/{DETAILS}/{identity}/_destroy", "incident.not_removed_here"))
        else:
            values = {name: value for name, value in row.items() if name not in ("unique_id", "_destroy")}
            rows.append(Row(identity, values, seen.get(str(identity)), identity not in there))
    if wrong:
        raise AnswersInvalid(wrong)
    return rows


def write_rows(case: Record, rows: Sequence[Row], *, actor: Viewer, at: datetime) -> list[UUID]:
    """Register and change the incidents of a case that an act holds and has stored; answers the new ones.

    Raises: AnswersInvalid, EditConflict.
    """
    for row in rows:
        try:
            _register(case, row, actor, at) if row.is_new else _amend(row, actor, at)
        except AnswersInvalid as refusal:
            problems = [Problem(_under(row, p.pointer), p.code, p.params) for p in refusal.problems]
            raise AnswersInvalid(problems) from refusal
        except EditConflict as refusal:
            told = [one | {"pointer": _under(row, one["pointer"])} for one in refusal.params["conflicts"]]
            raise EditConflict(conflicts=told, revision=case.revision) from refusal
    return [row.id for row in rows if row.is_new]


def _register(case: Record, row: Row, actor: Viewer, at: datetime) -> None:
    module = field_map_of(case.module).module
    values = _allowed(row.values, module, actor, on_create=True)
    tied = _Tied(case, actor)
    register_record(
        replace(INCIDENT_COURSE, changed=tied), values=values | {"module_id": module}, actor=_trusted(actor, module), at=at,
        record_id=row.id, owner=case.owner,
    )  # fmt: skip


class _Tied:
    """Ties a new incident to the case that an act holds, before it is stored."""

    def __init__(self, case: Record, viewer: Viewer) -> None:
        self.case = case
        self.viewer = viewer

    def __call__(self, record: Record, _: Any, *, actor: Viewer, at: datetime) -> None:
        record.data |= joined(record, self.case, record.data, owner=self.case.owner, viewer=self.viewer)


def _amend(row: Row, actor: Viewer, at: datetime) -> None:
    incident = Record.objects.get(pk=row.id)
    values = _allowed(row.values, incident.module, actor, on_create=False)
    seen = {name: value for name, value in (row.seen or {}).items() if name in values}
    edit = Edit(values=values, base=Base(incident.revision, seen) if row.seen is not None else None)
    if values:
        amend_record(INCIDENT_COURSE, record_id=row.id, edit=edit, actor=_trusted(actor, incident.module), at=at)


def _allowed(values: Mapping[str, Any], module: str, actor: Viewer, *, on_create: bool) -> dict[str, Any]:
    """What she may write of an incident from its case: by the forms of incidents that are hers, or by the questions that
    a form of the case itself asks."""
    seer = acting_from_case(actor, "read", "create", "write")
    names = writable_fields(seer, "incident", module, on_create)
    if DETAILS in writable_fields(actor, "case", module, on_create):
        names |= detail_names(actor)
    return {name: value for name, value in values.items() if name in names and name != CASE_LINK}


def _trusted(actor: Viewer, module: str) -> Viewer:
    """The actor with every form of incidents, to write what was found to be hers already."""
    forms = {form.unique_id: "rw" for form in catalogue(actor.configuration).by_kind.get("incident", ())}
    seer = acting_from_case(actor, "read", "create", "write")
    return replace(seer, form_access=MappingProxyType(forms), modules=seer.modules | {module})


def _seen(base: Base | None) -> dict[str, Mapping[str, Any]]:
    rows = base.values.get(DETAILS) if base is not None else None
    return {
        str(row.get("unique_id")): row for row in (rows if isinstance(rows, list) else []) if isinstance(row, Mapping)
    }


def _under(row: Row, pointer: str) -> str:
    return f"/{DETAILS}/{row.id}{pointer}"
