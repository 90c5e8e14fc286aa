"""Which settings there are, what each may hold, and what stands when nothing was decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import available_timezones

from cpims.lib.errors import Conflict, Invalid, Problem
from cpims.lib.texts import text_problems


class SettingsInvalid(Invalid):
    """Some settings cannot be used; none was stored."""

    code = "settings.invalid"


class ConfigurationClosed(Conflict):
    """Here the configuration changes by promotion only: change it in the demo, have it approved, promote it."""

    code = "configuration.closed"


class ContactInvalid(Invalid):
    """Something about whom people turn to cannot be used; nothing was stored."""

    code = "contact_information.invalid"


#: What can be told of whom people here turn to.
CONTACT: Final = (
    *("name", "organization", "phone", "location", "other_information"),
    *("support_forum", "email", "position"),
)
LONGEST_CONTACT: Final = 2_000

#: Every setting with the JSON type it holds.
KINDS: Final[Mapping[str, type]] = {
    "age_ranges": dict,
    "approval_forms_to_alert": dict,
    "approvals_labels": dict,
    "auto_populate_list": list,
    "base_language": str,
    "case_code_format": list,
    "case_code_separator": str,
    "changes_field_to_form": dict,
    "default_locale": str,
    "duplicate_export_field": str,
    "export_config_id": dict,
    "export_require_password": bool,
    "field_labels": dict,
    "incident_reporting_location_config": dict,
    "locales": list,
    "location_limit_for_api": str,
    "primary_age_range": str,
    "reporting_location_config": dict,
    "search_fields": dict,
    "system_options": dict,
    "terms_of_use_acknowledge": dict,
    "terms_of_use_agency_sign": dict,
    "time_zone": str,
    "unhcr_needs_codes_mapping": dict,
    "welcome_email_text": dict,
}

#: What stands when nothing else was decided.
DEFAULTS: Final[Mapping[str, Any]] = {
    "age_ranges": {"primero": ["0 - 5", "6 - 11", "12 - 17", "18+"]},
    "primary_age_range": "primero",
    "case_code_format": [],
    "case_code_separator": "-",
    "approvals_labels": {},
    "approval_forms_to_alert": {},
    "changes_field_to_form": {},
    "field_labels": {},
    "auto_populate_list": [],
    "export_require_password": False,
    "reporting_location_config": {
        "field_key": "owned_by_location",
        "admin_level": 2,
        "admin_level_map": {"1": ["province"], "2": ["district"]},
        "hierarchy_filter": [],
    },
    "system_options": {},
}

#: Options that hold addresses or passwords of other systems: never stored here, never shown.
NEVER_SHOWN: Final = frozenset({"primero_promote_config"})

#: Numbers among the system options that must be positive.
MAXIMUMS: Final = (
    "maximum_users",
    "maximum_users_warning",
    "maximum_attachments_per_record",
    "maximum_attachments_space",
    "maximum_attachments_space_warning",
    "unsent_after_days",
    "unanswered_after_hours",
)

#: What among the system options is on or off.
SWITCHES: Final = (
    "code_of_conduct_enabled",
    "enforce_terms_of_use",
    "due_date_from_appointment_date",
    "show_alerts",
    "field_mode",
)
#: A span of ages: from one to another, or from one on.
AGES: Final = re.compile(r"(?P<first>\d{1,3})(?:\s*(?:-|\.\.)\s*(?P<last>\d{1,3})|\+)\Z")

#: How large each kind of file may be, in megabytes; an instance may decide on less.
ATTACHMENT_MEGABYTES: Final[Mapping[str, int]] = {"image": 20, "audio": 20, "document": 20, "signature": 2}

#: Which answers a search looks through, unless the instance names others.
SEARCH_FIELDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "exact": {
        "cases": (
            "unique_identifier",
            "short_id",
            "case_id_display",
            "case_id",
            "client_code",
            "ration_card_no",
            "icrc_ref_no",
            "rc_id_no",
            "unhcr_id_no",
            "unhcr_individual_no",
            "un_no",
            "other_agency_id",
            "survivor_code_no",
            "national_id_no",
            "other_id_no",
            "biometrics_id",
            "family_count_no",
            "dss_id",
            "camp_id",
            "tent_number",
            "nfi_distribution_id",
            "oscar_number",
            "registry_no",
            "family_number",
        ),
        "incidents": ("incident_id", "incident_code", "monitor_number", "survivor_code", "incidentid_ir", "short_id"),
        "tracing_requests": ("tracing_request_id", "short_id"),
        "registry_records": ("registry_id", "short_id", "registry_no"),
        "families": ("family_id", "short_id", "family_number"),
    },
    "phonetic": {
        "cases": ("name", "name_nickname", "name_other"),
        "incidents": ("super_incident_name", "incident_description"),
        "tracing_requests": (
            "relation_name",
            "relation_nickname",
            "relation_other_family",
            "tracing_names",
            "tracing_nicknames",
        ),
        "registry_records": ("name",),
        "families": ("family_name",),
    },
    "phone_number": {
        "cases": (
            "telephone_current",
            "telephone_child_future",
            "telephone_caregivers",
            "telephone_future_caregivers",
            "telephone_last",
            "telephone_searchable_1",
            "telephone_searchable_2",
            "telephone_searchable_3",
        ),
        "incidents": (),
        "tracing_requests": ("relation_telephone", "telephone_last"),
        "registry_records": ("telephone_current",),
        "families": ("family_telephone_current",),
    },
}


def contact_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with whom people turn to: texts only, and an address that a browser can safely open."""
    problems = text_problems(values, CONTACT, LONGEST_CONTACT)
    address = values.get("support_forum")
    wanted = address.strip().lower() if isinstance(address, str) else ""
    if wanted and not wanted.startswith(("https://", "http://")):
        problems.append(Problem("/support_forum", "contact_information.address"))
    return problems


