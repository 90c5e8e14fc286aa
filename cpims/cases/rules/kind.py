"""What the records room needs to know of a case. Field names are Primero's (records.md §1, api.md §4–5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer
from cpims.cases.rules.due import TYPES, due_of, rows_of
from cpims.records.rules.kinds import COMMON_SHORT, Answers, Kind, register

APPROVALS = ("assessment", "case_plan", "closure", "action_plan", "gbv_closure")
STATUS = ("workflow", "status", "case_status_reopened")
SHARED = (
    "referred_users_pending_present referred_users_accepted_present last_referral_rejected_at last_referral_done_at"
)


def _approval(name: str) -> tuple[str, str, bool]:
    opens = f"case:request_approval_{name} case:approve_{name}"
    opens += f" dashboard:approvals_{name} dashboard:approvals_{name}_pending"
    names = f"approval_subforms {name}_approved approval_status_{name} {name}_approved_date {name}_approved_comments"
    return opens, names + (" case_plan_approval_type" if name == "case_plan" else ""), True


#: Permissions (one is enough), the names they open, and whether she whom the case is about may read those too.
OPENED: tuple[tuple[str, str, bool], ...] = (
    (
        "case:view_registry_record case:add_registry_record",
        "registry_record_id registry_id_display registry_name registry_no",
        False,
    ),
    (
        "case:view_family_record case:case_from_family case:link_family_record",
        "family_id family_id_display family_member_id family_name family_number",
        False,
    ),
    ("case:view_photo", "photo", True),
    ("case:view_incident_from_case", "incident_details", False),
    ("case:sync_external", "synced_at sync_status mark_synced mark_synced_url mark_synced_status", False),
    *(_approval(name) for name in APPROVALS),
    ("dashboard:cases_by_task_overdue_assessment", "assessment_due_dates", False),
    ("dashboard:cases_by_task_overdue_case_plan", "case_plan_due_dates", False),
    ("dashboard:cases_by_task_overdue_services", "service_due_dates", False),
    ("dashboard:cases_by_task_overdue_followups", "followup_due_dates", False),
    ("dashboard:case_risk", "risk_level", False),
    (
        "dashboard:dash_shared_with_me",
        "referred_users referred_users_pending referred_users_accepted transferred_to_users",
        False,
    ),
    ("dashboard:dash_shared_with_others", f"referred_users_present {SHARED} transfer_status", False),
    ("dashboard:dash_shared_from_my_team", f"{SHARED} transfer_status", False),
    (
        "dashboard:dash_shared_with_my_team",
        "referred_users_pending referred_users_accepted referred_users_pending_present "
        "referred_users_accepted_present transferred_to_users",
        False,
    ),
    ("dashboard:dash_shared_with_my_team_overview", "transferred_to_user_groups transfer_status", False),
)


def _fixed_readable(viewer: Viewer) -> dict[str, str]:
    about_herself = viewer.scope is Scope.IDENTIFIED
    names = dict.fromkeys(STATUS if about_herself else (*STATUS, "case_id"), "")
    for permissions, opened, also_hers in OPENED:
        by = next((p for p in permissions.split() if viewer.may(*p.split(":"))), None)
        if by is not None and (also_hers or not about_herself):
            names |= {name: by for name in opened.split() if name not in names}
    if not about_herself and viewer.may("case", "search_owned_by_others") and viewer.may("case", "display_view_page"):
        names |= dict.fromkeys(("photos", "recorded_audio"), "case:display_view_page")
    return names


#: Names beyond the forms by which case lists are narrowed. Some are kept beside the answers by later acts.
NARROWED_BY = {
    **dict.fromkeys(
        (
            "followup_dates tracing_dates reunification_dates service_implemented_day_times assessment_due_dates "
            "case_plan_due_dates service_due_dates followup_due_dates reassigned_transferred_on identified_at "
            "last_referral_done_at last_referral_rejected_at current_care_arrangement_started_date"
        ).split(),
        "date_field",
    ),
    **dict.fromkeys((f"{name}_approved_date" for name in APPROVALS), "date_field"),
    **dict.fromkeys((f"approval_status_{name}" for name in APPROVALS), "select_box"),
    **dict.fromkeys(
        (
            "current_alert_types transfer_status referred_users referred_users_pending referred_users_accepted "
            "transferred_to_users transferred_to_user_groups owned_by_agency_office previously_owned_by "
            "previous_agency previously_owned_by_agency created_organization created_by_agency followup_status "
            "current_care_arrangements_type case_type protection_concerns"
        ).split(),
        "select_box",
    ),
    **dict.fromkeys(
        (
            "has_photo has_incidents has_case_plan referred_users_present referred_users_pending_present "
            "referred_users_accepted_present"
        ).split(),
        "tick_box",
    ),
    "owned_by_location": "place",
}


#: Kept by the acts of approving; a form that shows them does not let them be written.
APPROVAL_STATE = frozenset(
    (
        *(name.format(kind) for kind in APPROVALS for name in
          ("approval_status_{}", "{}_approved", "{}_approved_date", "{}_approved_comments")),
        *("approval_subforms", "case_plan_approval_type"),
    )
)  # fmt: skip


def _defaults(today: date) -> Answers:
    return {"registration_date": today.isoformat()}


def _dates(answers: Mapping[str, Any], section: str, field: str) -> list[str]:
    return sorted({row[field] for row in rows_of(answers, section) if isinstance(row.get(field), str)})


def _computed(answers: Answers, state: Mapping[str, Any]) -> Answers:
    """Answers that are assembled, never stored twice: dates of rows, the present care, all concerns."""
    found: Answers = {
        "followup_dates": _dates(answers, "followup_subform_section", "followup_date"),
        "service_implemented_day_times": _dates(answers, "services_section", "service_implemented_day_time"),
        "tracing_dates": _dates(answers, "tracing_actions_section", "date_tracing"),
        "reunification_dates": _dates(answers, "reunification_details_section", "date_reunification"),
        "has_case_plan": any(
            row.get("intervention_service_to_be_provided") or row.get("intervention_service_goal")
            for row in rows_of(answers, "cp_case_plan_subform_case_plan_interventions")
        ),
        "case_type": state.get("case_type") or "person",
    }
    followups = rows_of(answers, "followup_subform_section")
    if followups:
        done = all(row.get("followup_date") for row in followups)
        planned = any(row.get("followup_needed_by_date") for row in followups)
        found["followup_status"] = (
            "follow_ups_implemented" if done else "follow_ups_planned" if planned else "follow_ups_not_planned"
        )
    direct = answers.get("protection_concerns")
    detailed = [
        row.get("protection_concern_type") for row in rows_of(answers, "protection_concern_detail_subform_section")
    ]
    concerns = [c for c in [*(direct if isinstance(direct, list) else []), *detailed] if isinstance(c, str)]
    if concerns:
        found["protection_concerns"] = list(dict.fromkeys(concerns))
    care = rows_of(answers, "care_arrangements_section")
    if care:
        latest = max(care, key=lambda row: str(row.get("care_arrangement_started_date") or ""))
        found["current_care_arrangements_type"] = latest.get("care_arrangements_type")
        found["current_name_caregiver"] = latest.get("name_caregiver")
        found["current_care_arrangement_started_date"] = latest.get("care_arrangement_started_date")
    return found


CASE = register(
    Kind(
        name="case",
        plural="cases",
        short_fields=COMMON_SHORT
        | frozenset(
            (
                "case_id_display name survivor_code_no age sex registration_date hidden_name workflow "
                "case_status_reopened module_id registry_record_id client_code gender reporting_location_hierarchy "
                "location_current risk_level photos"
            ).split()
        ),
        immutable=frozenset(
            (
                "id unique_identifier unique_id short_id created_at created_by case_id case_id_display name module_id "
                "owned_by status record_state workflow"
            ).split()
        )
        | APPROVAL_STATE,
        identifier_fields=tuple(
            (
                "client_code ration_card_no icrc_ref_no rc_id_no unhcr_id_no unhcr_individual_no un_no "
                "other_agency_id survivor_code_no national_id_no other_id_no biometrics_id family_count_no dss_id "
                "camp_id tent_number nfi_distribution_id oscar_number registry_no family_number"
            ).split()
        ),
        name_fields=("name", "name_nickname", "name_other"),
        phone_fields=tuple(
            [
                "telephone_current",
                "telephone_child_future",
                "telephone_caregivers",
                "telephone_future_caregivers",
                "telephone_last",
                "telephone_searchable_1",
                "telephone_searchable_2",
                "telephone_searchable_3",
            ]
        ),
        masked_fields=frozenset(
            ["name", "name_first", "name_middle", "name_last", "name_nickname", "name_other", "name_full_name"]
        ),
        fixed_readable=_fixed_readable,
        defaults=_defaults,
        computed=_computed,
        due=due_of,
        due_names=frozenset(one.facet for one in TYPES.values()),
        filled={
            "notes_section": frozenset(("note_created_by", "note_date")),
            "services_section": frozenset(("service_implemented",)),
            **{TYPES[one].section: frozenset((TYPES[one].due,)) for one in ("follow_up", "review")},
        },
        narrowed_by=NARROWED_BY,
        hides_names=True,
        links={
            **dict.fromkeys(("family_id", "family_member_id"), "case:link_family_record case:case_from_family"),
            "registry_record_id": "case:add_registry_record",
        },
        laid={"family_details_section": frozenset(("case_id", "case_id_display", "can_read_record"))},
    )
)
