"""The forms as configured now, compiled once per configuration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cpims.forms.models import Field, Form
from cpims.lib.clock import iso
from cpims.lib.json import dumps
from cpims.lookups.models import Lookup

FORM_FLAGS = ("form_group_keyed", "is_first_tab", "is_summary_section", "subform_prevent_item_removal",
              "subform_append_only", "display_help_text_view", "hide_subform_placeholder", "mobile_form")  # fmt: skip
FIELD_FLAGS = {
    "mobile_visible": True, "hide_on_view_page": False, "show_on_minify_form": False, "editable": True,
    "multi_select": False, "hidden_text_field": False, "autosum_total": False, "link_to_path_external": True,
    "expose_unique_id": False, "mandatory_for_completion": False, "required": False,
    "date_include_time": False, "matchable": False, "phone_number": False,
}  # fmt: skip
FIELD_TEXTS = ("help_text", "guiding_questions", "tick_box_label", "signature_provided_by_label")
#: Attributes that Primero does not know: told under our own addresses only.
OURS = frozenset({"privacy"})
#: Types whose answers are written in a record's body.
WRITABLE_TYPES = frozenset(
    (
        "text_field textarea radio_button tick_box select_box numeric_field date_field subform tally_field calculated"
    ).split()
)


@dataclass(frozen=True)
class FormEntry:
    """A form with its fields in order, in the API's shape; subform fields carry their nested form under ``subform``."""

    unique_id: str
    parent_form: str
    module_ids: frozenset[str]
    visible: bool
    fields: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Catalogue:
    """Everything that reading, checking and deriving needs to know about forms and option lists."""

    configuration: int
    forms: Mapping[str, FormEntry]
    by_kind: Mapping[str, tuple[FormEntry, ...]]
    options: Mapping[str, tuple[str, ...]]

    def fields_of(self, kind: str, module: str | None = None) -> dict[str, Mapping[str, Any]]:
        """Every field of a record kind by name (a name on several forms counts once, the first form's)."""
        found: dict[str, Mapping[str, Any]] = {}
        for form in self.by_kind.get(kind, ()):
            if module is None or module in form.module_ids:
                for field in form.fields:
                    found.setdefault(field["name"], field)
        return found


def localized(value: Mapping[str, Any] | None, locales: tuple[str, ...]) -> dict[str, str]:
    """A localized text with every enabled locale present, the missing ones empty."""
    texts = value or {}
    return {locale: texts.get(locale) or "" for locale in locales} | {
        k: v for k, v in texts.items() if k not in locales
    }


def field_json(field: Field, locales: tuple[str, ...]) -> dict[str, Any]:
    """A field as the API shows it; keys without a value are left out."""
    stored = field.attributes
    shown: dict[str, Any] = {
        "id": field.id,
        "name": field.name,
        "type": field.type,
        "form_section_id": field.form_id,
        "visible": field.visible,
        "disabled": field.disabled,
        "order": field.order,
        "display_name": localized(field.display_name, locales),
    }
    shown |= {text: localized(stored.get(text), locales) for text in FIELD_TEXTS}
    shown |= {flag: stored.get(flag, default) for flag, default in FIELD_FLAGS.items()}
    shown["field_tags"] = stored.get("field_tags") or []
    shown["date_validation"] = stored.get("date_validation") or "default_date_validation"
    shown |= {k: v for k, v in stored.items() if k not in shown and k not in OURS and v is not None}
    for key in ("option_strings_text", "tally"):
        if isinstance(shown.get(key), list):
            shown[key] = [
                {k: v for k, v in o.items() if k != "retired"}
                | {"display_text": localized(o.get("display_text"), locales)}
                for o in shown[key]
            ]
    if field.subform_id is not None:
        shown["subform_section_id"] = field.subform_id
    shown["created_at"] = iso(field.created_at)
    shown["updated_at"] = iso(field.updated_at)
    return shown


