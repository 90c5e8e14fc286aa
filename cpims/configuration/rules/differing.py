"""What differs between two configurations: which thing, which property of it, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
Said = Mapping[str, Any]

#: Parts whose things stand under their ids, and what each thing is.
THINGS: Final[Mapping[str, str]] = {
    "modules": "module",
    "lookups": "lookup",
    "locations": "location",
    "agencies": "agency",
    "user_groups": "user_group",
    "forms": "form",
    "roles": "role",
}
#: Parts that are one thing, told key by key.
WHOLE: Final[Mapping[str, str]] = {
    "settings": "setting",
    "contact_information": "contact",
    "code_of_conduct": "conduct",
}
#: Texts in several languages: told language by language.
TEXTS: Final = frozenset(
    "name display_name description help_text guiding_questions tick_box_label signature_provided_by_label "
    "placename display_text".split()
)
#: Lists of options that stand in a question itself.
OPTIONS: Final = ("option_strings_text", "tally")


@dataclass(frozen=True)
class Named:
    """A thing by its id, with what it is called in the languages it is called by."""

    id: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One thing that was added, removed, or has another value of one property.

    ``within`` is where it stands: a question on a form, an option in a list or (``form``, too) in a question.
    """

    kind: str
    action: str
    thing: Named
    within: Named | None = None
    form: Named | None = None
    property: str = ""
    before: Any = None
    after: Any = None


def changes_between(before: Said, after: Said) -> list[Change]:
    """Every change that makes the second configuration of the first; none if and only if they are the same."""
    return list(_walked(before, after))


def _walked(before: Said, after: Said) -> Iterator[Change]:
    for part, kind in WHOLE.items():
        yield from _keys(kind, before[part], after[part])
    for part, kind in THINGS.items():
        yield from _things(kind, before[part], after[part])
    yield from _grants(before, after)


def _keys(kind: str, before: Said, after: Said) -> Iterator[Change]:
    old, new = dict(leaves(before)), dict(leaves(after))
    for key in sorted({*old, *new}):
        action = ADDED if key not in old else REMOVED if key not in new else CHANGED
        if action != CHANGED or differ(old[key], new[key]):
            yield Change(kind, action, Named(key), property=key, before=old.get(key), after=new.get(key))


def _things(kind: str, before: Said, after: Said) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        thing = named(name, after.get(name) or before.get(name) or {})
        if name not in before:
            yield Change(kind, ADDED, thing, after=after[name])
        elif name not in after:
            yield Change(kind, REMOVED, thing, before=before[name])
        else:
            yield from _of_thing(kind, thing, before[name], after[name])


def _of_thing(kind: str, thing: Named, before: Said, after: Said) -> Iterator[Change]:
    inside = {"form": "fields", "lookup": "values"}.get(kind, "")
    yield from _properties(Change(kind, CHANGED, thing), before, after, leave=(inside,))
    if kind == "form":
        yield from _fields(thing, before[inside], after[inside])
    elif kind == "lookup":
        yield from _options(Change("option", CHANGED, thing, within=thing), inside, before[inside], after[inside])


def _properties(change: Change, before: Said, after: Said, *, leave: Sequence[str]) -> Iterator[Change]:
    for key in sorted({*before, *after} - set(leave)):
        old, new = before.get(key), after.get(key)
        if differ(old, new):
            yield from _property(change, key, old, new)


def _property(change: Change, key: str, old: Any, new: Any) -> Iterator[Change]:
    if _opens(key, old) and _opens(key, new):
        yield from (
            replace(change, property=f"{key}/{inner}", before=(old or {}).get(inner), after=(new or {}).get(inner))
            for inner in sorted({*(old or {}), *(new or {})})
            if differ((old or {}).get(inner), (new or {}).get(inner))
        )
    else:
        yield replace(change, property=key, before=old, after=new)


def _opens(key: str, value: Any) -> bool:
    """Is this told piece by piece: a text by language, the rights of a role by resource, a module's options?"""
    return value is None or (isinstance(value, Mapping) and key in {*TEXTS, "permissions", "options"})


