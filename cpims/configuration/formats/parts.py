"""What stands in each part of a pack: forms with their fields, option lists, roles, places and the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cpims.configuration.formats.problems import Place
from cpims.configuration.formats.shapes import (
    FIELD_NAME,
    PLACE_CODE,
    RECORD_TYPES,
    UNIQUE_ID,
    USER_NAME,
    Shape,
    anything,
    flag,
    integer,
    keys,
    like,
    list_of,
    map_of,
    named,
    one_of,
    one_or_many,
    options,
    text,
    title,
    translated,
    whole,
)
from cpims.forms.rules.definitions import FIELD_TYPES
from cpims.forms.rules.privacy import PRIVACY


def _all(shape: Shape | Callable[[Any, Place], Any], names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(), shape)


#: In these tables the order of the keys is the order in which a pack is written.
ROWS_SHOWN: Final = {
    **_all(text, "subform_sort_by"),
    "subform_sort_by_direction": one_of("asc", "desc"),
    "subform_group_by": text,
    "fields": list_of(text),
    "display_conditions": anything,
}
FIELD_REQUIRED: Final[dict[str, Shape]] = {
    "name": like(FIELD_NAME, "field_name"),
    "type": one_of(*sorted(FIELD_TYPES)),
    "display_name": title,
}
FIELD_OPTIONAL: Final[dict[str, Shape]] = {
    "privacy": one_of(*PRIVACY),
    **_all(
        flag,
        "multi_select visible mobile_visible hide_on_view_page show_on_minify_form disabled editable required "
        "date_include_time matchable filterable hidden_text_field phone_number mandatory_for_completion",
    ),
    **_all(translated, "help_text guiding_questions tick_box_label signature_provided_by_label"),
    "selected_value": text,
    "option_strings_source": text,
    "option_strings_text": options,
    "option_strings_condition": map_of(anything),
    "date_validation": one_of("default_date_validation", "not_future_date"),
    "tally": options,
    "autosum_total": flag,
    "autosum_group": text,
    "calculation": map_of(anything),
    "subform_summary": map_of(anything),
    "subform_section_configuration": keys({}, ROWS_SHOWN),
    "display_conditions_record": anything,
    "display_conditions_subform": anything,
    **_all(text, "link_to_form link_to_path custom_template collapse"),
    **_all(flag, "link_to_path_external expose_unique_id"),
    "field_tags": list_of(text),
    "subform_unique_id": text,
}


def subform(value: Any, place: Place) -> dict[str, Any]:
    """The form of a subform's rows, written inside its field."""
    found: dict[str, Any] = _SUBFORM(value, place)
    return found


FIELD: Final = keys(FIELD_REQUIRED, {**FIELD_OPTIONAL, "subform": subform})
SUBFORM_REQUIRED: Final[dict[str, Shape]] = {
    "unique_id": like(UNIQUE_ID, "unique_id"),
    "name": title,
    "fields": list_of(FIELD),
}
SUBFORM_OPTIONAL: Final[dict[str, Shape]] = {
    "description": translated,
    "help_text": translated,
    "privacy": one_of(*PRIVACY),
    "collapsed_field_names": list_of(text),
    "initial_subforms": whole,
    **_all(flag, "subform_append_only subform_prevent_item_removal hide_subform_placeholder mobile_form editable"),
    "form_group_id": text,
    **_all(flag, "form_group_keyed is_first_tab is_summary_section display_help_text_view"),
    **_all(text, "header_message_link shared_subform shared_subform_group"),
    "subform_header_links": list_of(anything),
    "display_conditions": anything,
}
_SUBFORM: Final = keys(SUBFORM_REQUIRED, SUBFORM_OPTIONAL)
FORM_REQUIRED: Final[dict[str, Shape]] = {
    "unique_id": like(UNIQUE_ID, "unique_id"),
    "parent_form": one_of(*RECORD_TYPES),
    "name": title,
    "order_form_group": integer,
    "order": integer,
    "fields": list_of(FIELD),
}
FORM_OPTIONAL: Final[dict[str, Shape]] = {
    **SUBFORM_OPTIONAL,
    "module_ids": list_of(text),
    **_all(flag, "is_nested visible core_form"),
    "order_subform": integer,
}
FORM: Final = keys(FORM_REQUIRED, FORM_OPTIONAL)
LOOKUP: Final = keys({"name": named, "values": options}, {"locked": flag})
LOOKUPS: Final = map_of(LOOKUP)
MODULE_REQUIRED: Final[dict[str, Shape]] = {
    "unique_id": like(UNIQUE_ID, "unique_id"),
    "name": text,
    "associated_record_types": list_of(one_of(*RECORD_TYPES)),
    "options": map_of(anything),
}
MODULE_OPTIONAL: Final[dict[str, Shape]] = {
    "description": text,
    "core_resource": flag,
    "field_map": anything,
    "creation_field_map": anything,
}
MODULE: Final = keys(MODULE_REQUIRED, MODULE_OPTIONAL)
ROLE_REQUIRED: Final[dict[str, Shape]] = {
    "unique_id": like(UNIQUE_ID, "unique_id"),
    "name": text,
    "group_permission": one_of("self", "group", "agency", "all", "admin_only", "identified"),
    "module_unique_ids": list_of(text),
    "permissions": map_of(anything),
    "form_section_read_write": map_of(one_of("r", "rw")),
}
ROLE_OPTIONAL: Final[dict[str, Shape]] = {
    "description": text,
    **_all(flag, "is_manager referral transfer referral_authorization disabled"),
    "reporting_location_level": whole,
    "user_category": text,
}
ROLE: Final = keys(ROLE_REQUIRED, ROLE_OPTIONAL)
GRANTS: Final = map_of(map_of(one_of("r", "rw")))
AGENCY_REQUIRED: Final[dict[str, Shape]] = {
    "unique_id": like(UNIQUE_ID, "unique_id"),
    "agency_code": text,
    "name": named,
}
AGENCY_OPTIONAL: Final[dict[str, Shape]] = {
    "description": translated,
    **_all(text, "telephone contact_name contact_email contact_phone notes"),
    "services": list_of(text),
    "order": integer,
    **_all(flag, "pdf_logo_option terms_of_use_enabled exclude_agency_from_lookups disabled"),
}
AGENCY: Final = keys(AGENCY_REQUIRED, AGENCY_OPTIONAL)
GROUP_REQUIRED: Final[dict[str, Shape]] = {"unique_id": like(UNIQUE_ID, "unique_id"), "name": text}
GROUP_OPTIONAL: Final[dict[str, Shape]] = {
    "description": text,
    "agency_unique_ids": list_of(text),
    **_all(flag, "core_resource disabled"),
}
USER_GROUP: Final = keys(GROUP_REQUIRED, GROUP_OPTIONAL)
USER: Final = keys(
    {
        "user_name": like(USER_NAME, "user_name"),
        "full_name": text,
        "role": text,
        "agency": text,
        "user_groups": list_of(text),
    },
    {
        **_all(text, "email phone position location locale agency_office time_zone"),
        "services": list_of(text),
    },
)


def location(value: Any, place: Place) -> dict[str, Any]:
    """A place with the places inside it."""
    found: dict[str, Any] = _LOCATION(value, place)
    return found


_LOCATION: Final = keys(
    {"code": like(PLACE_CODE, "place_code"), "placename": named},
    {"type": text, "disabled": flag, "places": list_of(location)},
)
PACK: Final = keys(
    {"name": like(UNIQUE_ID, "unique_id"), "title": named, "version": text, "locales": list_of(text)},
    {"requires": one_or_many, "description": translated},
)
