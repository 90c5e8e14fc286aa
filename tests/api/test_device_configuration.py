"""The configuration for devices: only the parts that differ from what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.accounts.models import Role
from tests.api.client import Caller, as_
from tests.cast import set_the_stage

ROAD = "/api/cpims/v1/sync/configuration"
PARTS = {"me", "settings", "forms", "lookups", "locations"}
SAME_ELSEWHERE = {
    "settings": "/api/v2/system_settings?extended=true",
    "forms": "/api/v2/forms",
    "lookups": "/api/v2/lookups?per=999&page=1",
    "locations": "/api/v2/locations?hierarchy=true&per=100000&page=1",
}


@pytest.fixture
def stage(committed_db: str) -> None:
    set_the_stage()


def ask(caller: Caller, **asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    reply = caller.post(ROAD, asked)
    assert reply.status == 200, reply.json
    return reply.json["data"], reply.json["metadata"]


def versions(parts: dict[str, Any]) -> dict[str, str]:
    return {name: part["version"] for name, part in parts.items()}


def test_a_device_that_holds_nothing_gets_every_part_as_elsewhere(stage: None) -> None:
    caller = as_("amina")
    parts, metadata = ask(caller)
    assert set(parts) == PARTS
    assert metadata["unchanged"] == metadata["refused"] == []
    for name, road in SAME_ELSEWHERE.items():
        assert parts[name]["value"] == caller.get(road).json["data"], name
    own = caller.get(f"/api/v2/users/{parts['me']['value']['id']}?extended=true")
    assert parts["me"]["value"] == own.json["data"]


def test_what_the_device_holds_does_not_come_again(stage: None) -> None:
    parts, _ = ask(as_("amina"))
    again, metadata = ask(as_("amina"), known=versions(parts))
    assert again == {}
    assert set(metadata["unchanged"]) == PARTS


def test_only_the_part_that_changed_comes_again(stage: None) -> None:
    parts, before = ask(as_("amina"))
    lookup = parts["lookups"]["value"][0]
    renamed = as_("farid").patch(f"/api/v2/lookups/{lookup['id']}", {"data": {"name": {"en": "Another name"}}})
    assert renamed.status == 200, renamed.json
    again, metadata = ask(as_("amina"), known=versions(parts))
    assert again["lookups"]["value"][0]["name"]["en"] == "Another name"
    assert metadata["configuration"] > before["configuration"]
    assert not {"forms", "locations"} & set(again)


def test_a_version_of_another_account_is_not_hers(stage: None) -> None:
    parts, _ = ask(as_("amina"))
    bilals, _ = ask(as_("bilal"), known=versions(parts))
    assert bilals["me"]["value"]["user_name"] == "bilal"


def test_only_the_parts_asked_for_come(stage: None) -> None:
    parts, _ = ask(as_("amina"), parts=["me"])
    assert set(parts) == {"me"}


def test_a_part_that_nobody_knows_is_refused(stage: None) -> None:
    assert as_("amina").post(ROAD, {"parts": ["secrets"]}).status == 422
    assert as_("amina").post(ROAD, {"known": {"secrets": "1"}}).status == 422


def test_places_stay_closed_to_whom_they_are_closed_elsewhere(stage: None) -> None:
    full, _ = ask(as_("amina"))
    role = Role.objects.get(unique_id="role-worker")
    role.permissions = dict(role.permissions) | {"metadata": ["manage_restricted"]}
    role.save()
    as_("farid").patch(f"/api/v2/roles/{role.id}", {"data": {"description": "read again"}})
    parts, metadata = ask(as_("amina"), known={"locations": full["locations"]["version"]})
    assert as_("amina").get("/api/v2/locations").status == 403
    assert metadata["refused"] == ["locations"]
    assert "locations" not in parts
    assert "locations" not in metadata["unchanged"]
