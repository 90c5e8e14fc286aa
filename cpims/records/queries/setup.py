"""What the configuration says about a kind of record, gathered once per configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.forms.queries.catalogue import catalogue
from cpims.forms.rules.calculations import Plan, plan_calculations
from cpims.forms.rules.compiled import CompiledFields, compile_fields
from cpims.lib.json import canonical
from cpims.locations.models import Location
from cpims.records.rules.fields import FormView, readable_names, writable_names
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.projections import EDITION, Setup
from cpims.settings.models import Instance
from cpims.settings.queries import settings_at


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
    called_by = KINDS[kind].called_by
    if kind != "case":
        rule = {"format": [called_by] if called_by else []}
    return Setup(
        fields=MappingProxyType(fields),
        row_fields=KINDS[kind].short_fields | preview,
        name_parts=tuple(rule.get("format") or ()),
        name_separator=rule.get("separator") or " ",
        places=places(configuration),
        filterable=frozenset(name for name, field in fields.items() if field.get("filterable")),
        decided=decided_of(configuration),
    )


@lru_cache(maxsize=4)
def decided_of(configuration: int) -> Mapping[str, Any]:
    """What the instance decides about what is due."""
    decided = settings_at(configuration)
    return MappingProxyType(
        {
            "timelines": decided.option("timelines", {}),
            "due_date_from_appointment_date": decided.option("due_date_from_appointment_date", False),
            "time_zone": decided.time_zone,
        }
    )


def reporting_field(configuration: int) -> str:
    """The place by which this instance reports: the owner's, unless it decided otherwise."""
    decided = instance_settings(configuration).get("reporting_location_config") or {}
    return str(decided.get("field_key") or "owned_by_location")


#: What forms say to people; nothing is derived from it.
WORDING = frozenset(
    (
        "id display_name help_text guiding_questions tick_box_label signature_provided_by_label order updated_at "
        "created_at form_section_id subform_section_id option_strings_text hide_on_view_page mobile_visible description "
        "order_form_group order_subform collapsed_field_names"
    ).split()
)


@lru_cache(maxsize=16)
def mark_of(configuration: int, kind: str) -> str:
    """A mark of everything that records of a kind are derived by; the same as long as none would come out otherwise."""
    setup = setup_of(configuration, kind)
    told = {
        "edition": EDITION,
        "name": [list(setup.name_parts), setup.name_separator],
        "row": sorted(setup.row_fields),
        "places": {code: list(path) for code, path in setup.places.items()},
        "narrowed_by": dict(KINDS[kind].narrowed_by),
        "decided": dict(setup.decided),
        "forms": [
            [form.unique_id, sorted(form.module_ids), form.visible, [_without_words(field) for field in form.fields]]
            for form in catalogue(configuration).by_kind.get(kind, ())
        ],
    }
    return hashlib.sha256(canonical(told)).hexdigest()


def _without_words(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {name: _without_words(value) for name, value in part.items() if name not in WORDING}
    return [_without_words(value) for value in part] if isinstance(part, (list, tuple)) else part


def forms_of(configuration: int, kind: str) -> tuple[FormView, ...]:
    """The forms of a kind, as far as field permission is concerned."""
    return tuple(
        FormView(form.unique_id, form.module_ids, form.fields)
        for form in catalogue(configuration).by_kind.get(kind, ())
    )


def name_parts_of(configuration: int, kind: str) -> tuple[str, ...]:
    """The fields from which ``name`` is put together, as far as the forms ask for them."""
    if KINDS[kind].called_by != "name":
        return ()
    setup = setup_of(configuration, kind)
    return tuple(part for part in setup.name_parts if part in setup.fields)


@lru_cache(maxsize=4096)
def readable_fields(viewer: Viewer, kind: str, module: str | None) -> frozenset[str]:
    """The names a viewer may read on records of a kind and module (``None``: in lists, any module of hers)."""
    parts = name_parts_of(viewer.configuration, kind)
    return readable_names(viewer, KINDS[kind], forms_of(viewer.configuration, kind), module, name_parts=parts)


def may_use(name: str, viewer: Viewer, kind: str) -> bool:
    """May a list be narrowed, counted or ordered by this name? By names she may read; a question inside rows
    (``rows.question``) by the name of the rows; the owner's place where the instance reports by it."""
    readable = readable_fields(viewer, kind, None)
    if name == "owned_by_location":
        return "owned_by" in readable and name == reporting_field(viewer.configuration)
    return name.partition(".")[0] in readable


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
