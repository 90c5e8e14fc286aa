"""Agencies over HTTP."""

from __future__ import annotations

from cpims.accounts.models import Agency
from cpims.audit.models import ChangeEntry
from tests.api.client import as_

AGENCIES = "/api/v2/agencies"
NEW = {"agency_code": "RIVER", "name": {"en": "River Aid"}, "description": {"en": "Helps."}, "services": ["health"]}


def at(key: str) -> str:
    return f"{AGENCIES}/{Agency.objects.get(unique_id=f'agency-{key}').id}"


def test_list_and_shape(cast):
    reply = as_("esther").get(f"{AGENCIES}?order_by=name&order=desc&locale=en&disabled[0]=false&disabled=x")
    assert [row["unique_id"] for row in reply.data] == ["agency-b", "agency-a"]
    assert reply.json["metadata"] == {"total": 2, "per": 20, "page": 1}
    row = reply.data[0]
    assert set(
        "id unique_id agency_code order name description telephone services logo_enabled disabled notes".split()
    ) <= set(row)
    assert set(row["name"]) == {"en", "ar"} and row["description"] == {"en": "", "ar": ""}
    assert as_("esther").get(f"{AGENCIES}?disabled=true").data == []
    assert as_("amina").get(AGENCIES).status == as_("amina").get(at("a")).status == 403
    assert as_("esther").get(AGENCIES + "/99").status == 404


def test_enter_change_switch_off(cast):
    made = as_("esther").post(AGENCIES, {"data": NEW | {"logo_full_base64": "x"}})
    assert (
        made.status == 200 and made.data["unique_id"] == "RIVER" and made.data["name"] == {"en": "River Aid", "ar": ""}
    )
    assert made.json["metadata"]["ignored"] == [{"pointer": "/logo_full_base64", "code": "agency.key.later"}]
    path = f"{AGENCIES}/{made.data['id']}"
    assert as_("esther").patch(path, {"data": {"name": {"ar": "عون"}}}).data["name"] == {"en": "River Aid", "ar": "عون"}
    assert as_("esther").delete(path).data == {"id": made.data["id"]}
    assert Agency.objects.get(pk=made.data["id"]).disabled
    assert as_("esther").post(AGENCIES, {"data": NEW | {"agency_code": "LAKE", "id": 50}}).status == 204
    assert as_("esther").post(AGENCIES, {"data": NEW}).codes == ["agency.exists"]


def test_refusals(cast):
    wrong = as_("farid").post(AGENCIES, {"data": {"name": {"en": ""}}})
    assert {(e["detail"], e["message"][0]) for e in wrong.json["errors"]} == {
        ("agency_code", "errors.models.agency.code_present"), ("name", "errors.models.agency.name_present"),
    }  # fmt: skip
    for method, path in (("POST", AGENCIES), ("PATCH", at("a")), ("DELETE", at("a"))):
        assert as_("chantal").send(method, path, ["x"]).codes == ["forbidden"]
    assert as_(None).get(AGENCIES).status == 401
    assert ChangeEntry.objects.count() == 0 and Agency.objects.filter(disabled=True).count() == 0
