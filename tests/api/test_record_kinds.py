"""Each kind of record over HTTP, from registering to its history, and on a device; and what nobody else meets of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from cpims.accounts.models import User
from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.audit.queries import find_happenings
from cpims.records.models import Quarantine, Record
from tests.api.client import as_
from tests.api.test_sync import V1, ask, deliver, hand_over, item, outcomes
from tests.cast import MODULE, register, set_the_stage
from tests.kinds import KINDS, NAMED, NEW, PLURALS, TOLD, put_kinds, register_kind

#: The name of each as another hand would write it.
OTHERWISE = {"tracing_request": "مريم حداد", "family": "حداد", "registry_record": "هدى صالح"}


@pytest.fixture
def stage(committed_db: str) -> None:
    set_the_stage()
    put_kinds()


@pytest.fixture
def kinds(cast) -> None:
    put_kinds()


def road(kind: str, record: Any = None) -> str:
    return f"/api/v2/{PLURALS[kind]}" + (f"/{record}" if record else "")


@pytest.mark.parametrize("kind", KINDS)
def test_from_registering_to_its_history(kinds, kind):
    amina, bilal, dawit = as_("amina"), as_("bilal"), as_("dawit")
    made = amina.post(road(kind), {"data": {"module_id": MODULE, **NEW[kind]}})
    assert made.status == 200, made.json
    record = made.data["id"]
    one = road(kind, record)
    assert [row["id"] for row in bilal.get(road(kind)).data] == [record]
    assert dawit.get(road(kind)).data == []
    if kind in NAMED:
        for text in (NAMED[kind][1], OTHERWISE[kind]):
            found = bilal.post(f"/api/cpims/v1/{PLURALS[kind]}/search", {"query": text, "any": True})
            assert [row["id"] for row in found.data] == [record], text
            assert record in found.json["metadata"]["reasons"]
            assert dawit.post(f"/api/cpims/v1/{PLURALS[kind]}/search", {"query": text, "any": True}).data == []
    name, first, second = TOLD[kind]
    start = amina.patch(one, {"data": {name: first}})
    revision = start.json["metadata"]["revision"]
    seen = {"revision": revision, "values": {name: first}}
    changed = bilal.patch(one, {"data": {name: second}, "base": seen})
    assert (changed.status, changed.data[name]) == (200, second)
    conflict = amina.patch(one, {"data": {name: None}, "base": seen})
    assert (conflict.status, conflict.codes) == (409, ["record.conflict"])
    assert amina.get(one).data[name] == second
    counted = amina.post(f"/api/cpims/v1/{PLURALS[kind]}/count", {name: str(second)})
    assert counted.data == {"total": 1, "total_exact": True}
    history = amina.get(one + "/record_history").data
    assert history[0]["user_name"] == "bilal" and {name: {"from": first, "to": second}} in history[0]["record_changes"]
    assert [entry["action"] for entry in history][-1] == "create" and history[0]["record_type"] == PLURALS[kind]
    log = as_("chantal").get(one + "/access_log").data
    assert {"amina", "bilal"} <= {entry["user_name"] for entry in log}


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_makes_the_id_and_a_stranger_learns_nothing_of_it(kinds, kind):
    record = str(uuid4())
    made = as_("amina").post(road(kind), {"data": {"id": record, "module_id": MODULE}})
    assert (made.status, made.raw) == (204, b"")
    entries = ChangeEntry.objects.count()
    taken = as_("bilal").post(road(kind), {"data": {"id": record, "module_id": MODULE}})
    assert (taken.status, taken.codes) == (409, ["record.exists"])
    nobody = as_("dawit").patch(road(kind, record), {"data": dict([TOLD[kind][::2]])})
    assert nobody.status == 404
    for other in KINDS:
        if other != kind:
            assert as_("farid").get(road(other, record)).status == 404
            assert as_("farid").patch(road(other, record), {"data": {}}).status == 404
    assert as_("farid").get(f"/api/v2/cases/{record}").status == 404
    assert ChangeEntry.objects.count() == entries and not Quarantine.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_closed_and_switched_off(kinds, kind):
    record, farid = register_kind(kind), as_("farid")
    closed = farid.patch(road(kind, record.id), {"data": {"status": "closed"}})
    assert closed.data["status"] == "closed"
    off = farid.delete(road(kind, record.id))
    assert (off.status, off.data["record_state"], off.data["enabled"]) == (200, False, False)
    unknown = farid.patch(road(kind, record.id), {"data": {}, "record_action": "add_note"})
    assert (unknown.status, unknown.codes) == (422, ["case.unknown_action"])
    assert [h.event for h in find_happenings(record.id)][:2] == [f"{kind}.disabled", f"{kind}.closed"]


@pytest.mark.parametrize("kind", KINDS)
def test_two_read_alike_and_both_reads_stand_in_the_book(kinds, kind):
    record, bilal = register_kind(kind), as_("bilal")
    first = bilal.get(road(kind, record.id))
    again = bilal.get(road(kind, record.id), If_None_Match=first.headers["ETag"])
    assert (first.status, again.status) == (200, 304)
    told = SightingEntry.objects.filter(road=f"{PLURALS[kind]}.read", record_ids__contains=[record.id])
    assert {(one.actor_name, one.record_kind) for one in told} == {("bilal", kind)} and told.count() == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_registers_and_amends_it_once(stage, kind):
    amina, record = as_("amina"), uuid4()
    name, first, second = TOLD[kind]
    new = item("k1", f"register_{kind}", record, {"module_id": MODULE, **NEW[kind], name: first})
    base = {"revision": 1, "values": {name: first}}
    change = item("k2", f"amend_{kind}", record, {name: second}, base=base, depends_on=["k1"])
    reply = deliver(amina, new, change, records=True)
    assert outcomes(reply) == ["accepted", "accepted"]
    current = reply.data[1]["current"]
    assert (current["kind"], current["revision"], current["values"][name]) == (kind, 2, second)
    again = deliver(amina, new, change)
    assert [row["replayed"] for row in again.data] == [True, True]
    assert Record.objects.get(pk=record).revision == 2
    by_other_word = {
        "id": "k3",
        "action": f"amend_{kind}",
        "arguments": {"record_id": str(record), "values": {name: first}},
    }
    assert outcomes(deliver(amina, by_other_word)) == ["accepted"]
    seal_books()
    feed = ask(amina, kinds=[kind])
    assert [(row["id"], row["kind"]) for row in feed.data["records"]] == [(str(record), kind)]
    assert feed.data["records"][0]["values"] == amina.get(road(kind, record)).data
    manifest = amina.post(f"{V1}/sync/manifest", {"kinds": [kind]})
    assert [entry["id"] for entry in manifest.data] == [str(record)]
    assert ask(amina).data["records"] == [] and ask(as_("dawit"), kinds=[kind]).data["records"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_into_one_that_was_given_away_is_kept_for_its_owner(stage, kind):
    record, amina, dawit = register_kind(kind), as_("amina"), as_("dawit")
    name, _, second = TOLD[kind]
    hand_over(record.id, "dawit")
    refused = deliver(amina, item("k", f"amend_{kind}", record.id, {name: second}))
    assert outcomes(refused) == ["refused"]
    assert refused.data[0]["errors"][0]["code"] == "record.no_longer_yours"
    address = f"{V1}/{PLURALS[kind]}/{record.id}/quarantine"
    waiting = dawit.get(address).data
    assert [(row["author"], row["answers"]) for row in waiting] == [("amina", {name: second})]
    assert amina.get(address).status == 404
    taken = dawit.post(f"{address}/{waiting[0]['id']}/resolve", {"resolution": "take_over"})
    assert taken.status == 200, taken.json
    assert dawit.get(road(kind, record.id)).data[name] == second
    assert dawit.get(address).data == []


def test_a_feed_of_several_kinds_at_once(stage):
    case = register()
    made = {kind: str(register_kind(kind).id) for kind in KINDS}
    seal_books()
    found = ask(as_("amina"), kinds=["case", *KINDS]).data["records"]
    assert {row["id"]: row["kind"] for row in found} == {str(case.id): "case"} | {v: k for k, v in made.items()}
    seal_books()
    filled = ask(as_("amina"), kinds=["case", *KINDS])
    off = as_("farid").delete(road("family", made["family"]))
    assert off.status == 200
    seal_books()
    then = ask(as_("amina"), filled, kinds=["case", *KINDS])
    assert then.data["gone"] == [{"id": made["family"], "reason": "disabled"}] and then.data["records"] == []


def test_kinds_that_she_may_not_read_are_refused(kinds):
    from cpims.accounts.models import Role

    role = Role.objects.get(unique_id="role-worker")
    role.permissions = {"tracing_request": ["read", "create", "write"]}
    role.save()
    User.objects.filter(user_name="amina").update(access_epoch=99)
    amina = as_("amina")
    assert ask(amina, kinds=["tracing_request"]).status == 200
    assert [ask(amina, kinds=[kind]).status for kind in ("case", "family", "incident", "nonsense")] == [
        403,
        403,
        403,
        422,
    ]
    assert ask(amina).status == 403
    record = uuid4()
    sent = [
        item("a", "register_tracing_request", record, {"module_id": MODULE, "relation_name": "Mariam"}),
        item("b", "register_family", uuid4(), {"module_id": MODULE}),
    ]
    assert outcomes(deliver(amina, *sent)) == ["accepted", "refused"]
    assert Record.objects.get().id == record


def test_flags_of_every_kind_on_one_page_and_by_a_device(kinds):
    amina, made = as_("amina"), {}
    for kind in KINDS:
        made[kind] = register_kind(kind)
        raised = amina.post(road(kind, made[kind].id) + "/flags", {"data": {"message": "Look here"}})
        assert raised.data["record_type"] == PLURALS[kind] and raised.data["record"]["flag_count"] == 1
    sent = item("f", "raise_flag", made["family"].id, {"message": "And here"})
    assert outcomes(deliver(amina, sent)) == ["accepted"]
    assert len(amina.get(road("family", made["family"].id) + "/flags").data) == 2
    hidden = item("g", "raise_flag", made["family"].id, {"message": "Not mine"})
    assert outcomes(deliver(as_("dawit"), hidden)) == ["refused"]


def test_a_file_for_a_kind_is_announced_under_that_kind(kinds):
    from tests.files import announced, png

    record: UUID = uuid4()
    wrong = as_("amina").post(f"{V1}/uploads", {"data": announced(png(), record) | {"record_type": "nonsense"}})
    assert wrong.status == 422
