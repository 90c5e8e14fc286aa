"""Every route with what goes in and what comes out; a test says when one is missing."""

from __future__ import annotations

from cpims.api.shapes import (
    access,
    accounts,
    configuration,
    daily,
    devices,
    exports,
    forms,
    instance,
    records,
    sync,
    tasks,
)
from cpims.api.shapes.attachment_routes import ATTACHMENT_ROUTES
from cpims.api.shapes.audit_logs import AUDIT_ROUTES
from cpims.api.shapes.bulk_routes import BULK_ROUTES
from cpims.api.shapes.configuration_routes import CONFIGURATION_ROUTES
from cpims.api.shapes.envelope import Changed, Id, MessageKey, Paged, Shape
from cpims.api.shapes.family_routes import FAMILY_ROUTES
from cpims.api.shapes.imports import IMPORT_ROUTES
from cpims.api.shapes.incident_routes import INCIDENT_ROUTES
from cpims.api.shapes.invitations import INVITATION_ROUTES
from cpims.api.shapes.matching_routes import MATCHING_ROUTES
from cpims.api.shapes.notice_routes import NOTICE_ROUTES
from cpims.api.shapes.paper_routes import PAPER_ROUTES
from cpims.api.shapes.promotion_routes import PROMOTION_ROUTES
from cpims.api.shapes.record_routes import RECORD_ROUTES
from cpims.api.shapes.rollout_routes import ROLLOUT_ROUTES
from cpims.api.shapes.route import LISTING, PAGING, READING, V1, V2, WRITING, Route
from cpims.api.shapes.table_routes import TABLE_ROUTES
from cpims.api.shapes.tracing_routes import TRACING_ROUTES
from cpims.api.shapes.transition_routes import TRANSITION_ROUTES

ORDERED = ("order_by", "order", "locale", *PAGING)
USER_LIST = (
    *("query", "user_name", "location", "services", "ids", "disabled", "role_id", "agency", "user_group_ids"),
    *("extended", *ORDERED),
)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _noun(path: str, one: str, shape: type[Shape], write: type[Shape], listed: Route) -> dict[tuple[str, str], Route]:
    """The five routes that most nouns have: list, make, read, change, take out of use."""
    return {
        ("GET", path): listed,
        ("POST", path): Route(
            f"Make {one}", shape, metadata=Changed, request=write, headers=WRITING, client_id=True, statuses=(409,)
        ),
        ("GET", f"{path}/{{id}}"): Route(f"Read {one}", shape),
        ("PATCH", f"{path}/{{id}}"): Route(
            f"Change {one}", shape, metadata=Changed, request=write, headers=("Prefer",), statuses=(409,)
        ),
        ("DELETE", f"{path}/{{id}}"): Route(f"Take {one} out of use; nothing is deleted", Id, statuses=(409,)),
    }


