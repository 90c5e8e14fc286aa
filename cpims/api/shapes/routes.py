"""Every route with what goes in and what comes out; a test says when one is missing."""

from __future__ import annotations

from dataclasses import dataclass

from cpims.api.shapes import access, accounts, exports, forms, instance, records, sync
from cpims.api.shapes.envelope import Changed, Id, MessageKey, Paged, Shape

PAGING = ("page", "per")
ORDERED = ("order_by", "order", "locale", *PAGING)
READING = ("fields",)
CASE_LIST = (
    *("query", "any", "phonetic", "phone_number", "id_search", "fields"),
    *("order_by", "order", *PAGING, "filters"),
)
USER_LIST = (
    *("query", "user_name", "location", "services", "ids", "disabled", "role_id", "agency", "user_group_ids"),
    *("extended", *ORDERED),
)
WRITING = ("Idempotency-Key", "Prefer")


@dataclass(frozen=True)
class Route:
    """What a route takes and gives. ``wrapper`` is the key that the body lies under; "" is the body itself.

    ``bare`` replies stand without ``data``; ``media`` is the type of a reply that is a file; ``statuses`` are answers beside the usual ones.
    """

    summary: str
    reply: type[Shape] | None = None
    many: bool = False
    bare: bool = False
    metadata: type[Shape] | None = None
    request: type[Shape] | None = None
    request_many: bool = False
    wrapper: str = "data"
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    client_id: bool = False
    media: str = ""
    statuses: tuple[int, ...] = ()


V2, V1 = "/api/v2", "/api/cpims/v1"


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
        "List cases", records.Case, many=True, metadata=records.CaseList, query=CASE_LIST, headers=("Prefer",)
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
        metadata=records.CaseList,
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
