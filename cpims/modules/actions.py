"""Deciding which parts of the work an instance does, and how."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.modules.events import ModuleChanged, ModuleSwitchedOn
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
    hold_configuration()
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


def _said(module: Module) -> dict[str, Any]:
    return {key: getattr(module, key) for key in KINDS}