def _fields(form: Named, before: Sequence[Said], after: Sequence[Said]) -> Iterator[Change]:
    old, new = _by(before, "name"), _by(after, "name")
    if old is None or new is None:
        if differ(before, after):
            yield Change("form", CHANGED, form, property="fields", before=before, after=after)
        return
    for name in dict.fromkeys((*old, *new)):
        thing = named(name, new.get(name) or old[name])
        change = Change("field", CHANGED, thing, within=form)
        if name not in old:
            yield replace(change, action=ADDED, after=new[name])
        elif name not in new:
            yield replace(change, action=REMOVED, before=old[name])
        else:
            yield from _properties(change, old[name], new[name], leave=(*OPTIONS, "order"))
            for key in OPTIONS:
                one, two = old[name].get(key) or [], new[name].get(key) or []
                at = Change("field_option", CHANGED, thing, within=thing, form=form)
                yield from _options(at, key, one, two)
    places = [
        {name: said.get("order") for name, said in side.items() if name in old and name in new} for side in (old, new)
    ]
    if list(places[0]) != list(places[1]):
        yield Change("form", CHANGED, form, property="fields_order", before=_pairs(places[0]), after=_pairs(places[1]))
    elif places[0] != places[1]:
        yield Change(
            "form", CHANGED, form, property="fields_numbers", before=_pairs(places[0]), after=_pairs(places[1])
        )


def _pairs(places: Mapping[str, Any]) -> list[list[Any]]:
    return [[name, number] for name, number in places.items()]


def _options(change: Change, key: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    old, new = _by(before, "id"), _by(after, "id")
    if old is None or new is None:
        if differ(before, after):
            yield replace(change, property=key, before=before, after=after)
        return
    for name in dict.fromkeys((*old, *new)):
        thing = named(name, new.get(name) or old[name])
        if name not in old:
            yield replace(change, thing=thing, action=ADDED, after=new[name])
        elif name not in new:
            yield replace(change, thing=thing, action=REMOVED, before=old[name])
        else:
            yield from _properties(replace(change, thing=thing), old[name], new[name], leave=())
    one, two = [name for name in old if name in new], [name for name in new if name in old]
    if one != two:
        yield replace(change, property="options_order", before=one, after=two)


def _by(entries: Sequence[Any], key: str) -> dict[str, Said] | None:
    """The entries by their ids; nothing when two share one, or one has none."""
    ids = [entry.get(key) if isinstance(entry, Mapping) else None for entry in entries]
    if None in ids or len(set(ids)) != len(ids):
        return None
    return dict(zip(map(str, ids), entries, strict=True))


def _grants(before: Said, after: Said) -> Iterator[Change]:
    for role in sorted({*before["grants"], *after["grants"]}):
        old, new = before["grants"].get(role, {}), after["grants"].get(role, {})
        holder = named(role, after["roles"].get(role) or before["roles"].get(role) or {})
        for form in sorted({*old, *new}):
            if old.get(form) != new.get(form):
                thing = named(form, after["forms"].get(form) or before["forms"].get(form) or {})
                action = ADDED if form not in old else REMOVED if form not in new else CHANGED
                yield Change("grant", action, thing, within=holder, before=old.get(form), after=new.get(form))


def named(name: str, said: Said) -> Named:
    """A thing with the words that people know it by."""
    for key in ("display_name", "display_text", "placename", "name"):
        words = said.get(key)
        if isinstance(words, Mapping) and words:
            return Named(name, {str(k): str(v) for k, v in words.items()})
        if isinstance(words, str) and words and key == "name" and words != name:
            return Named(name, {"": words})
    return Named(name)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value inside, with the way to it; a list is one value, an empty mapping too."""
    if isinstance(value, Mapping) and (value or not path):
        for key, inner in value.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from leaves(inner, f"{path}/{step}" if path else step)
    else:
        yield path, value


def differ(one: Any, two: Any) -> bool:
    """Are these different values? 1 and true are, though Python holds them for the same; so are 1 and 1.0."""
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() != two.keys() or any(differ(one[key], two[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
        return len(one) != len(two) or any(differ(a, b) for a, b in zip(one, two, strict=True))
    return type(one) is not type(two) or bool(one != two)
