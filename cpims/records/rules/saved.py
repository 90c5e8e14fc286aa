"""Saved searches: what may be kept, and what may be shared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.lib.errors import Invalid, NotFound, Problem
from cpims.lib.json import dumps
from cpims.records.rules.kinds import KINDS, Kind

LONGEST_NAME: Final = 200
MOST_FILTERS: Final = 100
MOST_BYTES: Final = 20_000
MOST_SEARCHES: Final = 200
TEXT_TYPES: Final = ("text_field", "textarea")
#: What a list is told beside its filters, and may be kept with them.
BESIDE: Final = frozenset(("query", "any", "phonetic", "phone_number", "id_search", "order_by", "order", "fields"))
KEYS: Final = frozenset(("name", "record_type", "module_ids", "filters"))
OUR_KEYS: Final = KEYS | {"shared_groups", "shared_roles"}


class SearchInvalid(Invalid):
    """Something about the saved search is wrong; nothing was kept."""

    code = "saved_search.invalid"


class SearchNotFound(NotFound):
    """There is no such saved search, or not for this person."""

    code = "saved_search.not_found"


def kind_of(record_type: object) -> Kind | None:
    """The kind of record whose lists have this name (``cases``)."""
    return next((kind for kind in KINDS.values() if kind.plural == record_type), None)


def search_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with the shape of a saved search."""
    problems: list[Problem] = []
    name = values.get("name")
    if not isinstance(name, str) or not name.strip():
        problems.append(Problem("/name", "saved_search.name.required"))
    elif "\x00" in name:
        problems.append(Problem("/name", "text.unusable"))
    elif len(name) > LONGEST_NAME:
        problems.append(Problem("/name", "text.too_long", {"most": LONGEST_NAME}))
    if kind_of(values.get("record_type")) is None:
        problems.append(Problem("/record_type", "saved_search.record_type"))
    for key in ("module_ids", "shared_groups", "shared_roles"):
        listed = values.get(key, [])
        if not isinstance(listed, list) or len(listed) > MOST_FILTERS or not all(_is_name(v) for v in listed):
            problems.append(Problem(f"/{key}", "value.not_list"))
    filters = values.get("filters")
    if not isinstance(filters, list):
        problems.append(Problem("/filters", "value.not_list"))
    elif len(filters) > MOST_FILTERS or len(dumps(filters)) > MOST_BYTES or b"\\u0000" in dumps(filters):
        problems.append(Problem("/filters", "saved_search.too_long", {"most": MOST_FILTERS}))
    return problems


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != "" and "\x00" not in value and len(value) <= LONGEST_NAME


def is_filter(entry: object) -> bool:
    """Is this ``{"name": …, "value": …}`` with a list or an object for a value?"""
    return isinstance(entry, Mapping) and _is_name(entry.get("name")) and isinstance(entry.get("value"), (list, dict))


def asked_by(filters: Collection[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Every name that filters ask for, with its value; what lies inside ``or`` and ``not`` one by one."""
    for entry in filters:
        name, value = entry["name"], entry["value"]
        if name not in ("or", "not"):
            yield name, value
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping):
                yield from inner.items()
            else:
                yield name, inner


def names_a_person(name: str, kind: Kind, fields: Mapping[str, Mapping[str, Any]]) -> bool:
    """Could the value of this filter be somebody's name, code, number or words?"""
    if name in ("id", "query", "short_id", kind.own_id, kind.own_code, "unique_identifier"):
        return True
    if name in {*kind.identifier_fields, *kind.name_fields, *kind.phone_fields, *kind.masked_fields}:
        return True
    return fields.get(name, {}).get("type") in TEXT_TYPES


def sharing_problems(values: Mapping[str, Any], viewer: Viewer) -> list[Problem]:
    """With whom she may not share: teams that are not hers, another role than her own (a super-user may)."""
    if viewer.is_super:
        return []
    beyond = {
        "shared_groups": set(values.get("shared_groups") or ()) - viewer.groups,
        "shared_roles": set(values.get("shared_roles") or ()) - {viewer.role},
    }
    return [Problem(f"/{key}", "saved_search.share_beyond") for key, names in beyond.items() if names]
