"""Who may, who may not, and what others see: one row for each route. A route that is missing here fails the build.

``ok`` are answered with success, ``forbidden`` with 403 whatever the id, ``hidden`` with 404 as if there were nothing.
``queries`` is the literal number of statements a reading route needs, the same for one row and for three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.forms.models import Form
from cpims.lib.crypto import derive, seal
from cpims.lib.json import dumps
from cpims.lib.secrets import secret
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.records.models import Quarantine
from tests.cast import AT, MODULE, register

CAST = ("amina", "bilal", "chantal", "dawit", "esther", "farid")
EVERYBODY = " ".join(CAST)


@dataclass(frozen=True)
class Row:
    """What a route answers to each of the cast."""

    method: str
    path: str
    ok: str = ""
    forbidden: str = ""
    hidden: str = ""
    body: Callable[[], Any] | None = None
    anonymous: int = 401
    queries: int | None = None
    success: int = 200

    def expected(self, name: str) -> int:
        """The status for one of the cast."""
        for status, names in ((self.success, self.ok), (403, self.forbidden), (404, self.hidden)):
            if name in names.split():
                return status
        raise KeyError(f"{self.method} {self.path} does not say what {name} sees")


def places() -> dict[str, Any]:
    """The things that the paths name: Noor's case (Amina's), Bilal's account, the worker's role, agency A, Group north …"""
    case, bilal = register(), User.objects.get(user_name="bilal")
    sealed = seal(derive(secret("instance"), "quarantine"), dumps({"name_nickname": "Nunu"}), case.id.bytes)
    kept = Quarantine.objects.create(id=uuid4(), record=case, author=bilal, written_at=AT, sealed=sealed)
    return {
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
    }


def data(**values: Any) -> Callable[[], Any]:
    """A body with these values."""
    return lambda: {"data": dict(values)}


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


CASE = "/api/v2/cases/{case_id}"
QUARANTINE = "/api/cpims/v1/cases/{case_id}/quarantine"
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
    Row("POST", "/api/cpims/v1/cases/search", CASEWORK + " dawit", "esther", body=lambda: {"query": "Noor", "any": True}, queries=4),
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
    Row("GET", QUARANTINE, "amina", "esther", "bilal chantal dawit farid", queries=4),
    Row("POST", QUARANTINE + "/{quarantine_id}/resolve", "amina", "esther", "bilal chantal dawit farid",
        body=lambda: {"resolution": "put_aside"}),
    Row("GET", CASE + "/record_history", CASEWORK, "esther", "dawit", queries=5),
    Row("GET", CASE + "/access_log", "chantal farid", "amina bilal dawit esther", queries=4),
)  # fmt: skip
