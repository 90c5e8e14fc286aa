"""Forms and their questions, option lists, places, parts of the work."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Localized, Moment, Shape

FieldType = Literal[
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
]
Kind = Literal["case", "incident", "tracing_request", "registry_record", "family"]
#: An expression tree: ``{"eq": {"sex": "male"}}``, ``{"and": [{…}, {…}]}``.
Expression = dict[str, Any]


class Option(Shape):
    """One possible answer."""

    id: str
    display_text: Localized
    disabled: bool | None = None
    tags: list[str] | None = None


class Tally(Shape):
    """One line of a tally."""

    id: str
    display_text: Localized


class RowsShown(Shape):
    """How a subform shows its rows: in which order, which of their questions, and which rows."""

    model_config = ConfigDict(strict=True, extra="allow")

    subform_sort_by: str | None = None
    subform_sort_by_direction: str | None = None
    subform_group_by: str | None = None
    fields: list[str] | None = None
    display_conditions: Expression | None = None


class Question(Shape):
    """A question of a form. Keys without a value are left out; a subform points at its form by its number."""

    model_config = ConfigDict(strict=True, title="Field")

    id: int
    name: str
    type: FieldType
    form_section_id: int
    visible: bool
    disabled: bool
    order: int
    mobile_visible: bool
    hide_on_view_page: bool
    show_on_minify_form: bool
    editable: bool
    display_name: Localized
    help_text: Localized
    guiding_questions: Localized
    tick_box_label: Localized
    signature_provided_by_label: Localized
    multi_select: bool
    hidden_text_field: bool
    autosum_total: bool
    link_to_path_external: bool
    field_tags: list[str]
    expose_unique_id: bool
    mandatory_for_completion: bool
    required: bool
    date_validation: str
    date_include_time: bool
    matchable: bool
    filterable: bool | None = Field(None, description="has an index of its own: lists can be ordered by it too")
    phone_number: bool
    created_at: Moment
    updated_at: Moment
    option_strings_source: str | None = None
    option_strings_text: list[Option] | None = None
    option_strings_condition: dict[str, Any] | None = None
    tally: list[Tally] | None = None
    subform_section_id: int | None = None
    collapsed_field_for_subform_section_id: int | None = None
    subform_section_configuration: RowsShown | None = None
    subform_summary: dict[str, Any] | None = None
    calculation: dict[str, Any] | None = None
    display_conditions_record: Expression | None = None
    display_conditions_subform: Expression | None = None
    autosum_group: str | None = None
    selected_value: str | bool | int | None = None
    link_to_path: str | None = None
    custom_template: str | None = None
    collapse: str | bool | None = None
    searchable_select: bool | None = None


class Form(Shape):
    """A form with its questions in order. Keys without a value are left out; nested forms stand in the same list."""

    id: int
    unique_id: str
    name: Localized
    description: Localized
    help_text: Localized
    parent_form: Kind
    visible: bool
    order: int
    order_form_group: int
    order_subform: int
    form_group_id: str | None = None
    form_group_keyed: bool
    editable: bool
    core_form: bool
    is_nested: bool
    is_first_tab: bool
    is_summary_section: bool
    initial_subforms: int
    subform_prevent_item_removal: bool
    subform_append_only: bool
    subform_header_links: list[str]
    display_help_text_view: bool
    hide_subform_placeholder: bool
    mobile_form: bool
    module_ids: list[str]
    collapsed_field_names: list[str]
    display_conditions: Expression | None = None
    header_message_link: str | None = None
    shared_subform: str | None = None
    shared_subform_group: str | None = None
    created_at: Moment
    updated_at: Moment
    fields: list[Question]


class QuestionWrite(Shape):
    """A question as it is sent; its name, type and whether it takes several answers stay as they were made."""

    id: int | None = None
    name: str | None = None
    type: FieldType | None = None
    display_name: Localized | None = None
    help_text: Localized | None = None
    guiding_questions: Localized | None = None
    visible: bool | None = None
    disabled: bool | None = None
    order: int | None = None
    required: bool | None = None
    multi_select: bool | None = None
    option_strings_source: str | None = None
    option_strings_text: list[Option] | None = None
    tally: list[Tally] | None = None
    subform_section_id: int | None = None
    date_validation: str | None = None
    date_include_time: bool | None = None
    calculation: dict[str, Any] | None = None
    display_conditions_record: Expression | None = None
    display_conditions_subform: Expression | None = None


class FormWrite(Shape):
    """A form as it is sent. ``fields``, when sent, is the whole list; a question that is left out is retired."""

    id: int | None = None
    unique_id: str | None = None
    name: Localized | None = None
    description: Localized | None = None
    help_text: Localized | None = None
    parent_form: Kind | None = None
    visible: bool | None = None
    order: int | None = None
    order_form_group: int | None = None
    order_subform: int | None = None
    form_group_id: str | None = None
    is_nested: bool | None = None
    mobile_form: bool | None = None
    module_ids: list[str] | None = None
    collapsed_field_names: list[str] | None = None
    display_conditions: Expression | None = None
    fields: list[QuestionWrite] | None = None


class FormPlace(Shape):
    """Where a form stands: in its group, and where its group stands."""

    id: int
    order: int
    order_form_group: int | None = None


class FormPlaces(Shape):
    """Forms that are put into another order."""

    forms: list[FormPlace] = Field(max_length=500)


class RetiredForm(Shape):
    """A form that was put away."""

    id: int
    unique_id: str
    name: Localized
    parent_form: Kind
    module_ids: list[str]
    is_nested: bool
    retired_at: Moment


class FormsStanding(Shape):
    """Whether forms can be changed here; ``closed``: they come by promotion alone."""

    closed: bool


class Lookup(Shape):
    """An option list."""

    id: int
    unique_id: str
    name: Localized
    locked: bool
    values: list[Option]


class OptionWrite(Shape):
    """An option as it is sent; ``_delete`` takes it out of use."""

    id: str
    display_text: Localized | None = None
    disabled: bool | None = None
    tags: list[str] | None = None
    delete: bool | None = Field(None, alias="_delete")


class LookupWrite(Shape):
    """An option list as it is sent; options that are not named stay, after the named ones."""

    id: int | None = None
    unique_id: str | None = None
    name: Localized | None = None
    values: list[OptionWrite] | None = None


class Location(Shape):
    """A place. The last three keys are there with ``hierarchy=true`` and for a single place."""

    id: int
    code: str
    type: str | None
    disabled: bool
    name: Localized
    admin_level: int | None = None
    placename: Localized | None = None
    hierarchy: list[str] | None = None


class LocationWrite(Shape):
    """A place as it is sent; later only its name, its kind and whether it is in use can change."""

    id: int | None = None
    code: str | None = None
    type: str | None = None
    parent_code: str | None = None
    placename: Localized | None = None
    disabled: bool | None = None


class TableSent(Shape):
    """A table of places (CSV with a row of HXL tags), as base64."""

    file_name: str | None = None
    data_base64: str


class TableRead(Shape):
    """What became of a table: rows that were used, and the numbers of those that were not."""

    status: Literal["success", "some_failure", "failure"]
    total: int
    file_name: str | None
    success_total: int
    failure_total: int
    failures: list[int]


class Module(Shape):
    """A part of the work that a country switches on."""

    id: int
    unique_id: str
    name: str
    description: str | None
    associated_record_types: list[str]
    form_section_unique_ids: list[str]
    creation_field_map: dict[str, Any] | None
    field_map: dict[str, Any] | None
    module_options: dict[str, Any]
    options: dict[str, Any]
    list_filters: dict[str, list[str]]
    list_headers: dict[str, list[str]]
    approvals_labels: dict[str, Any]
    field_labels: dict[str, Any]
    workflows: dict[str, list[Option]] | None = None


Privacy = Literal["name", "contact", "location", "identifier", "health", "violence", "free_text", "likeness", "none"]


class FormPrivacy(Shape):
    """What the answers to the questions of a form tell about a person, by the name of the question."""

    form: str
    fields: dict[str, Privacy]


class ModuleWrite(Shape):
    """What of a part of the work can be changed; the list of forms, when sent, is the whole list."""

    description: str | None = None
    associated_record_types: list[str] | None = None
    form_section_unique_ids: list[str] | None = None
