"""Writing a pack: the same configuration always gives the same bytes, and reading them gives it back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from cpims.configuration.formats import parts

_FLOAT: Final = re.compile(r"[-+]?(?:\.?[0-9][0-9._]*(?:e[-+]?[0-9]+)?|\.inf|\.nan)\Z", re.IGNORECASE)
#: Signs at which a line could end or that are not seen: always written as escapes.
_BREAKS: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff]")
_FIELD: Final = (*parts.FIELD_REQUIRED, *parts.FIELD_OPTIONAL, "subform")
_FORM: Final = tuple(
    dict.fromkeys(["unique_id", "parent_form", *parts.FORM_REQUIRED, *parts.FORM_OPTIONAL]) | {"fields": None}
)
_TEXTS: Final = frozenset(
    "name display_name description help_text guiding_questions tick_box_label signature_provided_by_label "
    "placename title".split()
)
#: What need not be said, for it stands when nothing is said.
_USUAL: Final[Mapping[str, Any]] = {
    "visible": True,
    "mobile_visible": True,
    "editable": True,
    "link_to_path_external": True,
    "date_validation": "default_date_validation",
}
#: Zeros that are said: who reads the file looks for the order.
_SAID: Final = frozenset({"order", "order_form_group"})


class _Writer(yaml.SafeDumper):
    """YAML as this program reads it and others too: what could be taken for something else is quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Writer.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:float"]
    for sign, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def _text(writer: yaml.SafeDumper, value: str) -> yaml.Node:
    style = '"' if _BREAKS.search(value) else "'" if _FLOAT.match(value) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style)


def _number(writer: yaml.SafeDumper, value: float) -> yaml.Node:
    return writer.represent_scalar("tag:yaml.org,2002:float", repr(value))


_Writer.add_representer(str, _text)
_Writer.add_representer(float, _number)


def written(document: Any) -> bytes:
    """A file of a pack."""
    text: str = yaml.dump(
        document, Dumper=_Writer, allow_unicode=True, sort_keys=False, default_flow_style=False, width=1_000_000
    )
    return text.encode("utf-8")


def plain(value: Any) -> Any:
    """Anything whose keys have no order of their own: in alphabetical order."""
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def ordered(values: Mapping[str, Any], keys: Sequence[str], locales: Sequence[str]) -> dict[str, Any]:
    """The keys in their order; what is empty, or stands when nothing is said, is left out."""
    kept: dict[str, Any] = {}
    for key in keys:
        value = _shown(key, values.get(key), locales)
        empty = value is None or value is False or value == 0 or value in ("", [], {})
        if key in _USUAL:
            if value is not None and value != "" and value != _USUAL[key]:
                kept[key] = value
        elif not empty or (key in _SAID and value == 0 and value is not False):
            kept[key] = value
    return kept


def _shown(key: str, value: Any, locales: Sequence[str]) -> Any:
    if key in _TEXTS and isinstance(value, Mapping):
        return texts(value, locales)
    if key in ("option_strings_text", "tally") and isinstance(value, list):
        return [option(entry, locales) for entry in value]
    if key in ("fields", "subform"):
        return value
    if key == "subform_section_configuration" and isinstance(value, Mapping):
        shown = {name: value[name] for name in parts.ROWS_SHOWN if value.get(name) not in (None, "", [], {})}
        return {name: plain(entry) for name, entry in shown.items()}
    return plain(value)


def texts(value: Mapping[str, Any], locales: Sequence[str]) -> dict[str, str]:
    """A text in its languages, in the order of the pack; empty ones are left out."""
    return {locale: value[locale] for locale in locales if isinstance(value.get(locale), str) and value[locale].strip()}


def option(entry: Mapping[str, Any], locales: Sequence[str]) -> dict[str, Any]:
    """One option: its id, its words, and whether it is put away."""
    kept: dict[str, Any] = {"id": entry["id"], **texts(entry.get("display_text") or {}, locales)}
    if entry.get("tags"):
        kept["tags"] = list(entry["tags"])
    if entry.get("disabled"):
        kept["disabled"] = True
    return kept


def field(said: Mapping[str, Any], locales: Sequence[str]) -> dict[str, Any]:
    """A field as a pack writes it (``subform`` holds the form of its rows, written already)."""
    kept = ordered(said, _FIELD, locales)
    if said.get("type") == "tally_field":
        if not said.get("autosum_total"):
            kept["autosum_total"] = False
        else:
            kept.pop("autosum_total")
        if kept.get("autosum_group") == f"{said['name']}_number_of":
            del kept["autosum_group"]
    return {key: kept[key] for key in _FIELD if key in kept}


def form(said: Mapping[str, Any], locales: Sequence[str]) -> dict[str, Any]:
    """A form as a pack writes it; its fields last."""
    kept = ordered(said, _FORM, locales)
    fields = kept.pop("fields", [])
    if "module_ids" not in kept:
        kept["module_ids"] = []
    return {**kept, "fields": fields}


def rows(said: Mapping[str, Any], locales: Sequence[str]) -> dict[str, Any]:
    """The form of a subform's rows, as it is written inside its field."""
    keys = dict.fromkeys(["unique_id", "name", *parts.SUBFORM_OPTIONAL])
    kept = ordered(said, tuple(keys), locales)
    return {**kept, "fields": list(said.get("fields", []))}
