"""User groups over HTTP."""

from __future__ import annotations

from cpims.accounts.models import Role, User, UserGroup
from cpims.audit.models import ChangeEntry
from tests.api.client import as_

GROUPS = "/api/v2/user_groups"


def at(key: str) -> str:
    return f"{GROUPS}/{UserGroup.objects.get(unique_id=f'usergroup-{key}').id}"


def test_list_and_shape(cast):
    reply = as_("esther").get(GROUPS + "?disabled[0]=false&order_by=name&order=desc")
    assert [row["unique_id"] for row in reply.data] == ["usergroup-south", "usergroup-north"]
    assert reply.json["metadata"] == {"total": 2, "per": None, "page": None}
    assert set(reply.data[0]) == set("id unique_id name disabled description core_resource agency_unique_ids".split())
    assert as_("esther").get(GROUPS + "?per=1&page=2").json["metadata"] == {"total": 2, "per": 1, "page": 2}
    assert as_("amina").get(GROUPS).status == 403
    supervisor = Role.objects.get(unique_id="role-supervisor")
    supervisor.permissions |= {"user_group": ["read"]}
    supervisor.save()
    User.objects.update(access_epoch=99)
    assert [row["unique_id"] for row in as_("chantal").get(GROUPS).data] == ["usergroup-north"]
    assert as_("chantal").get(at("south")).status == 404 and as_("chantal").get(at("north")).status == 200


def test_make_change_put_away(cast):
    made = as_("esther").post(
        GROUPS, {"data": {"name": "East", "agency_unique_ids": ["agency-a"], "core_resource": True}}
    )
    assert made.status == 200 and made.data["agency_unique_ids"] == ["agency-a"] and made.data["core_resource"] is False
    assert made.json["metadata"]["ignored"] == [{"pointer": "/core_resource", "code": "user_group.key.unknown"}]
    path = f"{GROUPS}/{made.data['id']}"
    assert as_("esther").patch(path, {"data": {"name": "East bank"}}).data["name"] == "East bank"
    assert as_("esther").delete(path).data == {"id": made.data["id"]}
    assert as_("esther").delete(at("north")).codes == ["user_group.has_members"]
    assert (
        as_("esther").post(GROUPS, {"data": {"name": "West", "id": 900, "unique_id": "usergroup-west"}}).status == 204
    )
    assert as_("esther").post(GROUPS, {"data": {"name": "W", "unique_id": "usergroup-west"}}).status == 409


def test_refusals(cast):
    reply = as_("farid").post(GROUPS, {"data": {"name": ""}})
    assert reply.json["errors"][0]["message"] == ["errors.models.user_group.name_present"]
    for method, path in (("POST", GROUPS), ("PATCH", at("north")), ("DELETE", at("south"))):
        assert as_("chantal").send(method, path, ["x"]).codes == ["forbidden"]
    assert ChangeEntry.objects.count() == 0 and UserGroup.objects.filter(disabled=True).count() == 0
