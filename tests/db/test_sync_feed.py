"""The feed costs what changed: the same statements for few and for many, and the rows of others never in full."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry
from cpims.cases.actions import amend_case
from cpims.incidents.actions.recording import amend_incident
from cpims.lib.clock import now, today
from cpims.records.models import Record
from cpims.records.rules.editing import Edit
from cpims.sync.actions.delivering import ACTS, Delivered, deliver_items
from cpims.sync.actions.receipts import kept_keys
from cpims.sync.queries import feed
from cpims.sync.queries.feed import Asked, Changes, find_changes, get_manifest
from cpims.sync.rules import Clock, Scope
from tests.cast import AT, MODULE, register, set_the_stage, viewer
from tests.db.incidents import on_case, put_incidents


@pytest.fixture
def stage(committed_db: str) -> None:
    set_the_stage()


def ask(name: str, last: Changes | None = None, *, scope: Scope | None = None, limit: int = 200) -> Changes:
    who = viewer(name)
    asked = Asked(
        cursor=last.cursor if last else None,
        epoch=who.epoch,
        configuration=who.configuration,
        scope=scope or Scope(),
        limit=limit,
    )
    return find_changes(asked, viewer=who, today=today("UTC"))


def statements(name: str, last: Changes | None) -> tuple[int, Changes]:
    ask(name, last)
    with CaptureQueriesContext(connection) as captured:
        found = ask(name, last)
    return len(captured.captured_queries) - 2, found  # without the two of `viewer`


def test_the_number_of_statements_does_not_grow(stage):
    first, second = register(), register()
    seal_books()
    few, start = statements("amina", None)
    amend_case(case_id=first.id, edit=Edit(values={"siblings": 1}), actor=viewer("amina"), at=AT)
    amend_case(case_id=second.id, edit=Edit(values={"record_state": False}), actor=viewer("amina"), at=AT)
    seal_books()
    one, found = statements("amina", start)
    assert (len(found.records), len(found.gone)) == (1, 1)
    for number in range(12):
        case = register(name_first=f"Child {number}")
        if number % 2:
            amend_case(case_id=case.id, edit=Edit(values={"record_state": False}), actor=viewer("amina"), at=AT)
    seal_books()
    many, found = statements("amina", start)
    assert (len(found.records), len(found.gone)) == (7, 7)
    full, found = statements("amina", None)
    assert len(found.records) == 7
    assert (few, full, one, many) == (3, 3, 7, 7)


def test_a_window_bounds_what_one_page_looks_at(stage, monkeypatch):
    monkeypatch.setattr(feed, "WINDOW", 5)
    mine = register()
    seal_books()
    last = ask("amina")
    for number in range(12):
        register(by="dawit", name_first=f"Other {number}")
    amend_case(case_id=mine.id, edit=Edit(values={"siblings": 1}), actor=viewer("amina"), at=AT)
    seal_books()
    pages = 0
    while True:
        last = ask("amina", last)
        pages += 1
        if not last.more:
            break
        assert (last.records, last.gone) == ([], [])
    assert pages == 3
    assert [row["id"] for row in last.records] == [str(mine.id)]


def test_the_manifest_and_the_filling_agree(stage):
    for number in range(5):
        register(name_first=f"Child {number}")
    seal_books()
    told = {(row["id"], row["revision"], row["fields"]) for row in ask("amina").records}
    assert set(get_manifest(Scope(), kinds=("case",), viewer=viewer("amina")).entries) == told
    assert len(told) == 5


def test_a_row_that_is_not_sealed_yet_is_never_lost(stage):
    """A long transaction holds the sealer back; what it writes is told when it is sealed, in its own page."""
    register()
    seal_books()
    last = ask("amina")
    written, release = threading.Event(), threading.Event()

    def slow() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                register(name_first="Slow")
                written.set()
                release.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(20)
    register(name_first="Quick")
    seal_books()
    last = ask("amina", last)
    early = {row["values"]["name_first"] for row in last.records}
    release.set()
    thread.join()
    seal_books()
    last = ask("amina", last)
    assert early == set()
    assert {row["values"]["name_first"] for row in last.records} == {"Slow", "Quick"}


def item(key: str, case: object) -> dict[str, object]:
    values = {"module_id": MODULE, "name_first": "Noor", "age": 9}
    return {"id": key, "action": "register_case", "arguments": {"case_id": str(case), "values": values}}


def test_the_same_delivery_by_two_at_once_acts_once(stage):
    case, barrier = uuid4(), threading.Barrier(4)
    results: list[Delivered] = []

    def send() -> None:
        try:
            barrier.wait(20)
            results.extend(deliver_items(items=[item("k", case)], clock=Clock(None), actor=viewer("amina"), at=now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found.outcome for found in results] == ["accepted"] * 4
    assert sorted(found.replayed for found in results) == [False, True, True, True]
    assert ChangeEntry.objects.filter(record_id=case).count() == 1


def test_an_item_that_breaks_stops_no_other(cast, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(ACTS, "amend_case", broken)
    first, second = uuid4(), uuid4()
    sent = [item("a", first), item("b", first) | {"action": "amend_case"}, item("c", second)]
    results = deliver_items(items=sent, clock=Clock(None), actor=viewer("amina"), at=now())
    assert [found.outcome for found in results] == ["accepted", "refused", "accepted"]
    assert results[1].because == "unexpected"
    assert Record.objects.filter(pk__in=[first, second]).count() == 2
    assert kept_keys(["a", "b", "c"], actor=viewer("amina")) == {"a", "c"}


def test_a_changed_incident_brings_its_case_anew(stage):
    put_incidents()
    case = register()
    incident = on_case(case)
    seal_books()
    start = ask("amina")
    changed = Edit(values={"cp_incident_violence_type": "robbed"})
    amend_incident(record_id=incident.id, edit=changed, actor=viewer("bilal"), at=AT)
    seal_books()
    [sent] = ask("amina", start).records
    assert (sent["id"], sent["revision"]) == (str(case.id), start.records[0]["revision"] + 1)
    assert [row["cp_incident_violence_type"] for row in sent["values"]["incident_details"]] == ["robbed"]
