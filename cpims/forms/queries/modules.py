"""The parts of the work with their forms and steps, as clients read them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cpims.forms.models import Form
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.modules.rules import lists_of, steps_of


@lru_cache(maxsize=4)
def served_modules(configuration: int, locales: tuple[str, ...]) -> tuple[Mapping[str, Any], ...]:
    """All parts of the work at a configuration number."""
    forms = list(
        Form.objects.filter(retired_at__isnull=True)
        .order_by("order_form_group", "order", "id")
        .values_list("unique_id", "module_ids")
    )
    lookups: dict[str, list[dict[str, Any]]] = dict(
        Lookup.objects.filter(retired_at__isnull=True).values_list("unique_id", "values")
    )
    return tuple(
        module_json(module, [name for name, ids in forms if module.unique_id in ids], lookups, locales)
        for module in Module.objects.order_by("id")
    )


def module_json(
    module: Module, forms: list[str], lookups: Mapping[str, list[dict[str, Any]]], locales: tuple[str, ...]
) -> dict[str, Any]:
    """A part of the work as the API shows it."""
    options: dict[str, Any] = module.options
    steps = steps_of(
        module.unique_id,
        options,
        lookups.get(options.get("response_type_lookup") or "lookup-service-response-type", []),
        {
            option["id"]: option.get("display_text") or {}
            for option in lookups.get(options.get("workflow_lookup") or "lookup-workflow", [])
        },
        locales,
    )
    shown: dict[str, Any] = {
        "id": module.id,
        "unique_id": module.unique_id,
        "name": module.name,
        "description": module.description,
        "associated_record_types": list(module.associated_record_types),
        "form_section_unique_ids": forms,
        "creation_field_map": module.creation_field_map or options.get("creation_field_map"),
        "field_map": module.field_map,
        "module_options": options,
        "options": options,
        **lists_of(module.unique_id, options),
        "approvals_labels": options.get("approvals_labels_i18n") or {},
        "field_labels": options.get("field_labels_i18n") or {},
    }
    return shown if steps is None else shown | {"workflows": steps}
