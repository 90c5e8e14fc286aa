"""A document as the pack that it would be, so that one set of rules looks at both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cpims.configuration.formats.canonical import Document
from cpims.configuration.formats.packs import Item, Pack
from cpims.lib.errors import Problem

SETTINGS = "settings.yaml#/"


def pack_of(document: Document) -> Pack:
    """The document as a pack; the place of each thing is the JSON pointer to it."""
    grants = document["grants"]
    return Pack(
        name="",
        version="",
        locales=(),
        settings=document["settings"],
        modules=_items(document, "modules", name="", options={}, associated_record_types=[]),
        lookups=_items(document, "lookups", name={}),
        locations=tuple(
            Item(f"/locations/{code}", {"placename": {}, **said, "code": code})
            for code, said in document["locations"].items()
        ),
        agencies=_items(document, "agencies", name={}),
        user_groups=_items(document, "user_groups", name="", agency_unique_ids=[]),
        forms=tuple(_forms(document)),
        roles=tuple(
            Item(
                f"/roles/{name}",
                {
                    "name": "",
                    "module_unique_ids": [],
                    "permissions": {},
                    **said,
                    "unique_id": name,
                    "form_section_read_write": {},
                },
            )
            for name, said in document["roles"].items()
        ),
        grants=tuple(Item(f"/grants/{role}", {"role": role, "forms": forms}) for role, forms in grants.items()),
    )


def _items(document: Document, part: str, **usual: Any) -> tuple[Item, ...]:
    return tuple(Item(f"/{part}/{name}", {**usual, **said, "unique_id": name}) for name, said in document[part].items())


def _forms(document: Document) -> Iterator[Item]:
    """Forms in the order in which they are worked through, with what rules expect of each question."""
    ordered = sorted(
        document["forms"].items(),
        key=lambda one: (one[1].get("order_form_group", 0), one[1].get("order", 0), one[0]),
    )
    for name, said in ordered:
        fields = [_field(entry) for entry in said["fields"]]
        yield Item(f"/forms/{name}", {"name": {}, "module_ids": [], **said, "unique_id": name, "fields": fields})


def _field(entry: Mapping[str, Any]) -> dict[str, Any]:
    field = {"display_name": {}, **entry}
    for key in ("option_strings_text", "tally"):
        if key in field:
            field[key] = [{"display_text": {}, **option} for option in field[key]]
    return field


def in_document(problem: Problem) -> Problem:
    """A problem of a pack with its place in the document."""
    pointer = problem.pointer
    if pointer.startswith(SETTINGS):
        pointer = f"/settings/{pointer.removeprefix(SETTINGS)}"
    return Problem(pointer, problem.code, problem.params)
