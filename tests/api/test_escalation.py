"""Nobody who looks after accounts reaches beyond her own rights, whichever road she takes; what is refused changes nothing.

Greta leads Group north with few rights of her own. Hugo may do all with accounts, but only for the worker's role and
agency A. Esther looks after all accounts and sees no child. Each row is a road and an attempt.
"""

from __future__ import annotations

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.audit.models import ChangeEntry
from cpims.forms.models import Form, FormGrant
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.api.matrix import SECRET
from tests.cast import MODULE, SUPERVISOR, WORKER
from tests.consistency.reading import imports, modules

SUPER = {r: ["manage"] for r in "case incident report role user user_group agency metadata system".split()}
ADMIN = {r: ["manage"] for r in "role user user_group agency metadata system".split()}
GRETA = {
    "user": ["create", "read", "write"],
    "role": ["create", "read", "write", "assign", "copy"],
    "user_group": ["create", "read", "write", "assign"],
    "agency": ["read", "write", "assign"],
    "case": ["read", "flag"],
    "managed_report": ["violations"],
}
HUGO = {r: ["manage"] for r in ("user", "role", "user_group", "agency")} | {"case": WORKER}
OWN = {"permissions": {"case": ["read"]}, "group_permission": "self", "module_unique_ids": [MODULE]}


def hire(name: str, permissions: dict[str, Any], scope: str, **limits: list[str]) -> None:
    limited = permissions | {"objects": limits or {"managed_report": {"scope": "group"}}}
    role = Role.objects.create(
        unique_id=f"role-{name}", name=name, permissions=limited, group_permission=scope, module_unique_ids=[MODULE]
    )
    user = User.objects.create(
        user_name=name, full_name=name, role=role, agency=Agency.objects.get(unique_id="agency-a")
    )
    user.groups.add(UserGroup.objects.get(unique_id="usergroup-north"))
    FormGrant.objects.create(role=role, form=Form.objects.get(unique_id="consent"), access="r")


@pytest.fixture
def managers(cast: None) -> dict[str, str]:
    """The managers, some roles beyond them, and the numbers by which paths name people, roles, groups and agencies."""
    hire("greta", GRETA, "group")
    hire("hugo", HUGO, "all", role=["role-worker"], agency=["agency-a"])
    strong = Role.objects.create(
        unique_id="role-strong", name="Strong", permissions={"case": ["read", "flag", "close"]}, disabled=True,
        module_unique_ids=[MODULE],
    )  # fmt: skip
    FormGrant.objects.create(role=strong, form=Form.objects.get(unique_id="sensitive"), access="rw")
    lent = Role.objects.create(
        unique_id="role-quiet", name="Quiet", permissions={"case": ["read"]}, module_unique_ids=[MODULE]
    )
    FormGrant.objects.create(role=lent, form=Form.objects.get(unique_id="sensitive"), access="r")
    gone = User.objects.create(
        user_name="iris", full_name="Iris", disabled=True, role=Role.objects.get(unique_id="role-supervisor"),
        agency=Agency.objects.get(unique_id="agency-a"),
    )  # fmt: skip
    gone.groups.add(UserGroup.objects.get(unique_id="usergroup-north"))
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    return (
        {u.user_name: f"users/{u.id}" for u in User.objects.all()}
        | {r.unique_id: f"roles/{r.id}" for r in Role.objects.all()}
        | {g.unique_id: f"user_groups/{g.id}" for g in UserGroup.objects.all()}
        | {a.unique_id: f"agencies/{a.id}" for a in Agency.objects.all()}
    )


def footprint() -> list[Any]:
    tables = (User, Role, FormGrant, UserGroup, Agency, User.groups.through, UserGroup.agencies.through)
    return [list(t.objects.order_by("id").values()) for t in tables] + [
        ChangeEntry.objects.count(), ProcrastinateJob.objects.count(), Instance.objects.get().configuration,
    ]  # fmt: skip


