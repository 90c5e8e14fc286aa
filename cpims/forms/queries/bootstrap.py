"""What a client asks for before and right after sign-in: who we are, and how this instance works."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Agency, Role
from cpims.accounts.queries.conduct import conduct_json, find_conduct
from cpims.forms.queries.modules import served_modules
from cpims.lib.clock import iso
from cpims.lookups.queries import localized
from cpims.settings.models import Instance
from cpims.settings.queries import Decided, settings_at
from cpims.settings.rules import SEARCH_FIELDS, megabytes_of, with_labels

RIGHT_TO_LEFT: Final = frozenset(
    ("ar", "ar-IQ", "ar-JO", "ar-LB", "ar-SD", "ar-SY", "aeb", "fa-AF", "ku", "ku-IQ", "ps-AF")
)
MOST_ATTACHMENTS: Final = 100
#: Settings that are handed to clients as they were decided.
AS_DECIDED: Final = (
    "primary_age_range",
    "age_ranges",
    "approval_forms_to_alert",
    "approvals_labels",
    "field_labels",
    "changes_field_to_form",
    "auto_populate_list",
    "case_code_format",
    "case_code_separator",
    "unhcr_needs_codes_mapping",
    "export_config_id",
    "export_require_password",
    "duplicate_export_field",
    "location_limit_for_api",
    "terms_of_use_acknowledge",
    "terms_of_use_agency_sign",
)


def public_face() -> dict[str, Any]:
    """What everybody may know of this instance before signing in."""
    instance = Instance.objects.get()
    decided = settings_at(instance.configuration)
    streams = decided.option("registration_streams") or []
    shown: dict[str, Any] = {
        "sandbox_ui": instance.is_demo,
        "config_ui": "full",
        "allow_self_registration": False,
        "locales": list(decided.locales),
        "webpush_enabled": False,
        "agencies": _faces(logo_enabled=True)[:3],
        "agencies_logo_options": _faces(pdf_logo_option=True),
        "registration_streams": [{"id": stream["unique_id"]} for stream in streams if stream.get("unique_id")],
        "registration_streams_link_labels": decided.option("registration_streams_link_labels_i18n"),
        "registration_streams_consent_text": decided.option("registration_streams_consent_text_i18n"),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _faces(**which: bool) -> list[dict[str, Any]]:
    rows = Agency.objects.filter(disabled=False, **which).order_by("order", "id").values_list("unique_id", "name")
    return [{"unique_id": unique_id, "name": name.get("en", "")} for unique_id, name in rows]


def system_settings(viewer: Viewer, *, extended: bool) -> dict[str, Any]:
    """How this instance works, for whoever is signed in; places are reported as her role says.

    Addresses and passwords of other systems are never among it (Primero hands them to everybody).
    """
    decided = settings_at(viewer.configuration)
    level = Role.objects.filter(unique_id=viewer.role).values_list("reporting_location_level", flat=True).first()
    shown: dict[str, Any] = dict(_shared(viewer.configuration)) | {
        "locale": viewer.locale or decided.default_locale,
        "reporting_location_config": _reporting(decided, "reporting_location_config", level),
        "incident_reporting_location_config": _reporting(decided, "incident_reporting_location_config", level),
    }
    if extended:
        agencies = [agency_json(agency, decided.locales) for agency in Agency.objects.order_by("id")]
        shown["agencies"] = agencies
        shown["modules"] = served_modules(viewer.configuration, decided.locales)
    return {key: value for key, value in shown.items() if value is not None}


@lru_cache(maxsize=4)
def _shared(configuration: int) -> Mapping[str, Any]:
    decided = settings_at(configuration)
    instance = Instance.objects.get()
    values = decided.values
    roles = Role.objects.filter(disabled=False).values_list("permissions", flat=True)
    options = dict(values.get("system_options") or {})
    options.setdefault("maximum_attachments_per_record", MOST_ATTACHMENTS)
    options["attachment_megabytes"] = megabytes_of(options)
    options["allow_case_creation_from_referral"] = any(
        {"create_case_from_referral", "manage"} & set(stored.get("case") or ()) for stored in roles
    )
    options["enforce_terms_of_use"] = options.get("enforce_terms_of_use") is True
    conduct = find_conduct()
    searched = {
        kind: {**SEARCH_FIELDS[kind], **(values.get("search_fields") or {}).get(kind, {})} for kind in SEARCH_FIELDS
    }
    return {
        "default_locale": decided.default_locale,
        "base_language": values.get("base_language") or decided.default_locale,
        "rtl_locales": [code for code in decided.locales if code in RIGHT_TO_LEFT],
        "primero_version": program_version(),
        "configuration_file_version": str(configuration),
        **{key: values.get(key) for key in AS_DECIDED},
        "welcome_email_text_i18n": values.get("welcome_email_text"),
        "config_update_lock": False,
        "system_options": options,
        "code_of_conduct": conduct_json(conduct) if conduct else None,
        "audit_log": {"actions": list(AUDIT_ACTIONS), "record_types": list(AUDIT_RECORD_TYPES)},
        **{f"{kind}_search_fields": {k: list(v) for k, v in fields.items()} for kind, fields in searched.items()},
        "created_at": iso(instance.created_at),
        "updated_at": iso(instance.updated_at),
    }


def program_version() -> str:
    """Which version of the program this is."""
    try:
        return version("cpims")
    except PackageNotFoundError:
        return "0"


def _reporting(decided: Decided, key: str, level: int | None) -> dict[str, Any]:
    config = decided.values.get(key)
    if config is None:
        usual = decided.values.get("reporting_location_config") or {}
        config = {**usual, "field_key": "incident_location"}
    return with_labels(config, level)


def agency_json(agency: Agency, locales: tuple[str, ...]) -> dict[str, Any]:
    """An agency as clients need it for names and option lists; internal notes stay inside."""
    return {
        "id": agency.id,
        "unique_id": agency.unique_id,
        "agency_code": agency.agency_code,
        "order": agency.order,
        "name": localized(agency.name, locales),
        "description": localized(agency.description, locales),
        "telephone": agency.telephone,
        "services": list(agency.services),
        "logo_enabled": agency.logo_enabled,
        "pdf_logo_option": agency.pdf_logo_option,
        "terms_of_use_enabled": agency.terms_of_use_enabled,
        "terms_of_use_uploaded_at": iso(uploaded) if (uploaded := agency.terms_of_use_uploaded_at) else None,
        "exclude_agency_from_lookups": agency.exclude_agency_from_lookups,
        "disabled": agency.disabled,
        "contact_email": agency.contact_email,
        "contact_name": agency.contact_name,
        "contact_phone": agency.contact_phone,
    }


AUDIT_ACTIONS: Final = (
    *("list", "index", "show", "create", "update", "delete", "login", "logout", "failed_login", "password_reset"),
    *("enable_disable_record", "reopen", "close", "flag", "unflag", "assign", "bulk_assign", "transfer", "refer"),
    *("transfer_request", "export", "import", "attach", "detach", "add_note", "incident_details_from_case"),
)
AUDIT_RECORD_TYPES: Final = (
    *("agency", "alert", "audit_log", "bulk_export", "child", "code_of_conduct", "dashboard", "form_section"),
    *("incident", "location", "lookup", "permission", "primero_configuration", "report", "role", "saved_search"),
    *("system_settings", "task", "tracing_request", "user", "user_group"),
)
