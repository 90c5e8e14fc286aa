"""Signing in; people, roles, agencies, user groups."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cpims.api.shapes.envelope import Changed, FormAccess, Localized, Moment, Paged, Shape


class Credentials(Shape):
    """A user name (or e-mail) and a password."""

    user_name: str
    password: str


class SignedIn(Shape):
    """Who is signed in now; the session is in the cookie ``_app_session``."""

    id: int
    user_name: str
    group_permission: str


class Empty(Shape):
    """Nothing more to say."""


class ResetAsked(Shape):
    """The address to which a link should be sent."""

    email: str


class ResetWanted(Shape):
    """Said by whoever looks after the account."""

    password_reset: bool


class NewPassword(Shape):
    """The token of a link, and the new password twice."""

    reset_password_token: str
    password: str
    password_confirmation: str


class PasswordSet(Shape):
    """The new password holds, and she is signed in."""

    message: str
    id: int
    user_name: str


class ReportingLocation(Shape):
    """At which level of places somebody's work is counted."""

    field_key: str
    admin_level: int | None = None
    record_list_admin_level: int | None = None
    hierarchy_filter: list[str] | None = None
    admin_level_map: dict[str, list[str]] | None = None
    label_keys: list[str] | None = None


class GroupOfUser(Shape):
    """A user group, as it stands in an account."""

    id: int
    unique_id: str
    name: str
    description: str | None = None
    core_resource: bool
    disabled: bool
    created_at: Moment
    updated_at: Moment


class Permission(Shape):
    """What may be done to one kind of thing; ``resource`` is a plural (``cases``)."""

    resource: str
    actions: list[str]


class Permissions(Shape):
    """Everything that a role allows."""

    list: list[Permission]


class ListHeader(Shape):
    """A column of a list."""

    name: str
    field_name: str
    id_search: bool | None = None


class User(Shape):
    """An account. Keys without a value are left out; with ``extended=true`` the last ones are there too."""

    id: int
    user_name: str
    full_name: str
    code: str | None = None
    email: str | None = None
    phone: str | None = None
    position: str | None = None
    location: str | None = None
    reporting_location_code: str | None = None
    time_zone: str | None = None
    locale: str | None = None
    disabled: bool
    unverified: bool
    self_registered: bool
    registration_stream: str | None = None
    duplicate: bool
    send_mail: bool
    receive_webpush: bool
    settings: dict[str, Any] | None = None
    services: list[str]
    agency_id: int
    agency_office: str | None = None
    identity_provider_sync: dict[str, Any] | None = None
    identity_provider_unique_id: str | None = None
    code_of_conduct_id: int | None = None
    code_of_conduct_accepted_on: Moment | None = None
    terms_of_use_accepted_on: Moment | None = None
    data_processing_consent_provided_on: Moment | None = None
    created_at: Moment
    updated_at: Moment
    module_unique_ids: list[str]
    role_unique_id: str
    role_group_permission: str
    user_group_unique_ids: list[str]
    user_groups: list[GroupOfUser]
    reporting_location_config: ReportingLocation | None = None
    managed_report_scope: str | None = None
    agency_terms_of_use_enabled: bool | None = None
    agency_terms_of_use_changed: bool | None = None
    permissions: Permissions | None = None
    permitted_form_unique_ids: list[str] | None = None
    permitted_form: dict[str, FormAccess] | None = None
    permitted_role_unique_ids: list[str] | None = None
    filters: dict[str, list[dict[str, Any]]] | None = None
    list_headers: dict[str, list[ListHeader]] | None = None
    is_manager: bool | None = None
    agency_unique_id: str | None = None
    agency_name: str | None = None


