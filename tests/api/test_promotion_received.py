"""Production's side: what comes is signed, fits, and is applied once; by no other road; and it can be taken back."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from cpims.audit.models import ChangeEntry
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries import configuration_document
from cpims.lib.clock import iso, now
from cpims.lib.signing import is_signed, public_key_of
from cpims.lookups.models import Lookup
from cpims.promotion.formats.signed import NONCE, SIGNATURE, said_of_answer
from cpims.promotion.models import Drift, PairNonce, Promotion
from cpims.settings.models import Instance
from tests.api.client import Caller, Reply, as_
from tests.promoting import (
    STRANGER,
    card_of,
    paired_production,
    put_stewards,
    set_of,
    signed_headers,
    standing_hash,
)

V1, V2 = "/api/cpims/v1", "/api/v2"
PROMOTIONS = f"{V1}/promotions"


@pytest.fixture
def ida(cast: None) -> Caller:
    put_stewards("ida", "omar")
    paired_production()
    return as_("ida")


def wished() -> dict[str, Any]:
    """What the demo is configured as: another word for a list, and a list more."""
    document = deepcopy(configuration_document(None))
    document["lookups"]["lookup-risk"]["name"]["en"] = "Danger"
    document["lookups"]["lookup-colour"] = {
        "name": {"en": "Colour"}, "locked": False, "values": [{"id": "green", "display_text": {"en": "Green"}}],
    }  # fmt: skip
    return document


def send(path: str, body: Any, **signing: Any) -> Reply:
    """The other instance asks."""
    headers = signed_headers(f"{V1}{path}", body, **signing)
    return as_(None).send("POST", f"{V1}{path}", body, **headers)


def test_people_change_nothing_by_hand(ida: Caller) -> None:
    before, books = standing_hash(), ChangeEntry.objects.count()
    location = {"code": "KA09", "placename": {"en": "Nine"}, "type": "region"}
    roads = [
        ("POST", f"{V2}/lookups", {"data": {"name": {"en": "Colour"}, "values": []}}),
        ("POST", f"{V2}/locations", {"data": location}),
        ("POST", f"{V2}/user_groups", {"data": {"name": "Group east"}}),
        ("POST", f"{V2}/agencies", {"data": {"name": {"en": "C"}, "agency_code": "C"}}),
        ("POST", f"{V2}/roles", {"data": {"name": "New", "permissions": {}, "group_permission": "self"}}),
        ("PATCH", f"{V2}/contact_information", {"data": {"name": "Somebody"}}),
        ("POST", f"{V1}/configuration/versions", {"reason": "So that nobody sees it"}),
        ("POST", f"{V2}/configurations", {"data": {"name": "So that nobody sees it"}}),
    ]
    seen = {path: ida.send(method, path, body) for method, path, body in roads}
    closed = {path for path, reply in seen.items() if reply.status == 409 and reply.codes == ["configuration.closed"]}
    refused = {path: (reply.status, reply.json) for path, reply in seen.items() if path not in closed}
    assert not {path: reply for path, reply in refused.items() if reply[0] < 400}
    assert {
        f"{V2}/lookups",
        f"{V2}/contact_information",
        f"{V1}/configuration/versions",
        f"{V2}/configurations",
    } <= closed
    assert standing_hash() == before and ChangeEntry.objects.count() == books


def test_a_set_comes_over_the_line_once(ida: Caller) -> None:
    document, before = wished(), standing_hash()
    sent = set_of(document)
    reply = send("/pair/promotion", {"content": sent})
    assert reply.status == 200, reply.raw
    assert (reply.json["after"], reply.json["hash"], reply.json["again"]) == (sent["signed"]["target_hash"],) * 2 + (
        False,
    )
    assert standing_hash() == sent["signed"]["target_hash"] and reply.json["changed"] is False
    listed = ida.get(PROMOTIONS).data
    assert [(row["before"], row["source"], row["received_by"], row["can_roll_back"]) for row in listed] == [
        (before, "https", None, True)
    ]
    assert (listed[0]["proposed_by"], listed[0]["approved_by"]) == ("ida", "omar")
    versions, books = ConfigurationVersion.objects.count(), ChangeEntry.objects.count()
    again = send("/pair/promotion", {"content": sent})
    assert again.status == 200 and again.json["again"] is True and again.json["after"] == reply.json["after"]
    assert (ConfigurationVersion.objects.count(), ChangeEntry.objects.count()) == (versions, books)
    newest = ConfigurationVersion.objects.order_by("-number")[0]
    assert (newest.cause, newest.document_id) == ("promotion", sent["signed"]["target_hash"])


def test_the_answer_is_signed(ida: Caller) -> None:
    key = ida.get(f"{V1}/pair").data["self"]["public_key"]
    own = Instance.objects.get().uuid
    for body in ({}, {"content": {}}):
        path = "/pair/document" if not body else "/pair/promotion"
        headers = signed_headers(f"{V1}{path}", body)
        reply = as_(None).send("POST", f"{V1}{path}", body, **headers)
        said = said_of_answer(status=reply.status, body=reply.raw, nonce=headers[NONCE], sender=own)
        signature = {name.lower(): value for name, value in reply.headers.items()}[SIGNATURE]
        assert reply.status == (200 if not body else 422) and is_signed(key, said, signature)


def test_only_the_other_instance_is_let_in_and_only_now(ida: Caller) -> None:
    body = {"content": set_of(wished())}
    before = standing_hash()
    path = "/pair/promotion"
    late, early = (iso(now() + timedelta(minutes=6) * way) for way in (-1, 1))
    for signing in ({"seed": STRANGER}, {"time": late}, {"time": early}, {"receiver": uuid4()}, {"nonce": "short"}):
        reply = send(path, body, **signing)
        assert (reply.status, reply.codes) == (403, ["pair.not_proven"]), signing
    good = signed_headers(f"{V1}{path}", body)
    for wrong in (
        good | {SIGNATURE: "AAAA"}, good | {SIGNATURE: ""}, good | {NONCE: good[NONCE] + "x"},
        {k: v for k, v in good.items() if k != NONCE}, good | {"cpims-pair": str(uuid4())}, {},
    ):  # fmt: skip
        assert as_(None).send("POST", f"{V1}{path}", body, **wrong).codes == ["pair.not_proven"]
    assert as_(None).send("POST", f"{V1}{path}", {"content": {}}, **good).codes == ["pair.not_proven"]
    assert as_(None).send("POST", f"{V1}/pair/document", body, **good).codes == ["pair.not_proven"]
    assert ida.send("POST", f"{V1}{path}", body).codes == ["pair.not_proven"]
    assert standing_hash() == before and not Promotion.objects.exists() and not PairNonce.objects.exists()
    assert as_(None).send("POST", f"{V1}{path}", body, **good).status == 200
    replayed = as_(None).send("POST", f"{V1}{path}", body, **good)
    assert (replayed.status, replayed.codes) == (403, ["pair.not_proven"])


def test_a_file_that_was_not_approved_or_not_signed_is_refused(ida: Caller) -> None:
    document, before = wished(), standing_hash()
    good = set_of(document)
    changed = deepcopy(good)
    changed["signed"]["document"]["lookups"]["lookup-risk"]["name"]["en"] = "Peril"
    roads: list[tuple[Any, str]] = [
        (set_of(document, seed=STRANGER), "promotion.file_not_signed"),
        (changed, "promotion.file_not_signed"),
        (set_of(document, to=str(uuid4())), "promotion.file_not_signed"),
        (set_of(document, **{"from": str(uuid4())}), "promotion.file_not_signed"),
        (set_of(document, target_hash=before), "promotion.file_not_signed"),
        (set_of(document, format="cpims-state/1"), "promotion.file_not_signed"),
        (set_of(document, id="x"), "promotion.file_not_signed"),
        ({}, "promotion.file_not_signed"),
        (set_of(document, approved_by=""), "promotion.approval_missing"),
        (set_of(document, approved_by="ida"), "promotion.approval_missing"),
    ]
    for content, code in roads:
        for reply in (ida.post(PROMOTIONS, {"content": content}), send("/pair/promotion", {"content": content})):
            assert (reply.status, reply.codes) == (422, [code])
    assert ida.post(PROMOTIONS, {"file": "no json"}).codes == ["promotion.file_not_signed"]
    assert ida.post(PROMOTIONS, {}).codes == ["body.missing"]
    assert standing_hash() == before and not Promotion.objects.exists()


def test_an_administrator_carries_the_file(ida: Caller) -> None:
    sent = set_of(wished())
    reply = ida.post(PROMOTIONS, {"content": sent})
    assert reply.status == 200, reply.raw
    assert (reply.data["source"], reply.data["received_by"], reply.data["again"]) == ("file", "ida", False)
    assert standing_hash() == sent["signed"]["target_hash"]
    assert ida.post(PROMOTIONS, {"content": sent}).data["again"] is True
    assert ChangeEntry.objects.filter(event="promotion.received").count() == 1


def test_what_stands_elsewhere_is_named_and_kept(ida: Caller) -> None:
    sent = set_of(wished())
    Lookup.objects.filter(unique_id="lookup-gender").update(name={"en": "By hand"})
    before = standing_hash()
    reply = send("/pair/promotion", {"content": sent})
    assert (reply.status, reply.codes) == (409, ["promotion.diverged"])
    told = reply.json["errors"][0]["params"]
    assert (told["expected"], told["found"]) == (sent["signed"]["base_hash"], before)
    assert any("By hand" in sentence for sentence in told["changes"])
    assert standing_hash() == before and not Promotion.objects.exists()


def test_rolled_back_byte_for_byte(ida: Caller) -> None:
    before = standing_hash()
    sent = set_of(wished())
    came = ida.post(PROMOTIONS, {"content": sent}).data
    here = f"{PROMOTIONS}/{came['id']}/rollback"
    assert ida.post(here, {"reason": ""}).codes == ["change_set.reason_required"]
    back = ida.post(here, {"reason": "The word was wrong"})
    assert back.status == 200, back.raw
    assert (back.data["rolled_back_by"], back.data["can_roll_back"]) == ("ida", False)
    assert standing_hash() == before and ida.get(f"{V1}/pair").data["drift"] is None
    assert ida.post(here, {"reason": "Again"}).codes == ["promotion.nothing_to_roll_back"]
    assert Instance.objects.get().closed
    assert ida.post(PROMOTIONS, {"content": sent}).data["again"] is True and standing_hash() == before


def test_a_hand_edit_raises_the_alarm_once_until_it_is_mended(ida: Caller) -> None:
    assert ida.get(f"{V1}/pair").data["drift"] is None
    was = dict(Lookup.objects.get(unique_id="lookup-risk").name)
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "By hand"})
    first = ida.get(f"{V1}/pair?locale=en").data["drift"]
    assert first["found"] == standing_hash() != first["expected"] and first["total"] == len(first["changes"]) > 0
    assert any("By hand" in change["sentence"] for change in first["changes"])
    again = ida.get(f"{V1}/pair").data["drift"]
    assert again["found_at"] == first["found_at"] and Drift.objects.count() == 1
    told = send("/pair/document", {}).json
    assert told["changed"] is True and told["hash"] == first["found"]
    Lookup.objects.filter(unique_id="lookup-risk").update(name=was)
    assert ida.get(f"{V1}/pair").data["drift"] is None
    events = ChangeEntry.objects.filter(event__startswith="drift.").order_by("id").values_list("event", flat=True)
    assert list(events) == ["drift.found", "drift.ended"]
    assert Drift.objects.get().resolved_at is not None


def test_a_promotion_from_where_it_drifted_ends_the_alarm(ida: Caller) -> None:
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "By hand"})
    assert ida.get(f"{V1}/pair").data["drift"] is not None
    sent = set_of(wished())
    assert ida.post(PROMOTIONS, {"content": sent}).status == 200
    assert ida.get(f"{V1}/pair").data["drift"] is None
    back = ida.get(PROMOTIONS).data[0]
    assert ida.post(f"{PROMOTIONS}/{back['id']}/rollback", {"reason": "A mistake"}).status == 200
    assert standing_hash() == sent["signed"]["base_hash"]


def test_people_do_not_name_another_demo(ida: Caller) -> None:
    reply = ida.post(f"{V1}/pair", card_of("demo", seed=STRANGER))
    assert (reply.status, reply.codes) == (409, ["pair.taken"])
    assert ida.get(f"{V1}/pair").data["other"]["public_key"] == public_key_of(b"the other instance's secret seed")
    assert ida.post(f"{V1}/change_sets", {"title": "x"}).codes == ["change_set.only_in_demo"]