def form_json(form: Form, fields: list[Field], locales: tuple[str, ...]) -> dict[str, Any]:
    """A form as the API shows it, its fields in order."""
    stored = form.attributes
    shown: dict[str, Any] = {
        "id": form.id,
        "unique_id": form.unique_id,
        "name": localized(form.name, locales),
        "description": localized(form.description, locales),
        "help_text": localized(form.help_text, locales),
        "parent_form": form.parent_form,
        "visible": form.visible,
        "order": form.order,
        "order_form_group": form.order_form_group,
        "order_subform": form.order_subform,
        "form_group_id": form.form_group_id,
        "editable": form.editable,
        "core_form": form.core_form,
        "is_nested": form.is_nested,
        "initial_subforms": stored.get("initial_subforms", 0),
        "subform_header_links": stored.get("subform_header_links", []),
        "module_ids": list(form.module_ids),
        "collapsed_field_names": stored.get("collapsed_field_names", []),
    }
    shown |= {flag: bool(stored.get(flag, False)) for flag in FORM_FLAGS}
    shown |= {k: v for k, v in stored.items() if k not in shown and v is not None}
    shown["created_at"] = iso(form.created_at)
    shown["updated_at"] = iso(form.updated_at)
    shown["fields"] = [field_json(field, locales) for field in fields]
    return {k: v for k, v in shown.items() if v is not None}


def _rows() -> tuple[list[Form], dict[int, list[Field]]]:
    forms = list(
        Form.objects.filter(retired_at__isnull=True).order_by("order_form_group", "order", "order_subform", "id")
    )
    fields: dict[int, list[Field]] = defaultdict(list)
    for field in Field.objects.filter(retired_at__isnull=True).order_by("form_id", "order", "name"):
        fields[field.form_id].append(field)
    return forms, fields


@lru_cache(maxsize=4)
def served_forms(configuration: int, locales: tuple[str, ...]) -> tuple[Mapping[str, Any], ...]:
    """All forms as ``GET /forms`` lists them, nested ones too."""
    forms, fields = _rows()
    return tuple(form_json(form, fields[form.id], locales) for form in forms)


@lru_cache(maxsize=4)
def served_forms_bytes(configuration: int, locales: tuple[str, ...]) -> bytes:
    """The whole list as it goes out, written once per configuration."""
    return dumps({"data": served_forms(configuration, locales)})


@lru_cache(maxsize=4)
def catalogue(configuration: int) -> Catalogue:
    """The catalogue at a configuration number."""
    forms, fields = _rows()
    plain = {form.id: [field_json(field, ("en",)) for field in fields[form.id]] for form in forms}
    by_id = {form.id: form for form in forms}

    def nested(form_id: int, seen: frozenset[int]) -> dict[str, Any]:
        form = by_id[form_id]
        return {
            **form.attributes,
            "unique_id": form.unique_id,
            "fields": [whole(field, seen | {form_id}) for field in plain[form_id]],
        }

    def whole(field: dict[str, Any], seen: frozenset[int]) -> dict[str, Any]:
        target = field.get("subform_section_id")
        if field["type"] != "subform" or target not in by_id or target in seen:
            return field
        return field | {"subform": nested(target, seen)}

    entries = {
        form.unique_id: FormEntry(
            unique_id=form.unique_id,
            parent_form=form.parent_form,
            module_ids=frozenset(form.module_ids),
            visible=form.visible,
            fields=tuple(MappingProxyType(whole(field, frozenset({form.id}))) for field in plain[form.id]),
        )
        for form in forms
    }
    by_kind: dict[str, list[FormEntry]] = defaultdict(list)
    for form in forms:
        if not form.is_nested:
            by_kind[form.parent_form].append(entries[form.unique_id])
    options = {
        row["unique_id"]: tuple(value["id"] for value in row["values"])
        for row in Lookup.objects.filter(retired_at__isnull=True).values("unique_id", "values")
    }
    return Catalogue(
        configuration=configuration,
        forms=MappingProxyType(entries),
        by_kind=MappingProxyType({k: tuple(v) for k, v in by_kind.items()}),
        options=MappingProxyType(options),
    )
