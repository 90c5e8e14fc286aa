"""Who may, who may not, and what others see: one row for each route. A route that is missing here fails the build.

``ok`` are answered with success, ``forbidden`` with 403 whatever the id, ``hidden`` with 404 as if there were nothing.
``queries`` is the literal number of statements a reading route needs, the same for one row and for three.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from cpims.accounts.models import Agency, CodeOfConduct, Device, Role, User, UserGroup
from cpims.bulk.models import BulkCase, BulkJob
from cpims.bulk.queries import bulk_key
from cpims.flags.models import Flag
from cpims.forms.models import Form
from cpims.lib.crypto import derive, seal
from cpims.lib.json import dumps
from cpims.lib.secrets import secret
from cpims.locations.models import Location
from cpims.locations.queries import places_revision
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.notices.models import Alert
from cpims.records.models import Quarantine, Record, SavedSearch
from cpims.settings.models import Instance
from cpims.sync.models import Handover
from cpims.sync.queries.handovers import handover_key
from cpims.transitions.models import Transition
from tests.api.audit_matrix import AUDIT_ROWS
from tests.api.configuration_matrix import CONFIGURATION_ROWS, configuration_places
from tests.api.family_matrix import FAMILY_ROWS, kin_places
from tests.api.form_matrix import FORM_ROWS, form_places
from tests.api.import_matrix import IMPORT_ROWS, import_places
from tests.api.incident_matrix import INCIDENT_ROWS
from tests.api.invitation_matrix import INVITATION_ROWS
from tests.api.paper_matrix import PAPER_ROWS
from tests.api.promotion_matrix import PROMOTION_ROWS, SIGNED_ROWS, promotion_places
from tests.api.record_matrix import RECORD_ROWS, record_places
from tests.api.rollout_matrix import ROLLOUT_ROWS, rollout_places
from tests.api.rows import Row, data, photo
from tests.api.table_matrix import TABLE_ROWS, table_places
from tests.api.tracing_matrix import TRACING_ROWS, tracing_places
from tests.cast import AT, MODULE, register, tablet
from tests.files import announced, attached, begun, png, put_file_form
from tests.kinds import kinds_in

CAST = ("amina", "bilal", "chantal", "dawit", "esther", "farid")
EVERYBODY = " ".join(CAST)


def places(path: str = "") -> dict[str, Any]:
    """The things that the paths name: Noor's case (Amina's), Bilal's account, the worker's role, agency A, Group north …

    Of the other kinds of record only those are there that ``path`` speaks of.
    """
    known = _places() | configuration_places(path) | promotion_places(path) | form_places(path)
    known |= rollout_places(path)
    table_places(path)
    if any(path == row.path for row in TRACING_ROWS):
        return known | tracing_places(path)
    for kind in kinds_in(path):
        known |= record_places(kind)
    return known | kin_places(path, known)


def _places() -> dict[str, Any]:
    case, bilal = register(), User.objects.get(user_name="bilal")
    sealed = seal(derive(secret("instance"), "quarantine"), dumps({"name_nickname": "Nunu"}), case.id.bytes)
    kept = Quarantine.objects.create(id=uuid4(), record=case, author=bilal, written_at=AT, sealed=sealed)
    CodeOfConduct.objects.create(title="Code", content="Do no harm.", created_on=AT, created_by="esther")
    filters = [{"name": "status", "value": ["open"]}]
    search = SavedSearch.objects.create(user=case.owner, name="Open", record_type="cases", filters=filters)
    device = Device.objects.get(pk=tablet("bilal"))
    handed = uuid4()
    item = {"id": "h", "action": "amend_case", "arguments": {"case_id": str(uuid4()), "values": {"name_first": "Sara"}}}
    over = Handover.objects.create(
        id=handed, user=bilal, device=device, item="h", action="amend_case", module=MODULE, written_at=AT,
        record_id=uuid4(),
        sealed=seal(handover_key(), dumps(item), handed.bytes),
    )  # fmt: skip
    return {
        "device_id": str(device.id),
        "handover_id": str(over.id),
        "case_id": str(case.id),
        "quarantine_id": str(kept.id),
        "user_id": User.objects.get(user_name="bilal").id,
        "role_id": Role.objects.get(unique_id="role-worker").id,
        "agency_id": Agency.objects.get(unique_id="agency-a").id,
        "group_id": UserGroup.objects.get(unique_id="usergroup-north").id,
        "module_id": Module.objects.get(unique_id=MODULE).id,
        "form_id": Form.objects.get(unique_id="consent").id,
        "lookup_id": Lookup.objects.get(unique_id="lookup-risk").id,
        "location_id": Location.objects.get(code="KA02").id,
        "search_id": search.id,
        **_shared(case, bilal),
        **_supervised(case),
        **_filed(case),
        "job_id": str(_for_many(case).id),
        **import_places(),
        "name": places_revision(Instance.objects.get().configuration),
    }


def _shared(case: Record, bilal: User) -> dict[str, Any]:
    """Amina has asked Bilal to help with Noor's case and to take it over; he has asked for it."""
    amina = case.owner
    known = {}
    for key, kind, status, sender, recipient in (
        ("referral_id", "Referral", "in_progress", amina, bilal),
        ("transfer_id", "Transfer", "revoked", amina, bilal),
        ("request_id", "TransferRequest", "in_progress", bilal, amina),
    ):
        made = Transition.objects.create(
            id=uuid4(), type=kind, status=status, record=case, sender=sender, recipient=recipient,
            transitioned_by=sender.user_name, transitioned_to=recipient.user_name, created_at=AT, record_owned_by="amina",
        )  # fmt: skip
        known[key] = str(made.id)
    return known


