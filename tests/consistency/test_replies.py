"""What the routes really answer has the shape that the description names, with no key that it does not name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from cpims.access.rules.catalogue import ACTIONS
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.api.shapes.envelope import Errors
from cpims.api.shapes.records import Case
from cpims.api.shapes.route import V1, V2
from cpims.api.shapes.routes import ROUTES
from cpims.forms.models import Form
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from tests.api.client import Reply, as_
from tests.api.matrix import another_photo, photo, places
from tests.cast import MODULE


def wrong(shape: type[BaseModel], value: Any) -> list[str]:
    """Where a value does not fit a shape; keys that the shape does not name count, unless it is open."""
    is_open = shape.model_config.get("extra") == "allow"
    try:
        shape.model_validate(value, extra="allow" if is_open else "forbid")
    except ValidationError as error:
        return [f"{shape.__name__}{found['loc']}: {found['msg']}" for found in error.errors()]
    return []


def misfits(method: str, path: str, reply: Reply) -> list[str]:
    route = ROUTES[(method, path)]
    assert route.reply is not None
    if route.bare:
        return wrong(route.reply, reply.json)
    found: list[str] = []
    rows = reply.data if route.many else [reply.data]
    assert isinstance(rows, list)
    for row in rows:
        found += wrong(route.reply, row)
    metadata = reply.json.get("metadata")
    if metadata is not None:
        assert route.metadata is not None, f"{method} {path} has metadata that its description does not name"
        found += wrong(route.metadata, metadata)
    beside = set(reply.json) - {"data", "metadata"}
    if beside:
        found.append(f"beside data: {sorted(beside)}")
    return found


def made_case() -> str:
    answers = {"module_id": MODULE, "name_first": "Noor", "sex": "female", "age": 9}
    reply = as_("amina").post(f"{V2}/cases", {"data": answers})
    assert reply.status == 200, reply.json
    assert misfits("POST", f"{V2}/cases", reply) == []
    return str(reply.data["id"])


LISTS = [
    ("farid", "/primero"),
    ("farid", "/system_settings"),
    ("farid", "/system_settings?extended=true"),
    ("farid", "/permissions"),
    ("farid", "/identity_providers"),
    ("farid", "/users"),
    ("farid", "/users?extended=true"),
    ("farid", "/roles"),
    ("farid", "/agencies"),
    ("farid", "/user_groups"),
    ("farid", "/primero_modules"),
    ("amina", "/forms"),
    ("amina", "/lookups"),
    ("farid", "/locations"),
    ("farid", "/locations?hierarchy=true"),
]


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_lists(cast: None, who: str, path: str) -> None:
    reply = as_(who).get(V2 + path)
    assert reply.status == 200, reply.json
    assert misfits("GET", V2 + path.partition("?")[0], reply) == []


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("users", User),
        ("roles", Role),
        ("agencies", Agency),
        ("user_groups", UserGroup),
        ("primero_modules", Module),
        ("forms", Form),
        ("lookups", Lookup),
        ("locations", Location),
    ],
)
def test_single_things(cast: None, path: str, table: Any) -> None:
    reply = as_("farid").get(f"{V2}/{path}/{table.objects.order_by('id')[0].pk}")
    assert reply.status == 200, reply.json
    assert misfits("GET", f"{V2}/{path}/{{id}}", reply) == []


def test_cases(cast: None) -> None:
    amina, case = as_("amina"), made_case()
    for path, key in (
        (f"{V2}/cases", f"{V2}/cases"),
        (f"{V2}/cases?fields=short&sex=female&bogus=1", f"{V2}/cases"),
        (f"{V2}/cases/{case}", f"{V2}/cases/{{id}}"),
        (f"{V2}/cases/{case}/record_history", f"{V2}/cases/{{id}}/record_history"),
        (f"{V1}/cases/{case}/timeline", f"{V1}/cases/{{id}}/timeline"),
    ):
        reply = amina.get(path)
        assert reply.status == 200, (path, reply.json)
        assert misfits("GET", key, reply) == []
    changed = amina.send("PATCH", f"{V2}/cases/{case}", {"data": {"name_first": "Nour", "nonsense": 1}})
    assert changed.status == 200, changed.json
    assert changed.json["metadata"]["ignored"]
    assert misfits("PATCH", f"{V2}/cases/{{id}}", changed) == []
    seen = as_("chantal").get(f"{V2}/cases/{case}/access_log")
    assert seen.status == 200, seen.json
    assert seen.data
    assert misfits("GET", f"{V2}/cases/{{id}}/access_log", seen) == []
    for name in ("search", "count"):
        reply = amina.post(f"{V1}/cases/{name}", {"query": "Nour", "phonetic": True})
        assert misfits("POST", f"{V1}/cases/{name}", reply) == []
    likely = as_("bilal").post(f"{V1}/cases/likely", {"data": {"name": "Nour", "sex": "female", "age": 9}})
    assert [one["case"]["id"] for one in likely.data] == [case]
    assert misfits("POST", f"{V1}/cases/likely", likely) == []
    gone = amina.send("DELETE", f"{V2}/cases/{case}")
    assert misfits("DELETE", f"{V2}/cases/{{id}}", gone) == []


def test_sync(cast: None) -> None:
    amina, case = as_("amina"), made_case()
    delivery = {
        "items": [
            {"id": "1", "action": "amend_case", "arguments": {"case_id": case, "values": {"age": 8}}},
            {"id": "2", "action": "amend_case", "arguments": {"case_id": case, "values": {"age": "old"}}},
            {"id": "3", "action": "amend_case", "arguments": {"case_id": case, "values": {}}, "depends_on": ["2"]},
            "nothing",
        ],
        "device_time": "2026-03-02T09:30:00Z",
    }
    pinned = {"scope": {"pinned": [case, str(UUID(int=7))]}}
    for path, body in (("deliver", delivery), ("manifest", pinned), ("changes", pinned), ("changes", {"cursor": "x"})):
        reply = amina.post(f"{V1}/sync/{path}", body)
        assert reply.status == 200, (path, reply.json)
        assert misfits("POST", f"{V1}/sync/{path}", reply) == []
    assert reply.json["metadata"]["resync"] is True
    known = places()
    kept = f"{V1}/cases/{known['case_id']}/quarantine"
    listed = amina.get(kept)
    assert len(listed.data) == 1
    assert misfits("GET", f"{V1}/cases/{{id}}/quarantine", listed) == []
    resolved = amina.post(f"{kept}/{known['quarantine_id']}/resolve", {"resolution": "take_over"})
    assert resolved.status == 200, resolved.json
    assert misfits("POST", f"{V1}/cases/{{id}}/quarantine/{{id}}/resolve", resolved) == []


def test_a_clients_day(cast: None) -> None:
    role = Role.objects.get(unique_id="role-super")
    role.permissions = role.permissions | {"dashboard": list(ACTIONS["dashboard"]), "code_of_conduct": ["manage"]}
    role.save()
    User.objects.filter(role=role).update(access_epoch=99)
    made_case()
    farid = as_("farid")
    conduct = {"title": "Code", "content": "Do no harm."}
    search = {
        "name": "All",
        "record_type": "cases",
        "filters": [{"name": "hiv_status", "value": ["yes"]}, {"name": "x", "value": []}],
    }
    for method, path, body in (
        ("GET", f"{V2}/contact_information", None),
        ("PATCH", f"{V2}/contact_information", {"data": {"name": "Help", "fax": "1"}}),
        ("GET", f"{V2}/contact_information", None),
        ("POST", f"{V2}/codes_of_conduct", {"data": conduct}),
        ("GET", f"{V2}/codes_of_conduct", None),
        ("GET", f"{V2}/system_settings", None),
        ("GET", f"{V2}/webpush/config", None),
        ("GET", f"{V2}/alerts", None),
        ("GET", f"{V2}/dashboards", None),
        ("POST", f"{V2}/saved_searches", {"data": search}),
        ("GET", f"{V2}/saved_searches", None),
        ("POST", f"{V1}/saved_searches", {"data": search | {"filters": search["filters"][:1]}}),
        ("GET", f"{V1}/saved_searches", None),
    ):
        reply = farid.send(method, path, body)
        assert reply.status == 200, (path, reply.json)
        assert misfits(method, path, reply) == []
    kept = reply.data[0]["id"]
    assert len(farid.get(f"{V2}/dashboards").data) > 20
    changed = farid.patch(f"{V1}/saved_searches/{kept}", {"data": {"name": "Some", "shared_roles": ["role-super"]}})
    assert misfits("PATCH", f"{V1}/saved_searches/{{id}}", changed) == []
    assert misfits("DELETE", f"{V1}/saved_searches/{{id}}", farid.delete(f"{V1}/saved_searches/{kept}")) == []


def test_who_is_signed_in(cast: None) -> None:
    assert misfits("GET", f"{V1}/session", as_("amina").get(f"{V1}/session")) == []


def test_changes_of_the_configuration(cast: None) -> None:
    farid = as_("farid")
    for path, body in (
        ("lookups", {"unique_id": "lookup-x", "name": {"en": "X"}, "values": []}),
        ("user_groups", {"name": "East", "unique_id": "usergroup-east"}),
        ("agencies", {"name": {"en": "C"}, "agency_code": "C"}),
        ("locations", {"code": "KB", "type": "country", "placename": {"en": "KB"}}),
    ):
        made = farid.post(f"{V2}/{path}", {"data": body})
        assert made.status == 200, (path, made.json)
        assert misfits("POST", f"{V2}/{path}", made) == []
        gone = farid.send("DELETE", f"{V2}/{path}/{made.data['id']}")
        assert gone.status == 200, (path, gone.json)
        assert misfits("DELETE", f"{V2}/{path}/{{id}}", gone) == []


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status"),
    [
        (None, "GET", "/cases", None, 401),
        ("esther", "GET", "/cases", None, 403),
        ("amina", "GET", "/cases/nowhere", None, 404),
        ("amina", "POST", "/cases", {"data": {"module_id": MODULE, "age": "nine"}}, 422),
        ("farid", "POST", "/users", {"data": {}}, 422),
    ],
)
def test_refusals(cast: None, who: str | None, method: str, path: str, body: Any, status: int) -> None:
    reply = as_(who).send(method, V2 + path, body)
    assert reply.status == status, reply.json
    assert wrong(Errors, reply.json) == []


def test_an_open_shape_is_still_a_shape(cast: None) -> None:
    assert wrong(Case, {"id": 7, "enabled": True, "last_updated_at": ""}) != []


def test_files(cast: None) -> None:
    amina, known = as_("amina"), places()
    case, upload = f"{V2}/cases/{known['case_id']}", f"{V1}/uploads/{known['upload_id']}"
    one = f"{case}/attachments/{known['attachment_id']}"
    for method, path, key, body in (
        ("POST", f"{V1}/uploads", f"{V1}/uploads", another_photo()),
        ("GET", upload, f"{V1}/uploads/{{id}}", None),
        ("POST", f"{case}/attachments", f"{V2}/cases/{{id}}/attachments", photo()),
        ("PATCH", one, f"{V2}/cases/{{id}}/attachments/{{id}}", {"data": {"description": "At school", "x": 1}}),
    ):
        reply = amina.send(method, path, body)
        assert reply.status == 200, (path, reply.json)
        assert misfits(method, key, reply) == []
    assert misfits("GET", f"{V2}/cases/{{id}}", amina.get(case)) == []