ROUTES: dict[tuple[str, str], Route] = {
    ("POST", f"{V2}/tokens"): Route(
        "Sign in, or keep a session alive",
        accounts.SignedIn,
        bare=True,
        request=accounts.Credentials,
        wrapper="user",
        device=True,
        statuses=(429,),
    ),
    ("DELETE", f"{V2}/tokens"): Route("Sign out", accounts.Empty, bare=True),
    ("GET", f"{V2}/identity_providers"): Route(
        "How people sign in here", accounts.Empty, many=True, metadata=instance.SignInRoads
    ),
    ("GET", f"{V2}/primero"): Route("What everybody may know before signing in", instance.Primero),
    ("GET", f"{V2}/system_settings"): Route("How this instance works", instance.SystemSettings, query=("extended",)),
    ("GET", f"{V2}/permissions"): Route("Every resource and its actions", instance.Permitted),
    ("GET", f"{V1}/session"): Route("Who is signed in", instance.Session),
    **_noun(
        f"{V2}/users",
        "an account",
        accounts.User,
        accounts.UserWrite,
        Route(
            "List the accounts in one's care",
            accounts.User,
            many=True,
            metadata=accounts.UserList,
            query=USER_LIST,
        ),
    ),
    ("GET", f"{V2}/users/identified"): Route(
        "List the people whom a case may be about",
        access.IdentifiedPerson,
        many=True,
        metadata=Paged,
        query=("query", *PAGING),
    ),
    ("POST", f"{V2}/users/password-reset-request"): Route(
        "Ask for a link for a new password; the same answer whether or not there is such an account",
        MessageKey,
        request=accounts.ResetAsked,
        wrapper="user",
        statuses=(429,),
    ),
    ("POST", f"{V2}/users/password-reset"): Route(
        "Set a new password by a link, and sign in",
        accounts.PasswordSet,
        bare=True,
        request=accounts.NewPassword,
        wrapper="user",
        device=True,
        statuses=(429,),
    ),
    ("POST", f"{V2}/users/{{id}}/password-reset-request"): Route(
        "Send somebody a link for a new password", MessageKey, request=accounts.ResetWanted, wrapper="user"
    ),
    **_noun(
        f"{V2}/roles",
        "a role",
        accounts.Role,
        accounts.RoleWrite,
        Route(
            "List roles",
            accounts.Role,
            many=True,
            metadata=Paged,
            query=("managed", "external", "referral_authorization", "disabled", "group_permission", *ORDERED),
        ),
    ),
    **_noun(
        f"{V2}/agencies",
        "an agency",
        accounts.Agency,
        accounts.AgencyWrite,
        Route("List agencies", accounts.Agency, many=True, metadata=Paged, query=("managed", "disabled", *ORDERED)),
    ),
    **_noun(
        f"{V2}/user_groups",
        "a user group",
        accounts.UserGroup,
        accounts.UserGroupWrite,
        Route(
            "List user groups",
            accounts.UserGroup,
            many=True,
            metadata=Paged,
            query=("managed", "disabled", "agency_unique_ids", *ORDERED),
        ),
    ),
    ("GET", f"{V2}/primero_modules"): Route("List the parts of the work", forms.Module, many=True),
    ("GET", f"{V2}/primero_modules/{{id}}"): Route("Read a part of the work", forms.Module),
    ("PATCH", f"{V2}/primero_modules/{{id}}"): Route(
        "Change a part of the work", forms.Module, metadata=Changed, request=forms.ModuleWrite
    ),
    **_noun(
        f"{V2}/forms",
        "a form",
        forms.Form,
        forms.FormWrite,
        Route(
            "List all forms, nested ones too",
            forms.Form,
            many=True,
            query=("unique_id", "record_type", "module_id", "exclude_subforms"),
            headers=("If-None-Match",),
            statuses=(304,),
        ),
    ),
    ("GET", f"{V1}/forms/privacy"): Route(
        "What the answer to each question tells about a person", forms.FormPrivacy, many=True
    ),
    ("GET", f"{V1}/forms/retired"): Route(
        "The forms that were put away", forms.RetiredForm, many=True, metadata=forms.FormsStanding
    ),
    ("GET", f"{V1}/forms/{{id}}/retired"): Route(
        "The questions of a form that were put away", forms.Question, many=True
    ),
    ("POST", f"{V1}/forms/arrange"): Route(
        "Put forms into another order, all at once",
        Id,
        many=True,
        request=forms.FormPlaces,
        wrapper="",
        statuses=(409,),
    ),
    ("POST", f"{V1}/forms/{{id}}/bring_back"): Route("Use a form again that was put away", Id, statuses=(409,)),
    ("PATCH", f"{V2}/forms/{{id}}"): Route(
        "Change a form",
        Id,
        metadata=Changed,
        request=forms.FormWrite,
        headers=("If-Match", "Prefer"),
        statuses=(409, 412),
    ),
    **_noun(
        f"{V2}/lookups",
        "an option list",
        forms.Lookup,
        forms.LookupWrite,
        Route("List option lists", forms.Lookup, many=True, metadata=Paged, query=ORDERED),
    ),
    **_noun(
        f"{V2}/locations",
        "a place",
        forms.Location,
        forms.LocationWrite,
        Route("List places", forms.Location, many=True, metadata=Paged, query=("hierarchy", "disabled", *ORDERED)),
    ),
    ("POST", f"{V2}/locations/update_bulk"): Route(
        "Change many places at once",
        forms.Location,
        many=True,
        metadata=Paged,
        request=forms.LocationWrite,
        request_many=True,
    ),
    ("POST", f"{V2}/locations/import"): Route(
        "Bring places in from a table; 422 with the same body when a row could not be used, good rows are kept",
        forms.TableRead,
        request=forms.TableSent,
    ),
    ("GET", f"{V2}/cases"): Route(
        "List cases", records.Case, many=True, metadata=records.CaseList, query=LISTING, headers=("Prefer",)
    ),
    ("POST", f"{V2}/cases"): Route(
        "Register a child",
        records.Case,
        metadata=records.CaseRead,
        request=records.NewCase,
        wrapper="",
        headers=WRITING,
        client_id=True,
        statuses=(409,),
    ),
    ("GET", f"{V2}/cases/identified"): Route(
        "Read the case about oneself",
        records.Case,
        metadata=records.CaseRead,
        query=READING,
        headers=("If-None-Match",),
        statuses=(304,),
    ),
    ("GET", f"{V2}/cases/{{id}}"): Route(
        "Read a case",
        records.Case,
        metadata=records.CaseRead,
        query=READING,
        headers=("If-None-Match",),
        statuses=(304,),
    ),
    ("PATCH", f"{V2}/cases/{{id}}"): Route(
        "Amend a case: the reply holds what changed",
        records.Case,
        metadata=records.CaseRead,
        request=records.CaseEdit,
        wrapper="",
        headers=("If-Match", *WRITING),
        statuses=(409, 412),
    ),
    ("DELETE", f"{V2}/cases/{{id}}"): Route("Switch a case off; nothing is deleted", records.Case),
    ("GET", f"{V2}/cases/{{id}}/record_history"): Route(
        "What happened to a case, newest first",
        records.HistoryEntry,
        many=True,
        metadata=Paged,
        query=("filters[field_names]", "filters[form_unique_ids]", *PAGING),
    ),
    ("GET", f"{V1}/cases/{{id}}/timeline"): Route(
        "What happened to a case in the words of the work, newest first",
        records.TimelineEntry,
        many=True,
        metadata=records.StoryRead,
        query=("before", "per"),
    ),
    ("GET", f"{V2}/cases/{{id}}/access_log"): Route(
        "Who has seen a case, newest first",
        records.AccessEntry,
        many=True,
        metadata=Paged,
        query=(
            "filters[actions]",
            "filters[access_users]",
            "filters[timestamp][from]",
            "filters[timestamp][to]",
            *PAGING,
        ),
    ),
    ("POST", f"{V1}/cases/search"): Route(
        "List and search cases by a body: no name of a child reaches a log",
        records.Case,
        many=True,
        metadata=records.CaseFinds,
        request=records.CaseSearch,
        wrapper="",
        headers=("Prefer",),
    ),
    ("POST", f"{V1}/permission_simulator"): Route(
        "What may somebody see and do with a record, and why",
        access.Simulated,
        metadata=access.SimulationNotes,
        request=access.SimulationAsked,
        wrapper="",
        headers=("Prefer",),
    ),
    ("POST", f"{V1}/cases/counts"): Route(
        "Count cases by the values of questions",
        records.FieldCounts,
        many=True,
        metadata=Changed,
        request=records.CountsAsked,
        wrapper="",
        headers=("Prefer",),
        statuses=(429,),
    ),
    ("POST", f"{V1}/cases/list.xlsx"): Route(
        "A list of cases as a spreadsheet", request=records.ListSheet, wrapper="", media=SHEET, statuses=(429,)
    ),
    ("POST", f"{V1}/cases/count"): Route("Count cases", records.Counted, request=records.CaseSearch, wrapper=""),
    ("POST", f"{V1}/cases/{{id}}/print"): Route(
        "A case on paper, as this viewer may read it", request=exports.PrintCase, wrapper="", media="application/pdf"
    ),
    ("POST", f"{V1}/sync/changes"): Route(
        "What changed since a device last asked, by today's rights",
        sync.Changes,
        metadata=sync.Place,
        request=sync.ChangesAsked,
        wrapper="",
    ),
    ("POST", f"{V1}/sync/manifest"): Route(
        "Everything that a device may keep now",
        sync.ManifestEntry,
        many=True,
        metadata=sync.Standing,
        request=sync.ManifestAsked,
        wrapper="",
    ),
    ("POST", f"{V1}/sync/deliver"): Route(
        "What a worker did on her device; each item is accepted or refused on its own",
        sync.DeliveredItem,
        many=True,
        metadata=sync.DeliveryClock,
        request=sync.Delivery,
        wrapper="",
    ),
    ("POST", f"{V1}/sync/configuration"): Route(
        "Parts of the configuration that a device does not hold yet",
        configuration.ConfigurationParts,
        metadata=configuration.ConfigurationStanding,
        request=configuration.ConfigurationAsked,
        wrapper="",
    ),
    ("GET", f"{V1}/cases/{{id}}/quarantine"): Route(
        "Answers of others that wait for the owner of a case", sync.Quarantined, many=True
    ),
    ("POST", f"{V1}/cases/{{id}}/quarantine/{{id}}/resolve"): Route(
        "The owner takes answers over from quarantine, or puts them aside",
        sync.Resolved,
        request=sync.Resolve,
        wrapper="",
        statuses=(409,),
    ),
    ("POST", f"{V1}/devices"): Route(
        "Register this browser as a device; its secret is told this once",
        devices.DeviceMade,
        request=devices.NewDevice,
        wrapper="",
        statuses=(409,),
    ),
    ("GET", f"{V1}/devices"): Route(
        "One's own devices, those of one's team on which work waits, or those of somebody in one's care",
        devices.Device,
        many=True,
        metadata=Paged,
        query=("team", "user_id", *PAGING),
    ),
    ("POST", f"{V1}/devices/contact"): Route(
        "A device tells how it stands and learns what it has to do; without a session",
        devices.DeviceStanding,
        request=devices.Contact,
        wrapper="",
        statuses=(429,),
    ),
    ("POST", f"{V1}/devices/handover"): Route(
        "A device hands over what it could not send; without a session",
        devices.Received,
        request=devices.HandedOver,
        wrapper="",
        statuses=(429,),
    ),
    ("PATCH", f"{V1}/devices/{{id}}"): Route(
        "Give a device of one's own another name", devices.DeviceNamed, request=devices.Renamed, wrapper=""
    ),
    ("POST", f"{V1}/devices/{{id}}/revoke"): Route(
        "Revoke a device: its sessions end now, it wipes itself at its next contact", devices.DeviceStands
    ),
    ("GET", f"{V1}/handovers"): Route(
        "Work that devices handed over and that waits for a decision",
        sync.HandoverWaiting,
        many=True,
        metadata=Paged,
        query=PAGING,
    ),
    ("POST", f"{V1}/handovers/{{id}}/resolve"): Route(
        "Work that a device handed over is done in its author's place, or put aside",
        sync.HandoverDecided,
        request=sync.ResolveHandover,
        wrapper="",
        statuses=(409,),
    ),
    ("POST", f"{V1}/forms/print"): Route(
        "Empty forms to be filled in by hand", request=exports.PrintForms, wrapper="", media="application/pdf"
    ),
}
ROUTES[("POST", f"{V2}/users")] = Route(
    "Give somebody an account",
    accounts.User,
    metadata=accounts.UserChanged,
    request=accounts.UserWrite,
    headers=WRITING,
    client_id=True,
    statuses=(409,),
)
ROUTES[("PATCH", f"{V2}/users/{{id}}")] = Route(
    "Change an account: one's own (some keys), or one in one's care",
    accounts.User,
    metadata=accounts.UserChanged,
    request=accounts.UserWrite,
    headers=("Prefer",),
    statuses=(409,),
)
ROUTES[("GET", f"{V2}/users/{{id}}")] = Route("Read an account", accounts.User, query=("extended",))
ROUTES |= {
    ("GET", f"{V2}/contact_information"): Route("Whom people here turn to", instance.ContactInformation),
    ("PATCH", f"{V2}/contact_information"): Route(
        "Say whom people here turn to",
        instance.ContactStored,
        metadata=Changed,
        request=instance.Contact,
        headers=("Prefer",),
    ),
    ("GET", f"{V2}/codes_of_conduct"): Route("The code of conduct that holds now", instance.Conduct, statuses=(404,)),
    ("POST", f"{V2}/codes_of_conduct"): Route(
        "Publish a code of conduct",
        instance.Conduct,
        metadata=Changed,
        request=instance.ConductWrite,
        headers=("Prefer",),
    ),
    ("GET", f"{V2}/webpush/config"): Route("Messages that a browser shows by itself", instance.Webpush),
    ("GET", f"{V2}/alerts"): Route("Open records in sight that carry alerts", daily.Alerts),
    ("GET", f"{V2}/dashboards"): Route("The dashboards of one's role", daily.Dashboard, many=True, query=("names",)),
    ("GET", f"{V2}/saved_searches"): Route(
        "One's own saved searches", daily.SavedSearch, many=True, metadata=Paged, query=PAGING
    ),
    ("POST", f"{V2}/saved_searches"): Route(
        "Keep the filters of a list under a name",
        daily.SavedSearch,
        metadata=daily.SavedSearchKept,
        request=daily.SavedSearchWrite,
        headers=WRITING,
    ),
    ("DELETE", f"{V2}/saved_searches/{{id}}"): Route("Drop a saved search of one's own", daily.SavedSearch),
    ("GET", f"{V1}/saved_searches"): Route(
        "One's own saved searches, and those that others share", daily.SharedSearch, many=True, query=("record_type",)
    ),
    ("POST", f"{V1}/saved_searches"): Route(
        "Keep the filters of a list, for oneself or for teams and roles",
        daily.SharedSearch,
        metadata=Changed,
        request=daily.SharedSearchWrite,
        headers=WRITING,
    ),
    ("PATCH", f"{V1}/saved_searches/{{id}}"): Route(
        "Change a saved search of one's own",
        daily.SharedSearch,
        metadata=Changed,
        request=daily.SharedSearchWrite,
        headers=("Prefer",),
    ),
    ("DELETE", f"{V1}/saved_searches/{{id}}"): Route("Drop a saved search of one's own", daily.SavedSearch),
    ("GET", f"{V1}/locations/{{id}}"): Route(
        "The file of all places", media="application/json", headers=("If-None-Match",), statuses=(304,)
    ),
}
ROUTES |= TRANSITION_ROUTES
ROUTES |= MATCHING_ROUTES
ROUTES |= NOTICE_ROUTES
ROUTES |= RECORD_ROUTES
ROUTES |= FAMILY_ROUTES
ROUTES |= INCIDENT_ROUTES
ROUTES |= PAPER_ROUTES
ROUTES |= TRACING_ROUTES
ROUTES |= ATTACHMENT_ROUTES
ROUTES |= BULK_ROUTES
ROUTES |= CONFIGURATION_ROUTES
ROUTES |= PROMOTION_ROUTES
ROUTES |= ROLLOUT_ROUTES
ROUTES |= AUDIT_ROUTES
ROUTES |= TABLE_ROUTES
ROUTES |= IMPORT_ROUTES
ROUTES |= INVITATION_ROUTES
ROUTES |= {
    ("GET", f"{V2}/tasks"): Route(
        "What is due in one's own open cases",
        tasks.TaskRow,
        many=True,
        metadata=tasks.TaskPage,
        query=("order_by", "order", *PAGING),
    ),
    ("POST", f"{V1}/tasks/search"): Route(
        "What is due in cases in sight: one's own, of some workers, of everybody",
        tasks.Task,
        many=True,
        metadata=tasks.TaskPage,
        request=tasks.TasksWanted,
        wrapper="",
    ),
    ("GET", f"{V1}/team"): Route("The caseload of each worker of one's team", tasks.Caseload, many=True),
}
