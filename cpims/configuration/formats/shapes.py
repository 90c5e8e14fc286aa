"""The shape of each part of a pack: which keys it has and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cpims.configuration.formats.problems import Place

#: Looks at a value at its place, says what is wrong, and gives it back as the API writes it.
Shape = Callable[[Any, Place], Any]

FIELD_TYPES: Final = frozenset(
    [
        "text_field",
        "textarea",
        "radio_button",
        "select_box",
        "numeric_field",
        "date_field",
        "tick_box",
        "tally_field",
        "subform",
        "separator",
        "photo_upload_box",
        "audio_upload_box",
        "document_upload_box",
        "calculated",
        "signature",
    ]
)
RECORD_TYPES: Final = ("case", "incident", "tracing_request", "registry_record", "family")
FIELD_NAME: Final = re.compile(r"^[a-z][a-z0-9_]*$")
UNIQUE_ID: Final = re.compile(r"^[A-Za-z0-9_]+(?:[-+][A-Za-z0-9_]*)*$")
USER_NAME: Final = re.compile(r"^[a-z0-9][a-z0-9._@-]*$")
PLACE_CODE: Final = re.compile(r"^[A-Za-z0-9_-]+$")
BARRED_IN_LABELS: Final = frozenset("*!@#%$^")


def anything(value: Any, place: Place) -> Any:
    """Whatever it is: another check looks at it."""
    return value


def text(value: Any, place: Place) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        place.say("text_wanted")
        return ""
    return value


def flag(value: Any, place: Place) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        place.say("flag_wanted")
        return False
    return value


def whole(value: Any, place: Place) -> int:
    """A number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        place.say("number_wanted")
        return 0
    return value


def like(pattern: re.Pattern[str], code: str) -> Shape:
    """A text of a certain form."""

    def check(value: Any, place: Place) -> str:
        if not isinstance(value, str) or not pattern.match(value):
            place.say(code, value=str(value)[:80])
            return ""
        return value

    return check


def one_of(*choices: str) -> Shape:
    """One of these words."""

    def check(value: Any, place: Place) -> str:
        if value not in choices:
            place.say("not_a_choice", value=str(value)[:80], choices=list(choices))
            return choices[0]
        return str(value)

    return check


def list_of(shape: Shape) -> Shape:
    """A list whose entries all have one shape."""

    def check(value: Any, place: Place) -> list[Any]:
        if not isinstance(value, list):
            place.say("list_wanted")
            return []
        return [shape(entry, place.at(number)) for number, entry in enumerate(value)]

    return check