def settings_problems(values: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with settings, each with its place."""
    problems: list[Problem] = []
    for key, value in values.items():
        kind = KINDS.get(key)
        if kind is None:
            problems.append(Problem(f"/{key}", "settings.unknown"))
        elif value is not None and not (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
            problems.append(Problem(f"/{key}", "settings.wrong_type", {"kind": kind.__name__}))
    if problems:
        return problems
    locales = values.get("locales")
    if locales is not None and (not locales or not all(isinstance(code, str) and code for code in locales)):
        problems.append(Problem("/locales", "settings.locales"))
    elif locales and values.get("default_locale", locales[0]) not in locales:
        problems.append(Problem("/default_locale", "settings.default_locale"))
    zone = values.get("time_zone")
    if zone is not None and zone not in available_timezones():
        problems.append(Problem("/time_zone", "settings.time_zone", {"zone": zone}))
    ranges = values.get("age_ranges")
    problems += _age_problems(ranges or {})
    if ranges is not None and (name := values.get("primary_age_range")) is not None and name not in ranges:
        problems.append(Problem("/primary_age_range", "settings.primary_age_range", {"name": name}))
    for key in ("reporting_location_config", "incident_reporting_location_config"):
        config = values.get(key) or {}
        level = config.get("admin_level")
        if level is not None and str(level) not in (config.get("admin_level_map") or {str(level): []}):
            problems.append(Problem(f"/{key}/admin_level", "settings.admin_level", {"level": level}))
    return problems + _option_problems(values.get("system_options") or {})


def _age_problems(ranges: Mapping[str, Any]) -> list[Problem]:
    """Spans follow each other without a gap turned round; anything else would count children nowhere, or twice."""
    problems = []
    for name, spans in ranges.items():
        last, fits = -1, isinstance(spans, list) and bool(spans)
        for span in spans if fits else ():
            found = AGES.match(span) if isinstance(span, str) else None
            first = int(found["first"]) if found else -1
            end = int(found["last"] or 999) if found else -1
            fits, last = fits and first > last and end >= first, end
        if not fits:
            problems.append(Problem(f"/age_ranges/{name}", "settings.age_ranges", {"name": str(name)}))
    return problems


def _option_problems(options: Mapping[str, Any]) -> list[Problem]:
    problems = [Problem(f"/system_options/{key}", "settings.never_stored") for key in options if key in NEVER_SHOWN]
    problems += [
        Problem(f"/system_options/{key}", "settings.switch")
        for key in SWITCHES
        if not isinstance(options.get(key, False), bool)
    ]
    wrong = [
        key
        for key in MAXIMUMS
        if options.get(key) is not None
        and (isinstance(options[key], bool) or not isinstance(options[key], int) or options[key] < 1)
    ]
    problems += [Problem(f"/system_options/{key}", "settings.maximum") for key in wrong]
    for limit, warning in (
        ("maximum_users", "maximum_users_warning"),
        ("maximum_attachments_space", "maximum_attachments_space_warning"),
    ):
        if not {limit, warning} & set(wrong) and options.get(limit) and (options.get(warning) or 0) > options[limit]:
            problems.append(Problem(f"/system_options/{warning}", "settings.warning_above_maximum"))
    problems += _megabyte_problems(options.get("attachment_megabytes"))
    problems += _matching_problems(options.get("matching"))
    return problems + _timeline_problems(options.get("timelines"))


def megabytes_of(options: Mapping[str, Any]) -> dict[str, int]:
    """How large each kind of file may be here, in megabytes."""
    decided = options.get("attachment_megabytes")
    return {**ATTACHMENT_MEGABYTES, **(decided if isinstance(decided, Mapping) else {})}


def _megabyte_problems(decided: Any) -> list[Problem]:
    """No more than is taken anywhere: whatever comes is looked at in memory."""
    here = "/system_options/attachment_megabytes"
    if decided is None:
        return []
    if not isinstance(decided, Mapping):
        return [Problem(here, "settings.megabytes")]
    return [
        Problem(f"{here}/{kind}", "settings.megabytes")
        for kind, size in decided.items()
        if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= ATTACHMENT_MEGABYTES.get(kind, 0)
    ]


def _matching_problems(decided: Any) -> list[Problem]:
    """What weighs how much is numbers by name; anything else would be passed over without anybody knowing."""
    here = "/system_options/matching"
    if decided is None:
        return []
    if not isinstance(decided, Mapping) or not isinstance(weights := decided.get("weights") or {}, Mapping):
        return [Problem(here, "settings.matching")]
    return [
        Problem(f"{here}/weights/{name}", "settings.matching")
        for name, weight in weights.items()
        if isinstance(weight, bool) or not isinstance(weight, (int, float))
    ]


def _timeline_problems(timelines: Any) -> list[Problem]:
    """Time limits are whole numbers from 1, by risk level; anything else would set no day without anybody knowing."""
    if timelines is None:
        return []
    if not isinstance(timelines, Mapping):
        return [Problem("/system_options/timelines", "settings.timelines")]
    return [
        Problem(f"/system_options/timelines/{risk}", "settings.timelines")
        for risk, limits in timelines.items()
        if not isinstance(limits, Mapping)
        or any(isinstance(n, bool) or not isinstance(n, int) or not 0 < n < 10_000 for n in limits.values())
    ]


def with_labels(config: Mapping[str, Any], level: int | None = None) -> dict[str, Any]:
    """How places are reported, as clients read it; ``level`` is what a role decided for its holders."""
    shown = dict(config)
    if level is not None:
        shown["admin_level"] = level
    levels = shown.get("admin_level_map") or {}
    shown["label_keys"] = list(levels.get(str(shown.get("admin_level")), []))
    shown.setdefault("hierarchy_filter", [])
    shown.setdefault("record_list_admin_level", None)
    return shown