def account(**values: Any) -> dict[str, Any]:
    return {
        "user_name": "new", "full_name": "New", "email": "new@example.org", "password": SECRET,
        "password_confirmation": SECRET, "role_unique_id": "role-petty", "agency_unique_id": "agency-a",
    } | values  # fmt: skip


def role(**values: Any) -> dict[str, Any]:
    return OWN | {"name": "Mine"} | values


PASSWORD = {"password": SECRET, "password_confirmation": SECRET}
WORKER_ROLE = {"role_unique_id": "role-worker"}
#: Who, the road, what she sends, what she is answered.
ATTEMPTS: list[tuple[str, str, str, dict[str, Any], int]] = [
    # a new account
    ("greta", "POST", "users", account(role_unique_id="role-super"), 403),
    ("greta", "POST", "users", account(role_unique_id="role-administrator"), 403),
    ("greta", "POST", "users", account(role_unique_id="role-supervisor"), 403),
    ("greta", "POST", "users", account(role_unique_id="role-strong"), 403),
    ("greta", "POST", "users", account(role_unique_id="role-quiet", agency_unique_id="agency-b"), 403),
    ("greta", "POST", "users", account(role_unique_id="role-quiet", user_group_unique_ids=["usergroup-south"]), 403),
    ("hugo", "POST", "users", account(role_unique_id="role-supervisor"), 403),
    ("hugo", "POST", "users", account(role_unique_id="role-hugo"), 403),
    ("hugo", "POST", "users", account(agency_unique_id="agency-b", **WORKER_ROLE), 403),
    ("esther", "POST", "users", account(role_unique_id="role-super"), 403),
    ("esther", "POST", "users", account(role_unique_id="role-administrator"), 403),
    # an account changed
    ("greta", "PATCH", "bilal", {"role_unique_id": "role-super"}, 403),
    ("greta", "PATCH", "bilal", {"role_unique_id": "role-supervisor"}, 403),
    ("greta", "PATCH", "bilal", {"agency_unique_id": "agency-b"}, 403),
    ("greta", "PATCH", "bilal", {"user_group_unique_ids": ["usergroup-north", "usergroup-south"]}, 403),
    ("greta", "PATCH", "dawit", {"user_group_unique_ids": ["usergroup-north"]}, 404),
    ("greta", "PUT", "bilal", {"role_unique_id": "role-supervisor"}, 403),
    ("hugo", "PATCH", "bilal", {"role_unique_id": "role-group-worker-x"}, 422),
    ("hugo", "PATCH", "amina", {"role_unique_id": "role-supervisor"}, 403),
    ("hugo", "PATCH", "amina", {"agency_unique_id": "agency-b"}, 403),
    ("esther", "PATCH", "amina", {"role_unique_id": "role-super"}, 403),
    ("esther", "PATCH", "farid", {"disabled": True}, 404),
    # taking hold of an account that may do more
    ("greta", "PATCH", "chantal", PASSWORD, 403),
    ("greta", "PATCH", "chantal", {"email": "greta@example.org"}, 403),
    ("greta", "PATCH", "chantal", {"identity_provider_unique_id": "mine"}, 403),
    ("greta", "PATCH", "iris", {"disabled": False}, 403),
    ("hugo", "PATCH", "chantal", PASSWORD, 403),
    ("esther", "PATCH", "farid", PASSWORD, 404),
    ("esther", "POST", "farid/password-reset-request", {}, 404),
    ("hugo", "PATCH", "esther", PASSWORD, 404),
    ("hugo", "DELETE", "farid", {}, 404),
    # her own account: the keys are told, never used
    ("greta", "PATCH", "greta", {"role_unique_id": "role-super"}, 200),
    ("greta", "PATCH", "greta", {"user_group_unique_ids": ["usergroup-south"], "agency_id": 1}, 200),
    ("esther", "PATCH", "esther", {"role_unique_id": "role-super"}, 200),
    # a new role
    ("greta", "POST", "roles", role(permissions=SUPER, group_permission="all"), 403),
    ("greta", "POST", "roles", role(permissions={"case": ["read", "write"]}), 403),
    ("greta", "POST", "roles", role(permissions={"case": ["manage"]}), 403),
    ("greta", "POST", "roles", role(group_permission="agency"), 403),
    ("greta", "POST", "roles", role(group_permission="all"), 403),
    ("greta", "POST", "roles", role(group_permission="admin_only"), 403),
    ("greta", "POST", "roles", role(is_manager=True), 403),
    ("greta", "POST", "roles", role(form_section_read_write={"sensitive": "r"}), 403),
    ("greta", "POST", "roles", role(form_section_read_write={"consent": "rw"}), 403),
    ("greta", "POST", "roles", role(permissions={"managed_report": ["violations"]}), 403),
    ("greta", "POST", "roles", role(permissions={"managed_report": ["ghn_report"],
                                                 "objects": {"managed_report": {"scope": "group"}}}), 403),
    ("hugo", "POST", "roles", role(permissions={"user": ["read"]}), 403),
    ("hugo", "POST", "roles", role(permissions={"user": ["read"], "objects": {"role": ["role-super"]}}), 403),
    ("hugo", "POST", "roles", role(permissions={"agency": ["read"], "objects": {"agency": ["agency-b"]}}), 403),
    ("esther", "POST", "roles", role(permissions=SUPER, group_permission="all"), 403),
    ("esther", "POST", "roles", role(permissions=ADMIN, group_permission="admin_only"), 403),
    ("esther", "POST", "roles", role(permissions={"audit_log": ["read"]}), 403),
    # a copy of a role: read, and sent as a new one
    ("greta", "POST", "roles", role(name="Copy", permissions={"case": SUPERVISOR, "user": ["read"]}), 403),
    # a role changed
    ("greta", "PATCH", "role-worker", {"permissions": {"case": [*WORKER, "assign"]}}, 403),
    ("greta", "PATCH", "role-worker", {"group_permission": "all"}, 403),
    ("greta", "PATCH", "role-worker", {"is_manager": True}, 403),
    ("greta", "PATCH", "role-worker", {"form_section_read_write": {"sensitive": "rw"}}, 403),
    ("greta", "PATCH", "role-worker", {"module_unique_ids": ["primeromodule-none"]}, 422),
    ("greta", "PATCH", "role-strong", {"disabled": False}, 403),
    ("greta", "PATCH", "role-worker", {"referral_authorization": True}, 403),
    ("greta", "PATCH", "role-quiet", {"referral_authorization": True}, 403),
    ("greta", "PATCH", "role-greta", {"description": "mine"}, 404),
    ("greta", "PATCH", "role-super", {"description": "mine"}, 404),
    ("greta", "PUT", "role-administrator", {"permissions": {"case": ["read"]}}, 404),
    ("hugo", "PATCH", "role-supervisor", {"description": "x"}, 404),
    ("hugo", "PATCH", "role-hugo", {"permissions": HUGO}, 404),
    ("esther", "PATCH", "role-administrator", {"group_permission": "all"}, 404),
    ("esther", "PATCH", "role-worker", {"permissions": SUPER, "group_permission": "all"}, 403),
    ("esther", "PATCH", "role-worker", {"permissions": {"case": ["read"], "webhook": ["manage"]}}, 403),
    # user groups and agencies
    ("greta", "PATCH", "usergroup-south", {"description": "x"}, 404),
    ("greta", "DELETE", "usergroup-south", {}, 404),
    ("greta", "POST", "user_groups", {"name": "Mine", "unique_id": "usergroup-south"}, 409),
    ("hugo", "PATCH", "usergroup-north", {"agency_unique_ids": ["agency-b"]}, 403),
    ("hugo", "POST", "user_groups", {"name": "Mine", "agency_unique_ids": ["agency-b"]}, 403),
    ("hugo", "PATCH", "agency-b", {"telephone": "1"}, 404),
    ("hugo", "DELETE", "agency-b", {}, 404),
    # forms: whoever may write roles writes no forms
    ("greta", "POST", "forms", {"unique_id": "mine", "name": {"en": "F"}, "parent_form": "case"}, 403),
    ("hugo", "POST", "forms", {"unique_id": "mine", "name": {"en": "F"}, "parent_form": "case"}, 403),
]  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda a: f"{a[0]} {a[1]} {a[2]} {sorted(a[3])}"[:70])
def test_no_road_leads_beyond_her_own_rights(managers, attempt):
    who, method, road, values, expected = attempt
    first, _, rest = road.partition("/")
    path = "/".join(part for part in ("/api/v2", managers.get(first, first), rest) if part)
    body = {"user": {"password_reset": True}} if rest else {"data": values}
    before = footprint()
    reply = as_(who).send(method, path, None if method == "DELETE" else body)
    assert reply.status == expected, reply.raw
    assert footprint() == before
    if expected == 200:
        assert {entry["code"] for entry in reply.json["metadata"]["ignored"]} == {"user.key.not_yours"}
        assert as_(who).send(method, path, body, prefer="handling=strict").status == 422
        assert footprint() == before


