"""Some of the changes between two configurations: what comes of the first when only these are made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final

from cpims.configuration.rules.differing import (
    ADDED,
    CHANGED,
    OPTIONS,
    REMOVED,
    TEXTS,
    THINGS,
    WHOLE,
    Change,
    changes_between,
    differ,
)
from cpims.lib.json import canonical

Said = dict[str, Any]
PART: Final = {kind: part for part, kind in {**THINGS, **WHOLE}.items()}
#: Where the entries of a thing stand, and what each is called by.
_INSIDE: Final = {"form": ("fields", "name"), "lookup": ("values", "id")}
#: Kinds of changes inside a list.
_ENTRIES: Final = frozenset({"field", "option", "field_option"})
_ORDERS: Final = frozenset({"fields_order", "fields_numbers", "options_order"})


def change_id(change: Change) -> str:
    """The name of a change, by what it is about and not by its values: the same in every comparison."""
    names = [thing.id if thing else "" for thing in (change.form, change.within, change.thing)]
    return hashlib.sha256(canonical([change.kind, change.action, *names, change.property])).hexdigest()[:20]


def chosen_document(base: Mapping[str, Any], target: Mapping[str, Any], chosen: Collection[str]) -> Said:
    """The first configuration with the chosen changes towards the second; all of them give the second, none the first."""
    made: Said = deepcopy(dict(base))
    picked = [change for change in changes_between(base, target) if change_id(change) in chosen]
    for change in (*_sorted(picked, REMOVED), *_sorted(picked, CHANGED), *_sorted(picked, ADDED)):
        if change.kind == "grant":
            _grant(made["grants"], change)
        elif change.kind in WHOLE.values():
            _leaf(made[PART[change.kind]], change)
        elif change.kind in PART:
            _thing(made[PART[change.kind]], change)
    _entries(made, base, target, picked)
    return made


def _sorted(changes: Iterable[Change], action: str) -> list[Change]:
    return [change for change in changes if change.action == action]


def _grant(grants: Said, change: Change) -> None:
    assert change.within is not None
    held = grants.setdefault(change.within.id, {})
    if change.action == REMOVED:
        held.pop(change.thing.id, None)
    else:
        held[change.thing.id] = change.after
    if not held:
        del grants[change.within.id]


def _leaf(whole: Said, change: Change) -> None:
    """One value deep in a part that is told key by key."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in change.property.split("/")]
    if change.action == REMOVED:
        _drop(whole, steps)
        return
    here = whole
    for step in steps[:-1]:
        if not isinstance(here.get(step), dict):
            here[step] = {}
        here = here[step]
    here[steps[-1]] = deepcopy(change.after)


def _drop(whole: Said, steps: Sequence[str]) -> None:
    """Take a value away, and what is empty above it then."""
    inner = whole.get(steps[0])
    if len(steps) > 1 and isinstance(inner, dict):
        _drop(inner, steps[1:])
        if not inner:
            del whole[steps[0]]
    elif len(steps) == 1:
        whole.pop(steps[0], None)


def _thing(things: Said, change: Change) -> None:
    name = change.thing.id
    if change.action == ADDED:
        things[name] = deepcopy(change.after)
    elif change.action == REMOVED:
        things.pop(name, None)
    elif change.property not in _ORDERS:
        _property(things[name], change)


def _property(said: Said, change: Change) -> None:
    """One property of a thing; of a text in several languages, one language."""
    key, slash, inner = change.property.partition("/")
    if not slash or key not in {*TEXTS, "permissions", "options"}:
        _set(said, change.property, change.after)
        return
    pieces = dict(said.get(key) or {})
    _set(pieces, inner, change.after)
    _set(said, key, pieces or None)


def _set(said: Said, key: str, value: Any) -> None:
    if value is None:
        said.pop(key, None)
    else:
        said[key] = deepcopy(value)