def _filed(case: Record) -> dict[str, Any]:
    """Amina has put a photo on Noor's case, and sends another."""
    put_file_form()
    return {"attachment_id": attached(case.id).pk, "upload_id": str(begun("amina", case.id).id), "offset": 0}


def another_photo() -> Any:
    """A photo that is going to be sent, of a child who is not registered here yet."""
    return {"data": announced(png(), uuid4())}


def _supervised(case: Record) -> dict[str, Any]:
    """Farid has asked for the approval of Noor's plan, which stands as an alert; Amina has put a flag."""
    log = [{"approval_requested_for": "case_plan", "approval_status": "requested", "requested_by": "farid"}]
    state = case.state | {"approval_status_case_plan": "pending", "approval_subforms": log}
    state |= {"current_alert_types": ["case_plan"]}
    Record.objects.filter(pk=case.id).update(state=state, alert_count=1, flag_count=1)
    alert = Alert.objects.create(id=uuid4(), record=case, alert_for="approval", type="case_plan", date=AT.date())
    flag = Flag.objects.create(
        record=case, message="Check", date=AT.date(), raised_by=case.owner, flagged_by="amina", created_at=AT
    )
    return {"approval": "case_plan", "alert_id": str(alert.id), "flag_id": flag.id}


def _for_many(case: Record) -> BulkJob:
    """Farid wanted to flag Noor's case and others; hers was refused."""
    farid, named = User.objects.get(user_name="farid"), uuid4()
    asked = seal(bulk_key(), dumps({"wish": {"message": "Check"}, "search": None}), named.bytes)
    job = BulkJob.objects.create(
        id=named,
        user=farid,
        act="flag",
        status="done",
        sealed=asked,
        created_at=AT,
        chosen_at=AT,
        worked_at=AT,
        ended_at=AT,
    )
    BulkCase.objects.create(job=job, record_id=case.id, state="refused", errors=[], at=AT)
    return job


def fresh(**values: Any) -> Callable[[], Any]:
    """A body with these values, ``%`` replaced by something new."""
    return lambda: {
        "data": {k: v.replace("%", uuid4().hex[:8]) if isinstance(v, str) else v for k, v in values.items()}
    }


def named(text: str) -> dict[str, str]:
    """A localized text."""
    return {"en": text, "ar": text}