ALLOWED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("greta", "POST", "users", account(role_unique_id="role-quiet", user_group_unique_ids=["usergroup-north"])),
    ("greta", "PATCH", "bilal", {"position": "Nurse"}),
    ("greta", "POST", "roles", role(form_section_read_write={"consent": "r"})),
    ("greta", "POST", "roles", role(group_permission="group", permissions={
        "managed_report": ["violations"], "objects": {"managed_report": {"scope": "self"}}})),
    ("greta", "PATCH", "role-worker", {"permissions": {"case": ["read"]}}),
    ("greta", "PATCH", "role-strong", {"description": "x"}),
    ("greta", "POST", "user_groups", {"name": "Mine"}),
    ("hugo", "POST", "users", account(user_group_unique_ids=["usergroup-south"], **WORKER_ROLE)),
    ("hugo", "PATCH", "bilal", WORKER_ROLE),
    ("hugo", "POST", "roles", role(permissions={
        "user": ["read"], "objects": {"role": ["role-worker"], "agency": ["agency-a"]}})),
    ("hugo", "PATCH", "usergroup-north", {"agency_unique_ids": ["agency-a"]}),
    ("esther", "POST", "users", account(agency_unique_id="agency-b", **WORKER_ROLE)),
    ("esther", "PATCH", "role-worker", {"form_section_read_write": {"sensitive": "rw"}}),
]  # fmt: skip


@pytest.mark.parametrize("attempt", ALLOWED, ids=lambda a: f"{a[0]} {a[1]} {a[2]} {sorted(a[3])}"[:70])
def test_within_her_own_rights_the_same_roads_are_open(managers, attempt):
    who, method, road, values = attempt
    reply = as_(who).send(method, "/api/v2/" + managers.get(road, road), {"data": values})
    assert reply.status == 200, reply.raw
    assert ChangeEntry.objects.exists()


def test_what_puts_many_things_in_place_is_no_road_of_the_api():
    """``put_users`` and its kin ask nobody's permission, for packs are loaded by operators; the API never calls them."""
    found = [
        f"{module.place}:{line} {name}"
        for module in modules()
        if module.room in ("api", "jobs", "sync")
        for name, line in imports(module)
        if name.rpartition(".")[2].startswith("put_") or ".accounts.actions.packs" in name
    ]
    asking = ("put_off", "put_contact_information", "put_notices_away", "put_version_away")
    assert [entry for entry in found if not entry.endswith(asking)] == []
