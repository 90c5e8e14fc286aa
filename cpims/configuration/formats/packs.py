"""A pack: a ready configuration, read from its files into values in the API's own shapes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cpims.configuration.formats import shapes
from cpims.configuration.formats.problems import BrokenPack, Place
from cpims.configuration.formats.text import parse_files

DEFAULT_MODULE = "primeromodule-cp"


@dataclass(frozen=True)
class Item:
    """One thing of a pack (a form, a role …) with the place where it is written."""

    place: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Pack:
    """Everything a pack brings. Nested forms stand before the forms that use them, places before those inside them."""

    name: str
    version: str
    locales: tuple[str, ...]
    title: Mapping[str, str] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    modules: tuple[Item, ...] = ()
    lookups: tuple[Item, ...] = ()
    locations: tuple[Item, ...] = ()
    agencies: tuple[Item, ...] = ()
    user_groups: tuple[Item, ...] = ()
    forms: tuple[Item, ...] = ()
    roles: tuple[Item, ...] = ()
    users: tuple[Item, ...] = ()
    digest: str = ""

    def ids(self, part: str, key: str = "unique_id") -> list[str]:
        """The ids that a part of the pack brings."""
        return [item.data[key] for item in getattr(self, part)]


def read_pack(files: Mapping[str, bytes]) -> Pack:
    """Read a pack from its files.

    Raises: BrokenPack, with every problem of shape that all files have.
    """
    root = Place("", [])
    documents = parse_files(files, root)
    head = documents.pop("pack.yaml", None)
    if "pack.yaml" not in files:
        Place("pack.yaml", root.problems).say("file_missing")
    named = head.get("locales") if isinstance(head, dict) else None
    locales = tuple(code for code in named if isinstance(code, str)) if isinstance(named, list) else ()
    about = shapes.PACK(head, Place("pack.yaml", root.problems, locales)) if head is not None else {}
    parts: dict[str, list[Item]] = {}
    settings: dict[str, Any] = {}
    for name, document in documents.items():
        place = Place(name, root.problems, locales)
        part = name.split("/", 1)[0].removesuffix(".yaml")
        if part == "settings":
            settings = shapes.map_of(shapes.anything)(document, place)
        elif part in _READERS:
            target, read = _READERS[part]
            parts.setdefault(target, []).extend(read(document, place))
        else:
            place.say("file_unknown")
    if root.problems:
        raise BrokenPack(root.problems)
    return Pack(
        name=about["name"],
        version=about["version"],
        locales=locales,
        title=about["title"],
        requires=tuple(about.get("requires", ())),
        settings=settings,
        digest=_digest(files),
        **{part: tuple(items) for part, items in parts.items()},
    )


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def _one(shape: shapes.Shape) -> Any:
    def read(document: Any, place: Place) -> Iterator[Item]:
        yield Item(place.pointer, shape(document, place))

    return read


def _many(shape: shapes.Shape) -> Any:
    def read(document: Any, place: Place) -> Iterator[Item]:
        entries = shapes.list_of(shape)(document, place)
        for number, entry in enumerate(entries):
            yield Item(place.at(number).pointer, entry)

    return read


def _lookups(document: Any, place: Place) -> Iterator[Item]:
    for name, entry in shapes.LOOKUPS(document, place).items():
        yield Item(place.at(name).pointer, {"unique_id": name, "locked": False, **entry})


def _form(document: Any, place: Place) -> Iterator[Item]:
    form = {"module_ids": [DEFAULT_MODULE], **shapes.FORM(document, place)}
    fields = []
    for number, entry in enumerate(form.get("fields", [])):
        entry = {"order": number, **entry}
        rows = entry.pop("subform", None)
        if rows is not None:
            spot = place.at("fields", number, "subform")
            entry["subform_unique_id"] = rows.get("unique_id", "")
            nested = [{"order": n, **inner} for n, inner in enumerate(rows.get("fields", []))]
            for n, inner in enumerate(nested):
                if "subform" in inner:
                    spot.at("fields", n, "subform").say("subform_in_subform")
            yield Item(
                spot.pointer,
                {
                    **rows,
                    "fields": nested,
                    "is_nested": True,
                    "visible": False,
                    "parent_form": form.get("parent_form"),
                    "module_ids": form["module_ids"],
                    "order_form_group": form.get("order_form_group", 0),
                    "order": form.get("order", 0),
                    "order_subform": number + 1,
                    "core_form": form.get("core_form", False),
                },
            )
        fields.append(entry)
    yield Item(place.pointer, {**form, "fields": fields})


def _locations(document: Any, place: Place) -> Iterator[Item]:
    for number, entry in enumerate(shapes.list_of(shapes.location)(document, place)):
        yield from _inside(entry, place.at(number), None)


def _inside(entry: Mapping[str, Any], place: Place, parent: str | None) -> Iterator[Item]:
    own = {key: value for key, value in entry.items() if key != "places"}
    yield Item(place.pointer, {**own, "parent_code": parent})
    for number, inner in enumerate(entry.get("places", [])):
        yield from _inside(inner, place.at("places", number), own.get("code"))


#: The first part of a file's path, what it holds and how it is read.
_READERS: dict[str, tuple[str, Any]] = {
    "module": ("modules", _one(shapes.MODULE)),
    "lookups": ("lookups", _lookups),
    "forms": ("forms", _form),
    "roles": ("roles", _one(shapes.ROLE)),
    "agencies": ("agencies", _many(shapes.AGENCY)),
    "user_groups": ("user_groups", _many(shapes.USER_GROUP)),
    "locations": ("locations", _locations),
    "users": ("users", _many(shapes.USER)),
}