CASEWORK = "amina bilal chantal farid"
ADMINS = "esther farid"
OTHERS = "amina bilal chantal dawit"
SEARCH = data(name="Open", record_type="cases", filters=[{"name": "status", "value": ["open"]}])
NEW_CASE = data(module_id=MODULE, name_first="Sara", age=4)
SECRET = "violet-harbour-77"
NEW_USER = fresh(
    user_name="new%",
    full_name="New",
    email="new%@example.org",
    password=SECRET,
    password_confirmation=SECRET,
    role_unique_id="role-worker",
    user_group_unique_ids=["usergroup-north"],
)
CSV = "Q29kZSxOYW1lCiNjb3VudHJ5K2NvZGUsI2NvdW50cnkrbmFtZQpaWixaZWQK"


def new_user() -> Any:
    """A body for a new account in agency A."""
    body = NEW_USER()
    body["data"]["agency_id"] = Agency.objects.get(unique_id="agency-a").id
    return body


def one_location() -> Any:
    """A body that switches one place off."""
    return {"data": [{"id": Location.objects.get(code="KA02").id, "disabled": True}]}


def user(**values: Any) -> Callable[[], Any]:
    """A body of the password routes."""
    return lambda: {"user": dict(values)}


def managed(
    noun: str, key: str, new: Callable[[], Any], change: Callable[[], Any], gone: int, counts: tuple[int, int]
) -> list[Row]:
    """The five routes of something that administrators look after."""
    one = f"/api/v2/{noun}/{{{key}}}"
    return [
        Row("POST", f"/api/v2/{noun}", ADMINS, OTHERS, body=new),
        Row("GET", one, ADMINS, OTHERS, queries=counts[1]),
        Row("PATCH", one, ADMINS, OTHERS, body=change),
        Row("PUT", one, ADMINS, OTHERS, body=change),
        Row("DELETE", one, ADMINS, OTHERS, success=gone),
    ]


def new_device() -> Any:
    """A browser that becomes a device."""
    return {"id": str(uuid4()), "name": "Blue tablet", "platform": "Android, Chrome"}


def proven(**more: Any) -> Callable[[], Any]:
    """What Bilal's tablet says without a session."""
    return lambda: {"id": str(Device.objects.get().id), "secret": "the secret of a tablet", **more}


DEVICES, HANDOVERS = "/api/cpims/v1/devices", "/api/cpims/v1/handovers"
CASE = "/api/v2/cases/{case_id}"
QUARANTINE = "/api/cpims/v1/cases/{case_id}/quarantine"


def waiting(**values: Any) -> Callable[[], Any]:
    """An answer to the transfer, which waits from now on (while it does, nothing else is transferred)."""

    def body() -> Any:
        Transition.objects.filter(type="Transfer").update(status="in_progress")
        return {"data": dict(values)}

    return body


def of_many(**values: Any) -> Callable[[], Any]:
    """A body that names Noor's case by a filter."""
    return lambda: {"data": {**values, "filters": {"id": [str(Record.objects.earliest("recorded_at", "id").id)]}}}


def for_many(**values: Any) -> Callable[[], Any]:
    """A body that names Noor's case by its id."""
    return lambda: {"data": {**values, "ids": [str(Record.objects.earliest("recorded_at", "id").id)]}}


def flag_some() -> Any:
    """A job that flags Noor's case."""
    return {"act": "flag", "ids": for_many()()["data"]["ids"], "data": {"message": "Check the address"}}


def at_work() -> Any:
    """Nothing is said; Farid's job is at work from now on."""
    BulkJob.objects.update(status="running", ended_at=None)
    return {}


