"""Which columns and filters each list offers to whom, as ``users/:id?extended=true`` tells clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer

GBV, MRM = "primeromodule-gbv", "primeromodule-mrm"
APPROVALS: Final = ("assessment", "case_plan", "closure", "action_plan", "gbv_closure")


@dataclass(frozen=True)
class Around:
    """What the lists of one viewer depend on beside her role."""

    viewer: Viewer
    fields: Mapping[str, frozenset[str]]
    modules: Sequence[tuple[str, str]]
    locales: Sequence[str]
    say: Callable[[str, str], str]
    ages: Sequence[str] = ()
    managed: Sequence[tuple[str, bool]] = ()
    agencies: Sequence[tuple[str, str]] = ()
    workflows: Mapping[str, Any] = field(default_factory=dict)
    groups_filter: bool = False
    reporting: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gbv(self) -> bool:
        """Does she work with survivors of gender-based violence?"""
        return GBV in self.viewer.modules

    @property
    def mrm(self) -> bool:
        """Does she watch grave violations?"""
        return MRM in self.viewer.modules

    @property
    def plain(self) -> bool:
        """Does she do anything beside one of those two?"""
        return bool(self.viewer.modules - {GBV, MRM}) or len(self.viewer.modules) != 1


def header(name: str, field_name: str, *, search: bool = False) -> dict[str, Any]:
    """One column."""
    return {"name": name, "field_name": field_name} | ({"id_search": True} if search else {})


def list_headers(around: Around) -> dict[str, list[dict[str, Any]]]:
    """The columns of every list that there is."""
    same = [("id", "short_id")]
    return {
        "cases": _case_headers(around),
        "incidents": _incident_headers(around),
        "tracing_requests": [
            header(*same[0], search=True),
            header("name_of_inquirer", "relation_name"),
            header("date_of_inquiry", "inquiry_date"),
            header("tracing_requests", "tracing_names"),
            header("flag_count", "flag_count"),
        ],
        "registry_records": [
            header(*same[0], search=True),
            header("name", "name"),
            *([header("complete", "complete")] if around.viewer.may("registry_record", "sync_mobile") else []),
            header("registry_no", "registry_no"),
            header("registration_date", "registration_date"),
        ],
        "families": [
            header(*same[0], search=True),
            header("family_name", "family_name"),
            *([header("complete", "complete")] if around.viewer.may("family", "sync_mobile") else []),
            header("family_registration_date", "family_registration_date"),
            header("family_location_current", "family_location_current"),
        ],
        **{kind: [header(*pair) for pair in pairs] for kind, pairs in PLAIN_HEADERS.items()},
    }


PLAIN_HEADERS: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "reports": [("name", "name"), ("description", "description")],
    "tasks": [
        ("id", "record_id_display"),
        ("name", "name"),
        ("priority", "priority"),
        ("type", "type"),
        ("due_date", "due_date"),
        ("status", "status"),
    ],
    "bulk_exports": [("file_name", "file_name"), ("record_type", "record_type"), ("started_on", "started_on")],
    "audit_logs": [(name, name) for name in ("timestamp", "user_name", "action", "description", "record_owner")],
    "agencies": [("agency.name", "name"), ("description", "description")],
    "users": [
        ("full_name", "full_name"),
        ("user_name", "user_name"),
        ("role", "role_unique_id"),
        ("agency", "agency"),
    ],
    "user_groups": [("user_group.name", "name"), ("description", "description")],
    "locations": [
        ("name", "name"),
        ("location.code", "code"),
        ("location.admin_level", "admin_level"),
        ("location.type", "type"),
        ("location.hierarchy", "hierarchy"),
    ],
}


def _case_headers(around: Around) -> list[dict[str, Any]]:
    viewer = around.viewer
    rows: list[tuple[bool, tuple[str, str], bool]] = [
        (True, ("id", "case_id_display"), True),
        (True, ("id", "short_id"), True),
        (not viewer.is_manager or viewer.may("case", "list_case_names"), ("name", "name"), False),
        (viewer.may("case", "sync_mobile"), ("complete", "complete"), False),
        (True, ("client_code", "client_code"), False),
        (not viewer.is_manager, ("survivor_code", "survivor_code_no"), False),
        (True, ("age", "age"), True),
        (True, ("sex", "sex"), True),
        (True, ("gender", "gender"), True),
        (True, ("registration_date", "registration_date"), False),
        (True, ("case_opening_date", "created_at"), False),
        (viewer.may("case", "view_photo"), ("photo", "photo"), False),
        (viewer.is_manager, ("social_worker", "owned_by"), False),
        (True, ("location_current", "location_current"), False),
        (True, ("alert_count", "alert_count"), False),
        (True, ("flag_count", "flag_count"), False),
    ]
    return [header(*pair, search=search) for shown, pair, search in rows if shown]


def _incident_headers(around: Around) -> list[dict[str, Any]]:
    viewer = around.viewer
    rows: list[tuple[bool, tuple[str, str]]] = [
        (around.mrm, ("date_of_incident", "incident_date")),
        (around.gbv and not viewer.is_manager, ("survivor_code", "survivor_code")),
        (not around.mrm, ("date_of_interview", "date_of_first_report")),
        (around.gbv, ("date_of_incident", "incident_date")),
        (around.gbv, ("violence_type", "gbv_sexual_violence_type")),
        (around.plain, ("date_of_incident", "incident_date")),
        (around.plain, ("violence_type", "cp_incident_violence_type")),
        (around.mrm, ("incident_location", "incident_location")),
        (around.mrm, ("violations", "violation_category")),
        (viewer.is_manager, ("social_worker", "owned_by")),
        (True, ("flag_count", "flag_count")),
    ]
    shown = [header("id", "short_id", search=True)]
    for wanted, pair in rows:
        if wanted and header(*pair) not in shown:
            shown.append(header(*pair))
    return shown


# --- filters ----------------------------------------------------------------------------------------------------


def widget(options: Sequence[Any] | None) -> str:
    """How a filter looks when nothing else was said: by how many options it has."""
    if not options:
        return "checkbox"
    return "toggle" if len(options) == 1 else "multi_toggle" if len(options) < 4 else "checkbox"


def list_filters(around: Around) -> dict[str, list[dict[str, Any]]]:
    """The filters of every list of records, in their order."""
    return {
        "cases": _case_filters(around),
        "incidents": _incident_filters(around),
        "tracing_requests": _own(
            around,
            "tracing_requests",
            "module_id flagged owned_by? tracing_requests_by_date status loc:location_separation separation_cause "
            "record_state",
        ),
        "registry_records": _own(
            around,
            "registry_records",
            "module_id flagged status record_state loc:location_current registry_records_by_date",
        ),
        "families": _own(
            around, "families", "module_id flagged status record_state loc:family_location_current families_by_date"
        ),
    }


#: Where a filter takes its options from, when they are a list of the configuration.
SOURCES: Final[Mapping[str, str]] = {
    "sex": "lookup-gender",
    "gender": "lookup-gender-identity",
    "protection_concerns": "lookup-protection-concerns",
    "gbv_displacement_status": "lookup-displacement-status",
    "displacement_status": "lookup-displacement-status",
    "protection_status": "lookup-protection-status",
    "urgent_protection_concern": "lookup-yes-no",
    "type_of_risk": "lookup-risk-type",
    "risk_level": "lookup-risk-level",
    "disability_status_yes_no": "lookup-disability-type",
    "marginalized_community_self_identifying": "lookup-yes-no-unknown",
    "protection_risks": "lookup-protection-risks",
    "owned_by_agency_office": "lookup-agency-office",
    "safety_plan_needed": "lookup-yes-no",
    "self_harm_thoughts": "lookup-yes-no-unknown",
    "owned_by_groups": "UserGroup",
    "separation_cause": "lookup-separation-cause",
    "gbv_sexual_violence_type": "lookup-gbv-sexual-violence-type",
    "violation_category": "lookup-violation-type",
    "verification_status": "lookup-verification-status",
    "unaccompanied_separated_status": "lookup-unaccompanied-separated-status",
    "perpetrator_category": "lookup-perpetrator-category-type",
    "armed_force_group_party_names": "lookup-armed-force-group-or-other-party",
    "weapon_type": "lookup-weapon-type",
}
STATUS: Final[Mapping[str, str]] = {
    "cases": "lookup-case-status",
    "tracing_requests": "lookup-inquiry-status",
    "registry_records": "lookup-registry-status",
    "families": "lookup-case-status",
}
CHIPS: Final = frozenset({"risk_level"})
SWITCHES: Final[Mapping[str, Sequence[str]]] = {
    "flagged": ("true",),
    "record_state": ("true", "false"),
    "has_photo": ("true",),
    "my_cases": ("owned_by", "assigned_user_names"),
    "has_late_verified_violations": ("true",),
    "child_types": ("boys", "girls", "unknown"),
    "verified_ghn_reported": ("true",),
}
BY_DATE: Final[Mapping[str, Sequence[str]]] = {
    "cases_by_date": (
        "registration_date assessment_requested_on date_case_plan date_closure followup_dates reunification_dates "
        "tracing_dates service_implemented_day_times reassigned_transferred_on created_at"
    ).split(),
    "tracing_requests_by_date": ("inquiry_date",),
    "registry_records_by_date": ("registration_date",),
    "families_by_date": ("family_registration_date",),
    "last_updated_at": ("last_updated_at",),
}
#: Filters that are offered only where such a question stands on a form.
ASKED: Final = frozenset(
    "protection_concerns gbv_displacement_status protection_status urgent_protection_concern type_of_risk "
    "risk_level displacement_status disability_status_yes_no marginalized_community_self_identifying "
    "protection_risks safety_plan_needed self_harm_thoughts gender separation_cause location_current "
    "location_separation family_location_current".split()
)
CASE_FILTERS: Final = (
    "module_id flagged owned_by? my_cases workflow owned_by_agency_id! status age sex gender approvals "
    "protection_concerns gbv_displacement_status protection_status urgent_protection_concern type_of_risk risk_level "
    "displacement_status disability_status_yes_no marginalized_community_self_identifying protection_risks "
    "loc:location_current owned_by_agency_office safety_plan_needed self_harm_thoughts owned_by_groups "
    "reporting_location last_updated_at cases_by_date record_state has_photo"
)
MRM_FILTERS: Final = (
    "individual_violations individual_age individual_sex victim_deprived_liberty_security_reasons "
    "reasons_deprivation_liberty victim_facilty_victims_held torture_punishment_while_deprivated_liberty weapon_type "
    "facility_impact facility_attack_type child_role abduction_purpose_single military_use_type "
    "types_of_aid_disrupted_denial owned_by? owned_by_agency_id!"
)


def _case_filters(around: Around) -> list[dict[str, Any]]:
    viewer = around.viewer
    wanted: list[str] = []
    for name in CASE_FILTERS.split():
        if name == "approvals":
            wanted += [
                f"approval_status_{kind}"
                for kind in APPROVALS
                if viewer.may_any("case", f"request_approval_{kind}", f"approve_{kind}")
            ]
        elif (
            (name == "protection_concerns" and not viewer.may("case", "view_protection_concerns_filter"))
            or (name == "owned_by_groups" and not around.groups_filter)
            or (name in ("reporting_location", "cases_by_date") and not around.plain)
            or (name == "has_photo" and "photos_and_audio" not in viewer.form_access)
        ):
            continue
        else:
            wanted.append(name)
    return _own(around, "cases", " ".join(wanted))


def _incident_filters(around: Around) -> list[dict[str, Any]]:
    gbv, mrm = around.gbv, around.mrm
    names = [
        "flagged",
        *(["gbv_sexual_violence_type"] if gbv else []),
        "owned_by?",
        *(["owned_by_agency_office"] if gbv else []),
        *(["owned_by_groups"] if gbv and around.groups_filter else []),
        "status",
        *(["violation_category"] if mrm else ["age"]),
        *("child_types verification_status has_late_verified_violations verified_ghn_reported".split() if mrm else []),
        "loc:incident_location",
        *(["reporting_location"] if mrm else []),
        "incidents_by_date",
        *(["unaccompanied_separated_status"] if gbv else []),
        *(["perpetrator_category", "armed_force_group_party_names"] if mrm else []),
        "record_state",
        "module_id",
        *(MRM_FILTERS.split() if mrm else []),
    ]
    return _own(around, "incidents", " ".join(dict.fromkeys(names)))


def _own(around: Around, kind: str, names: str) -> list[dict[str, Any]]:
    found = (_filter(around, kind, name) for name in names.split())
    return [shown for shown in found if shown is not None]


def _filter(around: Around, kind: str, name: str) -> dict[str, Any] | None:
    """One filter, or nothing when it is not for this viewer; ``?`` = for managers, ``!`` = who sees every record."""
    if (name.endswith("?") and not around.viewer.is_manager) or (
        name.endswith("!") and around.viewer.scope is not Scope.ALL
    ):
        return None
    name = name.rstrip("?!")
    unique_id = name.removeprefix("loc:")
    if unique_id in ASKED and unique_id not in around.fields.get(kind, frozenset()):
        return None
    shown: dict[str, Any] = {"name": f"{kind}.filter_by.{unique_id}", "field_name": name, "unique_id": unique_id}
    if name.startswith("loc:"):
        return shown | {"type": "multi_select", "option_strings_source": "Location"}
    if name == "reporting_location":
        key = around.reporting.get("field_key", "owned_by_location")
        level = around.reporting.get("admin_level", 2)
        return shown | {
            "field_name": f"loc:{key}{level}",
            "type": "multi_select",
            "option_strings_source": "ReportingLocation",
        }
    return _with_options(around, kind, name, shown)


def _with_options(around: Around, kind: str, name: str, shown: dict[str, Any]) -> dict[str, Any] | None:
    if name == "module_id":
        options: list[Any] = [{"id": key, "display_name": label} for key, label in around.modules]
        return shown | {"type": widget(options), "options": options} if len(options) > 1 else None
    if name == "owned_by":
        options = [{"id": user, "display_name": user, "enabled": enabled} for user, enabled in around.managed]
        return shown | {
            "type": "multi_select",
            "options": options,
            "toggle_include_disabled": True,
            "sort_options": True,
        }
    if name == "owned_by_agency_id":
        options = [{"id": key, "display_name": label} for key, label in around.agencies]
        return shown | {"type": "multi_select", "options": options, "sort_options": True}
    if name == "age":
        return shown | {"type": "checkbox", "options": [{"id": span, "display_name": span} for span in around.ages]}
    if name == "workflow":
        return shown | {"type": "workflow", "options": dict(around.workflows)} if around.workflows else None
    if name == "incidents_by_date":
        dates = (["date_of_first_report"] if around.gbv or around.mrm else []) + (
            ["ctfmr_verified_date"] if around.mrm else []
        )
        return shown | {"type": "dates", "options": _said(around, name, [*dates, "incident_date_derived"])}
    if name in BY_DATE:
        return shown | {"type": "dates", "options": _said(around, name, BY_DATE[name])}
    if name in SWITCHES:
        return shown | {"type": widget(SWITCHES[name]), "options": _said(around, name, SWITCHES[name])}
    if name == "status":
        mrm = "lookup-incident-status" if around.mrm else "lookup-case-status"
        return shown | {"type": "checkbox", "option_strings_source": STATUS.get(kind, mrm)}
    if name.startswith("approval_status_"):
        return shown | {"type": "checkbox", "option_strings_source": "lookup-approval-status"}
    source = SOURCES.get(name)
    return (
        shown
        | {"type": "chips" if name in CHIPS else "checkbox"}
        | ({"option_strings_source": source} if source else {})
    )


def _said(around: Around, name: str, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    return {
        locale: [{"id": key, "display_name": around.say(locale, f"filter.{name}.{key}")} for key in ids]
        for locale in around.locales
    }
