"""``Prefer: handling=strict``: what would be left aside and told is refused, and nothing is done, on every writing road."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.audit.models import ChangeEntry
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.api.matrix import SECRET, named, places
from tests.cast import MODULE

NEW_FORM = {"unique_id": "extra", "name": named("F"), "parent_form": "case", "module_ids": [MODULE]}
NEW_USER = {
    "user_name": "new", "full_name": "New", "password": SECRET, "password_confirmation": SECRET,
    "role_unique_id": "role-worker", "agency_unique_id": "agency-a",
}  # fmt: skip
#: Method, path, what is fine, what cannot be used and where it is.
SENT: list[tuple[str, str, Any, Any, str]] = [
    ("POST", "users", NEW_USER, {"colour": 1}, "/colour"),
    ("PATCH", "users/{user_id}", {"position": "Nurse"}, {"id": 9}, "/id"),
    ("POST", "roles", {"name": "R", "group_permission": "self", "permissions": {"case": ["read"]}}, {"x": 1}, "/x"),
    ("PATCH", "roles/{role_id}", {"description": "x"}, {"form_section_read_write": {"none": "r"}},
     "/form_section_read_write/none"),
    ("PATCH", "roles/{role_id}", {"description": "x"}, {"permissions": {"case": ["fly", "read"]}}, "/permissions/case/0"),
    ("PATCH", "roles/{role_id}", {"description": "x"}, {"id": 99}, "/id"),
    ("PATCH", "agencies/{agency_id}", {"telephone": "1"}, {"id": 99}, "/id"),
    ("PATCH", "user_groups/{group_id}", {"description": "x"}, {"id": 99}, "/id"),
    ("POST", "agencies", {"agency_code": "C", "name": named("C")}, {"logo_full_base64": "x"}, "/logo_full_base64"),
    ("PATCH", "agencies/{agency_id}", {"telephone": "1"}, {"x": 1}, "/x"),
    ("POST", "user_groups", {"name": "G"}, {"x": 1}, "/x"),
    ("PATCH", "user_groups/{group_id}", {"description": "x"}, {"core_resource": True}, "/core_resource"),
    ("POST", "forms", NEW_FORM, {"core_form": True}, "/core_form"),
    ("PATCH", "forms/{form_id}", {"description": named("d")}, {"core_form": True}, "/core_form"),
    ("PATCH", "forms/{form_id}", {"description": named("d")}, {"id": 99}, "/id"),
    ("POST", "lookups", {"unique_id": "lookup-x", "name": named("L"), "values": []}, {"locked": True}, "/locked"),
    ("PATCH", "lookups/{lookup_id}", {"name": named("L2")}, {"unique_id": "lookup-y"}, "/unique_id"),
    ("POST", "locations", {"code": "ZZ", "placename": named("Z")}, {"admin_level": 3}, "/admin_level"),
    ("PATCH", "locations/{location_id}", {"disabled": True}, {"code": "ZZ"}, "/code"),
    ("PATCH", "primero_modules/{module_id}", {"description": "x"}, {"name": "x"}, "/name"),
]  # fmt: skip


@pytest.mark.parametrize("sent", SENT, ids=lambda s: f"{s[0]} {s[1]} {s[4]}")
def test_strict_refuses_what_would_be_told(cast, sent):
    method, road, fine, unusable, pointer = sent
    path = "/api/v2/" + road.format(**places())
    caller, written, number = as_("farid"), ChangeEntry.objects.count(), Instance.objects.get().configuration
    refused = caller.send(method, path, {"data": fine | unusable}, prefer="handling=strict")
    assert refused.status == 422, refused.raw
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]
    assert (ChangeEntry.objects.count(), Instance.objects.get().configuration) == (written, number)
    told = caller.send(method, path, {"data": fine | unusable})
    assert told.status == 200, told.raw
    assert [entry["pointer"] for entry in told.json["metadata"]["ignored"]] == [pointer]
    assert ChangeEntry.objects.count() > written


def test_strict_lets_through_what_is_fine(cast):
    known = places()
    for method, road, fine, _, _ in SENT:
        if road != "roles/{role_id}":
            reply = as_("farid").send(
                method, "/api/v2/" + road.format(**known), {"data": fine}, prefer="handling=strict"
            )
            assert reply.status == 200, (road, reply.raw)
            assert "ignored" not in (reply.json.get("metadata") or {})


def test_strict_of_many_places_names_the_place(cast):
    number = places()["location_id"]
    body = {"data": [{"id": number, "disabled": True, "code": "X"}]}
    refused = as_("farid").post("/api/v2/locations/update_bulk", body, prefer="handling=strict")
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/0/code")
    told = as_("farid").post("/api/v2/locations/update_bulk", body)
    assert told.json["metadata"]["ignored"] == [{"pointer": "/0/code", "code": "location.key_not_permitted"}]