BULK = "/api/cpims/v1/bulk"
ATTACHMENT, UPLOAD, FILE_READ = (
    "/api/v2/cases/{case_id}/attachments/{attachment_id}",
    "/api/cpims/v1/uploads/{upload_id}",
    5,
)
SHARING = "/api/cpims/v1/cases/{case_id}"
OVERRIDDEN = data(transitioned_to="bilal", consent_overridden=True, notes="In danger")
USER = "/api/v2/users/{user_id}"
MATRIX: tuple[Row, ...] = (
    Row("POST", "/api/v2/tokens", EVERYBODY, body=user(user_name="amina", password="wrong"), anonymous=401),
    Row("DELETE", "/api/v2/tokens", EVERYBODY, anonymous=200),
    Row("GET", "/api/v2/identity_providers", EVERYBODY, anonymous=200),
    Row("GET", "/api/v2/primero", EVERYBODY, anonymous=200),
    Row("GET", "/api/v2/system_settings", EVERYBODY, queries=2),
    Row("GET", "/api/v2/permissions", EVERYBODY, queries=1),
    Row("GET", "/api/cpims/v1/session", EVERYBODY, queries=2),
    Row("GET", "/api/cpims/v1/forms/privacy", EVERYBODY, queries=1),
    # a client's start and day
    Row("GET", "/api/v2/contact_information", EVERYBODY, queries=2),
    Row("PATCH", "/api/v2/contact_information", ADMINS, OTHERS, body=data(name="Help desk")),
    Row("PUT", "/api/v2/contact_information", ADMINS, OTHERS, body=data(name="Help desk")),
    Row("GET", "/api/v2/codes_of_conduct", EVERYBODY, queries=2),
    Row("POST", "/api/v2/codes_of_conduct", forbidden=EVERYBODY, body=data(title="Code", content="Do no harm.")),
    Row("GET", "/api/v2/webpush/config", EVERYBODY, queries=1),
    Row("GET", "/api/v2/alerts", EVERYBODY, queries=3),
    Row("GET", "/api/v2/dashboards", EVERYBODY, queries=2),
    Row("GET", "/api/v2/tasks", forbidden=EVERYBODY),
    Row("POST", "/api/cpims/v1/tasks/search", forbidden=EVERYBODY, body=dict),
    Row("GET", "/api/cpims/v1/team", forbidden=EVERYBODY),
    Row("GET", "/api/v2/saved_searches", EVERYBODY, queries=2),
    Row("POST", "/api/v2/saved_searches", CASEWORK + " dawit", "esther", body=SEARCH),
    Row("DELETE", "/api/v2/saved_searches/{search_id}", "amina", hidden="bilal chantal dawit esther farid"),
    Row("GET", "/api/cpims/v1/saved_searches", EVERYBODY, queries=2),
    Row("POST", "/api/cpims/v1/saved_searches", CASEWORK + " dawit", "esther", body=SEARCH),
    Row("PATCH", "/api/cpims/v1/saved_searches/{search_id}", "amina", hidden="bilal chantal dawit esther farid", body=data(name="Mine")),
    Row("DELETE", "/api/cpims/v1/saved_searches/{search_id}", "amina", hidden="bilal chantal dawit esther farid"),
    Row("GET", "/api/cpims/v1/locations/{name}", EVERYBODY, queries=2),
    # accounts
    Row("GET", "/api/v2/users", "chantal esther farid", "amina bilal dawit", queries=5),
    Row("POST", "/api/v2/users", ADMINS, OTHERS, body=new_user),
    Row("POST", "/api/v2/users/password-reset-request", EVERYBODY, body=user(email="amina@example.org"), anonymous=200),
    Row("POST", "/api/v2/users/password-reset", EVERYBODY, anonymous=422, success=422,
        body=user(reset_password_token="x", password=SECRET, password_confirmation=SECRET)),
    Row("GET", "/api/v2/users/identified", "farid", "amina bilal chantal dawit esther", queries=2),
    Row("POST", "/api/cpims/v1/permission_simulator", ADMINS, OTHERS, body=lambda: {"user_name": "bilal", "record_type": "case"}, queries=4),
    Row("GET", USER, "bilal chantal esther farid", "amina dawit", queries=3),
    Row("PATCH", USER, "bilal esther farid", "amina chantal dawit", body=data(position="Nurse")),
    Row("PUT", USER, "bilal esther farid", "amina chantal dawit", body=data(position="Nurse")),
    Row("DELETE", USER, ADMINS, OTHERS),
    Row("POST", USER + "/password-reset-request", "bilal esther farid", "amina chantal dawit", body=user(password_reset=True)),
    Row("GET", "/api/v2/roles", EVERYBODY, queries=3),
    *managed("roles", "role_id", fresh(name="Role %", group_permission="self", permissions={"case": ["read"]}, module_unique_ids=[MODULE]),
             data(description="x"), 409, (3, 3)),
    Row("GET", "/api/v2/agencies", ADMINS, OTHERS, queries=2),
    *managed("agencies", "agency_id", fresh(agency_code="C%", name=named("C")), data(telephone="1"), 200, (2, 2)),
    Row("GET", "/api/v2/user_groups", ADMINS, OTHERS, queries=3),
    *managed("user_groups", "group_id", fresh(name="G %"), data(description="x"), 409, (3, 3)),
    # configuration
    Row("GET", "/api/v2/primero_modules", ADMINS, OTHERS, queries=1),
    Row("GET", "/api/v2/primero_modules/{module_id}", ADMINS, OTHERS, queries=2),
    Row("PATCH", "/api/v2/primero_modules/{module_id}", ADMINS, OTHERS, body=data(description="x", form_section_unique_ids=["consent"])),
    Row("PUT", "/api/v2/primero_modules/{module_id}", ADMINS, OTHERS, body=data(description="x", form_section_unique_ids=["consent"])),
    Row("GET", "/api/v2/forms", EVERYBODY, queries=1),
    *managed("forms", "form_id", fresh(unique_id="form_%", name=named("F"), parent_form="case", module_ids=[MODULE]),
             data(description=named("d")), 200, (1, 3)),
    Row("GET", "/api/v2/lookups", EVERYBODY, queries=1),
    *managed("lookups", "lookup_id", fresh(unique_id="lookup-%", name=named("L"), values=[{"id": "a", "display_text": named("A")}]),
             data(name=named("L2")), 409, (1, 2)),
    Row("GET", "/api/v2/locations", EVERYBODY, queries=3),
    *managed("locations", "location_id", fresh(code="Z%", type="country", placename=named("Z")), data(disabled=True), 200, (3, 2)),
    Row("POST", "/api/v2/locations/update_bulk", ADMINS, OTHERS, body=one_location),
    Row("POST", "/api/v2/locations/import", ADMINS, OTHERS, body=data(file_name="l.csv", data_base64=CSV)),
    # cases
    Row("GET", "/api/v2/cases", CASEWORK + " dawit", "esther", queries=4),
    Row("POST", "/api/v2/cases", CASEWORK + " dawit", "esther", body=NEW_CASE),
    Row("POST", "/api/cpims/v1/cases/search", CASEWORK + " dawit", "esther", body=lambda: {"query": "Noor", "any": True}, queries=7),
    Row("POST", "/api/cpims/v1/cases/likely", CASEWORK + " dawit", "esther", body=lambda: {"data": {"name": "Noor"}}, queries=6),
    Row("POST", "/api/cpims/v1/cases/counts", CASEWORK + " dawit", "esther",
        body=lambda: {"filters": {"status": "open"}, "fields": ["status", "sex", "risk_level"]}, queries=7),
    Row("POST", "/api/cpims/v1/cases/list.xlsx", "chantal farid", "amina bilal dawit esther", body=dict, queries=5),
    Row("POST", "/api/cpims/v1/cases/count", CASEWORK + " dawit", "esther", body=dict, queries=3),
    Row("GET", "/api/v2/cases/identified", forbidden="esther", hidden="amina bilal chantal dawit farid"),
    Row("GET", CASE, CASEWORK, "esther", "dawit", queries=3),
    Row("PATCH", CASE, CASEWORK, "esther", "dawit", body=data(age=5)),
    Row("PUT", CASE, CASEWORK, "esther", "dawit", body=data(age=5)),
    Row("DELETE", CASE, CASEWORK, "esther", "dawit"),
    Row("POST", "/api/cpims/v1/cases/{case_id}/print", CASEWORK, "esther", "dawit", body=dict, queries=4),
    Row("POST", "/api/cpims/v1/forms/print", EVERYBODY, body=lambda: {"forms": ["basic_identity"]}, queries=2),
    Row("POST", "/api/cpims/v1/sync/changes", CASEWORK + " dawit", "esther", body=dict, queries=4),
    Row("POST", "/api/cpims/v1/sync/manifest", CASEWORK + " dawit", "esther", body=dict, queries=4),
    Row("POST", "/api/cpims/v1/sync/deliver", CASEWORK + " dawit", "esther", body=lambda: {"items": []}, queries=1),
    Row("POST", "/api/cpims/v1/sync/configuration", EVERYBODY, body=dict, queries=11),
    Row("GET", QUARANTINE, "amina", "esther", "bilal chantal dawit farid", queries=4),
    Row("POST", QUARANTINE + "/{quarantine_id}/resolve", "amina", "esther", "bilal chantal dawit farid",
        body=lambda: {"resolution": "put_aside"}),
    # devices
    Row("POST", DEVICES, EVERYBODY, body=new_device),
    Row("GET", DEVICES, EVERYBODY, queries=2),
    Row("POST", DEVICES + "/contact", EVERYBODY, body=proven(unsent=2), anonymous=200),
    Row("POST", DEVICES + "/handover", EVERYBODY, body=proven(items=[]), anonymous=200),
    Row("PATCH", DEVICES + "/{device_id}", "bilal", hidden="amina chantal dawit esther farid", body=lambda: {"name": "Old tablet"}),
    Row("POST", DEVICES + "/{device_id}/revoke", "bilal esther farid", hidden="amina chantal dawit"),
    Row("GET", HANDOVERS, CASEWORK + " dawit", "esther", queries=5),
    Row("POST", HANDOVERS + "/{handover_id}/resolve", "bilal chantal farid", "esther", "amina dawit",
        body=lambda: {"resolution": "put_aside"}),
    # handing cases on
    Row("GET", "/api/v2/users/assign-to", "chantal farid", "amina bilal dawit esther", queries=2),
    Row("GET", "/api/v2/users/transfer-to", "farid", "amina bilal chantal dawit esther", queries=2),
    Row("GET", "/api/v2/users/refer-to", "farid", "amina bilal chantal dawit esther", queries=2),
    *(Row("GET", f"{CASE}/{noun}", CASEWORK, "esther", "dawit", queries=number)
      for noun, number in (("transitions", 7), ("assigns", 6), ("referrals", 7), ("transfers", 7), ("transfer_requests", 7))),
    Row("POST", CASE + "/assigns", "chantal farid", "amina bilal dawit esther", body=data(transitioned_to="bilal")),
    Row("POST", CASE + "/referrals", "farid", "amina bilal chantal dawit esther", body=OVERRIDDEN),
    Row("POST", CASE + "/transfers", "farid", "amina bilal chantal dawit esther", body=OVERRIDDEN),
    Row("POST", CASE + "/transfer_requests", "farid", "amina bilal chantal dawit esther", body=data(notes="Her brother is here")),
    *(Row(method, CASE + "/referrals/{referral_id}", "bilal farid", "amina chantal esther", "dawit", body=data(status="accepted"))
      for method in ("PATCH", "PUT")),
    Row("DELETE", CASE + "/referrals/{referral_id}", "amina farid", "bilal chantal esther", "dawit"),
    *(Row(method, CASE + "/transfers/{transfer_id}", "bilal farid", "amina chantal esther", "dawit", body=waiting(status="accepted"))
      for method in ("PATCH", "PUT")),
    *(Row(method, CASE + "/transfer_requests/{request_id}", "amina farid", "bilal chantal esther", "dawit", body=data(status="rejected"))
      for method in ("PATCH", "PUT")),
    Row("POST", SHARING + "/transitions/preview", "chantal farid", "amina bilal dawit esther",
        body=lambda: {"type": "Assign", "data": {"transitioned_to": "bilal"}}, queries=9),
    Row("GET", SHARING + "/consents", CASEWORK, "esther", "dawit", queries=4),
    Row("POST", SHARING + "/consents", CASEWORK, "esther", "dawit", body=lambda: {"given": False, "reason": "Changed her mind"}),
    Row("GET", "/api/cpims/v1/transitions/received", CASEWORK + " dawit", "esther", queries=4),
    # many cases at once
    Row("POST", BULK, "farid", "amina bilal chantal dawit esther", body=flag_some),
    Row("GET", BULK, EVERYBODY, queries=3),
    Row("GET", BULK + "/{job_id}", "farid", hidden="amina bilal chantal dawit esther", queries=6),
    Row("POST", BULK + "/{job_id}/retry", "farid", hidden="amina bilal chantal dawit esther"),
    Row("POST", BULK + "/{job_id}/cancel", "farid", hidden="amina bilal chantal dawit esther", body=at_work),
    Row("POST", "/api/v2/cases/assigns", "chantal farid", "amina bilal dawit esther", body=of_many(transitioned_to="bilal")),
    Row("POST", "/api/v2/cases/flags", "farid", "amina bilal chantal dawit esther", body=of_many(message="Check")),
    *(Row("POST", f"/api/v2/cases/{noun}", "farid", "amina bilal chantal dawit esther", body=for_many(transitioned_to="bilal"))
      for noun in ("referrals", "transfers")),
    # approvals, flags, alerts, notices
    *(Row(method, CASE + "/approvals/{approval}", "farid", "amina bilal chantal dawit esther", body=data(approval_status="approved"))
      for method in ("PATCH", "PUT")),
    Row("DELETE", SHARING + "/approvals/{approval}", "farid", "amina bilal chantal dawit esther"),
    Row("GET", SHARING + "/approvals/{approval}/comparison", "farid", "amina bilal chantal dawit esther", queries=5),
    Row("GET", "/api/v2/flags", "", EVERYBODY),
    Row("GET", CASE + "/flags", CASEWORK, "esther", "dawit", queries=4),
    Row("POST", CASE + "/flags", CASEWORK, "esther", "dawit", body=data(message="Check the address")),
    *(Row(method, CASE + "/flags/{flag_id}", "amina farid", "bilal chantal esther", "dawit", body=data(unflag_message="Done"))
      for method in ("PATCH", "PUT")),
    Row("POST", CASE + "/attachments", CASEWORK, "esther", "dawit", body=photo),
    Row("GET", ATTACHMENT, CASEWORK, "esther", "dawit", queries=FILE_READ),
    *(Row(method, ATTACHMENT, CASEWORK, "esther", "dawit", body=data(description="At school")) for method in ("PATCH", "PUT")),
    Row("DELETE", ATTACHMENT, CASEWORK, "esther", "dawit", success=204),
    Row("GET", "/api/cpims/v1/cases/{case_id}/attachments/{attachment_id}/thumbnail", CASEWORK, "esther", "dawit", queries=FILE_READ),
    Row("POST", "/api/cpims/v1/uploads", CASEWORK + " dawit", "esther", body=another_photo),
    Row("GET", UPLOAD, "amina", hidden="bilal chantal dawit esther farid"),
    # bytes alone are taken: what is JSON is refused to her whose file it is
    Row("PUT", UPLOAD + "/{offset}", "amina", hidden="bilal chantal dawit esther farid", body=dict, success=415),
    # nothing of it was sent yet
    Row("POST", UPLOAD + "/finish", "amina", hidden="bilal chantal dawit esther farid", success=409),
    Row("DELETE", UPLOAD, "amina", hidden="bilal chantal dawit esther farid", success=204),
    Row("GET", CASE + "/alerts", CASEWORK, "esther", "dawit", queries=4),
    Row("DELETE", CASE + "/alerts/{alert_id}", "farid", "amina bilal chantal dawit esther", success=204),
    Row("GET", "/api/cpims/v1/notices", EVERYBODY, queries=5),
    Row("POST", "/api/cpims/v1/notices/read", EVERYBODY, body=dict),
    Row("GET", CASE + "/record_history", CASEWORK, "esther", "dawit", queries=5),
    Row("GET", SHARING + "/timeline", CASEWORK, "esther", "dawit", queries=7),
    Row("GET", CASE + "/access_log", "chantal farid", "amina bilal dawit esther", queries=4),
    # the other kinds of record
    *RECORD_ROWS,
    *TRACING_ROWS,
    *INCIDENT_ROWS,
    *PAPER_ROWS,
    *FAMILY_ROWS,
    *IMPORT_ROWS,
    *INVITATION_ROWS,
    *CONFIGURATION_ROWS,
    *PROMOTION_ROWS,
    *SIGNED_ROWS,
    *ROLLOUT_ROWS,
    *AUDIT_ROWS,
    *FORM_ROWS,
    *TABLE_ROWS,
)  # fmt: skip
