"""Which thing a place in a document is, and what to do about a problem there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cpims.configuration.formats.canonical import Document
from cpims.configuration.rules.differing import THINGS, WHOLE, Named, named


@dataclass(frozen=True)
class Place:
    """A thing of a configuration by its kind; a question stands within its form."""

    kind: str
    thing: Named | None = None
    within: Named | None = None


#: The way out by what the problem is about; the first that begins the code holds.
_WAYS: Final = (
    ("pack.unknown_", "named"),
    ("field.lookup_unknown", "named"),
    ("location.parent_unknown", "named"),
    ("pack.condition_", "condition"),
    ("pack.broken_condition", "condition"),
    ("field.condition", "condition"),
    ("field.calculation", "condition"),
    ("pack.no_options", "options"),
    ("pack.no_subform", "rows"),
    ("field.subform_unknown", "rows"),
    ("pack.twice", "twice"),
    ("pack.two_meanings", "new_name"),
    ("configuration.type_changed", "new_name"),
    ("form.parent_form_fixed", "new_name"),
    ("location.cannot_move", "new_name"),
    ("pack.privacy_missing", "privacy"),
    ("pack.too_long", "shorten"),
    ("pack.asked_", "shorten"),
    ("configuration.translations_missing", "translate"),
    ("configuration.role_without_", "role"),
    ("configuration.locked_list_missing", "named"),
)


def way_out(code: str, *, warning: bool) -> str:
    """The key of the sentence that says what to do."""
    way = next((way for start, way in _WAYS if code.startswith(start)), "weak" if warning else "wrong")
    return f"configuration.way.{way}"


def place_of(pointer: str, document: Document) -> Place:
    """The thing that a JSON pointer leads to."""
    part, *steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]] or [""]
    if part in WHOLE:
        return Place(WHOLE[part], Named(steps[0]) if steps else None)
    if part == "grants" and steps:
        return Place("role", named(steps[0], document["roles"].get(steps[0], {})))
    if part not in THINGS or not steps:
        return Place(part)
    said: Any = document[part].get(steps[0], {})
    thing = named(steps[0], said)
    fields = said.get("fields", ()) if part == "forms" else ()
    if len(steps) > 2 and steps[1] == "fields" and steps[2].isdigit() and int(steps[2]) < len(fields):
        entry = fields[int(steps[2])]
        return Place("field", named(str(entry.get("name")), entry), thing)
    return Place(THINGS[part], thing)