class UserWrite(Shape):
    """An account as it is sent. For one's own account only some keys count."""

    id: int | None = Field(None, description="made by the client; the answer is then 204")
    user_name: str | None = None
    full_name: str | None = None
    code: str | None = None
    phone: str | None = None
    email: str | None = None
    position: str | None = None
    location: str | None = None
    reporting_location_code: str | None = None
    time_zone: str | None = None
    locale: str | None = None
    agency_id: int | None = None
    agency_unique_id: str | None = None
    agency_office: str | None = None
    role_unique_id: str | None = None
    services: list[str] | None = None
    user_group_ids: list[int] | None = None
    user_group_unique_ids: list[str] | None = None
    password: str | None = None
    password_confirmation: str | None = None
    disabled: bool | None = None
    send_mail: bool | None = None
    receive_webpush: bool | None = None
    accept_terms_of_use: bool | None = None
    code_of_conduct_id: int | None = None
    registration_stream: str | None = None
    identity_provider_unique_id: str | None = None
    settings: dict[str, Any] | None = None


class UserList(Paged):
    """As every list, and how many accounts are switched on."""

    total_enabled: int


class UserChanged(Changed):
    """How many accounts are switched on, and how many may be."""

    total_enabled: int
    maximum_users: int | None = None


Scope = Literal["self", "group", "agency", "all", "admin_only", "identified"]


class Role(Shape):
    """A role: what it allows, whose records it reaches, which forms it opens."""

    id: int
    unique_id: str
    name: str
    description: str | None
    group_permission: Scope
    referral_authorization: bool
    referral: bool
    transfer: bool
    disabled: bool
    is_manager: bool
    reporting_location_level: int | None
    module_unique_ids: list[str]
    form_section_read_write: dict[str, FormAccess]
    permissions: dict[str, Any] = Field(description="resource to actions; ``objects`` limits which roles and agencies")


class RoleWrite(Shape):
    """A role as it is sent; permissions, forms and modules each replace the whole set."""

    id: int | None = None
    unique_id: str | None = None
    name: str | None = None
    description: str | None = None
    group_permission: Scope | None = None
    referral_authorization: bool | None = None
    referral: bool | None = None
    transfer: bool | None = None
    disabled: bool | None = None
    is_manager: bool | None = None
    reporting_location_level: int | None = None
    module_unique_ids: list[str] | None = None
    form_section_read_write: dict[str, FormAccess] | None = None
    permissions: dict[str, Any] | None = None


class Agency(Shape):
    """An organisation whose people work here."""

    id: int
    unique_id: str
    agency_code: str
    order: int | None
    name: Localized
    description: Localized
    telephone: str | None
    services: list[str]
    logo_enabled: bool
    pdf_logo_option: bool
    terms_of_use_enabled: bool
    terms_of_use_uploaded_at: Moment | None = None
    terms_of_use: str | None = None
    exclude_agency_from_lookups: bool
    disabled: bool
    contact_email: str | None
    contact_name: str | None
    contact_phone: str | None
    notes: str | None = None


class AgencyWrite(Shape):
    """An agency as it is sent; texts are merged by language."""

    id: int | None = None
    unique_id: str | None = None
    agency_code: str | None = None
    order: int | None = None
    name: Localized | None = None
    description: Localized | None = None
    telephone: str | None = None
    services: list[str] | None = None
    disabled: bool | None = None
    terms_of_use_enabled: bool | None = None
    terms_of_use_base64: str | None = Field(None, description="a PDF of at most 10 MB; empty to take it away")
    terms_of_use_file_name: str | None = None
    exclude_agency_from_lookups: bool | None = None
    contact_email: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    notes: str | None = None


class UserGroup(Shape):
    """People who share a caseload."""

    id: int
    unique_id: str
    name: str
    description: str | None
    core_resource: bool
    disabled: bool
    agency_unique_ids: list[str]


class UserGroupWrite(Shape):
    """A user group as it is sent."""

    id: int | None = None
    unique_id: str | None = None
    name: str | None = None
    description: str | None = None
    disabled: bool | None = None
    agency_ids: list[int] | None = None
    agency_unique_ids: list[str] | None = None
