"""What may be said of a form and of a question: which keys, of which kind, by whom; every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cpims.access.rules.catalogue import RECORD_TYPES
from cpims.forms.rules.calculations import compile_calculation
from cpims.forms.rules.conditions import BrokenCondition, compile_condition, condition_of
from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted, Problem, Stale

Values = Mapping[str, Any]


class FormNotFound(NotFound):
    """There is no such form."""

    code = "form.not_found"


class FormExists(Conflict):
    """A form with this number is there already."""

    code = "form.exists"


class FormStale(Stale):
    """Somebody else changed the form since it was read."""

    code = "form.stale"


class FormInUse(Conflict):
    """Another form shows this one as rows; it cannot go."""

    code = "form.in_use"


class FormStays(NotPermitted):
    """This form belongs to the standard or may not be edited; it cannot be put away."""

    code = "form.stays"


class FormInvalid(Invalid):
    """Some of what was sent about a form is wrong; nothing was stored."""

    code = "form.invalid"


TEXT, FLAG, NUMBER, LOCALIZED, LIST, OBJECT, CONDITION = (
    "text",
    "flag",
    "number",
    "localized",
    "list",
    "object",
    "condition",
)

FIELD_TYPES: Final = frozenset(
    (
        "text_field",
        "textarea",
        "radio_button",
        "select_box",
        "numeric_field",
        "photo_upload_box",
        "audio_upload_box",
        "document_upload_box",
        "date_field",
        "date_range",
        "subform",
        "separator",
        "tick_box",
        "tally_field",
        "custom",
        "calculated",
        "signature",
        "link_to_form",
    )
)
ENTITIES: Final = frozenset(
    ("Location", "ReportingLocation", "Agency", "User", "LinkedIncidents", "UserGroup", "violations")
)
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,127}\Z")
UNIQUE_ID: Final = re.compile(r"\w[\w+-]{0,254}\Z")
FORBIDDEN_SIGNS: Final = re.compile(r"[*!@#%$^]")
MOST_FIELDS, MOST_OPTIONS, MOST_TALLY = 500, 2000, 50


def _kinds(**groups: str) -> dict[str, str]:
    return {key: kind for kind, keys in groups.items() for key in keys.split()}


#: What may be sent about a form by who may manage the configuration.
FORM_KEYS: Final = _kinds(
    text="unique_id parent_form form_group_id",
    flag="visible form_group_keyed is_nested subform_prevent_item_removal subform_append_only "
    "hide_subform_placeholder mobile_form",
    number="id order order_form_group order_subform initial_subforms",
    localized="name description",
    list="collapsed_field_names module_ids fields",
    condition="display_conditions",
)
#: What only a pack may say.
FORM_PACK_KEYS: Final = _kinds(
    text="header_message_link shared_subform shared_subform_group",
    flag="core_form editable is_first_tab is_summary_section display_help_text_view",
    localized="help_text",
    list="subform_header_links",
)
FORM_RESTRICTED: Final = frozenset(
    [
        "name",
        "description",
        "mobile_form",
        "visible",
        "order",
        "order_form_group",
        "order_subform",
        "form_group_id",
        "fields",
    ]
)
FIELD_KEYS: Final = _kinds(
    text="name type option_strings_source selected_value link_to_path autosum_group date_validation "
    "subform_sort_by subform_group_by subform_sort_by_direction",
    flag="multi_select visible mobile_visible phone_number hide_on_view_page show_on_minify_form disabled filterable "
    "hidden_text_field autosum_total link_to_path_external expose_unique_id required date_include_time matchable",
    number="id order subform_section_id",
    localized="display_name help_text guiding_questions tick_box_label signature_provided_by_label",
    list="option_strings_text tally field_tags",
    object="subform_section_configuration calculation",
    condition="display_conditions_record display_conditions_subform",
)
FIELD_PACK_KEYS: Final = _kinds(
    text="subform_unique_id custom_template collapse link_to_form privacy",
    flag="editable mandatory_for_completion",
    object="option_strings_condition subform_summary",
)
FIELD_RESTRICTED: Final = frozenset(
    [
        "id",
        "name",
        "visible",
        "mobile_visible",
        "display_name",
        "help_text",
        "guiding_questions",
        "signature_provided_by_label",
        "order",
        "subform_section_id",
        "option_strings_text",
    ]
)
#: What clients send along because it was served to them; it says nothing.
ECHOED: Final = frozenset(
    ["created_at", "updated_at", "form_section_id", "collapsed_field_for_subform_section_id", "searchable_select"]
)
FIXED: Final = ("name", "type", "multi_select")


def narrowed(values: Values, *, pack: bool, restricted: bool) -> tuple[dict[str, Any], list[Problem], list[Problem]]:
    """What of a sent form may be used, what is ignored (and why), and which keys nobody knows."""
    ignored: list[Problem] = []
    unknown: list[Problem] = []
    kept = _narrow(
        values, "", FORM_KEYS, FORM_PACK_KEYS, FORM_RESTRICTED if restricted else None, pack, ignored, unknown
    )
    if isinstance(kept.get("fields"), list):
        allowed = FIELD_RESTRICTED if restricted else None
        kept["fields"] = [
            _narrow(field, f"/fields/{place}", FIELD_KEYS, FIELD_PACK_KEYS, allowed, pack, ignored, unknown)
            if isinstance(field, Mapping)
            else field
            for place, field in enumerate(kept["fields"])
        ]
    return kept, ignored, unknown


def _narrow(
    values: Values,
    pointer: str,
    keys: Values,
    pack_keys: Values,
    allowed: frozenset[str] | None,
    pack: bool,
    ignored: list[Problem],
    unknown: list[Problem],
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key in ECHOED:
            continue
        if key not in keys and key not in pack_keys:
            unknown.append(Problem(f"{pointer}/{key}", "form.unknown_key"))
        elif (key in pack_keys and not pack) or (allowed is not None and key not in allowed):
            ignored.append(Problem(f"{pointer}/{key}", "form.key_not_permitted"))
        else:
            kept[key] = value
    return kept


def shape_problems(values: Values, pointer: str = "") -> list[Problem]:
    """Keys whose values are of the wrong kind, in the form and its fields."""
    problems = _shapes(values, FORM_KEYS | FORM_PACK_KEYS, pointer)
    fields = values.get("fields")
    if not isinstance(fields, list):
        return problems
    if len(fields) > MOST_FIELDS:
        return [*problems, Problem(f"{pointer}/fields", "form.too_many_fields", {"most": MOST_FIELDS})]
    for place, field in enumerate(fields):
        here = f"{pointer}/fields/{place}"
        if not isinstance(field, Mapping):
            problems.append(Problem(here, "form.wrong_kind", {"kind": OBJECT}))
            continue
        problems += _shapes(field, FIELD_KEYS | FIELD_PACK_KEYS, here)
    return problems


def _shapes(values: Values, kinds: Mapping[str, str], pointer: str) -> list[Problem]:
    return [
        Problem(f"{pointer}/{key}", "form.wrong_kind", {"kind": kinds[key]})
        for key, value in values.items()
        if key in kinds and value is not None and not _is(value, kinds[key])
    ]


def _is(value: Any, kind: str) -> bool:
    if kind == TEXT:
        return isinstance(value, str)
    if kind == FLAG:
        return isinstance(value, bool)
    if kind == NUMBER:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
    if kind == LIST:
        return isinstance(value, list)
    if kind == CONDITION:
        return isinstance(value, (Mapping, list))
    if kind == LOCALIZED:
        return isinstance(value, Mapping) and all(text is None or isinstance(text, str) for text in value.values())
    return isinstance(value, Mapping)


def form_problems(form: Values, pointer: str = "") -> list[Problem]:
    """Everything that is wrong with a form as it would be stored (its fields aside)."""
    problems: list[Problem] = []
    name = (form.get("name") or {}).get("en") or ""
    if not name.strip():
        problems.append(_problem(f"{pointer}/name", "form.name_en", "form_section.presence_of_name"))
    elif FORBIDDEN_SIGNS.search(name):
        problems.append(_problem(f"{pointer}/name", "form.name_signs", "form_section.format_of_name"))
    if not UNIQUE_ID.match(form.get("unique_id") or ""):
        problems.append(_problem(f"{pointer}/unique_id", "form.unique_id_format", "form_section.unique_id"))
    if form.get("parent_form") not in RECORD_TYPES:
        problems.append(Problem(f"{pointer}/parent_form", "form.parent_form", {"kinds": list(RECORD_TYPES)}))
    problems += condition_problems(form.get("display_conditions"), f"{pointer}/display_conditions")
    for key in ("module_ids", "collapsed_field_names"):
        if not all(isinstance(item, str) for item in form.get(key) or ()):
            problems.append(Problem(f"{pointer}/{key}", "form.wrong_kind", {"kind": TEXT}))
    return problems


def field_problems(field: Values, pointer: str, lookups: Iterable[str]) -> list[Problem]:
    """Everything that is wrong with a question as it would be stored."""
    problems: list[Problem] = []
    if not NAME.match(field.get("name") or ""):
        problems.append(_problem(f"{pointer}/name", "field.name_format", "field.name_format"))
    if field.get("type") not in FIELD_TYPES:
        problems.append(Problem(f"{pointer}/type", "field.type", {"type": str(field.get("type") or "")}))
    label = (field.get("display_name") or {}).get("en") or ""
    if not label.strip():
        problems.append(_problem(f"{pointer}/display_name", "field.display_name_en", "field.display_name_presence"))
    elif FORBIDDEN_SIGNS.search(label):
        problems.append(_problem(f"{pointer}/display_name", "field.display_name_signs", "field.display_name_format"))
    if field.get("date_validation") not in (None, "", "default_date_validation", "not_future_date"):
        problems.append(Problem(f"{pointer}/date_validation", "field.date_validation"))
    problems += _source_problems(field.get("option_strings_source"), f"{pointer}/option_strings_source", lookups)
    if field.get("option_strings_text"):
        problems += _option_problems(field["option_strings_text"], f"{pointer}/option_strings_text", MOST_OPTIONS)
    if field.get("tally"):
        problems += _option_problems(field["tally"], f"{pointer}/tally", MOST_TALLY)
    for key in ("display_conditions_record", "display_conditions_subform"):
        problems += condition_problems(field.get(key), f"{pointer}/{key}")
    inner = (field.get("subform_section_configuration") or {}).get("display_conditions")
    problems += condition_problems(inner, f"{pointer}/subform_section_configuration/display_conditions")
    for tag, expression in (field.get("option_strings_condition") or {}).items():
        problems += condition_problems(expression, f"{pointer}/option_strings_condition/{tag}")
    calculation = field.get("calculation")
    if calculation:
        try:
            compile_calculation(calculation.get("expression"))
        except BrokenCondition as error:
            problems.append(Problem(f"{pointer}/calculation", "field.calculation", {"why": error.code}))
    return problems


def condition_problems(container: Any, pointer: str) -> list[Problem]:
    """What is wrong with a display condition; one that is switched off is not looked at."""
    expression = condition_of(container)
    if expression is None:
        return []
    try:
        compile_condition(expression)
    except BrokenCondition as error:
        return [Problem(pointer, "field.condition", {"why": error.code})]
    return []


def _source_problems(source: str | None, pointer: str, lookups: Iterable[str]) -> list[Problem]:
    if not source:
        return []
    words = source.split()
    if words and words[0] == "lookup" and len(words) > 1:
        return [] if words[-1] in lookups else [Problem(pointer, "field.lookup_unknown", {"lookup": words[-1]})]
    return [] if words and words[0] in ENTITIES else [Problem(pointer, "field.source_unknown", {"source": source})]


def _option_problems(options: Sequence[Any], pointer: str, most: int) -> list[Problem]:
    if len(options) > most:
        return [Problem(pointer, "field.too_many_options", {"most": most})]
    problems: list[Problem] = []
    seen: set[str] = set()
    for place, option in enumerate(options):
        here = f"{pointer}/{place}"
        if not isinstance(option, Mapping) or not isinstance(option.get("display_text") or {}, Mapping):
            problems.append(_problem(here, "field.option_not_object", "field.option_strings_text.not_hash"))
            continue
        option_id = option.get("id")
        if not isinstance(option_id, str) or not option_id.strip():
            problems.append(_problem(f"{here}/id", "field.option_id", "field.option_strings_text.id_blank"))
        elif option_id in seen:
            problems.append(Problem(f"{here}/id", "field.option_twice", {"id": option_id}))
        else:
            seen.add(option_id)
        english = (option.get("display_text") or {}).get("en")
        if not isinstance(english, str) or not english.strip():
            primero = "field.option_strings_text.translations_blank"
            problems.append(_problem(f"{here}/display_text", "field.option_en", primero))
    return problems


def _problem(pointer: str, code: str, primero: str) -> Problem:
    return Problem(pointer, code, {"primero": f"errors.models.{primero}"})
