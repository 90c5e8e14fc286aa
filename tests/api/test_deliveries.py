"""What our own outbox asks of a delivery: whose it is, how the record stands afterwards, old items, answers let go."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.accounts.models import User
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.audit.queries import find_happenings
from cpims.records.models import Record
from tests.api.client import as_
from tests.api.test_sync import V1, ask, deliver, hand_over, item, new, outcomes, stage
from tests.cast import register
from tests.vectors import cases

__all__ = ["stage"]


def id_of(name: str) -> str:
    return str(User.objects.get(user_name=name).pk)


def test_the_work_of_one_is_never_done_in_the_session_of_another(cast):
    case, entries = uuid4(), ChangeEntry.objects.count()
    refused = deliver(as_("bilal"), new("k", case), account=id_of("amina"))
    assert (refused.status, refused.codes) == (409, ["sync.other_account"])
    assert not Record.objects.filter(pk=case).exists()
    assert ChangeEntry.objects.count() == entries
    assert outcomes(deliver(as_("amina"), new("k", case), account=id_of("amina"))) == ["accepted"]
    assert Record.objects.get(pk=case).owned_by == "amina"


def test_a_delivery_tells_how_each_record_stands_afterwards(cast):
    amina, first, second = as_("amina"), uuid4(), uuid4()
    reply = deliver(
        amina,
        new("k1", first),
        item("k2", "amend_case", first, {"siblings": 2}),
        new("k3", second, age="old"),
        new("k4", second),
        records=True,
    )
    assert outcomes(reply) == ["accepted", "accepted", "refused", "accepted"]
    assert [row.get("current", {}).get("id") for row in reply.data] == [None, str(first), None, str(second)]
    current = reply.data[1]["current"]
    read = amina.get(f"/api/v2/cases/{first}")
    assert current["values"] == read.data
    assert (current["revision"], current["incomplete"]) == (2, read.json["metadata"]["incomplete"])
    assert SightingEntry.objects.filter(road="sync.deliver", outcome="seen", record_ids__contains=[first]).exists()
    assert "current" not in deliver(amina, item("k5", "amend_case", first, {"siblings": 3})).data[0]
    again = deliver(amina, item("k2", "amend_case", first, {"siblings": 2}), records=True)
    assert (again.data[0]["replayed"], again.data[0]["current"]["values"]["siblings"]) == (True, 3)


def test_a_record_that_left_her_sight_is_not_told_with_an_old_answer(cast):
    amina, case = as_("amina"), register()
    kept = item("k", "amend_case", case.id, {"siblings": 2})
    assert outcomes(deliver(amina, kept)) == ["accepted"]
    hand_over(case.id, "dawit")
    again = deliver(amina, kept, records=True)
    assert (outcomes(again), again.data[0]["replayed"]) == (["accepted"], True)
    assert "current" not in again.data[0]


def test_the_records_cost_the_same_for_one_and_for_three(cast):
    amina, counts = as_("amina"), []
    for number in (1, 3):
        sent = [item(f"{number}.{n}", "amend_case", register().id, {"siblings": 1}) for n in range(number)]
        deliver(amina, *sent)
        with CaptureQueriesContext(connection) as bare:
            deliver(amina, *sent)
        with CaptureQueriesContext(connection) as told:
            deliver(amina, *sent, records=True)
        counts.append(len(told) - len(bare))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("case", cases("upcasting", "item")[:1])
def test_an_item_of_the_first_web_app_is_done_once_in_either_shape(cast, case: dict[str, Any]):
    amina = as_("amina")
    first = deliver(amina, case["kept"])
    assert outcomes(first) == ["accepted"], first.json
    assert Record.objects.get(pk=case["kept"]["record"]).data["name_first"] == "Noor"
    assert deliver(amina, case["delivered"] | {"schema": 2}).data[0]["replayed"] is True


def test_an_item_of_a_newer_app_is_refused_and_harms_no_other(cast):
    amina, case = as_("amina"), uuid4()
    reply = deliver(amina, {**new("k1", uuid4()), "schema": 3}, new("k2", case))
    assert outcomes(reply) == ["refused", "accepted"]
    assert reply.data[0]["errors"][0]["code"] == "sync.schema_unknown"
    assert Record.objects.count() == 1


def test_an_answer_that_was_let_go_stands_in_the_history(cast):
    case, amina = register(), as_("amina")
    deliver(as_("bilal"), item("b", "amend_case", case.id, {"name_nickname": "Zuzu"}))
    reply = deliver(amina, item("a", "let_answers_go", case.id, {"name_nickname": "Nunu"}))
    assert outcomes(reply) == ["accepted"]
    assert outcomes(deliver(amina, item("a", "let_answers_go", case.id, {"name_nickname": "Nunu"}))) == ["accepted"]
    stored = Record.objects.get(pk=case.id)
    assert (stored.data["name_nickname"], stored.revision) == ("Zuzu", 2)
    told = [h for h in find_happenings(case.id) if h.event == "case.answers_let_go"]
    assert [(h.actor_name, h.changes) for h in told] == [
        ("amina", {"name_nickname": {"from": "Nunu", "to": "Zuzu"}}),
    ]
    seen = amina.get(f"/api/v2/cases/{case.id}/record_history").data
    assert json.dumps(seen).count("Nunu") == 1


def test_nobody_lets_go_of_answers_that_are_not_hers_to_read(cast):
    case, entries = register(), ChangeEntry.objects.count()
    for name, values in (("amina", {"nonsense": 1}), ("dawit", {"name_nickname": "x"})):
        assert outcomes(deliver(as_(name), item("k", "let_answers_go", case.id, values))) == ["refused"]
    assert ChangeEntry.objects.count() == entries
    assert deliver(as_("esther"), item("k", "let_answers_go", case.id, {})).status == 403


def test_an_answer_let_go_moves_no_record_out_of_scope(stage):
    from cpims.audit.actions import seal_books

    case, amina = register(), as_("amina")
    seal_books()
    last = ask(amina)
    deliver(amina, item("a", "let_answers_go", case.id, {"name_nickname": "Nunu"}))
    seal_books()
    found = ask(amina, last)
    assert found.data["gone"] == []


def test_the_owner_sees_on_her_case_that_answers_wait(cast):
    case = register()
    hand_over(case.id, "dawit")
    read = as_("dawit").get(f"/api/v2/cases/{case.id}")
    assert read.json["metadata"]["quarantined"] == 0
    deliver(as_("amina"), item("k", "amend_case", case.id, {"siblings": 2}))
    assert as_("dawit").get(f"/api/v2/cases/{case.id}").json["metadata"]["quarantined"] == 1
    assert "quarantined" not in as_("farid").get(f"/api/v2/cases/{case.id}").json["metadata"]
    assert as_("dawit").get(f"{V1}/cases/{case.id}/quarantine").data[0]["answers"] == {"siblings": 2}


def test_what_was_kept_for_the_owner_is_not_done_when_the_network_repeats_it(cast):
    """The case comes back to her before the repeated request arrives: she was told that her answer lies with the owner."""
    case, amina = register(), as_("amina")
    hand_over(case.id, "dawit")
    late = item("k", "amend_case", case.id, {"siblings": 2})
    assert outcomes(deliver(amina, late)) == ["refused"]
    hand_over(case.id, "amina")
    (again,) = deliver(amina, late).data
    assert (again["outcome"], again["errors"][0]["code"]) == ("refused", "record.no_longer_yours")
    assert "siblings" not in Record.objects.get(pk=case.id).data
