"""What a device could not send reaches the server sealed: the owner, the author or her supervisor decides on it."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID, uuid4

from cpims.accounts.actions.people import disable_user
from cpims.accounts.models import User
from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.audit.queries import find_happenings
from cpims.lib.letters import letter_box, seal_letter
from cpims.records.models import Quarantine, Record
from cpims.sync.models import Handover, Receipt
from tests.api.client import Reply, as_
from tests.api.test_devices import DEVICES, V1, register
from tests.api.test_sync import ask, deliver, hand_over, item, outcomes, stage
from tests.cast import AT, MODULE, viewer
from tests.cast import register as register_child

__all__ = ["stage"]
INFO = b"cpims/handover/1"
CHILD = {"module_id": MODULE, "name_first": "Noor", "name_last": "Haddad", "sex": "female", "age": 9}


def letter(act: dict[str, Any], **outside: Any) -> dict[str, Any]:
    sealed = seal_letter(letter_box().public["public_key"], json.dumps(act).encode(), INFO)
    return {"id": act["id"], "sealed": base64.b64encode(sealed).decode(), **outside}


def give(key: dict[str, Any], *letters: dict[str, Any]) -> Reply:
    return as_(None).post(f"{DEVICES}/handover", {"id": key["id"], "secret": key["secret"], "items": list(letters)})


def handed() -> dict[str, Any]:
    told = list(find_handed())
    return told[-1]


def find_handed() -> list[dict[str, Any]]:
    from cpims.audit.queries import subject_key
    from cpims.lib.crypto import unseal
    from cpims.lib.json import loads

    rows = ChangeEntry.objects.filter(event="device.handed_over").order_by("id")
    return [loads(unseal(subject_key(None), bytes(row.payload), row.event.encode()))["about"] for row in rows]


def waiting(name: str) -> list[dict[str, Any]]:
    return as_(name).get(f"{V1}/handovers").data


def resolve(name: str, number: str, resolution: str = "take_over") -> Reply:
    return as_(name).post(f"{V1}/handovers/{number}/resolve", {"resolution": resolution})


def test_changes_of_a_case_wait_in_its_quarantine_for_the_owner(cast):
    case = register_child()
    _, key = register()
    hand_over(case.id, "dawit")
    act = item("k", "amend_case", case.id, {"name_nickname": "Nunu"})
    assert give(key, letter(act)).data == {"received": ["k"]}
    assert give(key, letter(act), letter(act)).data == {"received": ["k"]}
    kept = Quarantine.objects.get()
    assert (kept.author.user_name, Handover.objects.get().state) == ("amina", "quarantined")
    (entry,) = as_("dawit").get(f"{V1}/cases/{case.id}/quarantine").data
    assert entry["answers"] == {"name_nickname": "Nunu"}
    assert (handed()["items"], handed()["quarantined"], handed()["device"]) == (1, 1, key["id"])
    assert len(find_handed()) == 1 and "Nunu" not in json.dumps(find_handed())
    assert waiting("amina") == waiting("chantal") == []


def test_her_own_case_too_and_the_same_item_delivered_before_or_after_is_kept_once(cast):
    case = register_child()
    _, key = register()
    sent, unsent = (item(k, "amend_case", case.id, {"siblings": n}) for k, n in (("a", 1), ("b", 2)))
    assert outcomes(deliver(as_("amina"), sent)) == ["accepted"]
    assert give(key, letter(sent), letter(unsent)).data == {"received": ["a", "b"]}
    assert Handover.objects.get().item == "b"
    seal_books()
    assert Record.objects.get(pk=case.id).data["siblings"] == 1
    (entry,) = as_("amina").get(f"{V1}/cases/{case.id}/quarantine").data
    assert entry["answers"] == {"siblings": 2}


def test_a_registered_child_waits_for_the_worker_and_her_supervisor(cast):
    _, key = register()
    child = uuid4()
    act = item("r", "register_case", child, CHILD) | {"at": "2026-03-01T08:00:00.000+03:00"}
    later = item("n", "amend_case", child, {"name_nickname": "Nunu"})
    assert give(key, letter(later), letter(act)).data == {"received": ["n", "r"]}
    assert not Record.objects.filter(pk=child).exists() and not Quarantine.objects.exists()
    assert b"Noor" not in b"".join(bytes(row.sealed) for row in Handover.objects.all())
    for name in ("bilal", "dawit"):
        assert waiting(name) == []
    assert as_("esther").get(f"{V1}/handovers").status == 403
    for name in ("amina", "chantal", "farid"):
        shown = {entry["item"]: entry for entry in waiting(name)}
        assert shown["r"]["answers"]["name_first"] == "Noor" and shown["r"]["author"] == "amina"
        assert shown["r"]["written_at"] == "2026-03-01T05:00:00.000Z"
    first = {entry["item"]: entry["id"] for entry in waiting("chantal")}
    assert resolve("chantal", first["n"]).codes == ["handover.held"]
    assert resolve("bilal", first["r"]).status == resolve("dawit", first["r"]).status == 404
    assert resolve("esther", first["r"]).status == 403
    assert resolve("chantal", first["r"]).data == {"id": first["r"], "state": "delivered", "record": str(child)}
    stored = Record.objects.get(pk=child)
    # A child whom Amina registered stays Amina's, though Chantal had to do it.
    assert (stored.owned_by, stored.created_by, stored.name) == ("amina", "chantal", "Noor Haddad")
    told = next(h for h in find_happenings(child) if h.event == "handover.taken_over")
    assert (told.actor_name, told.about["author"], told.about["device"]) == ("chantal", "amina", key["id"])
    assert resolve("chantal", first["n"]).status == 200
    assert Record.objects.get(pk=child).data["name_nickname"] == "Nunu"
    assert resolve("chantal", first["r"]).codes == ["handover.resolved"] and waiting("chantal") == []
    assert not Handover.objects.exclude(sealed=None).exists()
    # The device comes back after all: what it sends was done, and is not done again.
    again = deliver(as_("amina"), act, later)
    assert outcomes(again) == ["accepted", "accepted"] and all(r["replayed"] for r in again.data)


def test_what_is_refused_goes_on_waiting(cast):
    _, key = register()
    wrong = item("w", "register_case", uuid4(), CHILD | {"sex": "purple", "made_up": 1})
    give(key, letter(wrong))
    (entry,) = waiting("chantal")
    refused = resolve("chantal", entry["id"])
    assert refused.status == 422 and not Record.objects.exists() and not Receipt.objects.exists()
    assert [e["id"] for e in waiting("chantal")] == [entry["id"]]
    assert ChangeEntry.objects.filter(event__startswith="handover.").count() == 0
    assert resolve("amina", entry["id"], "put_aside").data["state"] == "put_aside"
    assert Handover.objects.get().sealed and waiting("amina") == []
    assert ChangeEntry.objects.filter(event="handover.put_aside", subject="user:amina").count() == 1


def test_a_worker_who_left_hands_over_and_her_supervisor_has_the_child(cast):
    _, key = register()
    disable_user(user_id=User.objects.get(user_name="amina").id, actor=viewer("esther"), at=AT)
    child = uuid4()
    assert give(key, letter(item("r", "register_case", child, CHILD))).data == {"received": ["r"]}
    (entry,) = waiting("chantal")
    assert resolve("chantal", entry["id"]).status == 200
    assert Record.objects.get(pk=child).owned_by == "chantal"


def test_a_letter_that_nobody_can_read_is_kept_as_it_came(cast):
    _, key = register()
    stray = {
        "id": "x",
        "sealed": base64.b64encode(b"\x04" * 120).decode(),
        "action": "amend_case",
        "record": str(uuid4()),
    }
    other = letter(item("y", "register_case", uuid4(), CHILD)) | {"id": "z"}
    broken = letter({"id": "q", "action": "eat", "arguments": {}})
    assert give(key, stray, other, broken, {"id": "b", "sealed": "no letter at all"}).data == {
        "received": ["x", "z", "q", "b"],
    }  # fmt: skip
    assert set(Handover.objects.values_list("state", flat=True)) == {"unreadable"}
    assert bytes(Handover.objects.get(item="x").sealed) == b"\x04" * 120
    entries = waiting("chantal")
    assert {entry["state"] for entry in entries} == {"unreadable"} and all(e["answers"] == {} for e in entries)
    assert resolve("chantal", entries[0]["id"]).codes == ["handover.unreadable"]
    assert resolve("chantal", entries[0]["id"], "put_aside").status == 200


def test_the_shape_is_checked_and_nobody_else_hands_over(cast):
    _, key = register()
    good = letter(item("r", "register_case", uuid4(), CHILD))
    for bad in ({"id": ""}, {"id": "a\x00"}, {"sealed": 4}, {"more": 1}, {"action": "x" * 300}):
        assert give(key, good | bad).status == 422
    assert give(key | {"secret": "wrong"}, good).codes == ["device.unknown"]
    assert give(key, *[good] * 101).status == 422
    assert not Handover.objects.exists() and not find_handed()


def test_hidden_names_and_closed_cases_are_not_told_to_who_may_not_know(cast):
    _, key = register()
    theirs = register_child(by="dawit", name_first="Sami")
    hidden = item("h", "register_case", uuid4(), CHILD | {"hidden_name": True})
    strange = item("s", "amend_case", theirs.id, {"name_nickname": "Sasa"})
    give(key, letter(hidden), letter(strange))
    shown = {entry["item"]: entry for entry in waiting("chantal")}
    assert "Noor" not in json.dumps(shown["h"]) and shown["h"]["answers"]["sex"] == "female"
    assert shown["h"]["withheld"] >= 2
    # A case that neither she nor Chantal sees: no answer of it, and not that there is such a case.
    assert shown["s"]["answers"] == {} and shown["s"]["record"] is None and shown["s"]["withheld"] == 1
    assert resolve("chantal", shown["s"]["id"]).status == 404
    assert Record.objects.get(pk=theirs.id).data.get("name_nickname") is None
    seen = SightingEntry.objects.filter(road="handovers").order_by("id").last()
    assert seen.actor_name == "chantal"


def test_acts_that_move_a_case_wait_for_a_decision_and_keep_their_move(cast):
    case = register_child()
    _, key = register()
    act = item(
        "c",
        "amend_case",
        case.id,
        {"status": "closed", "closure_reason": "Home"},
    )
    act["arguments"]["record_action"] = "close"
    give(key, letter(act))
    (entry,) = waiting("amina")
    assert resolve("amina", entry["id"]).status == 200, entry
    assert Record.objects.get(pk=case.id).status == "closed"
    happened = [h.event for h in find_happenings(case.id)]
    assert "case.closed" in happened and "handover.taken_over" in happened


def test_the_feed_tells_that_something_waits_and_does_not_move_the_case(stage):
    case = register_child()
    _, key = register()
    seal_books()
    first = ask(as_("amina"))
    give(key, letter(item("k", "amend_case", case.id, {"siblings": 3})))
    seal_books()
    found = ask(as_("amina"), cursor=first.json["metadata"]["cursor"], epoch=first.json["metadata"]["epoch"],
                configuration=first.json["metadata"]["configuration"])  # fmt: skip
    (told,) = found.data["records"]
    assert (UUID(told["id"]), told["quarantined"]) == (case.id, 1) and found.data["gone"] == []
