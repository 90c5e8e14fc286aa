"""This instance: what everybody may know of it, how it works, who is signed in."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cpims.api.shapes.accounts import Agency, ReportingLocation
from cpims.api.shapes.envelope import Localized, Moment, Shape
from cpims.api.shapes.forms import Module


class AgencyFace(Shape):
    """An agency as the sign-in page shows it."""

    unique_id: str
    name: str


class Stream(Shape):
    """A road by which people may ask for an account."""

    id: str


class Primero(Shape):
    """What everybody may know before signing in. ``sandbox_ui`` is true in a demo."""

    sandbox_ui: bool
    config_ui: Literal["full", "limited"]
    allow_self_registration: bool
    locales: list[str]
    webpush_enabled: bool
    agencies: list[AgencyFace]
    agencies_logo_options: list[AgencyFace]
    registration_streams: list[Stream]
    registration_streams_link_labels: dict[str, Any] | None = None
    registration_streams_consent_text: dict[str, Any] | None = None


class AuditNames(Shape):
    """What the audit log may be narrowed by."""

    actions: list[str]
    record_types: list[str]


class SearchFields(Shape):
    """The fields by which each kind of record is searched."""

    cases: list[str]
    incidents: list[str]
    tracing_requests: list[str]
    registry_records: list[str]
    families: list[str]


class Conduct(Shape):
    """What everybody here promises."""

    id: int
    title: str
    content: str
    created_on: Moment
    created_by: str


class SystemSettings(Shape):
    """How this instance works. Keys without a value are left out; the last two are there with ``extended=true``."""

    locale: str
    default_locale: str
    base_language: str
    rtl_locales: list[str]
    primero_version: str
    configuration_file_version: str
    primary_age_range: str | None = None
    age_ranges: dict[str, list[str]] | None = None
    approval_forms_to_alert: dict[str, str] | None = None
    approvals_labels: dict[str, Any] | None = None
    field_labels: dict[str, Any] | None = None
    changes_field_to_form: dict[str, Any] | None = None
    auto_populate_list: list[dict[str, Any]] | None = None
    case_code_format: list[str] | None = None
    case_code_separator: str | None = None
    unhcr_needs_codes_mapping: dict[str, Any] | None = None
    export_config_id: dict[str, Any] | None = None
    export_require_password: bool | None = None
    duplicate_export_field: str | None = None
    location_limit_for_api: str | int | None = None
    terms_of_use_acknowledge: Localized | None = None
    terms_of_use_agency_sign: Localized | None = None
    welcome_email_text_i18n: Localized | None = None
    config_update_lock: bool
    system_options: dict[str, Any]
    code_of_conduct: Conduct | None = None
    audit_log: AuditNames
    exact_search_fields: SearchFields
    phonetic_search_fields: SearchFields
    phone_number_search_fields: SearchFields
    reporting_location_config: ReportingLocation | None = None
    incident_reporting_location_config: ReportingLocation | None = None
    created_at: Moment
    updated_at: Moment
    agencies: list[Agency] | None = None
    modules: list[Module] | None = None


class Contact(Shape):
    """Whom people here turn to."""

    name: str | None = None
    organization: str | None = None
    phone: str | None = None
    location: str | None = None
    other_information: str | None = None
    support_forum: str | None = None
    email: str | None = None
    position: str | None = None


class ContactInformation(Contact):
    """Whom people here turn to, and which version this is. Keys without a value are left out."""

    created_at: Moment | None = None
    updated_at: Moment | None = None
    system_version: str


class ContactStored(Contact):
    """Whom people here turn to, as it was stored."""

    id: int
    created_at: Moment
    updated_at: Moment


class ConductWrite(Shape):
    """A code of conduct to be published. The same text again keeps what people accepted."""

    title: str
    content: str


class Webpush(Shape):
    """Whether a browser may ask for messages that it shows by itself."""

    enabled: bool
    pause_after: int | None
    vapid_public: str | None


class InstanceFace(Shape):
    """Which instance this is: a demo never holds a real child."""

    kind: Literal["demo", "production"]
    name: str
    uuid: str


class Session(Shape):
    """Who is signed in, and to which instance."""

    id: int
    user_name: str
    full_name: str
    role: str
    group_permission: str
    locale: str
    instance: InstanceFace
    locales: list[str]
    time_zone: str
    configuration: int
    places: str = Field(description="address of the file of all places; another one after any change of them")
    owes_conduct: bool = Field(description="the code of conduct has to be accepted before anything else")
    owes_terms: bool = Field(description="the terms of use of her agency have to be accepted before anything else")
    agency_id: int


class Permitted(Shape):
    """Every resource and what can be done to it."""

    management: list[str]
    resource_actions: dict[str, list[str]]


class SignInRoads(Shape):
    """Whether people sign in elsewhere."""

    use_identity_provider: bool
