"""Does a pack hang together? Every name that one part uses must be brought by another, or stand already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cpims.access.rules.catalogue import ACTIONS
from cpims.configuration.formats.packs import Item, Pack
from cpims.forms.rules.conditions import BrokenCondition, compile_condition, condition_of, fields_asked
from cpims.lib.errors import Problem

#: Sources of options that are not option lists.
ENTITIES = frozenset({"Location", "ReportingLocation", "Agency", "User", "LinkedIncidents", "violations"})
#: Fields whose options must come from somewhere.
CHOICES = frozenset({"select_box", "radio_button"})
CONDITIONS = ("display_conditions_record", "display_conditions_subform")


@dataclass(frozen=True)
class Standing:
    """What an instance has before the pack is loaded: ids by part, and the names of fields by record type."""

    packs: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    lookups: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    user_groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    nested: Mapping[str, frozenset[str]] = field(default_factory=dict)


def standing_after(pack: Pack, before: Standing | None = None) -> Standing:
    """What an instance has once a pack is loaded."""
    old = before or Standing()
    fields = {kind: dict(names) for kind, names in old.fields.items()}
    for item in pack.forms:
        if not item.data.get("is_nested"):
            fields.setdefault(item.data["parent_form"], {}).update({f["name"]: f["type"] for f in item.data["fields"]})
    return Standing(
        packs=old.packs | {pack.name},
        modules=old.modules | set(pack.ids("modules")),
        lookups=old.lookups | set(pack.ids("lookups")),
        locations=old.locations | set(pack.ids("locations", "code")),
        agencies=old.agencies | set(pack.ids("agencies")),
        user_groups=old.user_groups | set(pack.ids("user_groups")),
        roles=old.roles | set(pack.ids("roles")),
        forms=old.forms | set(pack.ids("forms")),
        fields=fields,
        nested={**old.nested, **_nested(pack)},
    )


def _nested(pack: Pack) -> dict[str, frozenset[str]]:
    return {
        item.data["unique_id"]: frozenset(entry["name"] for entry in item.data["fields"])
        for item in pack.forms
        if item.data.get("is_nested")
    }


def pack_problems(pack: Pack, before: Standing | None = None) -> list[Problem]:
    """Everything in a pack that does not fit together, each with its file and place."""
    after = standing_after(pack, before)
    return [
        *(
            Problem("pack.yaml#/requires", "pack.requires", {"pack": name})
            for name in pack.requires
            if name not in after.packs
        ),
        *_twice(pack),
        *_forms(pack, after),
        *_roles(pack, after),
        *_grants(pack, after),
        *_people(pack, after),
        *_settings(pack, after),
    ]


def _twice(pack: Pack) -> Iterator[Problem]:
    for part, key in (
        *((part, "unique_id") for part in ("modules", "lookups", "forms", "roles", "agencies", "user_groups")),
        ("locations", "code"),
        ("users", "user_name"),
    ):
        seen = Counter(pack.ids(part, key))
        for item in getattr(pack, part):
            if seen[item.data[key]] > 1:
                yield Problem(f"{item.place}/{key}", "pack.twice", {"value": item.data[key]})


def _unknown(place: str, part: str, names: Sequence[str], known: frozenset[str]) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield Problem(place, f"pack.unknown_{part}", {"value": name})


def _forms(pack: Pack, after: Standing) -> Iterator[Problem]:
    groups = {item.data["unique_id"]: {o["id"] for o in item.data["values"]} for item in pack.lookups}
    types: dict[tuple[str, str], tuple[str, bool]] = {}
    for item in pack.forms:
        form = item.data
        yield from _unknown(f"{item.place}/module_ids", "module", form["module_ids"], after.modules)
        names = Counter(entry["name"] for entry in form["fields"])
        record = after.fields.get(form["parent_form"], {})
        scope = set(names) if form.get("is_nested") else set()
        if not form.get("is_nested"):
            yield from _group(item, groups)
            yield from _condition(f"{item.place}/display_conditions", form.get("display_conditions"), set(record))
        yield from _unknown(
            f"{item.place}/collapsed_field_names", "field", form.get("collapsed_field_names", []), frozenset(names)
        )
        for number, entry in enumerate(form["fields"]):
            place = f"{item.place}/fields/{number}"
            if names[entry["name"]] > 1:
                yield Problem(f"{place}/name", "pack.twice", {"value": entry["name"]})
            if not form.get("is_nested"):
                kind = (entry["type"], bool(entry.get("multi_select")))
                if types.setdefault((form["parent_form"], entry["name"]), kind) != kind:
                    yield Problem(f"{place}/type", "pack.two_meanings", {"value": entry["name"]})
            yield from _field(place, entry, set(record), scope, after)


def _group(item: Item, groups: Mapping[str, set[str]]) -> Iterator[Problem]:
    form = item.data
    for module in form["module_ids"]:
        lookup = f"lookup-form-group-{module.removeprefix('primeromodule-')}-{form['parent_form'].replace('_', '-')}"
        group = form.get("form_group_id")
        if lookup in groups and group and group not in groups[lookup]:
            yield Problem(f"{item.place}/form_group_id", "pack.unknown_group", {"value": group})


def _condition(place: str, container: Any, names: set[str]) -> Iterator[Problem]:
    try:
        expression = condition_of(container)
        if expression is None:
            return
        compile_condition(expression)
    except BrokenCondition as error:
        yield Problem(place, "pack.broken_condition", {"reason": error.code})
        return
    yield from _unknown(place, "field", sorted(fields_asked(expression)), frozenset(names))


def _field(
    place: str,
    entry: Mapping[str, Any],
    record: set[str],
    row: set[str],
    after: Standing,
) -> Iterator[Problem]:
    source = entry.get("option_strings_source")
    if source is not None and source not in ENTITIES:
        kind, _, lookup = source.partition(" ")
        if kind != "lookup" or not lookup:
            yield Problem(f"{place}/option_strings_source", "pack.source", {"value": source})
        else:
            yield from _unknown(f"{place}/option_strings_source", "lookup", [lookup], after.lookups)
    if entry["type"] in CHOICES and source is None and not entry.get("option_strings_text"):
        yield Problem(place, "pack.no_options", {"value": entry["name"]})
    if entry.get("multi_select") and entry["type"] != "select_box":
        yield Problem(f"{place}/multi_select", "pack.multi_select", {"value": entry["name"]})
    yield from _condition(f"{place}/display_conditions_record", entry.get("display_conditions_record"), record)
    yield from _condition(f"{place}/display_conditions_subform", entry.get("display_conditions_subform"), row)
    if entry["type"] != "subform":
        return
    inside = after.nested.get(entry.get("subform_unique_id", ""))
    if inside is None:
        yield Problem(place, "pack.no_subform", {"value": entry["name"]})
        return
    asked = entry.get("subform_section_configuration") or {}
    named = [asked[key] for key in ("subform_sort_by", "subform_group_by") if key in asked] + asked.get("fields", [])
    yield from _unknown(f"{place}/subform_section_configuration", "field", named, inside)


def _roles(pack: Pack, after: Standing) -> Iterator[Problem]:
    forms = after.forms - set(after.nested)
    for item in pack.roles:
        role = item.data
        yield from _unknown(f"{item.place}/module_unique_ids", "module", role["module_unique_ids"], after.modules)
        yield from _unknown(
            f"{item.place}/form_section_read_write", "form", list(role["form_section_read_write"]), forms
        )
        for resource, granted in role["permissions"].items():
            place = f"{item.place}/permissions/{resource}"
            if resource == "objects":
                continue
            if resource not in ACTIONS:
                yield Problem(place, "pack.unknown_resource", {"value": resource})
            elif not isinstance(granted, list):
                yield Problem(place, "pack.list_wanted")
            else:
                yield from _unknown(place, "action", [str(a) for a in granted], frozenset(ACTIONS[resource]))


def _grants(pack: Pack, after: Standing) -> Iterator[Problem]:
    for item in pack.grants:
        yield from _unknown(item.place, "role", [item.data["role"]], after.roles)
        yield from _unknown(item.place, "form", list(item.data["forms"]), after.forms - set(after.nested))


def _people(pack: Pack, after: Standing) -> Iterator[Problem]:
    for item in pack.user_groups:
        agencies = item.data.get("agency_unique_ids", [])
        yield from _unknown(f"{item.place}/agency_unique_ids", "agency", agencies, after.agencies)
    for item in pack.users:
        user = item.data
        yield from _unknown(f"{item.place}/role", "role", [user["role"]], after.roles)
        yield from _unknown(f"{item.place}/agency", "agency", [user["agency"]], after.agencies)
        yield from _unknown(f"{item.place}/user_groups", "user_group", user["user_groups"], after.user_groups)
        if "location" in user:
            yield from _unknown(f"{item.place}/location", "location", [user["location"]], after.locations)


def _settings(pack: Pack, after: Standing) -> Iterator[Problem]:
    fields = frozenset(after.fields.get("case", {}))
    for number, entry in enumerate(pack.settings.get("auto_populate_list") or []):
        place = f"settings.yaml#/auto_populate_list/{number}"
        yield from _unknown(place, "field", [entry.get("field_key", ""), *entry.get("format", [])], fields)
    for key in ("approval_forms_to_alert",):
        place = f"settings.yaml#/{key}"
        yield from _unknown(place, "form", list(pack.settings.get(key) or {}), after.forms)
    alerts = pack.settings.get("changes_field_to_form") or {}
    yield from _unknown("settings.yaml#/changes_field_to_form", "field", list(alerts), fields)
