"""Which fields a viewer may read and which she may fill, and why: decided once, for every road."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer
from cpims.records.rules.kinds import CORE, FILTERS, NOT_FOR_IDENTIFIED, OF_IDENTIFIED, RECORD_INFORMATION, Kind

WRITABLE_TYPES = frozenset(
    (
        "text_field textarea radio_button tick_box select_box numeric_field date_field subform tally_field calculated"
    ).split()
)
#: Kept beside the answers of a record: by user name, the roles whose forms she looks at it with (``""``: her own).
LENT = "lent_roles"
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


@dataclass(frozen=True)
class Ground:
    """Why a name may be read or filled, or why not: a stable code, and the form or the action that it rests on."""

    code: str
    by: str = ""


def readable_names(
    viewer: Viewer, kind: Kind, forms: Iterable[FormView], module: str | None, *, name_parts: Collection[str] = ()
) -> frozenset[str]:
    """The names this viewer may read on records of a kind (of one module, or of any module of hers)."""
    return frozenset(readable_grounds(viewer, kind, forms, module, name_parts=name_parts))


def readable_grounds(
    viewer: Viewer, kind: Kind, forms: Iterable[FormView], module: str | None, *, name_parts: Collection[str] = ()
) -> Mapping[str, Ground]:
    """The names this viewer may read, each with its reason.

    The fields of forms granted to her role, and the names that come with the kind itself. Whoever sees only the case
    about herself (scope ``identified``) reads her forms, the status of her case and who is named in it, and not who
    works on it.
    """
    if not viewer.may(kind.name, "read"):
        return {}
    grounds: dict[str, Ground] = {}
    for form in forms:
        if form.unique_id in viewer.form_access and in_module(viewer, form, module):
            for field in form.fields:
                grounds.setdefault(field["name"], Ground("form", form.unique_id))
    _add_name(grounds, name_parts)
    about_herself = viewer.scope is Scope.IDENTIFIED
    plain = {"core": CORE, "filter": FILTERS, "record_information": RECORD_INFORMATION}
    if about_herself:
        plain = {"core": CORE - NOT_FOR_IDENTIFIED, "identified": OF_IDENTIFIED}
    for code, names in plain.items():
        for name in sorted(names):
            grounds.setdefault(name, Ground(code))
    for name, action in kind.fixed_readable(viewer).items():
        grounds.setdefault(name, Ground("action", action) if action else Ground("kind"))
    for action, opened in (("write", ("hidden_name",)), ("flag", ("flag_count", "flagged"))):
        if viewer.may(kind.name, action):
            for name in opened:
                grounds.setdefault(name, Ground("action", f"{kind.name}:{action}"))
    return grounds


def _add_name(grounds: dict[str, Ground], name_parts: Collection[str]) -> None:
    """The child's name is put together from its parts: who reads every part reads the name, and nobody else."""
    if name_parts and all(part in grounds for part in name_parts):
        grounds.setdefault("name", grounds[next(iter(name_parts))])


def writable_names(
    viewer: Viewer, kind: Kind, forms: Iterable[FormView], module: str, *, on_create: bool
) -> frozenset[str]:
    """The answers this viewer may give on a record of a module: fields of forms she may fill, of a writable type."""
    return frozenset(writable_grounds(viewer, kind, forms, module, on_create=on_create))


def writable_grounds(
    viewer: Viewer, kind: Kind, forms: Iterable[FormView], module: str, *, on_create: bool
) -> Mapping[str, Ground]:
    """The answers this viewer may give on a record of a module, each with its reason."""
    grounds: dict[str, Ground] = {}
    for form in forms:
        for field in form.fields:
            if closed_because(viewer, kind, form, field, module, on_create=on_create) is None:
                grounds.setdefault(field["name"], Ground("form", form.unique_id))
    for action, subform in OPENED_BY_ACTION.items():
        if viewer.holds(kind.name, action) and subform not in kind.immutable:
            grounds.setdefault(subform, Ground("action", f"{kind.name}:{action}"))
    return grounds


def closed_because(
    viewer: Viewer, kind: Kind, form: FormView, field: Mapping[str, Any], module: str, *, on_create: bool
) -> Ground | None:
    """Why this form does not let this viewer answer this question; nothing when it does."""
    act = "create" if on_create else "write"
    access = viewer.form_access.get(form.unique_id)
    if module not in form.module_ids:
        return Ground("form_not_in_module", form.unique_id)
    if access is None:
        return Ground("form_not_granted", form.unique_id)
    if access != "rw":
        return Ground("form_read_only", form.unique_id)
    if field["name"] in kind.immutable:
        return Ground("never_written")
    if field["type"] not in WRITABLE_TYPES:
        return Ground("type_not_written", field["type"])
    if field.get("subform_summary"):
        return Ground("summary")
    if field.get("disabled"):
        return Ground("field_disabled")
    return None if viewer.may(kind.name, act) else Ground("action_missing", f"{kind.name}:{act}")


def in_module(viewer: Viewer, form: FormView, module: str | None) -> bool:
    """Does a form belong to the module, or, when none is named, to a module of this viewer?"""
    if module is not None:
        return module in form.module_ids
    return viewer.is_super or not form.module_ids.isdisjoint(viewer.modules)
