"""What the records room needs to know of an incident. Field names are Primero's (records.md §1, §20, api.md §5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.incidents.rules.deriving import derived
from cpims.incidents.rules.violations import gathered, told
from cpims.records.rules.kinds import COMMON_SHORT, Answers, Kind, register

MRM: Final = "primeromodule-mrm"
#: What is gathered from violations: read by whoever works in that module.
OF_VIOLATIONS: Final = frozenset(
    (
        "individual_violations individual_age individual_sex victim_deprived_liberty_security_reasons "
        "reasons_deprivation_liberty victim_facilty_victims_held torture_punishment_while_deprivated_liberty "
        "violation_with_verification_status armed_force_group_party_names has_late_verified_violations "
        "perpetrator_category date_of_first_report ctfmr_verified_date verification_status child_types "
        "verified_ghn_reported weapon_type facility_impact facility_attack_type child_role abduction_purpose_single "
        "military_use_type types_of_aid_disrupted_denial"
    ).split()
)
DERIVED: Final = frozenset(
    ("incident_date_derived", "elapsed_reporting_time", "number_of_perpetrators", "gbv_case_context")
)
CASE_LINK: Final = "incident_case_id"


def _fixed_readable(viewer: Viewer) -> Mapping[str, str]:
    names = dict.fromkeys(("incident_date_derived", "incident_id_display", "incident_code", "unique_id"), "")
    if viewer.may("case", "incident_from_case"):
        names |= dict.fromkeys((CASE_LINK, "case_id_display"), "case:incident_from_case")
    if MRM in viewer.modules:
        names |= dict.fromkeys(sorted(OF_VIOLATIONS), "")
    return names


def _defaults(today: date) -> Answers:
    return {"date_of_first_report": today.isoformat()}


def _computed(answers: Answers, state: Mapping[str, Any]) -> Answers:
    return {**derived(answers), **gathered(answers), **told(answers)}


INCIDENT = register(
    Kind(
        name="incident",
        plural="incidents",
        short_fields=COMMON_SHORT
        | frozenset(
            (
                "date_of_interview date_of_incident violence_type incident_location violations social_worker "
                "date_of_first_report cp_incident_violence_type reporting_location_hierarchy gbv_sexual_violence_type "
                "incident_date survivor_code violation_category incident_date_derived"
            ).split()
        ),
        immutable=frozenset(
            (
                "id unique_identifier unique_id short_id created_at created_by incident_id incident_id_display "
                "incident_code module_id owned_by status record_state incident_case_id case_id_display"
            ).split()
        )
        | DERIVED
        | (OF_VIOLATIONS - {"date_of_first_report"}),
        identifier_fields=(
            *("survivor_code", "incidentid_ir", "monitor_number"),
            *("national_id_no", "other_id_no", "cp_incident_perpetrator_national_id_no"),
        ),
        name_fields=(),
        phone_fields=(),
        masked_fields=frozenset(),
        fixed_readable=_fixed_readable,
        defaults=_defaults,
        computed=_computed,
        narrowed_by={
            "incident_date_derived": "date_field",
            CASE_LINK: "select_box",
            **dict.fromkeys(
                (
                    "elapsed_reporting_time number_of_perpetrators gbv_case_context armed_force_group_party_names "
                    "violation_with_verification_status individual_violations verification_status child_types "
                    "perpetrator_category weapon_type facility_impact facility_attack_type"
                ).split(),
                "select_box",
            ),
            "has_late_verified_violations": "tick_box",
            "ctfmr_verified_date": "date_field",
        },
        also={"incident_code": "display_id", "unique_id": "id"},
        called_by="",
        dated_by="date_of_first_report",
        grows_older=False,
        links={CASE_LINK: "case:incident_from_case incident:link_incident_to_case"},
    )
)
