"""The whole configuration of an instance, written as a pack. Nobody's account is in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Agency, Role, UserGroup
from cpims.configuration.formats import parts, writing
from cpims.configuration.formats.packs import rows_form
from cpims.forms.models import Field, Form
from cpims.forms.queries.definitions import field_said, form_said
from cpims.forms.queries.grants import grants_of_roles
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.settings.models import Instance

Said = dict[str, Any]


def configuration_files(viewer: Viewer | None, *, name: str, version: str) -> dict[str, bytes]:
    """The files of a pack that holds everything configured here; for an operator, or who may manage configurations.

    The same configuration gives the same bytes, on whatever instance. What is put away (forms, lists, questions) is left out.
    Raises: Forbidden. Shows: settings, modules, lists, places, agencies, groups, forms, roles; no accounts, no records.
    """
    if viewer is not None:
        require(viewer, "primero_configuration", "manage")
    settings = Instance.objects.get().data
    forms, lookups = _forms(), _lookups()
    places, agencies = _locations(), list(Agency.objects.order_by("order", "unique_id"))
    locales = _locales(settings, [forms, lookups, places, [row.name for row in agencies]])
    documents: dict[str, Any] = {
        "pack.yaml": {
            "name": name,
            "title": dict.fromkeys(locales, name),
            "version": version,
            "locales": locales,
        }
    }
    if settings:
        documents["settings.yaml"] = writing.plain(settings)
    for module in Module.objects.order_by("unique_id"):
        keys = tuple({**parts.MODULE_REQUIRED, **parts.MODULE_OPTIONAL})
        said = {key: getattr(module, key) for key in keys}
        kept = writing.ordered(said, keys, locales)
        documents[f"modules/{module.unique_id}.yaml"] = {"associated_record_types": [], "options": {}} | kept
    for unique_id, said in lookups.items():
        entry = {"name": writing.texts(said["name"], locales)} | ({"locked": True} if said["locked"] else {})
        values = [writing.option(value, locales) for value in said["values"]]
        documents[f"lookups/{unique_id}.yaml"] = {unique_id: {**entry, "values": values}}
    documents |= {f"forms/{unique_id}.yaml": form for unique_id, form in _written_forms(forms, locales).items()}
    documents |= {f"roles/{role['unique_id']}.yaml": role for role in _roles(forms, locales)}
    for file, found in (
        ("locations.yaml", _tree(places, locales)),
        ("agencies.yaml", [_agency(row, locales) for row in agencies]),
        ("user_groups.yaml", _groups(locales)),
    ):
        if found:
            documents[file] = found
    return {file: writing.written(document) for file, document in sorted(documents.items())}


def _locales(settings: Mapping[str, Any], texts: Any) -> list[str]:
    """The languages switched on, then others that something is written in; English is always there."""
    switched = [str(code) for code in settings.get("locales") or ["en"]]
    used: set[str] = set()

    def look(value: Any, text: bool = False) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if text and isinstance(inner, str):
                    used.update({str(key)} if inner.strip() else ())
                else:
                    look(inner, key in _TEXT_KEYS)
        elif isinstance(value, list):
            for inner in value:
                look(inner, text)

    look(texts[:3])
    for name in texts[3]:
        look(name, True)
    return switched + [code for code in sorted(used | {"en"}) if code not in switched]


_TEXT_KEYS = frozenset(
    "name display_name display_text description help_text guiding_questions tick_box_label "
    "signature_provided_by_label placename".split()
)


def _lookups() -> dict[str, Said]:
    rows = Lookup.objects.filter(retired_at__isnull=True).order_by("unique_id")
    return {row.unique_id: {"name": row.name, "values": row.values, "locked": row.locked} for row in rows}


def _forms() -> dict[str, Said]:
    fields: dict[int, list[Said]] = defaultdict(list)
    live = Field.objects.filter(retired_at__isnull=True).select_related("subform").order_by("order", "id")
    for row in live:
        fields[row.form_id].append(field_said(row))
    rows = Form.objects.filter(retired_at__isnull=True).order_by("unique_id")
    return {row.unique_id: {**form_said(row), "fields": fields[row.pk]} for row in rows}


def _written_forms(forms: Mapping[str, Said], locales: Sequence[str]) -> dict[str, Said]:
    """Each form with the forms of its rows inside it, where that says everything; else these stand alone."""
    users: dict[str, list[str]] = defaultdict(list)
    for unique_id, said in forms.items():
        for entry in said["fields"]:
            if entry.get("subform_unique_id"):
                users[entry["subform_unique_id"]].append(unique_id)
    inside = {
        target
        for target, by in users.items()
        if len(by) == 1
        and target in forms
        and not forms[by[0]]["is_nested"]
        and _follows(forms, by[0], target, locales)
    }
    return {
        unique_id: writing.form({**said, "fields": _fields(said, forms, inside, locales)}, locales)
        for unique_id, said in forms.items()
        if unique_id not in inside
    }


def _follows(forms: Mapping[str, Said], above: str, target: str, locales: Sequence[str]) -> bool:
    """Would the form of the rows be the same when it is read from inside its field?"""
    form, said = forms[above], forms[target]
    if any(entry["type"] == "subform" for entry in said["fields"]):
        return False
    number = next(n for n, entry in enumerate(form["fields"]) if entry.get("subform_unique_id") == target)
    kept = writing.rows({**said, "fields": []}, locales)
    read = rows_form(kept, form, number)
    whole = {key: value for key, value in said.items() if key != "fields"}
    return writing.form({**read, "module_ids": sorted(form["module_ids"])}, locales) == writing.form(
        {**whole, "module_ids": sorted(said["module_ids"])}, locales
    )


def _fields(said: Said, forms: Mapping[str, Said], inside: set[str], locales: Sequence[str]) -> list[Said]:
    written = []
    for entry in said["fields"]:
        target = entry.get("subform_unique_id")
        shown = dict(entry)
        if target in inside:
            shown.pop("subform_unique_id")
            rows = forms[target]
            shown["subform"] = writing.rows({**rows, "fields": _fields(rows, forms, inside, locales)}, locales)
        written.append(writing.field(shown, locales))
    return written


def _roles(forms: Mapping[str, Said], locales: Sequence[str]) -> list[Said]:
    rows = list(Role.objects.order_by("unique_id"))
    grants = grants_of_roles([row.pk for row in rows])
    keys = tuple({**parts.ROLE_REQUIRED, **parts.ROLE_OPTIONAL})
    written = []
    for row in rows:
        said = {key: getattr(row, key) for key in keys if key != "form_section_read_write"}
        kept = writing.ordered(said, keys, locales)
        if row.reporting_location_level == 0:
            kept["reporting_location_level"] = 0
        held = grants.get(row.pk, {})
        written.append(
            {
                **kept,
                "module_unique_ids": sorted(row.module_unique_ids),
                "permissions": {
                    key: sorted(value) if isinstance(value, list) else writing.plain(value)
                    for key, value in sorted(row.permissions.items())
                },
                "form_section_read_write": {
                    form: held[form] for form in sorted(held) if form in forms and not forms[form]["is_nested"]
                },
            }
        )
    return written


def _agency(row: Agency, locales: Sequence[str]) -> Said:
    keys = tuple({**parts.AGENCY_REQUIRED, **parts.AGENCY_OPTIONAL})
    return writing.ordered({key: getattr(row, key) for key in keys}, keys, locales)


def _groups(locales: Sequence[str]) -> list[Said]:
    written = []
    keys = ("unique_id", "name", "description", "core_resource", "disabled")
    for row in UserGroup.objects.prefetch_related("agencies").order_by("unique_id"):
        kept = writing.ordered({key: getattr(row, key) for key in keys}, keys, locales)
        agencies = sorted(agency.unique_id for agency in row.agencies.all())
        written.append(kept | ({"agency_unique_ids": agencies} if agencies else {}))
    return written


def _locations() -> list[Said]:
    keys = ("code", "placename", "type", "disabled", "hierarchy")
    return list(Location.objects.order_by("code").values(*keys))


def _tree(places: Sequence[Said], locales: Sequence[str]) -> list[Said]:
    written: dict[str, Said] = {}
    tops: list[Said] = []
    for place in places:
        written[place["code"]] = writing.ordered(place, ("code", "placename", "type", "disabled"), locales)
    for place in places:
        above = place["hierarchy"][-2] if len(place["hierarchy"]) > 1 else None
        home = tops if above is None else written[above].setdefault("places", [])
        home.append(written[place["code"]])
    return tops
