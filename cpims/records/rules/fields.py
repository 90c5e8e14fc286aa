"""Which fields a viewer may read and which she may fill: decided once, for every road."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.records.rules.kinds import CORE, FILTERS, RECORD_INFORMATION, Kind

WRITABLE_TYPES = frozenset(
    (
        "text_field textarea radio_button tick_box select_box numeric_field date_field subform tally_field calculated"
    ).split()
)
#: A subform that an action's permission opens even without its form.
OPENED_BY_ACTION = {
    "add_note": "notes_section",
    "incident_details_from_case": "incident_details",
    "services_section_from_case": "services_section",
}


@dataclass(frozen=True)
class FormView:
    """What field permission needs to know of a form."""

    unique_id: str
    module_ids: frozenset[str]
    fields: tuple[Mapping[str, Any], ...]


def readable_names(viewer: Viewer, kind: Kind, forms: Iterable[FormView], module: str | None) -> frozenset[str]:
    """The names this viewer may read on records of a kind (of one module, or of any module of hers).

    The fields of forms granted to her role, and the names that come with the kind itself.
    """
    if not viewer.may(kind.name, "read"):
        return frozenset()
    names = set(CORE | FILTERS | RECORD_INFORMATION) | kind.fixed_readable(viewer)
    for form in forms:
        if form.unique_id in viewer.form_access and _in_module(viewer, form, module):
            names.update(field["name"] for field in form.fields)
    if viewer.may(kind.name, "write"):
        names.add("hidden_name")
    if viewer.may(kind.name, "flag"):
        names |= {"flag_count", "flagged"}
    return frozenset(names)


def writable_names(
    viewer: Viewer, kind: Kind, forms: Iterable[FormView], module: str, *, on_create: bool
) -> frozenset[str]:
    """The answers this viewer may give on a record of a module: fields of forms she may fill, of a writable type."""
    names: set[str] = set()
    for form in forms:
        if viewer.form_access.get(form.unique_id) == "rw" and module in form.module_ids:
            names.update(
                field["name"]
                for field in form.fields
                if field["type"] in WRITABLE_TYPES and not field.get("subform_summary") and not field.get("disabled")
            )
    if not viewer.may_any(kind.name, "create" if on_create else "write"):
        names.clear()
    for action, subform in OPENED_BY_ACTION.items():
        if viewer.holds(kind.name, action):
            names.add(subform)
    return frozenset(names - kind.immutable)


def _in_module(viewer: Viewer, form: FormView, module: str | None) -> bool:
    if module is not None:
        return module in form.module_ids
    return viewer.is_super or not form.module_ids.isdisjoint(viewer.modules)
