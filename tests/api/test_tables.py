"""What administrators look after beside people and forms: settings, what uses a list, the tree of places, who promised what."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from cpims.accounts.models import User
from cpims.audit.models import ChangeEntry
from cpims.locations.models import Location
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.api.test_daily import allow, decide, publish

V2, V1 = "/api/v2", "/api/cpims/v1"
SETTINGS = f"{V1}/system_settings"


# settings


def test_settings_are_decided_one_by_one(cast: None) -> None:
    decide(maximum_users=40, show_alerts=True)
    reply = as_("esther").patch(
        SETTINGS, {"data": {"system_options": {"maximum_users": 50}, "time_zone": "Asia/Amman"}}
    )
    assert reply.status == 200
    options = reply.data["system_options"]
    assert (options["maximum_users"], options["show_alerts"]) == (50, True)
    assert reply.data["time_zone"] == "Asia/Amman"
    assert as_("amina").get(f"{V2}/system_settings").data["system_options"]["maximum_users"] == 50
    assert as_("amina").get(f"{V1}/session").data["time_zone"] == "Asia/Amman"
    back = as_("esther").patch(SETTINGS, {"data": {"system_options": {"maximum_users": None}}})
    assert "maximum_users" not in back.data["system_options"] and back.data["system_options"]["show_alerts"] is True
    assert ChangeEntry.objects.filter(event="settings.changed").count() == 2


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"colour": "red"}, "/colour", "settings.unknown"),
        ({"locales": []}, "/locales", "settings.locales"),
        ({"locales": ["en"], "default_locale": "ar"}, "/default_locale", "settings.default_locale"),
        ({"time_zone": "Moon"}, "/time_zone", "settings.time_zone"),
        ({"age_ranges": {"primero": ["0 - 5", "5 - 9"]}}, "/age_ranges/primero", "settings.age_ranges"),
        ({"age_ranges": {"primero": ["9 - 5"]}}, "/age_ranges/primero", "settings.age_ranges"),
        ({"age_ranges": {"primero": []}}, "/age_ranges/primero", "settings.age_ranges"),
        ({"age_ranges": {"primero": "0 - 5"}}, "/age_ranges/primero", "settings.age_ranges"),
        ({"age_ranges": {"primero": ["18+", "20 - 30"]}}, "/age_ranges/primero", "settings.age_ranges"),
        ({"system_options": {"maximum_users": "many"}}, "/system_options/maximum_users", "settings.maximum"),
        ({"system_options": {"show_alerts": "yes"}}, "/system_options/show_alerts", "settings.switch"),
        ({"system_options": {"primero_promote_config": []}}, "/system_options/primero_promote_config", "settings.never_stored"),
        ({"system_options": {"attachment_megabytes": {"image": 99}}}, "/system_options/attachment_megabytes/image", "settings.megabytes"),
        ({"system_options": 7}, "/system_options", "settings.wrong_type"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used(cast: None, values: dict[str, Any], pointer: str, code: str) -> None:
    before = (ChangeEntry.objects.count(), Instance.objects.get().data)
    reply = as_("esther").patch(SETTINGS, {"data": values})
    assert reply.status == 422
    assert [(error["detail"], error["code"]) for error in reply.json["errors"]] == [(pointer[1:], code)]
    assert (ChangeEntry.objects.count(), Instance.objects.get().data) == before


def test_both_ways_of_writing_ages_are_taken(cast: None) -> None:
    ranges = {"primero": ["0..4", "5 - 11", "12-17", "18+"]}
    assert as_("esther").patch(SETTINGS, {"data": {"age_ranges": ranges}}).data["age_ranges"] == ranges


# lists


def test_what_uses_a_list(cast: None) -> None:
    uses = as_("esther").get(f"{V1}/lookups/uses").data
    concerns = [use for use in uses if use["lookup"] == "lookup-concerns"]
    assert {"form": "concern_rows", "field": "protection_concern_type"}.items() <= concerns[0].items()
    number = next(row["id"] for row in as_("esther").get(f"{V2}/lookups").data if row["unique_id"] == "lookup-concerns")
    refused = as_("esther").delete(f"{V2}/lookups/{number}")
    assert refused.codes == ["lookup.in_use"]
    named = sorted({f"{use['form']}/{use['field']}" for use in concerns})
    assert refused.json["errors"][0]["params"]["fields"] == named


def test_a_list_is_made_once(cast: None) -> None:
    new = {"data": {"name": {"en": "Shelters"}, "values": [{"id": "tent", "display_text": {"en": "Tent"}}]}}
    caller = as_("esther")
    first = caller.post(f"{V2}/lookups", new, idempotency_key="k" * 20)
    again = caller.post(f"{V2}/lookups", new, idempotency_key="k" * 20)
    assert first.status == again.status == 200 and first.data == again.data


# places


def test_the_tree_opens_level_by_level(cast: None) -> None:
    esther = as_("esther")
    top = esther.get(f"{V1}/places")
    assert [(row["code"], row["below"]) for row in top.data] == [("KA", 3)]
    assert top.json["metadata"] == {"total": 1, "per": 50, "page": 1, "path": []}
    below = esther.get(f"{V1}/places?parent=KA")
    assert [(row["code"], row["below"]) for row in below.data] == [("KA01", 1), ("KA02", 0)]
    assert [row["code"] for row in below.json["metadata"]["path"]] == ["KA"]
    deep = esther.get(f"{V1}/places?parent=KA01")
    assert [row["code"] for row in deep.data] == ["KA0101"]
    assert [row["code"] for row in deep.json["metadata"]["path"]] == ["KA", "KA01"]
    assert esther.get(f"{V1}/places?parent=NO").status == 404


def test_places_are_found_by_name_or_code_in_every_language(cast: None) -> None:
    Location.objects.filter(code="KA02").update(placename={"en": "Riverside", "ar": "ضفة النهر"})
    esther = as_("esther")
    assert [row["code"] for row in esther.get(f"{V1}/places?query=RIVER").data] == ["KA02"]
    assert [row["code"] for row in esther.get(f"{V1}/places?query={quote('النهر')}").data] == ["KA02"]
    assert [row["code"] for row in esther.get(f"{V1}/places?query=ka01").data] == ["KA01", "KA0101"]
    assert [row["code"] for row in esther.get(f"{V1}/places?parent=KA01&query=ka").data] == ["KA0101"]
    second = esther.get(f"{V1}/places?query=ka&per=2&page=2")
    assert [row["code"] for row in second.data] == ["KA0101", "KA02"] and second.json["metadata"]["total"] == 4


# the code of conduct


def test_who_promised_what(cast: None) -> None:
    allow("role-administrator", "code_of_conduct", "manage")
    esther = as_("esther")
    assert esther.get(f"{V1}/codes_of_conduct").data == []
    first, second = publish("One.").data, publish("Two.").data
    amina, bilal = (User.objects.get(user_name=name) for name in ("amina", "bilal"))
    User.objects.filter(pk=bilal.pk).update(code_of_conduct_id=first["id"])
    assert as_("amina").patch(f"{V2}/users/{amina.id}", {"data": {"code_of_conduct_id": second["id"]}}).status == 200
    told = esther.get(f"{V1}/codes_of_conduct").data
    assert [(row["content"], row["current"], row["accepted"]) for row in told] == [
        ("Two.", True, 1),
        ("One.", False, 1),
    ]
    everybody = esther.get(f"{V1}/codes_of_conduct/acceptances")
    metadata = everybody.json["metadata"]
    assert (metadata["accepted"], metadata["owing"], metadata["total"]) == (
        1,
        len(everybody.data) - 1,
        len(everybody.data),
    )
    done = esther.get(f"{V1}/codes_of_conduct/acceptances?accepted=true").data
    assert [row["user_name"] for row in done] == ["amina"] and done[0]["accepted_on"]
    owing = esther.get(f"{V1}/codes_of_conduct/acceptances?accepted=false").data
    assert "bilal" in {row["user_name"] for row in owing} and all(row["accepted_on"] is None for row in owing)
    assert "farid" not in {row["user_name"] for row in everybody.data}  # a super-user is not in an administrator's care
