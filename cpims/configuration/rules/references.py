"""Names in a pack that lead nowhere, and ids that stand for two things; beyond what keeps a pack from being loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cpims.accounts.rules.lists import CASE_FILTERS, MRM_FILTERS
from cpims.configuration.formats.packs import Item
from cpims.configuration.rules.fitting import Standing
from cpims.configuration.rules.world import Question, World
from cpims.forms.rules.calculations import fields_read
from cpims.forms.rules.conditions import BrokenCondition, compile_condition, condition_of, fields_asked
from cpims.lib.errors import Problem
from cpims.modules.rules import LIST_FILTERS, LIST_HEADERS
from cpims.records.rules.kinds import COMMON_SHORT, CORE, FILTERS, RECORD_INFORMATION

PLURALS: Final = {
    "cases": "case",
    "incidents": "incident",
    "tracing_requests": "tracing_request",
    "registry_records": "registry_record",
    "families": "family",
}
#: Columns that no form asks for.
_COLUMNS: Final = CORE | FILTERS | RECORD_INFORMATION | COMMON_SHORT | {n for c in LIST_HEADERS.values() for n in c}
#: Filters that no form asks for.
_FILTERS: Final = (
    {name.rstrip("?!").removeprefix("loc:") for name in (*CASE_FILTERS.split(), *MRM_FILTERS.split())}
    | {name for names in LIST_FILTERS.values() for name in names}
    | FILTERS
    | RECORD_INFORMATION
)
_OPTIONS_OF_MODULE: Final = {
    "workflow_lookup": "lookup",
    "response_type_lookup": "lookup",
    "consent_form": "form",
    "services_form": "form",
}
#: Values with which a date can begin.
_BEGINNINGS: Final = frozenset({"today", "now"})


def dangling(world: World, after: Standing) -> Iterator[Problem]:
    """Everything that names what is not there."""
    for item in world.pack.modules:
        yield from _module(item, after)
    for item in world.pack.roles:
        objects = item.data["permissions"].get("objects") or {}
        for part, known in (("role", after.roles), ("agency", after.agencies)):
            named = objects.get(part) if isinstance(objects, Mapping) else None
            for name in named if isinstance(named, list) else ():
                if name not in known:
                    yield Problem(f"{item.place}/permissions/objects/{part}", f"pack.unknown_{part}", {"value": name})
    for item in world.pack.forms:
        if not item.data.get("is_nested") and not item.data.get("form_group_id"):
            yield Problem(item.place, "pack.key_missing", {"entry": "form_group_id"})
    for question in world.own():
        yield from _question(question, world, after)
    yield from _settings(world.pack.settings, after)


def _lost(place: str, names: Iterable[Any], known: Iterable[str], part: str = "field") -> Iterator[Problem]:
    here = frozenset(known)
    for name in names:
        if name not in here:
            yield Problem(place, f"pack.unknown_{part}", {"value": str(name)})


def _module(item: Item, after: Standing) -> Iterator[Problem]:
    options = item.data["options"]
    for key, part in _OPTIONS_OF_MODULE.items():
        if options.get(key):
            known = after.lookups if part == "lookup" else after.forms
            yield from _lost(f"{item.place}/options/{key}", [options[key]], known, part)
    cases = after.fields.get("case", {})
    key = "data_protection_case_create_field_names"
    yield from _lost(
        f"{item.place}/options/{key}", [n for n in options.get(key) or () if n != "legitimate_basis"], cases
    )
    for key, beyond, part in (("list_headers", _COLUMNS, "column"), ("list_filters", _FILTERS, "filter")):
        for plural, names in (options.get(key) or {}).items():
            place = f"{item.place}/options/{key}/{plural}"
            kind = PLURALS.get(plural)
            if kind is None:
                yield Problem(place, "pack.unknown_record_type", {"value": plural})
                continue
            usual = {f"my_{plural}", f"{plural}_by_date"} if part == "filter" else _ids(kind)
            yield from _lost(place, names, {*beyond, *usual, *after.fields.get(kind, {})}, part)


def _ids(kind: str) -> set[str]:
    short = "registry" if kind == "registry_record" else kind
    return {f"{short}_id", f"{short}_id_display"}


def _question(question: Question, world: World, after: Standing) -> Iterator[Problem]:
    entry, place = question.entry, question.place
    record = after.fields.get(question.form["parent_form"], {})
    row = after.nested.get(question.form["unique_id"], frozenset()) if question.form.get("is_nested") else frozenset()
    options = world.options_of(entry)
    ids = {option["id"] for option in options} if options is not None else None
    yield from _beginning(f"{place}/selected_value", entry, ids)
    tags = {tag for option in options or () for tag in option.get("tags") or ()}
    for tag, container in (entry.get("option_strings_condition") or {}).items():
        spot = f"{place}/option_strings_condition/{tag}"
        if options is not None and tag not in tags:
            yield Problem(spot, "pack.unknown_tag", {"value": tag})
        yield from _asked(spot, container, {*record, *row})
    inside = after.nested.get(str(entry.get("subform_unique_id")), frozenset())
    shown = (entry.get("subform_section_configuration") or {}).get("display_conditions")
    if entry["type"] == "subform":
        yield from _asked(f"{place}/subform_section_configuration/display_conditions", shown, inside)
    expression = (entry.get("calculation") or {}).get("expression")
    if expression is not None:
        yield from _lost(f"{place}/calculation", sorted(fields_read(expression)), row or record)
    if entry.get("link_to_form"):
        yield from _lost(f"{place}/link_to_form", [entry["link_to_form"]], after.forms, "form")
    summary = entry.get("subform_summary") or {}
    if summary:
        yield from _summary(f"{place}/subform_summary", summary, question, world, after)


def _beginning(place: str, entry: Mapping[str, Any], ids: set[str] | None) -> Iterator[Problem]:
    value = entry.get("selected_value")
    if value is None:
        return
    if entry["type"] == "date_field" and value.lower() not in _BEGINNINGS:
        yield Problem(place, "pack.no_beginning", {"value": value})
    elif ids is not None and not value.startswith("[") and value not in ids:
        yield Problem(place, "pack.unknown_option", {"value": value})


def _asked(place: str, container: Any, names: Iterable[str]) -> Iterator[Problem]:
    try:
        expression = condition_of(container)
        if expression is None:
            return
        compile_condition(expression)
    except BrokenCondition as error:
        yield Problem(place, "pack.broken_condition", {"reason": error.code})
        return
    yield from _lost(place, sorted(fields_asked(expression)), names)


def _summary(
    place: str, summary: Mapping[str, Any], question: Question, world: World, after: Standing
) -> Iterator[Problem]:
    rows = [
        q.entry for q in world.top.get(question.form["parent_form"], ()) if q.name == summary.get("subform_field_name")
    ]
    if not rows or rows[0]["type"] != "subform":
        yield Problem(place, "pack.unknown_field", {"value": str(summary.get("subform_field_name"))})
        return
    inside = after.nested.get(str(rows[0].get("subform_unique_id")), frozenset())
    for way in ("first", "last"):
        asked = summary.get(way) or {}
        yield from _lost(place, [asked[key] for key in ("field_name", "order_by") if asked.get(key)], inside)


def _settings(settings: Mapping[str, Any], after: Standing) -> Iterator[Problem]:
    cases = {*after.fields.get("case", {}), *_COLUMNS}
    for key, names, known in (
        ("duplicate_export_field", [settings.get("duplicate_export_field")], cases),
        (
            "reporting_location_config",
            [(settings.get("reporting_location_config") or {}).get("field_key")],
            {*cases, "owned_by_location"},
        ),
        ("incident_reporting_location_config",
         [(settings.get("incident_reporting_location_config") or {}).get("field_key")],
         {*after.fields.get("incident", {}), "owned_by_location"}),
    ):  # fmt: skip
        yield from _lost(f"settings.yaml#/{key}", [name for name in names if name], known)


def second_meanings(world: World) -> Iterator[Problem]:
    """Ids of a pack that the packs below it use already, for forms, lists, or for answers of another type."""
    below = world.packs[:-1]
    for part in ("forms", "lookups", "roles", "modules"):
        taken = {name for pack in below for name in pack.ids(part)}
        for item in getattr(world.pack, part):
            if item.data["unique_id"] in taken:
                yield Problem(f"{item.place}/unique_id", "pack.taken", {"value": item.data["unique_id"]})
    for questions in world.top.values():
        first: dict[str, Question] = {}
        for question in questions:
            other = first.setdefault(question.name, question)
            if other is question or not question.own or question.entry["type"] == "separator":
                continue
            if other.own and _meaning(other) != _meaning(question):
                continue  # named already: it keeps the pack from being loaded
            if _meaning(other) != _meaning(question):
                yield Problem(f"{question.place}/type", "pack.two_meanings", {"value": question.name})
            elif world.options_of(other.entry) != world.options_of(question.entry):
                params = {"value": question.name, "form": other.form["unique_id"]}
                yield Problem(f"{question.place}/name", "pack.other_options", params)


def _meaning(question: Question) -> tuple[str, bool]:
    return str(question.entry["type"]), bool(question.entry.get("multi_select"))
