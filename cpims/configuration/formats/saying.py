"""How things are said in a document: nothing and empty are the same, sets have one order, an option says what is unusual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

Said = dict[str, Any]
#: Texts of which an empty one is the same as none.
TEXTS: Final = frozenset(
    "name display_name description help_text guiding_questions tick_box_label signature_provided_by_label "
    "placename display_text".split()
)
#: Lists that are sets: their order means nothing.
SETS: Final = frozenset({"module_ids", "module_unique_ids", "agency_unique_ids", "associated_record_types"})


def plain(said: Mapping[str, Any]) -> Said:
    """What is said of a thing; nothing, an empty text and an empty list are the same as not said."""
    kept: Said = {}
    for key, value in said.items():
        if key in TEXTS and isinstance(value, Mapping):
            value = {locale: text for locale, text in value.items() if text not in (None, "")}
        elif key in SETS and isinstance(value, list):
            value = sorted(set(value))
        if value is not None and value != "" and value != [] and value != {}:
            kept[key] = value
    return kept


def option_said(said: Any) -> Any:
    """An option; one that is not switched off need not say so."""
    return plain({**said, "disabled": said.get("disabled") or None}) if isinstance(said, Mapping) else said


def options_said(said: Iterable[Any]) -> list[Any]:
    """The options that were not put away."""
    return [
        option_said({key: value for key, value in one.items() if key != "retired"} if isinstance(one, Mapping) else one)
        for one in said
        if not (isinstance(one, Mapping) and one.get("retired") and one.get("disabled"))
    ]
