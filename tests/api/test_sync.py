"""Devices over HTTP: the feed, the manifest, deliveries, and answers in quarantine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.audit.queries import subject_key
from cpims.cases.actions import amend_case
from cpims.lib.crypto import unseal
from cpims.lib.json import loads
from cpims.records.actions.ownership import follow_owner
from cpims.records.actions.writing import own
from cpims.records.events import OwnerMoved
from cpims.records.models import Record
from cpims.records.rules.editing import Edit
from cpims.sync.models import Receipt
from tests.api.client import Caller, Reply, as_
from tests.cast import AT, MODULE, register, set_the_stage, viewer

V1 = "/api/cpims/v1"


@pytest.fixture
def stage(committed_db: str) -> None:
    set_the_stage()


def hand_over(case_id: UUID, to: str) -> None:
    """Another worker holds the case now."""
    case, owner = Record.objects.get(pk=case_id), User.objects.get(user_name=to)
    own(case, owner, sorted(owner.groups.values_list("unique_id", flat=True)))
    case.revision += 1
    case.save()
    write_down(OwnerMoved(record=case.id, revision=case.revision), actor=viewer("farid"), at=AT)


def item(key: str, action: str, case_id: Any, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": key, "action": action, "arguments": {"case_id": str(case_id), "values": values}} | more


def new(key: str, case_id: Any, **values: Any) -> dict[str, Any]:
    given = {"module_id": MODULE, "name_first": "Noor", "sex": "female", "age": 9} | values
    return item(key, "register_case", case_id, given)


def deliver(caller: Caller, *items: Any, **more: Any) -> Reply:
    return caller.post(f"{V1}/sync/deliver", {"items": list(items)} | more)


def outcomes(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.json
    return [row["outcome"] for row in reply.data]


def ask(caller: Caller, last: Reply | None = None, **more: Any) -> Reply:
    told: dict[str, Any] = {}
    if last is not None:
        told = {name: last.json["metadata"][name] for name in ("cursor", "epoch", "configuration")}
    return caller.post(f"{V1}/sync/changes", told | more)


def test_the_feed_fills_a_device_and_then_tells_what_changed(stage):
    first, second = register(), register(name_first="Sara")
    register(by="dawit", name_first="Hidden")
    seal_books()
    amina = as_("amina")
    filled = ask(amina)
    assert {row["id"] for row in filled.data["records"]} == {str(first.id), str(second.id)}
    assert filled.json["metadata"]["more"] is False
    read = amina.get(f"/api/v2/cases/{first.id}")
    told = next(row for row in filled.data["records"] if row["id"] == str(first.id))
    assert told["values"] == read.data
    assert told["incomplete"] == read.json["metadata"]["incomplete"]
    quiet = ask(amina, filled)
    assert (quiet.data["records"], quiet.data["gone"]) == ([], [])
    for number in (10, 11):
        amend_case(case_id=first.id, edit=Edit(values={"siblings": number}), actor=viewer("amina"), at=AT)
    unsealed = ask(amina, quiet)
    assert unsealed.data["records"] == []
    seal_books()
    changed = ask(amina, unsealed)
    assert [(row["id"], row["revision"]) for row in changed.data["records"]] == [(str(first.id), 3)]
    assert changed.data["records"][0]["values"]["siblings"] == 11
    seen = SightingEntry.objects.filter(action="sync", record_ids__contains=[first.id]).values_list(
        "actor_name", flat=True
    )
    assert list(seen) == ["amina", "amina"]


def test_the_first_filling_goes_page_by_page(stage):
    cases = {str(register(name_first=f"Child {n}").id) for n in range(5)}
    seal_books()
    amina, last, got = as_("amina"), None, []
    for _ in range(3):
        last = ask(amina, last, limit=2)
        got += [row["id"] for row in last.data["records"]]
    assert sorted(got) == sorted(cases)
    assert last.json["metadata"]["more"] is False


def test_a_record_that_is_pinned_during_the_first_filling_comes(stage):
    cases = sorted(str(register(by=name, name_first=name).id) for name in ("bilal", "bilal", "amina", "amina"))
    seal_books()
    bilal = as_("bilal")
    last = ask(bilal, limit=1)
    for pinned in (key for key in cases if Record.objects.get(pk=key).owned_by == "amina"):
        found = ask(bilal, last, limit=1, scope={"pinned": [pinned]}, wanted=[pinned])
        assert pinned in [row["id"] for row in found.data["records"]]
    gone = ask(bilal, last, limit=1, wanted=[pinned])
    assert gone.data["gone"] == [{"id": pinned, "reason": "out_of_scope"}]


def test_changes_go_page_by_page_each_record_once(stage):
    cases = [register(name_first=f"Child {n}").id for n in range(5)]
    seal_books()
    amina = as_("amina")
    last = ask(amina)
    for number in (1, 2):
        for case in cases:
            amend_case(case_id=case, edit=Edit(values={"siblings": number}), actor=viewer("amina"), at=AT)
    seal_books()
    got: list[str] = []
    for _ in range(3):
        last = ask(amina, last, limit=2)
        assert all(row["values"]["siblings"] == 2 for row in last.data["records"])
        got += [row["id"] for row in last.data["records"]]
    assert got.count(str(cases[0])) == 1
    assert sorted(got) == sorted(map(str, cases))
    assert ask(amina, last).json["metadata"]["more"] is False


def test_what_is_no_longer_kept_is_told_with_its_reason(stage):
    closed, disabled, moved = (register(name_first=f"Child {n}") for n in range(3))
    seal_books()
    amina = as_("amina")
    last = ask(amina)
    hand_over(moved.id, "dawit")
    amend_case(case_id=moved.id, edit=Edit(values={"age": 3}), actor=viewer("dawit"), at=AT)
    amend_case(
        case_id=closed.id,
        edit=Edit(values={"status": "closed", "closure_reason": "done"}),
        actor=viewer("amina"),
        at=AT,
    )
    amend_case(case_id=disabled.id, edit=Edit(values={"record_state": False}), actor=viewer("amina"), at=AT)
    seal_books()
    found = ask(amina, last)
    assert found.data["records"] == []
    assert {row["id"]: row["reason"] for row in found.data["gone"]} == {
        str(closed.id): "closed_out_of_scope",
        str(disabled.id): "disabled",
        str(moved.id): "out_of_sight",
    }


def test_records_that_were_never_hers_are_not_named(stage):
    seal_books()
    register(by="dawit")
    seal_books()
    amina = as_("amina")
    last = ask(amina)
    other = register(by="dawit")
    seal_books()
    found = ask(amina, last)
    assert (found.data["records"], found.data["gone"]) == ([], [])
    assert str(other.id) not in found.raw.decode()


def test_other_rights_ask_for_the_manifest(stage):
    case = register()
    seal_books()
    amina = as_("amina")
    last = ask(amina)
    before = last.data["records"][0]
    from cpims.accounts.models import Role
    from cpims.forms.models import FormGrant

    FormGrant.objects.filter(role=Role.objects.get(unique_id="role-worker"), form__unique_id="protection").delete()
    User.objects.filter(user_name="amina").update(access_epoch=99)
    stopped = ask(amina, last)
    assert stopped.json["metadata"]["resync"] is True
    assert stopped.json["metadata"]["reason"] == "access"
    assert stopped.data == {"records": [], "gone": []}
    manifest = amina.post(f"{V1}/sync/manifest", {})
    assert [row["id"] for row in manifest.data] == [str(case.id)]
    assert manifest.data[0]["revision"] == before["revision"]
    assert manifest.data[0]["fields"] != before["fields"]
    again = ask(amina, manifest, wanted=[str(case.id)])
    assert again.json["metadata"]["resync"] is False
    assert again.data["records"][0]["fields"] == manifest.data[0]["fields"]
    assert "protection_concerns" not in again.data["records"][0]["values"]


@pytest.mark.parametrize("cursor", ["made up", "", "AAAA", "é" * 20])
def test_a_cursor_that_nobody_gave_is_not_followed(cast, cursor):
    found = as_("amina").post(f"{V1}/sync/changes", {"cursor": cursor or "x", "epoch": 1, "configuration": 1})
    assert found.status == 200
    assert (found.json["metadata"]["reason"], found.json["metadata"]["cursor"]) == ("cursor", None)


def test_a_cursor_of_a_book_that_was_rolled_back_is_not_followed(stage):
    register()
    seal_books()
    amina = as_("amina")
    last = ask(amina)
    from django.db import connection

    with connection.cursor() as statement:
        statement.execute("ALTER TABLE audit_changes DISABLE TRIGGER ALL")
        statement.execute("UPDATE audit_changes SET link = decode(repeat('ab', 32), 'hex')")
        statement.execute("ALTER TABLE audit_changes ENABLE TRIGGER ALL")
    assert ask(amina, last).json["metadata"]["reason"] == "cursor"


def test_a_wish_for_a_record_out_of_sight_looks_like_one_for_none(cast):
    hidden, amina = register(by="dawit"), as_("amina")
    last = ask(amina)
    for wanted in (str(hidden.id), str(uuid4())):
        found = ask(amina, last, wanted=[wanted], scope={"pinned": [wanted]})
        assert found.data == {"records": [], "gone": [{"id": wanted, "reason": "out_of_sight"}]}


def test_unknown_words_are_refused(cast):
    amina = as_("amina")
    for path, body in (
        ("changes", {"kinds": ["rocket"]}),
        ("changes", {"scope": {"pinned": ["x"]}}),
        ("changes", {"limit": 0}),
        ("changes", {"since": 3}),
        ("manifest", {"scope": {"all": True}}),
        ("deliver", {}),
        ("deliver", {"items": [{}] * 101}),
    ):
        assert amina.post(f"{V1}/sync/{path}", body).status == 422, (path, body)


def test_each_item_stands_alone(cast):
    amina, good, bad = as_("amina"), uuid4(), uuid4()
    reply = deliver(
        amina,
        new("k1", good),
        new("k2", bad, age="old"),
        item("k3", "amend_case", good, {"siblings": 2}),
        item("k4", "amend_case", good, {"nonsense": 2}),
        item("k5", "amend_case", bad, {"siblings": 2}),
        "not an item",
        item("k7", "fly_away", good, {}),
        item("k8", "amend_case", good, {"name_last": "Haddad"}, depends_on=["k5"]),
        item("k9", "amend_case", good, {"name_last": "Saad"}, depends_on=["k3"]),
    )
    assert outcomes(reply) == [
        "accepted", "refused", "accepted", "refused", "held", "refused", "refused", "held", "accepted",
    ]  # fmt: skip
    assert reply.data[1]["errors"][0]["problems"][0]["pointer"] == "/age"
    assert reply.data[3]["errors"][0]["problems"][0]["code"] == "unknown_key"
    assert (reply.data[4]["because"], reply.data[7]["because"]) == ("k2", "k5")
    stored = Record.objects.get(pk=good)
    assert (stored.data["siblings"], stored.data["name_last"], stored.revision) == (2, "Saad", 3)
    assert not Record.objects.filter(pk=bad).exists()


def test_a_delivery_that_comes_twice_acts_once(cast):
    amina, case = as_("amina"), uuid4()
    items = [new("k1", case), item("k2", "amend_case", case, {"siblings": 2})]
    first = deliver(amina, *items)
    entries = ChangeEntry.objects.count()
    again = deliver(amina, *items)
    assert [row["replayed"] for row in first.data + again.data] == [False, False, True, True]
    assert [row["revision"] for row in again.data] == [1, 2]
    assert ChangeEntry.objects.count() == entries
    assert outcomes(deliver(amina, item("k2", "amend_case", case, {"siblings": 9}))) == ["refused"]
    later = deliver(amina, item("k3", "amend_case", case, {"siblings": 3}, depends_on=["k2"]))
    unknown = deliver(amina, item("k4", "amend_case", case, {"siblings": 4}, depends_on=["never"]))
    assert (outcomes(later), outcomes(unknown)) == (["accepted"], ["held"])


def test_a_key_of_one_worker_says_nothing_to_another(cast):
    mine, hers = uuid4(), uuid4()
    assert outcomes(deliver(as_("amina"), new("k", mine))) == ["accepted"]
    reply = deliver(as_("bilal"), new("k", hers))
    assert (outcomes(reply), reply.data[0]["replayed"]) == (["accepted"], False)
    assert Record.objects.get(pk=hers).owned_by == "bilal"


def test_two_answers_to_one_question_are_shown_and_different_ones_merge(cast):
    case, amina, bilal = register(), as_("amina"), as_("bilal")
    assert outcomes(deliver(bilal, item("b", "amend_case", case.id, {"age": 8, "siblings": 1}))) == ["accepted"]
    base = {"revision": 1, "values": {"age": 9, "national_id_no": None}}
    reply = deliver(
        amina,
        item("a1", "amend_case", case.id, {"age": 7}, base=base),
        item("a2", "amend_case", case.id, {"national_id_no": "N1"}, base=base),
    )
    assert outcomes(reply) == ["refused", "accepted"]
    (conflict,) = reply.data[0]["errors"][0]["conflicts"]
    assert (conflict["mine"], conflict["theirs"], conflict["author"]) == (7, 8, "bilal")
    stored = Record.objects.get(pk=case.id).data
    assert (stored["age"], stored["siblings"], stored["national_id_no"]) == (8, 1, "N1")
    stale = deliver(amina, item("a3", "amend_case", case.id, {"age": 7}, if_match=1))
    assert stale.data[0]["errors"][0]["status"] == 412
    assert Receipt.objects.filter(key__in=["a1", "a3"]).count() == 0


def test_an_answer_typed_over_ones_own_refused_answer_does_not_overwrite_anothers(cast):
    """Her second answer names the present revision, and as the value she saw her own first one, which was never stored."""
    case, amina, bilal = register(), as_("amina"), as_("bilal")
    assert outcomes(deliver(bilal, item("b", "amend_case", case.id, {"age": 8}))) == ["accepted"]
    first = item("a1", "amend_case", case.id, {"age": 7}, base={"revision": 1, "values": {"age": 9}})
    second = item("a2", "amend_case", case.id, {"age": 6}, base={"revision": 2, "values": {"age": 7}})
    reply = deliver(amina, first, second)
    assert outcomes(reply) == ["refused", "refused"]
    found = [row["errors"][0]["conflicts"][0] for row in reply.data]
    assert [(one["mine"], one["theirs"], one["author"]) for one in found] == [(7, 8, "bilal"), (6, 8, "bilal")]
    assert (Record.objects.get(pk=case.id).data["age"], Record.objects.get(pk=case.id).revision) == (8, 2)
    direct = amina.patch(f"/api/v2/cases/{case.id}", {"data": {"age": 6}, "base": second["base"]})
    assert direct.status == 409 and direct.codes == ["record.conflict"]
    decided = item("a3", "amend_case", case.id, {"age": 6}, base={"revision": 2, "values": {"age": 8}})
    assert outcomes(deliver(amina, decided)) == ["accepted"]
    assert Record.objects.get(pk=case.id).data["age"] == 6


def test_taking_away_ones_own_unsent_row_asks_nothing(cast):
    """Between her two items the note was signed and dated by us: that is no other person's change."""
    case, amina = register(), as_("amina")
    note = {"unique_id": str(uuid4()), "note_text": "Was seen at school"}
    base = {"revision": 1, "values": {"notes_section": None}}
    gone = {"revision": 1, "values": {"notes_section": [note]}}
    reply = deliver(
        amina,
        item("a1", "amend_case", case.id, {"notes_section": [note]}, base=base),
        item("a2", "amend_case", case.id, {"notes_section": [note | {"_destroy": True}]}, base=gone),
    )
    assert outcomes(reply) == ["accepted", "accepted"]
    assert not Record.objects.get(pk=case.id).data["notes_section"]