def map_of(shape: Shape) -> Shape:
    """Keys of any name, all with values of one shape."""

    def check(value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            place.say("mapping_wanted")
            return {}
        return {key: shape(entry, place.at(key)) for key, entry in value.items()}

    return check


def keys(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """These keys and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            place.say("mapping_wanted")
            return {}
        for key in required:
            if key not in value:
                place.say("key_missing", entry=key)
        for key in value:
            if key not in known:
                place.at(key).say("key_unknown", entry=key)
        return {key: known[key](entry, place.at(key)) for key, entry in value.items() if key in known}

    return check


def translated(value: Any, place: Place) -> dict[str, str]:
    """A text in every language of the pack."""
    if not isinstance(value, dict):
        place.say("translations_wanted")
        return {}
    for locale in place.locales:
        if not isinstance(value.get(locale), str) or not value[locale].strip():
            place.at(locale).say("translation_missing", locale=locale)
    for locale in value:
        if locale not in place.locales:
            place.at(locale).say("locale_unknown", locale=locale)
    return {locale: value[locale] for locale in place.locales if isinstance(value.get(locale), str)}


def title(value: Any, place: Place) -> dict[str, str]:
    """A label or a title: a translated text without the signs that Primero bars from English labels."""
    found = translated(value, place)
    if BARRED_IN_LABELS & set(found.get("en", "")):
        place.at("en").say("barred_sign", signs="".join(sorted(BARRED_IN_LABELS & set(found["en"]))))
    return found


def option(value: Any, place: Place) -> dict[str, Any]:
    """One option: its id, its text in each language, perhaps ``disabled`` and ``tags``."""
    if not isinstance(value, dict):
        place.say("mapping_wanted")
        return {}
    texts = {key: entry for key, entry in value.items() if key not in ("id", "disabled", "tags")}
    found: dict[str, Any] = {
        "id": text(value.get("id"), place.at("id")),
        "display_text": translated(texts, place),
    }
    if "disabled" in value:
        found["disabled"] = flag(value["disabled"], place.at("disabled"))
    if "tags" in value:
        found["tags"] = list_of(text)(value["tags"], place.at("tags"))
    return found


def options(value: Any, place: Place) -> list[dict[str, Any]]:
    """Options, each id once."""
    found: list[dict[str, Any]] = list_of(option)(value, place)
    seen: set[str] = set()
    for number, entry in enumerate(found):
        name = entry.get("id", "")
        if name and name in seen:
            place.at(number, "id").say("twice", value=name)
        seen.add(name)
    return found


_FIELD_REQUIRED: Final[dict[str, Shape]] = {
    "name": like(FIELD_NAME, "field_name"),
    "type": one_of(*sorted(FIELD_TYPES)),
    "display_name": title,
}
_FIELD_OPTIONAL: Final[dict[str, Shape]] = {
    **dict.fromkeys(
        [
            "multi_select",
            "visible",
            "mobile_visible",
            "hide_on_view_page",
            "show_on_minify_form",
            "disabled",
            "editable",
            "required",
            "date_include_time",
            "matchable",
            "hidden_text_field",
            "phone_number",
            "autosum_total",
        ],
        flag,
    ),
    **dict.fromkeys(["help_text", "guiding_questions", "tick_box_label", "signature_provided_by_label"], translated),
    "option_strings_source": text,
    "option_strings_text": options,
    "option_strings_condition": map_of(anything),
    "selected_value": text,
    "date_validation": one_of("default_date_validation", "not_future_date"),
    "tally": options,
    "calculation": map_of(anything),
    "subform_summary": map_of(anything),
    "subform_section_configuration": keys(
        {},
        {
            "subform_sort_by": text,
            "subform_sort_by_direction": one_of("asc", "desc"),
            "subform_group_by": text,
            "fields": list_of(text),
            "display_conditions": anything,
        },
    ),
    "display_conditions_record": anything,
    "display_conditions_subform": anything,
}


def subform(value: Any, place: Place) -> dict[str, Any]:
    """The form of a subform's rows, written inside its field."""
    found: dict[str, Any] = _SUBFORM(value, place)
    return found


FIELD: Final = keys(_FIELD_REQUIRED, {**_FIELD_OPTIONAL, "subform": subform})
_SUBFORM: Final = keys(
    {"unique_id": like(UNIQUE_ID, "unique_id"), "name": title, "fields": list_of(FIELD)},
    {
        "description": translated,
        "collapsed_field_names": list_of(text),
        "initial_subforms": whole,
        "subform_append_only": flag,
        "subform_prevent_item_removal": flag,
    },
)
FORM: Final = keys(
    {
        "unique_id": like(UNIQUE_ID, "unique_id"),
        "parent_form": one_of(*RECORD_TYPES),
        "name": title,
        "form_group_id": text,
        "order_form_group": whole,
        "order": whole,
        "fields": list_of(FIELD),
    },
    {
        "description": translated,
        "help_text": translated,
        "module_ids": list_of(text),
        **dict.fromkeys(["visible", "mobile_form", "core_form", "editable", "is_first_tab"], flag),
        "display_conditions": anything,
    },
)
LOOKUP: Final = keys({"name": title, "values": options}, {"locked": flag})
LOOKUPS: Final = map_of(LOOKUP)
MODULE: Final = keys(
    {
        "unique_id": like(UNIQUE_ID, "unique_id"),
        "name": text,
        "associated_record_types": list_of(one_of(*RECORD_TYPES)),
        "options": map_of(anything),
    },
    {"description": text, "core_resource": flag, "field_map": anything, "creation_field_map": anything},
)
ROLE: Final = keys(
    {
        "unique_id": like(UNIQUE_ID, "unique_id"),
        "name": text,
        "group_permission": one_of("self", "group", "agency", "all", "admin_only", "identified"),
        "module_unique_ids": list_of(text),
        "permissions": map_of(anything),
        "form_section_read_write": map_of(one_of("r", "rw")),
    },
    {
        "description": text,
        **dict.fromkeys(["is_manager", "referral", "transfer", "referral_authorization", "disabled"], flag),
        "reporting_location_level": whole,
    },
)
AGENCY: Final = keys(
    {"unique_id": like(UNIQUE_ID, "unique_id"), "agency_code": text, "name": translated},
    {"description": translated, "telephone": text, "services": list_of(text), "order": whole},
)
USER_GROUP: Final = keys(
    {"unique_id": like(UNIQUE_ID, "unique_id"), "name": text},
    {"description": text, "agency_unique_ids": list_of(text)},
)
USER: Final = keys(
    {
        "user_name": like(USER_NAME, "user_name"),
        "full_name": text,
        "role": text,
        "agency": text,
        "user_groups": list_of(text),
    },
    {
        **dict.fromkeys(["email", "phone", "position", "location", "locale", "agency_office", "time_zone"], text),
        "services": list_of(text),
    },
)


def location(value: Any, place: Place) -> dict[str, Any]:
    """A place with the places inside it."""
    found: dict[str, Any] = _LOCATION(value, place)
    return found


_LOCATION: Final = keys(
    {"code": like(PLACE_CODE, "place_code"), "type": text, "placename": translated},
    {"places": list_of(location)},
)
PACK: Final = keys(
    {"name": like(UNIQUE_ID, "unique_id"), "title": translated, "version": text, "locales": list_of(text)},
    {"requires": list_of(text), "description": translated},
)
