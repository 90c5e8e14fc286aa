"""Which questions, and which parts of the work, take their options from a list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.models import Field
from cpims.lookups.rules import lookup_id_of
from cpims.modules.models import Module

#: Options of a part of the work that name a list.
OF_MODULES: Final = ("workflow_lookup", "response_type_lookup")


def lookup_uses(*, viewer: Viewer) -> list[dict[str, Any]]:
    """Every use of an option list: by a question (also one that was put away) or by a part of the work.

    Raises: Forbidden.
    """
    require(viewer, "metadata", "manage", "manage_restricted")
    return [*_questions(), *_modules()]


def used_by(unique_id: str) -> list[str]:
    """What uses one list, in short: forms with their questions, and parts of the work."""
    found = [use for use in [*_questions(unique_id), *_modules()] if use["lookup"] == unique_id]
    return sorted({f"{use['form']}/{use['field']}" if use["field"] else use["form"] for use in found})


def _questions(unique_id: str | None = None) -> Iterable[dict[str, Any]]:
    asked = Field.objects.filter(attributes__has_key="option_strings_source")
    if unique_id is not None:
        asked = Field.objects.filter(attributes__option_strings_source=f"lookup {unique_id}")
    rows = asked.order_by("form__unique_id", "order", "id").values_list(
        "attributes__option_strings_source", "form__unique_id", "form__name", "name", "display_name"
    )
    for source, form, form_name, name, display_name in rows:
        lookup = lookup_id_of(source)
        if lookup is not None:
            yield {"lookup": lookup, "form": form, "form_name": form_name, "field": name, "field_name": display_name}


def _modules() -> Iterable[dict[str, Any]]:
    for module, name, options in Module.objects.order_by("id").values_list("unique_id", "name", "options"):
        for key in OF_MODULES:
            if options.get(key):
                yield {
                    "lookup": options[key],
                    "form": module,
                    "form_name": {"en": name},
                    "field": None,
                    "field_name": None,
                }
