"""The demo's side: pairing, choosing change by change, the second person, the signed file."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.audit.models import ChangeEntry
from cpims.configuration.formats.canonical import hash_of, written
from cpims.configuration.queries import configuration_document
from cpims.lib.json import canonical
from cpims.lib.signing import is_signed
from cpims.lookups.models import Lookup
from cpims.promotion.actions.pairing import hear_state
from cpims.promotion.formats.signed import read_state
from cpims.promotion.models import ChangeSet, Pair
from cpims.settings.models import Instance
from tests.api.client import Caller, as_
from tests.cast import AT
from tests.promoting import STRANGER, card_of, paired_demo, put_stewards, standing_hash, state_of

PAIR, SETS = "/api/cpims/v1/pair", "/api/cpims/v1/change_sets"


@pytest.fixture
def ida(cast: None) -> Caller:
    put_stewards("ida", "omar")
    return as_("ida")


def production() -> dict[str, Any]:
    """What production is configured as: an option less, another word for the list of risks, and no list of colours."""
    document = deepcopy(configuration_document(None))
    document["lookups"]["lookup-risk"]["values"] = document["lookups"]["lookup-risk"]["values"][:2]
    document["lookups"]["lookup-risk"]["name"]["en"] = "Danger"
    return document


def opened(ida: Caller, document: Any | None = None) -> Any:
    reply = ida.post(
        SETS, {"title": "Clearer risks", "reason": "Asked for", "state_file": state_of(document or production())}
    )
    assert reply.status == 200, reply.raw
    return reply.data


def test_pairing(ida: Caller) -> None:
    alone = ida.get(PAIR)
    assert alone.status == 200 and alone.data["state"] == "unpaired" and alone.data["other"] is None
    assert alone.data["self"]["uuid"] == str(Instance.objects.get().uuid) and alone.data["self"]["closed"] is False
    assert ida.post(f"{PAIR}/check").codes == ["pair.missing"]
    wrong = ida.post(
        PAIR,
        {
            "uuid": alone.data["self"]["uuid"],
            "name": "",
            "kind": "demo",
            "url": "http://example.org",
            "public_key": "x",
        },
    )
    assert wrong.status == 422
    assert set(wrong.codes) == {"pair.is_here", "pair.kind", "pair.address", "pair.key", "pair.name"}
    for url in (
        "http://127.0.0.1.example.org",
        "https://a@example.org",
        "https://example.org/api?x=1",
        "ftp://x",
        "https://",
    ):
        assert ida.post(PAIR, card_of("production", url=url)).codes == ["pair.address"], url
    assert not Pair.objects.exists()
    named = ida.post(PAIR, card_of("production"))
    assert named.status == 200 and (named.data["state"], named.data["other"]["name"]) == ("unknown", "The other")
    assert named.data["self"]["closed"] is False
    moved = ida.post(PAIR, card_of("production", url="https://production.example.org"))
    assert moved.data["other"]["url"] == "https://production.example.org"
    taken = ida.post(PAIR, card_of("production", seed=STRANGER))
    assert (taken.status, taken.codes) == (409, ["pair.taken"])
    assert ChangeEntry.objects.filter(event="instance.paired").count() == 2


def test_another_that_cannot_be_reached(ida: Caller) -> None:
    paired_demo()
    for path, body in ((f"{PAIR}/check", None), (SETS, {"title": "x"})):
        reply = ida.post(path, body)
        assert (reply.status, reply.codes) == (409, ["pair.unreachable"]), path
    assert ChangeSet.objects.count() == 0


def test_a_set_is_chosen_change_by_change(ida: Caller) -> None:
    paired_demo()
    row = opened(ida)
    assert (row["state"], row["number"], row["total"], row["chosen"], row["created_by"]) == ("draft", 1, 2, 2, "ida")
    assert row["actions"] == ["change", "propose", "reject"] and row["target_hash"] is None
    assert row["base_hash"] == hash_of(written(production()))
    whole = ida.get(f"{SETS}/{row['id']}?locale=en").data
    by_kind = {change["kind"]: change for change in whole["changes"]}
    assert set(by_kind) == {"lookup", "option"} and whole["problems"] == []
    assert by_kind["option"]["sentence"] == "The option “high” was added to the list “lookup-risk”."
    assert all(change["chosen"] and change["needs"] == [] for change in whole["changes"])
    assert ida.get(PAIR).data["state"] == "ahead"
    one = by_kind["option"]["id"]
    left = ida.patch(f"{SETS}/{row['id']}", {"chosen": [one], "title": "The third risk"})
    assert (left.data["chosen"], left.data["title"]) == (1, "The third risk")
    page = ida.get(f"{SETS}/{row['id']}?per=1&page=2")
    assert len(page.data["changes"]) == 1 and page.json["metadata"]["total"] == 2
    assert ida.patch(f"{SETS}/{row['id']}", {"chosen": ["nothing"]}).codes == ["change_set.unknown_change"]
    assert ida.patch(f"{SETS}/{row['id']}", {"title": " "}).codes == ["change_set.title_required"]
    proposed = ida.post(f"{SETS}/{row['id']}/propose").data
    assert (proposed["state"], proposed["proposed_by"], proposed["actions"]) == ("proposed", "ida", ["reject"])
    wanted = production()
    wanted["lookups"]["lookup-risk"]["values"] = configuration_document(None)["lookups"]["lookup-risk"]["values"]
    assert proposed["target_hash"] == hash_of(written(wanted))
    assert ida.patch(f"{SETS}/{row['id']}", {"title": "Too late"}).codes == ["change_set.illegal_move"]
    assert ida.get(SETS).data == [proposed]


def test_a_second_person_approves(ida: Caller) -> None:
    paired_demo()
    row, omar = opened(ida), as_("omar")
    here = f"{SETS}/{row['id']}"
    for step in ("approve", "promote"):
        assert ida.post(f"{here}/{step}").codes == ["change_set.illegal_move"], step
    assert ida.get(f"{here}/file").codes == ["change_set.illegal_move"]
    ida.post(f"{here}/propose")
    own = ida.post(f"{here}/approve")
    assert (own.status, own.codes) == (403, ["change_set.second_person"])
    assert omar.get(here).data["actions"] == ["approve", "reject"]
    approved = omar.post(f"{here}/approve").data
    assert (approved["state"], approved["approved_by"], approved["actions"]) == (
        "approved", "omar", ["promote", "file", "reject"],
    )  # fmt: skip
    file = ida.get(f"{here}/file").json
    key = ida.get(PAIR).data["self"]["public_key"]
    assert is_signed(key, canonical(file["signed"]), file["signature"])
    assert file["signed"]["target_hash"] == standing_hash() == hash_of(written(file["signed"]["document"]))
    assert (file["signed"]["proposed_by"], file["signed"]["approved_by"]) == ("ida", "omar")
    reply = ida.post(f"{here}/promote")
    assert (reply.status, reply.codes) == (409, ["pair.unreachable"])
    assert ida.get(here).data["state"] == "approved"
    events = list(
        ChangeEntry.objects.filter(event__startswith="change_set.").order_by("id").values_list("event", flat=True)
    )
    assert events == ["change_set.opened", "change_set.proposed", "change_set.approved"]


def test_a_set_is_refused_with_a_reason(ida: Caller) -> None:
    paired_demo()
    here = f"{SETS}/{opened(ida)['id']}"
    assert ida.post(f"{here}/reject", {"reason": " "}).codes == ["change_set.reason_required"]
    gone = ida.post(f"{here}/reject", {"reason": "Not now"}).data
    assert (gone["state"], gone["rejected_by"], gone["rejected_reason"], gone["actions"]) == (
        "rejected",
        "ida",
        "Not now",
        [],
    )
    for step, body in (("propose", None), ("approve", None), ("reject", {"reason": "Again"})):
        assert ida.post(f"{here}/{step}", body).codes == ["change_set.illegal_move"]


def test_what_a_change_needs_must_be_chosen_too(ida: Caller) -> None:
    paired_demo()
    document = production()
    del document["lookups"]["lookup-risk"]
    for form in document["forms"].values():
        form["fields"] = [f for f in form["fields"] if f.get("option_strings_source") != "lookup lookup-risk"]
    row = opened(ida, document)
    changes = ida.get(f"{SETS}/{row['id']}").data["changes"]
    question = next(c for c in changes if c["kind"] == "field" and c["thing"]["id"] == "risk_level")
    listed = next(c for c in changes if c["kind"] == "lookup")
    assert question["needs"] == [listed["id"]]
    ida.patch(f"{SETS}/{row['id']}", {"chosen": [question["id"]]})
    problems = ida.get(f"{SETS}/{row['id']}").data["problems"]
    assert problems == [{"code": "change_set.needs", "params": {"needs": listed["id"]}, "change": question["id"]}]
    refused = ida.post(f"{SETS}/{row['id']}/propose")
    assert (refused.status, refused.codes) == (422, ["change_set.needs"])
    ida.patch(f"{SETS}/{row['id']}", {"chosen": []})
    assert ida.post(f"{SETS}/{row['id']}/propose").codes == ["change_set.nothing_chosen"]
    ida.patch(f"{SETS}/{row['id']}", {"chosen": [question["id"], listed["id"]]})
    assert ida.post(f"{SETS}/{row['id']}/propose").status == 200


def test_what_the_linter_finds_is_not_proposed(ida: Caller) -> None:
    paired_demo()
    before = configuration_document(None)
    Lookup.objects.filter(unique_id="lookup-risk").delete()
    row = opened(ida, before)
    problems = ida.get(f"{SETS}/{row['id']}").data["problems"]
    assert any("lookup-risk" in str(problem["params"]) for problem in problems)
    refused = ida.post(f"{SETS}/{row['id']}/propose")
    assert refused.status == 422 and set(refused.codes) == {problem["code"] for problem in problems}


def test_a_state_file_of_somebody_else_is_refused(ida: Caller) -> None:
    paired_demo()
    good = state_of(production())
    changed = deepcopy(good)
    changed["signed"]["version"] = 99
    other = deepcopy(production())
    other["settings"]["x"] = 1
    for file in (
        state_of(production(), seed=STRANGER),
        changed,
        {"signed": good["signed"]},
        state_of(production(), **{"from": str(uuid4())}),
        state_of(other, hash=good["signed"]["hash"]),
        state_of({"format": "cpims-configuration/1"}),
        {},
    ):
        reply = ida.post(SETS, {"title": "x", "state_file": file})
        assert (reply.status, reply.codes) == (422, ["promotion.file_not_signed"])
    assert ChangeSet.objects.count() == 0 and Pair.objects.get().last_hash is None
    same = ida.post(SETS, {"title": "x", "state_file": state_of(configuration_document(None))})
    assert (same.status, same.codes) == (409, ["change_set.nothing_to_promote"])


def test_states_of_the_pair(ida: Caller) -> None:
    paired_demo()
    here = configuration_document(None)

    def told(document: Any, **said: Any) -> str:
        hear_state(state=read_state(state_of(document, **said)["signed"]), actor=None, at=AT)
        return str(ida.get(PAIR).data["state"])

    assert told(here) == "in_sync"
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "Danger"})
    assert told(here) == "ahead"
    assert told(production() | {"settings": {"x": 1}}) == "diverged"
    assert told(production(), cause="rollback") == "ahead"
    assert told(here, changed=True) == "diverged"
    assert told(configuration_document(None), changed=True) == "in_sync"
    moves = ChangeEntry.objects.filter(event="pair.state_changed").count()
    assert moves == 6


def test_a_set_that_was_carried_by_hand_is_known_at_the_next_look(ida: Caller) -> None:
    paired_demo()
    row, omar = opened(ida), as_("omar")
    ida.post(f"{SETS}/{row['id']}/propose")
    omar.post(f"{SETS}/{row['id']}/approve")
    here = configuration_document(None)
    hear_state(state=read_state(state_of(here, promotions=[row["id"], "x"])["signed"]), actor=None, at=AT)
    after = ida.get(f"{SETS}/{row['id']}").data
    assert after["state"] == "promoted" and after["problems"] == []
    assert ida.post(f"{SETS}/{row['id']}/promote").data["state"] == "promoted"


def test_production_that_moved_is_told_before_anybody_proposes(ida: Caller) -> None:
    paired_demo()
    row = opened(ida)
    moved = production() | {"settings": {"x": 1}}
    hear_state(state=read_state(state_of(moved)["signed"]), actor=None, at=AT)
    assert [p["code"] for p in ida.get(f"{SETS}/{row['id']}").data["problems"]] == ["change_set.base_moved"]
    assert ida.post(f"{SETS}/{row['id']}/propose").codes == ["change_set.base_moved"]


def test_what_is_not_there(ida: Caller) -> None:
    for path in (f"{SETS}/{uuid4()}", f"{SETS}/x", f"{SETS}/{UUID(int=0)}/file"):
        assert ida.get(path).status == 404
    assert ida.post("/api/cpims/v1/promotions/x/rollback", {"reason": "x"}).codes == ["promotion.not_found"]


def test_lists_ask_the_same_number_of_questions(ida: Caller) -> None:
    paired_demo()
    counts = []
    for _ in range(2):
        opened(ida)
        ida.get(SETS)
        with CaptureQueriesContext(connection) as captured:
            assert ida.get(SETS).status == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
