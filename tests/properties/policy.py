"""The policy of the specification, said once more and differently: what each route needs and must answer to a role.

Written from api.md §3, 4, 8–10, records.md §16 and docs/differences.md, not from the code; ``test_policy`` compares.
"""

from __future__ import annotations

from tests.cast import MODULE, WORKER
from tests.properties.shapes import (
    Rule,
    Shape,
    everybody,
    one_agency,
    one_case,
    one_group,
    one_role,
    one_user,
    plain,
)


def _new_user(shape: Shape) -> int:
    if not shape.may("user", "create"):
        return 403
    return 200 if shape.may_hand_out_worker() and shape.may_place_in_a() and shape.may_place_in_north() else 403


def _new_role(shape: Shape) -> int:
    if not shape.may("role", "create"):
        return 403
    if shape.is_super or shape.is_admin:
        return 200
    return 200 if shape.may("case", "read") and shape.reaches_own() else 403


#: Acts that PATCH of a case knows; whoever holds one of them is asked for sight first, then for ``write``.
CASE_ACTS = (
    "close reopen enable_disable_record add_note services_section_from_case incident_details_from_case "
    "incident_from_case add_registry_record case_from_family link_family_record attribute"
).split()


def _change_case(shape: Shape) -> int:
    if not shape.may("case", "write", *CASE_ACTS):
        return 403
    if not shape.sees_case():
        return 404
    return 200 if shape.may("case", "write") else 403


def _new_case(shape: Shape) -> int:
    if not shape.may("case", "create"):
        return 403
    return 200 if MODULE in shape.modules or shape.is_super else 422


def _own_case(shape: Shape) -> int:
    if not shape.may("case", "read"):
        return 403
    return 200 if shape.stands == "about" and shape.sees_case() else 404


def _deliver(shape: Shape) -> int:
    return 200 if shape.may("case", "create", "write", *CASE_ACTS) else 403


def held_case(action: str) -> Rule:
    """The action and the case in her own hands."""

    def answers(shape: Shape) -> int:
        if not shape.may("case", action):
            return 403
        return 200 if shape.stands == "own" and shape.sees_case() else 404

    return Rule({"case": [action]}, answers)


def own_search(*needed: str) -> Rule:
    """A saved search of her own, and the right to read what it lists where it is written anew."""

    def answers(shape: Shape) -> int:
        if shape.stands != "own":
            return 404
        return 200 if all(shape.may("case", action) for action in needed) else 403

    return Rule({"case": list(needed)} if needed else {}, answers)


ASSIGNS = ("assign", "assign_within_agency", "assign_within_user_group")


def _resolve_handover(shape: Shape) -> int:
    """What Bilal's device handed over: for who may write and assign cases, and whose scope reaches him."""
    if not shape.may("case", "write"):
        return 403
    reaches = shape.scope == "all" or (shape.scope in ("group", "agency") and shape.team)
    knows = shape.is_super or MODULE in shape.modules
    return 200 if shape.may("case", *ASSIGNS) and reaches and knows else 404


def _revoke(shape: Shape) -> int:
    return 200 if shape.may("user", "manage") and shape.cares_for_bilal() else 404


def nobody_else(_: Shape) -> int:
    """Bilal's own alone."""
    return 404


def _simulate(shape: Shape) -> int:
    if not (shape.may("user", "read") and shape.may("role", "read")):
        return 403
    return 200 if shape.cares_for_bilal() and shape.touches_role("role-group-worker") else 404


def _places(shape: Shape) -> int:
    held = shape.permissions.get("metadata", [])
    return 403 if held == ["manage_restricted"] else 200


def _groups(shape: Shape) -> int:
    return 200 if shape.may("user_group", "read") or shape.permissions.get("managed_report") else 403


def _listed_as_sheet(shape: Shape) -> int:
    return 200 if shape.may("case", "export_xls") and shape.may("case", "read") else 403


