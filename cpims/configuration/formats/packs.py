"""A pack: a ready configuration, read from its files into values in the API's own shapes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cpims.configuration.formats import parts, shapes
from cpims.configuration.formats.problems import BrokenPack, Place
from cpims.configuration.formats.text import parse_files
from cpims.forms.rules.privacy import WITHOUT_ANSWER, usual_class
from cpims.lib.errors import Problem

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
    grants: tuple[Item, ...] = ()
    users: tuple[Item, ...] = ()
    digest: str = ""
    gaps: tuple[Problem, ...] = ()

    def ids(self, part: str, key: str = "unique_id") -> list[str]:
        """The ids that a part of the pack brings."""
        return [item.data[key] for item in getattr(self, part)]


def read_pack(files: Mapping[str, bytes]) -> Pack:
    """Read a pack from its files.

    Raises: BrokenPack, with every problem of shape that all files have.
    """
    pack, problems = survey_pack(files)
    if problems:
        raise BrokenPack(problems)
    return pack


def survey_pack(files: Mapping[str, bytes]) -> tuple[Pack, list[Problem]]:
    """What can be read of a pack (files that are not sound are left out), and every problem of shape."""
    root = Place("", [])
    documents = parse_files(files, root)
    head = documents.pop("pack.yaml", None)
    if "pack.yaml" not in files:
        Place("pack.yaml", root.problems).say("file_missing")
    named = head.get("locales") if isinstance(head, dict) else None
    locales = tuple(code for code in named if isinstance(code, str)) if isinstance(named, list) else ()
    about = parts.PACK(head, Place("pack.yaml", root.problems, locales, gaps=root.gaps)) if head is not None else {}
    found: dict[str, list[Item]] = {}
    settings: dict[str, Any] = {}
    for name, document in documents.items():
        place = Place(name, [], locales, gaps=root.gaps)
        part = name.split("/", 1)[0].removesuffix(".yaml")
        if part == "settings":
            settings = shapes.map_of(shapes.anything)(document, place)
        elif part in _READERS:
            target, read = _READERS[part]
            items = list(read(document, place))
            if not place.problems:
                found.setdefault(target, []).extend(items)
        else:
            place.say("file_unknown")
        root.problems.extend(place.problems)
    pack = Pack(
        name=about.get("name", ""),
        version=about.get("version", ""),
        locales=locales,
        title=about.get("title", {}),
        requires=tuple(about.get("requires", ())),
        settings=settings,
        digest=_digest(files),
        gaps=tuple(root.gaps),
        **{part: tuple(items) for part, items in found.items()},
    )
    return pack, root.problems


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
    for name, entry in parts.LOOKUPS(document, place).items():
        yield Item(place.at(name).pointer, {"unique_id": name, "locked": False, **entry})


def _grants(document: Any, place: Place) -> Iterator[Item]:
    for name, forms in parts.GRANTS(document, place).items():
        yield Item(place.at(name).pointer, {"role": name, "forms": forms})


def _form(document: Any, place: Place) -> Iterator[Item]:
    form = {"module_ids": [DEFAULT_MODULE], **parts.FORM(document, place)}
    usual = form.pop("privacy", None)
    fields = []
    for number, entry in enumerate(form.get("fields", [])):
        entry = {"order": number, **entry}
        rows = entry.pop("subform", None)
        if rows is not None:
            spot = place.at("fields", number, "subform")
            for n, inner in enumerate(rows.get("fields", [])):
                if "subform" in inner:
                    spot.at("fields", n, "subform").say("subform_in_subform")
            entry["subform_unique_id"] = rows.get("unique_id", "")
            yield Item(spot.pointer, rows_form(rows, form, number, usual))
        fields.append(with_privacy(entry, usual))
    yield Item(place.pointer, {**form, "fields": fields})


def rows_form(
    rows: Mapping[str, Any], form: Mapping[str, Any], number: int, usual: str | None = None
) -> dict[str, Any]:
    """The form of the rows that the field with this number holds, whole: what it does not say follows from the form."""
    own = {key: value for key, value in rows.items() if key != "privacy"}
    usual = rows.get("privacy", usual)
    return {
        **own,
        "fields": [with_privacy({"order": n, **inner}, usual) for n, inner in enumerate(rows.get("fields", []))],
        "is_nested": True,
        "visible": False,
        "parent_form": form.get("parent_form"),
        "module_ids": form.get("module_ids"),
        "order_form_group": form.get("order_form_group", 0),
        "order": form.get("order", 0),
        "order_subform": number + 1,
        "core_form": form.get("core_form", False),
    }


def with_privacy(entry: dict[str, Any], usual: str | None) -> dict[str, Any]:
    """A field with the class of its form, unless it has its own or its type says more."""
    if usual is None or "privacy" in entry or entry.get("type") in WITHOUT_ANSWER:
        return entry
    return {**entry, "privacy": usual} if usual_class(entry) in (None, "none") else entry


def _locations(document: Any, place: Place) -> Iterator[Item]:
    for number, entry in enumerate(shapes.list_of(parts.location)(document, place)):
        yield from _inside(entry, place.at(number), None)


def _inside(entry: Mapping[str, Any], place: Place, parent: str | None) -> Iterator[Item]:
    own = {key: value for key, value in entry.items() if key != "places"}
    yield Item(place.pointer, {**own, "parent_code": parent})
    for number, inner in enumerate(entry.get("places", [])):
        yield from _inside(inner, place.at("places", number), own.get("code"))


#: The first part of a file's path, what it holds and how it is read.
_READERS: dict[str, tuple[str, Any]] = {
    "module": ("modules", _one(parts.MODULE)),
    "modules": ("modules", _one(parts.MODULE)),
    "lookups": ("lookups", _lookups),
    "forms": ("forms", _form),
    "roles": ("roles", _one(parts.ROLE)),
    "grants": ("grants", _grants),
    "agencies": ("agencies", _many(parts.AGENCY)),
    "user_groups": ("user_groups", _many(parts.USER_GROUP)),
    "locations": ("locations", _locations),
    "users": ("users", _many(parts.USER)),
}
