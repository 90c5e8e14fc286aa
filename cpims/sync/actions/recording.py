"""Registering and changing records of every kind, by the names under which devices deliver it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.cases.actions import amend_case, register_case
from cpims.families.actions.recording import amend_family, register_family
from cpims.incidents.actions.recording import amend_incident, register_incident
from cpims.records.actions.writing import Outcome
from cpims.records.models import Record
from cpims.records.rules.editing import Edit
from cpims.registry.actions.recording import amend_registry_record, register_registry_record
from cpims.sync.actions.late import do_late
from cpims.sync.rules import Item
from cpims.tracing.actions.recording import amend_tracing_request, register_tracing_request

Act = Callable[[Item, Viewer, datetime], Outcome]


def _register_case(*, values: Mapping[str, Any], actor: Viewer, at: datetime, record_id: UUID, strict: bool) -> Outcome:
    return register_case(values=values, actor=actor, at=at, case_id=record_id, strict=strict)


def _amend_case(*, record_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    return amend_case(case_id=record_id, edit=edit, actor=actor, at=at)


#: By kind of record.
REGISTERS: Final[Mapping[str, Callable[..., Outcome]]] = {
    "case": _register_case,
    "incident": register_incident,
    "tracing_request": register_tracing_request,
    "family": register_family,
    "registry_record": register_registry_record,
}
AMENDS: Final[Mapping[str, Callable[..., Outcome]]] = {
    "case": _amend_case,
    "incident": amend_incident,
    "tracing_request": amend_tracing_request,
    "family": amend_family,
    "registry_record": amend_registry_record,
}


def _register(kind: str, item: Item, actor: Viewer, at: datetime) -> Outcome:
    return REGISTERS[kind](values=item.values, actor=actor, at=at, record_id=item.record, strict=True)


def _amend(kind: str, item: Item, actor: Viewer, at: datetime) -> Outcome:
    edit = Edit(values=item.values, base=item.base, if_match=item.if_match, strict=True, move=item.move)
    return AMENDS[kind](record_id=item.record, edit=edit, actor=actor, at=at)


def _late(kind: str, act: Callable[..., Outcome], item: Item, actor: Viewer, at: datetime) -> Outcome:
    return do_late(partial(act, kind), item, kind, actor, at)


#: By their name in the catalogue of acts.
RECORDING: Final[Mapping[str, Act]] = {
    **{f"register_{kind}": partial(_late, kind, _register) for kind in REGISTERS},
    **{f"amend_{kind}": partial(_late, kind, _amend) for kind in AMENDS},
}
#: Those that make a record, and those that change its answers.
REGISTERING: Final = frozenset(f"register_{kind}" for kind in REGISTERS)
AMENDING: Final = frozenset(f"amend_{kind}" for kind in AMENDS)


def kind_here(record_id: UUID, actor: Viewer) -> str:
    """Of which kind a record in sight is; of one that is not, a case as good as any: it will not be found."""
    found = Record.objects.visible_to(actor).filter(pk=record_id).values_list("kind", flat=True).first()
    return found or "case"
