"""The options of a field: which it has, and which are offered now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cpims.forms.rules.visibility import compile_container

#: Option ids by lookup, retired ones included.
OptionIds = Mapping[str, Collection[str]]
#: Whole options by lookup (``id``, perhaps ``disabled`` and ``tags``).
OptionLists = Mapping[str, Sequence[Mapping[str, Any]]]


def lookup_of(field: Mapping[str, Any]) -> str | None:
    """The lookup that a field takes its options from, or nothing."""
    words = str(field.get("option_strings_source") or "").split()
    return words[-1] if len(words) > 1 and words[0] == "lookup" else None


def inline_options(field: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """The options written in the field itself, or nothing; a source wins over them."""
    options = field.get("option_strings_text")
    if field.get("option_strings_source") or not isinstance(options, list) or not options:
        return None
    return [option for option in options if isinstance(option, Mapping)]


def option_ids(field: Mapping[str, Any], lookups: OptionIds) -> Collection[str] | None:
    """The ids that may be stored under a field, retired ones included; nothing when there is no list to hold it to."""
    lookup = lookup_of(field)
    if lookup is not None:
        return lookups.get(lookup)
    inline = inline_options(field)
    return None if inline is None else frozenset(str(option.get("id")) for option in inline)


def options_offered(
    field: Mapping[str, Any],
    record: Mapping[str, Any],
    row: Mapping[str, Any] | None = None,
    lookups: OptionLists | None = None,
    stored: Any = None,
) -> list[str]:
    """The option ids to choose from now, in order: enabled ones, filtered by tag, and what is stored already."""
    lookup = lookup_of(field)
    options = inline_options(field) if lookup is None else list((lookups or {}).get(lookup, ()))
    kept = stored if isinstance(stored, list) else [stored]
    tags = tags_met(field, record, row)
    return [
        str(option["id"])
        for option in options or ()
        if option.get("id") in kept
        or (option.get("disabled") is not True and (not tags or not tags.isdisjoint(option.get("tags") or ())))
    ]


def tags_met(field: Mapping[str, Any], record: Mapping[str, Any], row: Mapping[str, Any] | None = None) -> set[str]:
    """The tags whose condition holds for the record or the row (select boxes only)."""
    filters = field.get("option_strings_condition")
    if field.get("type") != "select_box" or not isinstance(filters, Mapping):
        return set()
    met: set[str] = set()
    for tag, expression in filters.items():
        condition, _ = compile_container(expression)
        if condition is not None and (condition(record) or (row is not None and condition(row))):
            met.add(tag)
    return met