def test_the_clock_of_the_device_is_put_right_and_kept(cast):
    case, amina = uuid4(), as_("amina")
    wrong = datetime.now(UTC) - timedelta(hours=3)
    did = wrong - timedelta(minutes=30)
    reply = deliver(amina, new("k", case) | {"at": did.isoformat()}, device_time=wrong.isoformat())
    assert outcomes(reply) == ["accepted"]
    assert abs(reply.json["metadata"]["skew_seconds"] - 10_800) <= 5
    assert reply.json["metadata"]["skew_notable"] is True
    entry = ChangeEntry.objects.get(record_id=case)
    assert abs(entry.happened_at - (datetime.now(UTC) - timedelta(minutes=30))) < timedelta(seconds=10)
    told = loads(unseal(subject_key(case), bytes(entry.payload), entry.event.encode()))
    assert told["device"]["time"] == did.isoformat()
    assert abs(told["device"]["skew"] - 10_800) <= 5
    for moment in ("9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"):
        late = deliver(amina, item(moment, "amend_case", case, {"name_last": moment}, at=moment))
        assert outcomes(late) == ["accepted"]
        newest = ChangeEntry.objects.filter(record_id=case).latest("id")
        assert abs(newest.happened_at - datetime.now(UTC)) < timedelta(seconds=10)


def test_nobody_learns_of_a_hidden_case_by_delivering(cast):
    hidden, dawit = register(), as_("dawit")
    known, unknown = (
        deliver(dawit, item(f"k{n}", "amend_case", target, {"age": 3})).data[0]
        for n, target in enumerate((hidden.id, uuid4()))
    )
    for name in ("id", "record"):
        known.pop(name), unknown.pop(name)
    assert known == unknown
    assert known["errors"][0]["status"] == 404
    assert Record.objects.get(pk=hidden.id).revision == 1
    assert SightingEntry.objects.filter(outcome="refused", record_ids__contains=[hidden.id]).exists()


def test_a_record_that_follows_its_owner_comes_to_those_who_see_it_now(stage):
    case = register()
    seal_books()
    bilal = as_("bilal")
    last = ask(bilal, scope={"pinned": [str(case.id)]})
    assert [row["id"] for row in last.data["records"]] == [str(case.id)]
    amina = User.objects.get(user_name="amina")
    amina.groups.clear()
    follow_owner(user_id=amina.id, at=AT)
    seal_books()
    found = ask(bilal, last, scope={"pinned": [str(case.id)]})
    assert found.data["gone"] == [{"id": str(case.id), "reason": "out_of_sight"}]
