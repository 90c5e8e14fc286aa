"""Deciding which parts of the work an instance does, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import TextField, Value
from django.db.models.functions import Concat

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.modules.events import ModuleChanged, ModuleSwitchedOff, ModuleSwitchedOn
from cpims.modules.models import Module
from cpims.modules.rules import KINDS, ModuleInvalid, module_problems
from cpims.settings.actions import hold_configuration, raise_configuration


@atomic
def put_module(*, module: Mapping[str, Any], actor: Viewer | None, at: datetime) -> Module:
    """A part of the work is switched on, or told anew how it is done; without an actor a pack is being loaded.

    Raises: Forbidden, ModuleInvalid.
    Records: ModuleSwitchedOn or ModuleChanged, when anything changed.
    """
    if actor is not None:
        require(actor, "metadata", "manage")
    hold_configuration(actor)
    found, changed = write_module(module, actor=actor, at=at)
    if changed:
        raise_configuration()
    return found


def write_module(
    module: Mapping[str, Any], *, actor: Viewer | None, at: datetime, about: Mapping[str, Any] | None = None
) -> tuple[Module, bool]:
    """Write a part of the work for an action that holds the configuration and raises it itself.

    ``about`` is what changed in other rooms by the same act (its forms). Raises: ModuleInvalid.
    """
    problems = module_problems(module)
    problems += [
        Problem(f"/{key}", "module.required") for key in ("unique_id", "name") if not (module.get(key) or "").strip()
    ]
    if problems:
        raise ModuleInvalid(problems)
    stored = Module.objects.select_for_update().filter(unique_id=module["unique_id"]).first()
    if Module.objects.filter(name=module["name"]).exclude(unique_id=module["unique_id"]).exists():
        raise ModuleInvalid(
            [Problem("/name", "module.name_taken", {"primero": "errors.models.primero_module.unique_name"})]
        )
    before = _said(stored) if stored else {}
    kept = stored or Module(unique_id=module["unique_id"], created_at=at)
    for key in KINDS:
        if key in module:
            fallback = {"description": "", "options": {}, "core_resource": False, "associated_record_types": []}.get(
                key
            )
            setattr(kept, key, module[key] if module[key] is not None else fallback)
    changes = {**differences(before, _said(kept)), **(about or {})}
    if changes:
        kept.updated_at = at
        kept.save()
        kind = ModuleChanged if stored else ModuleSwitchedOn
        record(kind(subject=f"module:{kept.unique_id}", changes=changes), actor=actor, at=at)
    return kept, bool(changes)


def free_names(unique_ids: Sequence[str]) -> None:
    """Let parts of the work that go by the same act give their names up, for others that take their place."""
    name = Concat("name", Value(" ("), "unique_id", Value(")"), output_field=TextField())
    Module.objects.filter(unique_id__in=unique_ids).update(name=name)


def write_modules_off(unique_ids: Sequence[str], *, actor: Viewer | None, at: datetime) -> None:
    """Take parts of the work out, for an action that holds the configuration and knows that nothing stands on them.

    A module is configuration only, so the row goes; the book of changes keeps what it said.
    Records: ModuleSwitchedOff.
    """
    for row in Module.objects.select_for_update().filter(unique_id__in=unique_ids).order_by("id"):
        changes = differences(_said(row), {})
        row.delete()
        record(ModuleSwitchedOff(subject=f"module:{row.unique_id}", changes=changes), actor=actor, at=at)


def _said(module: Module) -> dict[str, Any]:
    return {key: getattr(module, key) for key in KINDS}
