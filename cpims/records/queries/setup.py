"""What the configuration says about a kind of record, gathered once per configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.forms.queries.catalogue import catalogue
from cpims.forms.rules.calculations import Plan, plan_calculations
from cpims.forms.rules.compiled import CompiledFields, compile_fields
from cpims.locations.models import Location
from cpims.records.rules.fields import FormView, readable_names, writable_names
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.projections import Setup
from cpims.settings.models import Instance


@lru_cache(maxsize=4)
def instance_settings(configuration: int) -> Mapping[str, Any]:
    """The settings of the instance at a configuration number."""
    return MappingProxyType(Instance.objects.values_list("data", flat=True).get())


@lru_cache(maxsize=4)
def places(configuration: int) -> Mapping[str, tuple[str, ...]]:
    """Each place's code with the codes above it and its own."""
    return MappingProxyType({code: tuple(path) for code, path in Location.objects.values_list("code", "hierarchy")})


@lru_cache(maxsize=16)
def setup_of(configuration: int, kind: str) -> Setup:
    """How records of a kind are derived at a configuration number."""
    rules = instance_settings(configuration).get("auto_populate_list") or []
    name_rule = next((rule for rule in rules if rule.get("field_key") == "name" and rule.get("auto_populated")), None)
    rule = name_rule or {"format": ["name_first", "name_middle", "name_last"], "separator": " "}
    fields = catalogue(configuration).fields_of(kind)
    preview = {name for name, field in fields.items() if field.get("show_on_minify_form")}
    return Setup(
        fields=MappingProxyType(fields),
        row_fields=KINDS[kind].short_fields | preview,
        name_parts=tuple(rule.get("format") or ()),
        name_separator=rule.get("separator") or " ",
        places=places(configuration),
    )


def forms_of(configuration: int, kind: str) -> tuple[FormView, ...]:
    """The forms of a kind, as far as field permission is concerned."""
    return tuple(
        FormView(form.unique_id, form.module_ids, form.fields)
        for form in catalogue(configuration).by_kind.get(kind, ())
    )


def name_parts_of(configuration: int, kind: str) -> tuple[str, ...]:
    """The fields from which a name is put together, as far as the forms ask for them."""
    setup = setup_of(configuration, kind)
    return tuple(part for part in setup.name_parts if part in setup.fields)


@lru_cache(maxsize=4096)
def readable_fields(viewer: Viewer, kind: str, module: str | None) -> frozenset[str]:
    """The names a viewer may read on records of a kind and module (``None``: in lists, any module of hers)."""
    parts = name_parts_of(viewer.configuration, kind)
    return readable_names(viewer, KINDS[kind], forms_of(viewer.configuration, kind), module, name_parts=parts)


@lru_cache(maxsize=4096)
def writable_fields(viewer: Viewer, kind: str, module: str, on_create: bool) -> frozenset[str]:
    """The names a viewer may fill on records of a kind and module."""
    return writable_names(viewer, KINDS[kind], forms_of(viewer.configuration, kind), module, on_create=on_create)


@dataclass(frozen=True)
class Checks:
    """The fields of a kind and module made ready: all at once, form by form, and their calculations."""

    fields: CompiledFields
    forms: tuple[tuple[str, CompiledFields], ...]
    plan: Plan
    options: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=16)
def checks_of(configuration: int, kind: str, module: str) -> Checks:
    """What answers of a kind and module are checked and calculated with; a field on several forms counts on the first."""
    forms = catalogue(configuration)
    known: set[str] = set()
    by_form: list[tuple[str, CompiledFields]] = []
    for form in forms.by_kind.get(kind, ()):
        if module in form.module_ids and form.visible:
            by_form.append((form.unique_id, compile_fields([f for f in form.fields if f["name"] not in known])))
            known.update(f["name"] for f in form.fields)
    fields = list(forms.fields_of(kind, module).values())
    return Checks(compile_fields(fields), tuple(by_form), plan_calculations(fields), forms.options)


def fields_by_form(configuration: int, kind: str) -> dict[str, frozenset[str]]:
    """The names of the fields on each form of a kind."""
    return {form.unique_id: frozenset(f["name"] for f in form.fields) for form in forms_of(configuration, kind)}
