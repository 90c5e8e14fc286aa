"""Which changes cannot go without which others: a question needs its form and its option list, a right needs its role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from cpims.configuration.rules.differing import ADDED, REMOVED, THINGS, Change
from cpims.forms.rules.calculations import fields_read
from cpims.forms.rules.conditions import condition_of, fields_asked
from cpims.promotion.rules.choosing import change_id

#: A thing by the kind of thing and its id.
Thing = tuple[str, str]
#: Properties that name things of one kind, and of which.
_NAMES: Final[Mapping[tuple[str, str], str]] = {
    ("form", "module_ids"): "module",
    ("role", "module_unique_ids"): "module",
    ("user_group", "agency_unique_ids"): "agency",
    ("location", "parent"): "location",
    ("module", "options/workflow_lookup"): "lookup",
    ("module", "options/response_type_lookup"): "lookup",
    ("module", "options/consent_form"): "form",
    ("module", "options/services_form"): "form",
    ("role", "permissions/objects/role"): "role",
    ("role", "permissions/objects/agency"): "agency",
    ("field", "subform_unique_id"): "form",
    ("field", "link_to_form"): "form",
}


def needs_of(changes: Sequence[Change]) -> dict[str, list[str]]:
    """For each change by its id, the ids of those that it cannot go without; itself is never among them."""
    ids = [change_id(change) for change in changes]
    added: dict[Thing, list[str]] = defaultdict(list)
    named_no_more: dict[Thing, list[str]] = defaultdict(list)
    sides = [(set(_named(change, change.before)), set(_named(change, change.after))) for change in changes]
    for change, own, (before, after) in zip(changes, ids, sides, strict=True):
        if change.action == ADDED and change.kind != "grant":
            for thing in _brought(change):
                added[thing].append(own)
        for thing in before - after:
            named_no_more[thing].append(own)
    needs: dict[str, list[str]] = {}
    for change, own, (before, after) in zip(changes, ids, sides, strict=True):
        wanted = [found for thing in sorted(after - before) for found in added.get(thing, ())]
        if change.action == REMOVED and change.kind != "grant":
            wanted += [found for thing in sorted(_brought(change)) for found in named_no_more.get(thing, ())]
        needs[own] = sorted(set(wanted) - {own})
    return needs


def missing_needs(needs: Mapping[str, Sequence[str]], chosen: Collection[str]) -> list[tuple[str, str]]:
    """Each chosen change that lacks one which it needs, with that one."""
    return [(one, other) for one in needs if one in chosen for other in needs[one] if other not in chosen]


def _brought(change: Change) -> set[Thing]:
    """What a change brings, or takes away."""
    if change.kind in THINGS.values():
        brought = {(change.kind, change.thing.id)}
        said = change.after if change.action == ADDED else change.before
        if change.kind == "form" and isinstance(said, Mapping):
            brought |= {("field", str(one.get("name"))) for one in said.get("fields", ()) if isinstance(one, Mapping)}
        return brought
    return {("field", change.thing.id)} if change.kind == "field" else set()


def _named(change: Change, value: Any) -> Iterator[Thing]:
    """The things that one side of a change names."""
    if change.kind == "grant":
        assert change.within is not None
        if value is not None:
            yield from (("role", change.within.id), ("form", change.thing.id))
    elif change.property:
        yield from _property(change.kind, change.property, value)
    elif isinstance(value, Mapping):
        yield from _said(change.kind, value)


def _said(kind: str, said: Mapping[str, Any]) -> Iterator[Thing]:
    for key, value in said.items():
        if kind == "form" and key == "fields":
            for one in value if isinstance(value, list) else ():
                yield from _said("field", one)
        elif key in ("options", "permissions") and isinstance(value, Mapping):
            for inner, piece in value.items():
                yield from _property(kind, f"{key}/{inner}", piece)
        else:
            yield from _property(kind, key, value)


def _property(kind: str, key: str, value: Any) -> Iterator[Thing]:
    if (kind, key) == ("role", "permissions/objects") and isinstance(value, Mapping):
        for part in ("role", "agency"):
            yield from _property(kind, f"{key}/{part}", value.get(part))
    elif (kind, key) in _NAMES:
        yield from ((_NAMES[kind, key], name) for name in _texts(value))
    elif kind == "field" and key == "option_strings_source" and isinstance(value, str):
        first, _, name = value.partition(" ")
        if first == "lookup" and name:
            yield ("lookup", name.strip())
    elif kind == "field" and key.startswith("display_conditions"):
        yield from _fields(fields_asked(condition_of(value)))
    elif kind == "field" and key == "calculation" and isinstance(value, Mapping):
        yield from _fields(fields_read(value.get("expression")))


def _fields(names: Iterable[Any]) -> Iterator[Thing]:
    return (("field", str(name)) for name in names)


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one]
