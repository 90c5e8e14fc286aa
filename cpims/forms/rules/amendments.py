"""How what was sent about a form is laid over what is stored. Nothing that answers rest on is lost: it is retired."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cpims.forms.rules.definitions import FIXED, NAME
from cpims.lib.errors import Problem
from cpims.lib.ids import slug

Values = Mapping[str, Any]
TEXTS: Final = frozenset(
    (
        "name",
        "description",
        "display_name",
        "help_text",
        "guiding_questions",
        "tick_box_label",
        "signature_provided_by_label",
    )
)
INTO_CONFIGURATION: Final = ("subform_sort_by", "subform_group_by", "subform_sort_by_direction")
NOT_STORED: Final = frozenset(("id", "fields", "subform_section_id", "subform_unique_id"))


def merged_text(stored: Values | None, sent: Values | None) -> dict[str, str]:
    """A localized text with the sent locales laid over the stored ones."""
    return {**(stored or {}), **{locale: text or "" for locale, text in (sent or {}).items()}}


def merged_options(
    stored: Sequence[Values] | None, sent: Sequence[Values], *, exact: bool = False
) -> list[dict[str, Any]]:
    """Options as sent; those that are no longer named stay at the end, disabled, for answers hold them.

    ``exact``: nothing of what stands shines through, and who is no longer named is ``retired`` (in no document).
    """
    old = {str(option.get("id")): option for option in stored or ()}
    merged = []
    for option in sent:
        before = old.pop(str(option.get("id")), {})
        kept = {key: value for key, value in option.items() if value is not None and key in ("id", "tags", "disabled")}
        if not exact and "tags" not in kept and before.get("tags"):
            kept["tags"] = before["tags"]
        if not exact and kept.get("disabled") and before.get("retired"):
            kept["retired"] = True
        kept["display_text"] = merged_text(None if exact else before.get("display_text"), option.get("display_text"))
        merged.append(kept)
    mark = {"disabled": True, "retired": True} if exact else {"disabled": True}
    return merged + [{**option, **mark} for option in old.values()]


def amended(stored: Values, sent: Values, *, whole: bool, exact: bool = False) -> dict[str, Any]:
    """The attributes of a form or a question after a change; ``whole`` means that what is not sent is gone.

    A null takes an attribute away. Texts are merged by locale (unless ``exact``), options are retired and never removed.
    """
    result: dict[str, Any] = {}
    if not whole:
        result = dict(stored)
    configuration = dict((stored.get("subform_section_configuration") if not whole else None) or {})
    for key, value in sent.items():
        if key in NOT_STORED:
            continue
        if key in INTO_CONFIGURATION:
            configuration[key] = value
        elif key == "subform_section_configuration":
            configuration = {**configuration, **(value or {})} if value is not None else {}
        elif value is None:
            result.pop(key, None)
        elif key in TEXTS and isinstance(value, Mapping):
            result[key] = merged_text(None if exact else stored.get(key), value)
        elif key in ("option_strings_text", "tally") and _are_objects(value):
            standing = stored.get(key) if _are_objects(stored.get(key)) else None
            result[key] = merged_options(standing, value, exact=exact)
        else:
            result[key] = value
    for key in ("option_strings_text", "tally") if exact else ("option_strings_text",):
        if whole and stored.get(key) and key not in result and (not exact or _are_objects(stored[key])):
            result[key] = merged_options(stored[key], [], exact=exact)
    configuration = {key: value for key, value in configuration.items() if value is not None}
    if configuration or "subform_section_configuration" in result:
        result["subform_section_configuration"] = configuration
    if not configuration:
        result.pop("subform_section_configuration", None)
    return result


def amended_field(
    stored: Values | None, sent: Values, place: int, *, whole: bool, exact: bool = False
) -> dict[str, Any]:
    """A question after a change; what can never change stays as it is. ``place`` is its order when none is sent."""
    before = dict(stored or {})
    field = amended(before, sent, whole=whole, exact=exact)
    if stored is not None:
        for key in FIXED:
            if exact and key == "multi_select" and bool(sent.get(key)) == bool(before.get(key)):
                continue
            field.pop(key, None)
            if key in before:
                field[key] = before[key]
    elif not field.get("name"):
        field["name"] = name_from((field.get("display_name") or {}).get("en") or "")
    if (stored is None or whole) and not exact and field.get("type") == "tally_field":
        field.setdefault("autosum_total", True)
        field.setdefault("autosum_group", f"{field['name']}_number_of")
    if sent.get("order") is None:
        field["order"] = place
    field.setdefault("visible", True)
    field.setdefault("disabled", False)
    field.setdefault("display_name", {})
    return field


def ignored_changes(stored: Values, sent: Values, pointer: str) -> list[Problem]:
    """Which parts of a question were sent otherwise than they stand and can never change."""
    return [
        Problem(f"{pointer}/{key}", "field.fixed", {"stands": stored.get(key)})
        for key in FIXED
        if key in sent
        and sent[key] is not None
        and sent[key] != stored.get(key, False if key == "multi_select" else None)
    ]


def name_from(label: str) -> str:
    """A data key made from an English label (``""`` when there is nothing to make it from)."""
    made = re.sub(r"^[0-9_]+", "", slug(label, "_"))[:100]
    return made if NAME.match(made) else ""


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, Mapping) and isinstance(item.get("display_text") or {}, Mapping) for item in value
    )