def manages_north(shape: Shape) -> bool:
    """Do Amina and Bilal (agency A, Group north) lie in her scope?"""
    return shape.scope == "all" or (shape.scope in ("group", "agency") and shape.team)


def shares(*actions: str, exactly: str) -> Rule:
    """One of the acts on the type, the case in sight, the act itself; here always against consent, which needs its right."""

    def answers(shape: Shape) -> int:
        if not (shape.may("case", *actions) and shape.may("case", "read")):
            return 403
        if not shape.sees_case():
            return 404
        return 200 if shape.may("case", exactly) and shape.may("case", "consent_override") else 403

    return Rule({"case": ["read", exactly, "consent_override"]}, answers)


def _ask_for_case(shape: Shape) -> int:
    """Out of sight too, but of her part of the work; nobody asks herself."""
    if not shape.may("case", "request_transfer"):
        return 403
    if MODULE not in shape.modules and not shape.is_super:
        return 404
    return 422 if shape.stands == "own" else 200


def answers_it(*handles: str, owner: bool = False) -> Rule:
    """Petra is never whom it was sent to: she answers with the right to, for people in her scope; a request as owner."""

    def answers(shape: Shape) -> int:
        if not (shape.may("case", *handles) and shape.may("case", "read")):
            return 403
        if not shape.sees_case():
            return 404
        leads = shape.may("case", "accept_or_reject_transfer") and manages_north(shape)
        return 200 if leads or (owner and shape.stands == "own") else 403

    return Rule({"case": list(dict.fromkeys(["read", handles[0], "accept_or_reject_transfer"]))}, answers)


def _revoke_referral(shape: Shape) -> int:
    if not (shape.may("case", *HANDLES) and shape.may("case", "read")):
        return 403
    if not shape.sees_case():
        return 404
    return 200 if shape.stands == "own" or shape.may("case", "remove_assigned_users") else 403


def approves(*, request: bool = True, cancels: bool = False) -> Rule:
    """Taking part in this approval and the case in sight; then the right to this very act, and about one's own case more.

    Farid has asked for it: Petra answers with ``approve``, and takes it back where the case is hers.
    """
    asks, answers_ = "request_approval_case_plan", "approve_case_plan"

    def answers(shape: Shape) -> int:
        if not (shape.may("case", "read") and shape.may("case", *([asks] if cancels else [asks, answers_]))):
            return 403
        if not shape.sees_case():
            return 404
        if cancels:
            return 200 if shape.stands == "own" else 403
        if not request:
            return 200
        own = shape.stands == "own"
        return 200 if shape.may("case", answers_) and (not own or shape.may("case", "self_approve")) else 403

    return Rule({"case": ["read", asks if cancels else answers_]}, answers)


def _begin_upload(shape: Shape) -> int:
    """For a record that need not be here: her role must fill the question somewhere."""
    knows = MODULE in shape.modules or shape.is_super
    return 200 if shape.may("case", "write") and knows else 403


def _all_flags(shape: Shape) -> int:
    """Nobody manages dashboards: each is named."""
    return 200 if "dash_flags" in shape.permissions.get("dashboard", []) else 403


def _resolve_flag(shape: Shape) -> int:
    if not (shape.may("case", "flag", "resolve_any_flag") and shape.may("case", "read")):
        return 403
    if not shape.sees_case():
        return 404
    return 200 if shape.stands == "own" or shape.may("case", "resolve_any_flag") else 403


HANDLES = ("write", "receive_referral", "remove_assigned_users")
V2, V1 = "/api/v2", "/api/cpims/v1"
CASE, USER = f"{V2}/cases/{{case_id}}", f"{V2}/users/{{user_id}}"
ANYBODY = Rule({}, everybody)


