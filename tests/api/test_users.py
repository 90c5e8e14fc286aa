"""Accounts over HTTP: Primero's shapes, and the holes that stay closed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.accounts.actions.resets import link_for
from cpims.accounts.models import Agency, Role, Session, User, UserGroup
from cpims.audit.models import ChangeEntry
from cpims.lib.clock import now
from tests.api.client import as_
from tests.cast import MODULE, PASSWORD

USERS = "/api/v2/users"
STRICT = {"prefer": "handling=strict"}
NEW = {
    "full_name": "Hana Tesfaye",
    "user_name": "hana",
    "password": "rain over the old bridge",
    "password_confirmation": "rain over the old bridge",
    "role_unique_id": "role-worker",
    "user_group_unique_ids": ["usergroup-north"],
}


def new(**values: object) -> dict:
    return {"data": NEW | {"agency_id": Agency.objects.get(unique_id="agency-a").id} | values}


def at(name: str) -> str:
    return f"{USERS}/{User.objects.get(user_name=name).id}"


def names(reply) -> list[str]:
    return [row["user_name"] for row in reply.data]


def test_her_own_account_and_everything_her_client_needs(cast):
    data = as_("amina").get(at("amina") + "?extended=true").data
    assert data["user_name"] == "amina" and data["role_group_permission"] == "self"
    assert data["module_unique_ids"] == [MODULE] and data["user_group_unique_ids"] == ["usergroup-north"]
    assert {r["resource"] for r in data["permissions"]["list"]} == {"cases"}
    assert data["permitted_form"]["basic_identity"] == "rw" and "sensitive" not in data["permitted_form"]
    assert data["agency_unique_id"] == "agency-a" and data["agency_name"] == "Agency a" and data["is_manager"] is False
    assert data["reporting_location_config"]["label_keys"] == ["district"]
    assert set(data["list_headers"]) == set(
        "cases incidents tracing_requests registry_records families reports tasks bulk_exports audit_logs agencies users "
        "user_groups locations".split()
    )
    headers = [h["field_name"] for h in data["list_headers"]["cases"]]
    assert (
        headers[:3] == ["case_id_display", "short_id", "name"] and "owned_by" not in headers and "photo" not in headers
    )
    assert data["list_headers"]["cases"][0] == {"name": "id", "field_name": "case_id_display", "id_search": True}
    filters = {f["unique_id"]: f for f in data["filters"]["cases"]}
    assert filters["status"] == {
        "name": "cases.filter_by.status", "field_name": "status", "unique_id": "status", "type": "checkbox",
        "option_strings_source": "lookup-case-status",
    }  # fmt: skip
    assert (
        filters["risk_level"]["type"] == "chips" and filters["location_current"]["field_name"] == "loc:location_current"
    )
    assert filters["flagged"]["options"]["en"] == [{"id": "true", "display_name": "Flagged"}]
    assert not {"owned_by", "owned_by_agency_id", "module_id", "protection_concerns", "has_photo"} & set(filters)
    assert set(data["filters"]) == {"cases", "incidents", "tracing_requests", "registry_records", "families"}
    secret = {"password", "reset_nonce", "access_epoch", "role_id"}
    assert not secret & set(data) and None not in data.values() and "argon2" not in str(data)


def test_a_manager_may_ask_for_her_colleagues_cases(cast):
    data = as_("chantal").get(at("chantal") + "?extended=true").data
    filters = {f["unique_id"]: f for f in data["filters"]["cases"]}
    assert [o["id"] for o in filters["owned_by"]["options"]] == ["amina", "bilal", "chantal"]
    headers = [h["field_name"] for h in data["list_headers"]["cases"]]
    assert "owned_by" in headers and "name" not in headers and "survivor_code_no" not in headers


def test_who_sees_whom(cast):
    assert as_("amina").get(USERS).status == 403
    assert sorted(names(as_("chantal").get(USERS))) == ["amina", "bilal", "chantal"]
    assert sorted(names(as_("esther").get(USERS))) == ["amina", "bilal", "chantal", "dawit", "esther"]
    assert len(names(as_("farid").get(USERS))) == 6
    unseen = as_("chantal").get(at("dawit"))
    none = as_("chantal").get(f"{USERS}/999999")
    assert unseen.status == none.status == 404
    assert [e["code"] for e in unseen.json["errors"]] == [e["code"] for e in none.json["errors"]] == ["user.not_found"]
    for bad in ("x", "0x1", "-1", "9" * 30, "1;2"):
        assert as_("farid").get(f"{USERS}/{bad}").status == 404
    assert as_("amina").get(at("bilal")).status == 403 and as_("amina").get(f"{USERS}/999999").status == 403


def test_the_list_narrows_sorts_and_pages(cast):
    farid = as_("farid")
    worker = Role.objects.get(unique_id="role-worker").id
    agency_b = Agency.objects.get(unique_id="agency-b").id
    User.objects.filter(user_name="bilal").update(disabled=True)
    for query, expected in (
        ("query=AMI", ["amina"]),
        ("user_name=Dawit", ["dawit"]),
        ("disabled[]=true", ["bilal"]),
        ("disabled[]=true&disabled[]=false&query=b", ["bilal"]),
        (f"role_id[]={worker}", ["amina", "dawit"]),
        (f"agency[]={agency_b}", ["dawit"]),
        ("user_group_ids[]=usergroup-south", ["dawit"]),
        ("user_group_ids=usergroup-south", ["dawit"]),
        ("ids[]=x", []),
        ("location=KA0101&query=chantal", ["chantal"]),
        ("query=%25", []),
    ):
        reply = farid.get(f"{USERS}?{query}&order_by=user_name")
        assert names(reply) == expected, query
        assert reply.json["metadata"]["total"] == len(expected)
    reply = farid.get(f"{USERS}?order_by=full_name&order=desc&per=2&page=2")
    assert names(reply) == ["dawit", "chantal"]
    assert reply.json["metadata"] == {"total": 6, "per": 2, "page": 2, "total_enabled": 5}


def test_the_list_costs_the_same_for_one_and_many(cast):
    farid = as_("farid")
    farid.get(USERS + "?extended=true")
    counts = []
    for query in ("?query=chantal&extended=true", "?extended=true"):
        with CaptureQueriesContext(connection) as queries:
            assert farid.get(USERS + query).status == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_making_an_account(cast):
    reply = as_("esther").post(USERS, new(module_unique_ids=["x"], is_admin=True))
    assert reply.status == 200 and reply.data["user_name"] == "hana" and "password" not in str(reply.json)
    assert reply.json["metadata"]["total_enabled"] == 7
    assert reply.json["metadata"]["ignored"] == [
        {"pointer": "/module_unique_ids", "code": "user.key.derived"},
        {"pointer": "/is_admin", "code": "user.key.unknown"},
    ]
    strict = as_("esther").post(USERS, new(user_name="ines", is_admin=True), **STRICT)
    assert strict.status == 422 and not User.objects.filter(user_name="ines").exists()
    given = as_("esther").post(USERS, new(user_name="ines", id=4711))
    assert given.status == 204 and User.objects.get(pk=4711).user_name == "ines"
    again = as_("esther").post(USERS, new(user_name="jana", id=4711))
    assert again.status == 409 and again.codes == ["user.exists"]
    taken = as_("esther").post(USERS, new(user_name="HANA", full_name=""))
    assert taken.status == 422
    assert {(e["detail"], e["message"][0]) for e in taken.json["errors"]} == {
        ("user_name", "errors.models.user.user_name_uniqueness"),
        ("full_name", "errors.models.user.full_name"),
    }


@pytest.mark.parametrize("name", ["amina", "chantal"])
def test_refused_before_the_body_is_read(cast, name):
    before = list(User.objects.order_by("id").values())
    caller = as_(name)
    for method, path in (("POST", USERS), ("PATCH", at("bilal")), ("DELETE", at("bilal")), ("PATCH", f"{USERS}/99999")):
        reply = caller.send(method, path, ["not an object"])
        assert (reply.status, reply.codes) == (403, ["forbidden"])
    assert list(User.objects.order_by("id").values()) == before and ChangeEntry.objects.count() == 0


def test_escalation_by_http(cast):
    before = list(User.objects.order_by("id").values("id", "role_id", "agency_id", "password", "disabled"))
    esther = as_("esther")
    own = esther.patch(at("esther"), {"data": {"role_unique_id": "role-super", "disabled": False}})
    assert own.status == 200 and {i["code"] for i in own.json["metadata"]["ignored"]} == {"user.key.not_yours"}
    assert esther.patch(at("amina"), {"data": {"role_unique_id": "role-super"}}).codes == ["rights.beyond_your_own"]
    assert esther.post(USERS, new(role_unique_id="role-administrator")).status == 403
    assert esther.patch(at("farid"), {"data": {"disabled": True}}).status == 404
    assert esther.delete(at("farid")).status == 404
    assert esther.delete(at("esther")).codes == ["user.not_yourself"]
    assert as_("amina").patch(at("amina"), {"data": {"role_unique_id": "role-super"}}, **STRICT).status == 422
    after = list(User.objects.order_by("id").values("id", "role_id", "agency_id", "password", "disabled"))
    assert after == before and ChangeEntry.objects.count() == 0


def test_changing_ones_own_password_keeps_this_session(cast):
    amina = as_("amina")
    weak = amina.patch(at("amina"), {"data": {"password": "password", "password_confirmation": "password"}})
    assert weak.status == 422 and weak.codes == ["password.too_short"]
    lonely = amina.patch(at("amina"), {"data": {"password": "nine brown kettles sing"}})
    assert lonely.json["errors"][0]["message"] == ["errors.models.user.password_confirmation"]
    Session.objects.create(digest=b"other", user=User.objects.get(user_name="amina"))
    good = {"password": "nine brown kettles sing", "password_confirmation": "nine brown kettles sing"}
    assert amina.patch(at("amina"), {"data": good}).status == 200
    assert amina.get("/api/cpims/v1/session").status == 200 and Session.objects.count() == 1


def test_delete_switches_off(cast):
    reply = as_("esther").delete(at("dawit"))
    dawit = User.objects.get(user_name="dawit")
    assert reply.status == 200 and reply.data == {"id": dawit.id} and dawit.disabled
    assert as_("farid").patch(at("dawit"), {"data": {"disabled": False}}).data["disabled"] is False


def test_revocation_acts_with_the_next_request(cast):
    bilal = as_("bilal")
    assert bilal.get(at("bilal")).data["role_unique_id"] == "role-group-worker"
    as_("esther").patch(at("bilal"), {"data": {"user_group_unique_ids": []}})
    assert bilal.get(at("bilal")).data["user_group_unique_ids"] == []
    assert UserGroup.objects.get(unique_id="usergroup-north").users.filter(user_name="bilal").count() == 0


def test_password_by_link_over_http(cast):
    nobody = as_(None)
    asked = nobody.post(f"{USERS}/password-reset-request", {"user": {"email": "x@example.org"}})
    assert asked.status == 200 and asked.data == {"message": "user.password_reset.request_submitted"}
    assert nobody.post(f"{USERS}/password-reset-request", {}).status == 422
    esther = as_("esther")
    assert esther.post(f"{at('amina')}/password-reset-request", {"user": {}}).status == 204
    assert esther.post(f"{at('amina')}/password-reset-request", {"user": {"password_reset": True}}).data == asked.data
    assert as_("bilal").post(f"{at('amina')}/password-reset-request", {"user": {"password_reset": True}}).status == 403
    assert ProcrastinateJob.objects.count() == 2
    link = link_for(User.objects.get(user_name="amina"), at=now())
    given = {"reset_password_token": link, "password": "nine brown kettles sing", "password_confirmation": "x"}
    wrong = nobody.post(f"{USERS}/password-reset", {"user": given})
    assert wrong.status == 422
    assert wrong.json["errors"][0]["message"] == ["user.password_reset.errors.password_confirmation"]
    good = given | {"password_confirmation": "nine brown kettles sing"}
    done = nobody.post(f"{USERS}/password-reset", {"user": good})
    assert done.json == {
        "message": "user.password_reset.success", "id": User.objects.get(user_name="amina").id, "user_name": "amina",
    }  # fmt: skip
    assert nobody.get("/api/cpims/v1/session").data["user_name"] == "amina"
    used = as_(None).post(f"{USERS}/password-reset", {"user": good})
    assert used.json["errors"][0]["message"] == ["user.password_reset.errors.reset_password_token"]
    assert PASSWORD not in str(used.json)
