"""Roles over HTTP."""

from __future__ import annotations

from cpims.accounts.models import Role
from cpims.audit.models import ChangeEntry
from cpims.forms.models import FormGrant
from tests.api.client import as_
from tests.cast import MODULE

ROLES = "/api/v2/roles"
NEW = {
    "name": "Intake worker", "group_permission": "self", "module_unique_ids": [MODULE],
    "permissions": {"case": ["read", "create"], "objects": {"role": []}},
    "form_section_read_write": {"consent": "r"},
}  # fmt: skip


def at(unique_id: str) -> str:
    return f"{ROLES}/{Role.objects.get(unique_id=unique_id).id}"


def test_shape(cast):
    data = as_("esther").get(at("role-worker")).data
    assert set(data) == set(
        "id unique_id name description group_permission referral_authorization referral transfer disabled is_manager "
        "reporting_location_level module_unique_ids form_section_read_write permissions".split()
    )
    assert data["permissions"]["objects"] == {} and "read" in data["permissions"]["case"]
    assert data["form_section_read_write"]["basic_identity"] == "rw"


def test_everybody_lists_roles_and_only_some_look_after_them(cast):
    reply = as_("amina").get(ROLES)
    assert reply.status == 200 and len(reply.data) == 5
    assert reply.json["metadata"] == {"total": 5, "per": None, "page": None}
    assert as_("amina").get(ROLES + "?managed=true").data == []
    managed = {role["unique_id"] for role in as_("esther").get(ROLES + "?managed=true").data}
    assert managed == {"role-worker", "role-group-worker", "role-supervisor"}
    Role.objects.filter(unique_id="role-worker").update(referral=True)
    assert [r["unique_id"] for r in as_("amina").get(ROLES + "?external=true").data] == ["role-worker"]
    paged = as_("farid").get(ROLES + "?per=2&page=2&order_by=name&order=desc")
    assert [r["name"] for r in paged.data] == ["role-super", "role-group-worker"]
    assert paged.json["metadata"] == {"total": 5, "per": 2, "page": 2}
    assert as_("amina").get(at("role-worker")).status == 403
    assert as_("esther").get(at("role-super")).status == as_("esther").get(ROLES + "/x").status == 404


def test_make_change_put_away(cast):
    made = as_("esther").post(ROLES, {"data": NEW | {"colour": "blue"}})
    assert made.status == 200 and made.data["form_section_read_write"] == {"consent": "r"}
    assert made.json["metadata"]["ignored"] == [{"pointer": "/colour", "code": "role.key.unknown"}]
    path = f"{ROLES}/{made.data['id']}"
    unknown = {"permissions": {"case": ["read", "fly"], "moon": ["read"]}, "form_section_read_write": {"none": "r"}}
    changed = as_("esther").patch(path, {"data": unknown})
    assert changed.status == 200 and changed.data["permissions"] == {"case": ["read"], "objects": {}}
    assert changed.data["form_section_read_write"] == {}
    assert {i["pointer"] for i in changed.json["metadata"]["ignored"]} == {
        "/permissions/case/1", "/permissions/moon", "/form_section_read_write/none",
    }  # fmt: skip
    assert as_("esther").patch(path, {"data": unknown}, prefer="handling=strict").status == 422
    gone = as_("esther").delete(path)
    assert gone.data == {"id": made.data["id"]} and Role.objects.get(pk=made.data["id"]).disabled
    assert as_("esther").delete(at("role-worker")).codes == ["role.held"]
    assert as_("esther").post(ROLES, {"data": NEW | {"name": "Third", "id": 77}}).status == 204


def test_refusals_leave_everything(cast):
    before = list(Role.objects.order_by("id").values()), list(FormGrant.objects.order_by("id").values())
    taken = as_("farid").post(ROLES, {"data": NEW | {"name": "role-worker", "permissions": {}}})
    assert {e["message"][0] for e in taken.json["errors"]} == {
        "errors.models.role.unique_name", "errors.models.role.permission_presence",
    }  # fmt: skip
    assert as_("farid").post(ROLES, {"data": NEW | {"unique_id": "role-worker"}}).status == 409
    super_powers = {r: ["manage"] for r in "case incident report role user user_group agency metadata system".split()}
    assert as_("esther").post(ROLES, {"data": NEW | {"permissions": super_powers}}).codes == ["rights.beyond_your_own"]
    assert as_("esther").patch(at("role-administrator"), {"data": {"group_permission": "all"}}).status == 404
    assert as_("chantal").post(ROLES, ["x"]).codes == ["forbidden"]
    assert as_("chantal").patch(ROLES + "/999", ["x"]).codes == ["forbidden"]
    after = list(Role.objects.order_by("id").values()), list(FormGrant.objects.order_by("id").values())
    assert after == before and ChangeEntry.objects.count() == 0
