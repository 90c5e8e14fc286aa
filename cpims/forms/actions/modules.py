"""Changing a part of the work together with the forms that it uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.actions.storing import hand_down_modules
from cpims.forms.models import Form
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.modules.actions import write_module
from cpims.modules.models import Module
from cpims.modules.queries import get_module
from cpims.modules.rules import ModuleInvalid
from cpims.settings.actions import hold_configuration, raise_configuration

CHANGEABLE = ("description", "associated_record_types")


@atomic
def change_module(
    *, module_id: str, values: Mapping[str, Any], actor: Viewer, at: datetime, strict: bool = False
) -> tuple[Module, list[Problem]]:
    """An administrator describes a part of the work anew, or says which records and forms belong to it.

    Without ``form_section_unique_ids`` the forms stay (Primero takes them all away). Answers also what was left aside,
    or refuses it when ``strict``.
    Raises: Forbidden, ModuleNotFound, ModuleInvalid.
    Records: ModuleChanged.
    """
    require(actor, "metadata", "manage")
    hold_configuration(actor)
    module = get_module(module_id, viewer=actor)
    kept = {key: values[key] for key in CHANGEABLE if key in values}
    left = [
        Problem(f"/{key}", "module.key_not_permitted")
        for key in values
        if key not in (*CHANGEABLE, "form_section_unique_ids")
    ]
    if strict and left:
        raise ModuleInvalid(left)
    about: dict[str, Any] = {}
    if "form_section_unique_ids" in values:
        before, after = _hand_over(module, values["form_section_unique_ids"], at=at)
        if before != after:
            about["form_section_unique_ids"] = (before, after)
    named = {"unique_id": module.unique_id, "name": module.name, **kept}
    module, changed = write_module(named, actor=actor, at=at, about=about)
    if changed:
        raise_configuration()
    return module, left


def _hand_over(module: Module, wanted: Any, *, at: datetime) -> tuple[list[str], list[str]]:
    pointer = "/form_section_unique_ids"
    if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
        raise ModuleInvalid([Problem(pointer, "module.wrong_type", {"kind": "list"})])
    forms = {
        form.unique_id: form for form in Form.objects.select_for_update().filter(retired_at__isnull=True).order_by("id")
    }
    unknown = [name for name in wanted if name not in forms]
    if unknown:
        raise ModuleInvalid([Problem(pointer, "module.form_unknown", {"form": name}) for name in unknown])
    own = module.unique_id
    before = sorted(name for name, form in forms.items() if own in form.module_ids)
    changed = []
    for name, form in forms.items():
        if form.is_nested or (name in wanted) == (own in form.module_ids):
            continue
        form.module_ids = sorted({*form.module_ids, own} if name in wanted else {*form.module_ids} - {own})
        form.updated_at = at
        changed.append(form)
    Form.objects.bulk_update(changed, ["module_ids", "updated_at"])
    hand_down_modules(at=at)
    after = Form.objects.filter(retired_at__isnull=True, module_ids__contains=[own]).values_list("unique_id", flat=True)
    return before, sorted(after)
