"""What administrators look after beside people and forms: settings, option lists, places, the code of conduct, terms of use."""

from __future__ import annotations

from typing import Any

from cpims.api.shapes.envelope import Localized, Moment, Paged, Shape
from cpims.api.shapes.forms import Location
from cpims.api.shapes.instance import Conduct
from cpims.api.shapes.route import PAGING, V1, Route


class DecidedSettings(Shape):
    """Every setting as it holds now; what was not decided stands as it does by default."""

    age_ranges: dict[str, list[str]] | None
    approval_forms_to_alert: dict[str, Any] | None
    approvals_labels: dict[str, Any] | None
    auto_populate_list: list[dict[str, Any]] | None
    base_language: str | None
    case_code_format: list[str] | None
    case_code_separator: str | None
    changes_field_to_form: dict[str, Any] | None
    default_locale: str | None
    duplicate_export_field: str | None
    export_config_id: dict[str, Any] | None
    export_require_password: bool | None
    field_labels: dict[str, Any] | None
    incident_reporting_location_config: dict[str, Any] | None
    locales: list[str] | None
    location_limit_for_api: str | None
    primary_age_range: str | None
    reporting_location_config: dict[str, Any] | None
    search_fields: dict[str, Any] | None
    system_options: dict[str, Any] | None
    terms_of_use_acknowledge: Localized | None
    terms_of_use_agency_sign: Localized | None
    time_zone: str | None
    unhcr_needs_codes_mapping: dict[str, Any] | None
    welcome_email_text: Localized | None


class SettingsWrite(Shape):
    """Some settings; of the system options each alone. Nothing (``null``) is what stands by default."""

    age_ranges: dict[str, list[str]] | None = None
    approval_forms_to_alert: dict[str, Any] | None = None
    approvals_labels: dict[str, Any] | None = None
    auto_populate_list: list[dict[str, Any]] | None = None
    base_language: str | None = None
    case_code_format: list[str] | None = None
    case_code_separator: str | None = None
    changes_field_to_form: dict[str, Any] | None = None
    default_locale: str | None = None
    duplicate_export_field: str | None = None
    export_config_id: dict[str, Any] | None = None
    export_require_password: bool | None = None
    field_labels: dict[str, Any] | None = None
    incident_reporting_location_config: dict[str, Any] | None = None
    locales: list[str] | None = None
    location_limit_for_api: str | None = None
    primary_age_range: str | None = None
    reporting_location_config: dict[str, Any] | None = None
    search_fields: dict[str, Any] | None = None
    system_options: dict[str, Any] | None = None
    terms_of_use_acknowledge: Localized | None = None
    terms_of_use_agency_sign: Localized | None = None
    time_zone: str | None = None
    unhcr_needs_codes_mapping: dict[str, Any] | None = None
    welcome_email_text: Localized | None = None


class LookupUse(Shape):
    """A question, or a part of the work (then ``field`` is empty), that takes its options from a list."""

    lookup: str
    form: str
    form_name: dict[str, str | None]
    field: str | None
    field_name: dict[str, str | None] | None


class PlaceInTree(Location):
    """A place, and how many places are below it."""

    below: int


class PlacesPage(Paged):
    """The page, and the way from the country down to the place that was opened."""

    path: list[Location]


class ConductVersion(Conduct):
    """A code of conduct, whether it holds, and how many of the accounts in use accepted it last."""

    current: bool
    accepted: int


class Acceptance(Shape):
    """An account in use, and when it accepted the code of conduct that holds."""

    id: int
    user_name: str
    full_name: str
    accepted_on: Moment | None


class AcceptancesPage(Paged):
    """The page, and how many accepted and how many have still to."""

    accepted: int
    owing: int


TABLE_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", f"{V1}/system_settings"): Route("Every setting, for whoever decides them", DecidedSettings),
    ("PATCH", f"{V1}/system_settings"): Route("Decide some settings", DecidedSettings, request=SettingsWrite),
    ("GET", f"{V1}/lookups/uses"): Route("What uses each option list", LookupUse, many=True),
    ("GET", f"{V1}/places"): Route(
        "The places below one, or those with a name or code", PlaceInTree, many=True, metadata=PlacesPage,
        query=("parent", "query", "locale", *PAGING), statuses=(404,),
    ),
    ("GET", f"{V1}/codes_of_conduct"): Route("Every code of conduct, the newest first", ConductVersion, many=True),
    ("GET", f"{V1}/codes_of_conduct/acceptances"): Route(
        "Who accepted the code of conduct, and who has still to", Acceptance, many=True, metadata=AcceptancesPage,
        query=("accepted", *PAGING),
    ),
    ("GET", f"{V1}/agencies/{{id}}/terms_of_use"): Route("The terms of use of an agency", media="application/pdf"),
}  # fmt: skip