def both(*dashboards: str) -> Rule:
    """Reading cases, and any of these dashboards."""

    def answers(shape: Shape) -> int:
        held = shape.permissions.get("dashboard", [])  # nobody manages dashboards: each is opened by name
        return 200 if shape.may("case", "read") and any(name in held for name in dashboards) else 403

    return Rule({"case": ["read"], "dashboard": [dashboards[0]]}, answers)


def _assign_many(shape: Shape) -> int:
    """To Bilal, a case that a filter finds: one in her sight, and he in her reach."""
    if not (shape.may("case", "read") and shape.may("case", *ASSIGNS)):
        return 403
    near = shape.team and shape.may("case", "assign_within_agency", "assign_within_user_group")
    return 200 if shape.sees_case() and (shape.may("case", "assign") or near) else 422


def _flag_many(shape: Shape) -> int:
    if not (shape.may("case", "read") and shape.may("case", "flag_multiple")):
        return 403
    return 200 if shape.sees_case() else 422


def for_many(action: str) -> Rule:
    """The right to do it to many; each case is asked for by the act, and its refusal stands in the job."""
    return Rule({"case": ["read", action]}, lambda s: 200 if s.may("case", "read") and s.may("case", action) else 403)


CONFIGURES, WORDS = plain("metadata", "manage"), plain("metadata", "manage", "manage_restricted")
RULES: dict[tuple[str, str], Rule] = {
    ("GET", f"{V2}/system_settings"): ANYBODY,
    ("GET", f"{V2}/permissions"): ANYBODY,
    ("GET", f"{V1}/session"): ANYBODY,
    ("GET", f"{V2}/contact_information"): ANYBODY,
    ("PATCH", f"{V2}/contact_information"): plain("system", "manage"),
    ("PUT", f"{V2}/contact_information"): plain("system", "manage"),
    ("GET", f"{V2}/codes_of_conduct"): ANYBODY,
    ("POST", f"{V2}/codes_of_conduct"): plain("code_of_conduct", "manage"),
    ("GET", f"{V2}/webpush/config"): ANYBODY,
    ("GET", f"{V2}/alerts"): ANYBODY,
    ("GET", f"{V2}/dashboards"): ANYBODY,
    ("GET", f"{V2}/tasks"): both("dash_tasks"),
    ("POST", f"{V1}/tasks/search"): both("dash_tasks", "dash_cases_by_social_worker"),
    ("GET", f"{V1}/team"): both("dash_cases_by_social_worker"),
    ("GET", f"{V2}/saved_searches"): ANYBODY,
    ("POST", f"{V2}/saved_searches"): plain("case", "read"),
    ("DELETE", f"{V2}/saved_searches/{{search_id}}"): own_search(),
    ("GET", f"{V1}/saved_searches"): ANYBODY,
    ("POST", f"{V1}/saved_searches"): plain("case", "read"),
    ("PATCH", f"{V1}/saved_searches/{{search_id}}"): own_search("read"),
    ("DELETE", f"{V1}/saved_searches/{{search_id}}"): own_search(),
    ("GET", f"{V1}/locations/{{name}}"): ANYBODY,
    ("GET", f"{V2}/users"): plain("user", "read"),
    ("POST", f"{V2}/users"): Rule(
        {"user": ["create"], "role": ["assign"], "agency": ["assign"], "user_group": ["assign"], "case": WORKER},
        _new_user,
    ),
    ("GET", f"{V2}/users/identified"): plain("case", "attribute"),
    ("GET", USER): one_user("read"),
    ("PATCH", USER): one_user("write"),
    ("PUT", USER): one_user("write"),
    ("DELETE", USER): one_user("manage"),
    ("POST", USER + "/password-reset-request"): one_user("write"),
    ("POST", f"{V1}/permission_simulator"): Rule({"user": ["read"], "role": ["read"]}, _simulate),
    ("GET", f"{V2}/roles"): ANYBODY,
    ("POST", f"{V2}/roles"): Rule({"role": ["create"], "case": ["read"]}, _new_role),
    ("GET", f"{V2}/roles/{{role_id}}"): one_role("read"),
    ("PATCH", f"{V2}/roles/{{role_id}}"): one_role("write"),
    ("PUT", f"{V2}/roles/{{role_id}}"): one_role("write"),
    ("DELETE", f"{V2}/roles/{{role_id}}"): one_role("write"),
    ("GET", f"{V2}/agencies"): plain("agency", "read"),
    ("POST", f"{V2}/agencies"): plain("agency", "manage"),
    ("GET", f"{V2}/agencies/{{agency_id}}"): one_agency("read"),
    ("PATCH", f"{V2}/agencies/{{agency_id}}"): one_agency("write"),
    ("PUT", f"{V2}/agencies/{{agency_id}}"): one_agency("write"),
    ("DELETE", f"{V2}/agencies/{{agency_id}}"): one_agency("write"),
    ("GET", f"{V2}/user_groups"): Rule({"user_group": ["read"]}, _groups),
    ("POST", f"{V2}/user_groups"): plain("user_group", "create"),
    ("GET", f"{V2}/user_groups/{{group_id}}"): one_group("read"),
    ("PATCH", f"{V2}/user_groups/{{group_id}}"): one_group("write"),
    ("PUT", f"{V2}/user_groups/{{group_id}}"): one_group("write"),
    ("DELETE", f"{V2}/user_groups/{{group_id}}"): one_group("write"),
    ("GET", f"{V2}/primero_modules"): CONFIGURES,
    ("GET", f"{V2}/primero_modules/{{module_id}}"): CONFIGURES,
    ("PATCH", f"{V2}/primero_modules/{{module_id}}"): CONFIGURES,
    ("PUT", f"{V2}/primero_modules/{{module_id}}"): CONFIGURES,
    ("GET", f"{V2}/forms"): ANYBODY,
    ("POST", f"{V2}/forms"): CONFIGURES,
    ("GET", f"{V2}/forms/{{form_id}}"): WORDS,
    ("PATCH", f"{V2}/forms/{{form_id}}"): WORDS,
    ("PUT", f"{V2}/forms/{{form_id}}"): WORDS,
    ("DELETE", f"{V2}/forms/{{form_id}}"): CONFIGURES,
    ("GET", f"{V2}/lookups"): ANYBODY,
    ("POST", f"{V2}/lookups"): CONFIGURES,
    ("GET", f"{V2}/lookups/{{lookup_id}}"): WORDS,
    ("PATCH", f"{V2}/lookups/{{lookup_id}}"): WORDS,
    ("PUT", f"{V2}/lookups/{{lookup_id}}"): WORDS,
    ("DELETE", f"{V2}/lookups/{{lookup_id}}"): CONFIGURES,
    ("GET", f"{V2}/locations"): Rule({"metadata": ["manage_restricted"]}, _places),
    ("POST", f"{V2}/locations"): CONFIGURES,
    ("GET", f"{V2}/locations/{{location_id}}"): CONFIGURES,
    ("PATCH", f"{V2}/locations/{{location_id}}"): CONFIGURES,
    ("PUT", f"{V2}/locations/{{location_id}}"): CONFIGURES,
    ("DELETE", f"{V2}/locations/{{location_id}}"): CONFIGURES,
    ("POST", f"{V2}/locations/update_bulk"): CONFIGURES,
    ("POST", f"{V2}/locations/import"): CONFIGURES,
    ("GET", f"{V2}/cases"): plain("case", "read"),
    ("POST", f"{V2}/cases"): Rule({"case": ["create"]}, _new_case),
    ("POST", f"{V1}/cases/search"): plain("case", "read"),
    ("POST", f"{V1}/cases/count"): plain("case", "read"),
    ("POST", f"{V1}/cases/counts"): plain("case", "read"),
    ("POST", f"{V1}/cases/likely"): plain("case", "read"),
    ("POST", f"{V1}/cases/list.xlsx"): Rule({"case": ["export_xls", "read"]}, _listed_as_sheet),
    ("GET", f"{V2}/cases/identified"): Rule({"case": ["read"]}, _own_case),
    ("GET", CASE): one_case("read"),
    ("PATCH", CASE): Rule({"case": ["write"]}, _change_case),
    ("PUT", CASE): Rule({"case": ["write"]}, _change_case),
    ("DELETE", CASE): one_case("enable_disable_record", "read"),
    ("GET", CASE + "/record_history"): one_case("read", "change_log"),
    ("GET", f"{V1}/cases/{{case_id}}/timeline"): one_case("read", "change_log"),
    ("GET", CASE + "/access_log"): one_case("read", "access_log"),
    ("POST", f"{V1}/cases/{{case_id}}/print"): one_case("read", "export_pdf"),
    ("POST", f"{V1}/sync/changes"): plain("case", "read"),
    ("POST", f"{V1}/sync/manifest"): plain("case", "read"),
    ("POST", f"{V1}/sync/deliver"): Rule({"case": ["write"]}, _deliver),
    ("POST", f"{V1}/sync/configuration"): ANYBODY,
    ("GET", f"{V1}/cases/{{case_id}}/quarantine"): held_case("read"),
    ("POST", f"{V1}/cases/{{case_id}}/quarantine/{{quarantine_id}}/resolve"): held_case("write"),
    ("GET", f"{V2}/users/assign-to"): plain("case", *ASSIGNS),
    ("GET", f"{V2}/users/transfer-to"): plain("case", "transfer"),
    ("GET", f"{V2}/users/refer-to"): plain("case", "referral", "referral_from_service"),
    **{
        ("GET", f"{CASE}/{noun}"): one_case("read")
        for noun in ("transitions", "assigns", "referrals", "transfers", "transfer_requests")
    },
    ("POST", CASE + "/assigns"): one_case("assign", "read"),
    ("POST", CASE + "/referrals"): shares("referral", "referral_from_service", exactly="referral"),
    ("POST", CASE + "/transfers"): shares("transfer", exactly="transfer"),
    ("POST", CASE + "/transfer_requests"): Rule({"case": ["request_transfer"]}, _ask_for_case),
    **{
        (method, f"{CASE}/{path}"): rule
        for method in ("PATCH", "PUT")
        for path, rule in (
            ("referrals/{referral_id}", answers_it(*HANDLES)),
            ("transfers/{transfer_id}", answers_it("read")),
            ("transfer_requests/{request_id}", answers_it("read", "request_transfer", owner=True)),
        )
    },
    ("DELETE", CASE + "/referrals/{referral_id}"): Rule(
        {"case": ["read", "write", "remove_assigned_users"]}, _revoke_referral
    ),
    ("POST", f"{V1}/cases/{{case_id}}/transitions/preview"): one_case("assign", "read"),
    ("GET", f"{V1}/cases/{{case_id}}/consents"): one_case("read"),
    ("POST", f"{V1}/cases/{{case_id}}/consents"): one_case("write", "read"),
    ("GET", f"{V1}/transitions/received"): plain("case", "read"),
    ("POST", f"{V1}/bulk"): for_many("flag_multiple"),
    ("GET", f"{V1}/bulk"): ANYBODY,
    ("GET", f"{V1}/bulk/{{job_id}}"): Rule({"case": ["read"]}, nobody_else),
    ("POST", f"{V1}/bulk/{{job_id}}/retry"): Rule({"case": ["read", "flag_multiple"]}, nobody_else),
    ("POST", f"{V1}/bulk/{{job_id}}/cancel"): Rule({"case": ["read", "flag_multiple"]}, nobody_else),
    ("POST", f"{V2}/cases/assigns"): Rule({"case": ["read", "assign"]}, _assign_many),
    ("POST", f"{V2}/cases/flags"): Rule({"case": ["read", "flag_multiple"]}, _flag_many),
    ("POST", f"{V2}/cases/referrals"): for_many("referral"),
    ("POST", f"{V2}/cases/transfers"): for_many("transfer"),
    ("PATCH", CASE + "/approvals/{approval}"): approves(),
    ("PUT", CASE + "/approvals/{approval}"): approves(),
    ("DELETE", f"{V1}/cases/{{case_id}}/approvals/{{approval}}"): approves(cancels=True),
    ("GET", f"{V1}/cases/{{case_id}}/approvals/{{approval}}/comparison"): approves(request=False),
    ("GET", f"{V2}/flags"): Rule({"dashboard": ["dash_flags"]}, _all_flags),
    ("GET", CASE + "/flags"): one_case("flag", "read"),
    ("POST", CASE + "/flags"): one_case("flag", "read"),
    ("PATCH", CASE + "/flags/{flag_id}"): Rule({"case": ["read", "flag", "resolve_any_flag"]}, _resolve_flag),
    ("PUT", CASE + "/flags/{flag_id}"): Rule({"case": ["read", "flag", "resolve_any_flag"]}, _resolve_flag),
    ("POST", CASE + "/attachments"): one_case("write", "read"),
    ("GET", CASE + "/attachments/{attachment_id}"): one_case("read"),
    ("PATCH", CASE + "/attachments/{attachment_id}"): one_case("write", "read"),
    ("PUT", CASE + "/attachments/{attachment_id}"): one_case("write", "read"),
    ("DELETE", CASE + "/attachments/{attachment_id}"): one_case("write", "read"),
    ("GET", f"{V1}/cases/{{case_id}}/attachments/{{attachment_id}}/thumbnail"): one_case("read"),
    ("POST", f"{V1}/uploads"): Rule({"case": ["write"]}, _begin_upload),
    ("GET", f"{V1}/uploads/{{upload_id}}"): Rule({}, nobody_else),
    ("PUT", f"{V1}/uploads/{{upload_id}}/{{offset}}"): Rule({}, nobody_else),
    ("POST", f"{V1}/uploads/{{upload_id}}/finish"): Rule({}, nobody_else),
    ("DELETE", f"{V1}/uploads/{{upload_id}}"): Rule({}, nobody_else),
    ("GET", CASE + "/alerts"): one_case("read"),
    ("DELETE", CASE + "/alerts/{alert_id}"): one_case("remove_alert", "read"),
    ("GET", f"{V1}/notices"): ANYBODY,
    ("POST", f"{V1}/notices/read"): ANYBODY,
    ("POST", f"{V1}/devices"): ANYBODY,
    ("GET", f"{V1}/devices"): ANYBODY,
    ("PATCH", f"{V1}/devices/{{device_id}}"): Rule({}, nobody_else),
    ("POST", f"{V1}/devices/{{device_id}}/revoke"): Rule({"user": ["manage"]}, _revoke),
    ("GET", f"{V1}/handovers"): plain("case", "read"),
    ("POST", f"{V1}/handovers/{{handover_id}}/resolve"): Rule({"case": ["write", "assign"]}, _resolve_handover),
    ("POST", f"{V1}/forms/print"): ANYBODY,
    ("GET", f"{V1}/forms/privacy"): ANYBODY,
}
#: Routes that need nobody signed in.
PUBLIC = {
    ("POST", f"{V2}/tokens"),
    ("DELETE", f"{V2}/tokens"),
    ("GET", f"{V2}/identity_providers"),
    ("GET", f"{V2}/primero"),
    ("POST", f"{V2}/users/password-reset-request"),
    ("POST", f"{V2}/users/password-reset"),
    ("POST", f"{V1}/invitations/open"),
    ("POST", f"{V1}/devices/contact"),
    ("POST", f"{V1}/devices/handover"),
}