def _entries(made: Said, base: Mapping[str, Any], target: Mapping[str, Any], picked: Sequence[Change]) -> None:
    """Questions of forms and options of lists and questions, of the things that stand on both sides."""
    about: dict[tuple[str, ...], list[Change]] = {}
    for change in picked:
        about.setdefault(_place(change), []).append(change)
    for part, kind in (("forms", "form"), ("lookups", "lookup")):
        key, name = _INSIDE[kind]
        for unique_id in base[part].keys() & target[part].keys() & made[part].keys():
            old, new = base[part][unique_id][key], target[part][unique_id][key]
            changes = about.get((kind, unique_id), [])
            if differ(old, new):
                whole = any(change.property == key for change in changes)
                form = unique_id if kind == "form" else ""
                made[part][unique_id][key] = deepcopy(new) if whole else _list(old, new, name, changes, about, form)


def _place(change: Change) -> tuple[str, ...]:
    """The list that a change is in: a form's questions, a list's options, the options of a question."""
    if change.kind == "field":
        return ("form", change.within.id if change.within else "")
    if change.kind == "option":
        return ("lookup", change.within.id if change.within else "")
    if change.kind == "field_option":
        return ("question", change.form.id if change.form else "", change.within.id if change.within else "")
    return (change.kind, change.thing.id)


def _list(
    before: Sequence[Any],
    after: Sequence[Any],
    name: str,
    changes: Sequence[Change],
    about: Mapping[tuple[str, ...], Sequence[Change]] = MappingProxyType({}),
    form: str = "",
) -> list[Any]:
    """The entries of one list with these changes, in the order that follows from both sides."""
    old, new = ({str(entry[name]): entry for entry in _named(side, name)} for side in (before, after))
    if len(old) < len(before) or len(new) < len(after):
        return list(deepcopy(before))
    kept: dict[str, Said] = {key: deepcopy(dict(entry)) for key, entry in old.items()}
    orders = {change.property for change in changes} & _ORDERS
    for change in changes:
        key = change.thing.id
        if change.kind not in _ENTRIES or change.property in _ORDERS:
            continue
        if change.action == REMOVED and key not in new:
            kept.pop(key, None)
        elif change.action == ADDED and key in new and key not in old:
            kept[key] = deepcopy(dict(new[key]))
        elif change.action == CHANGED and key in old and key in new:
            _property(kept[key], change)
    common = [[key for key in side if key in old and key in new] for side in (old, new)]
    follow = bool(orders & {"fields_order", "options_order"}) or common[0] == common[1]
    order = woven(list(new), list(old), kept) if follow else woven(list(old), list(new), kept)
    if form:
        for key in kept.keys() & old.keys() & new.keys():
            _options(kept[key], old[key], new[key], about.get(("question", form, key), ()))
        _number(kept, order, old, new, numbered=bool(orders))
    return [kept[key] for key in order]


def _named(entries: Iterable[Any], name: str) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if isinstance(entry, Mapping) and entry.get(name) is not None]


def woven(first: Sequence[str], second: Sequence[str], members: Collection[str]) -> list[str]:
    """The members in the order of the first list; each that is only in the second, behind its neighbour there."""
    order = [key for key in first if key in members]
    before = ""
    for key in second:
        if key not in members:
            continue
        if key not in order:
            order.insert(order.index(before) + 1 if before else 0, key)
        before = key
    return order


def _options(entry: Said, old: Mapping[str, Any], new: Mapping[str, Any], changes: Sequence[Change]) -> None:
    """The options that stand in a question itself."""
    for key in OPTIONS:
        before, after = old.get(key) or [], new.get(key) or []
        if differ(before, after):
            whole = any(change.property == key for change in changes)
            _set(entry, key, (after if whole else _list(before, after, "id", changes)) or None)


def _number(
    kept: dict[str, Said], order: Sequence[str], old: Mapping[str, Any], new: Mapping[str, Any], *, numbered: bool
) -> None:
    """Questions come in the order of their numbers: where two sides were mixed, they are numbered so that it is so."""
    if numbered:
        for key in kept.keys() & old.keys() & new.keys():
            _set(kept[key], "order", new[key].get("order"))
    numbers = [(key, kept[key].get("order")) for key in order]
    if numbers in ([(key, entry.get("order")) for key, entry in side.items()] for side in (old, new)):
        return
    last: int | None = None
    for key, number in numbers:
        if last is not None and (number is None or number <= last):
            kept[key]["order"] = number = last + 1
        last = number if number is not None else last
