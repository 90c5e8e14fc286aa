"""The two books: sealed in order, verifiable, append-only, unreadable without the record's key."""

from __future__ import annotations

import threading

import pytest
from django.db import ProgrammingError, connection, transaction

from cpims.audit.actions import note_sighting, seal_books
from cpims.audit.models import ChangeEntry, SightingEntry, SubjectKey
from cpims.audit.queries import BOOKS, CHANGES, find_happenings, verify_book
from tests.cast import register, set_the_stage, viewer


@pytest.fixture
def stage(committed_db):
    set_the_stage()


def verdicts():
    return {book.name: list(verify_book(book, step=3))[-1][1] for book in BOOKS}


def test_finished_entries_are_sealed_without_a_gap(stage):
    for number in range(5):
        register(name_first=f"Child {number}")
    note_sighting(viewer("amina"), road="cases.list", action="list", query="Noor")
    while seal_books(limit=2):
        pass
    assert list(ChangeEntry.objects.order_by("id").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    found = verdicts()
    assert found["changes"].holds and found["changes"].sealed == 5 and found["changes"].unsealed == 0
    assert found["sightings"].holds and found["sightings"].sealed == 1


def test_an_entry_of_a_running_transaction_is_waited_for(stage):
    opened, go = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                register(name_first="Slow")
                opened.set()
                assert go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert opened.wait(20)
    register(name_first="Quick")
    assert seal_books() == 0, "a later entry must not be sealed before an earlier one that may still commit"
    go.set()
    thread.join()
    assert seal_books() == 2
    assert verdicts()["changes"].holds


def test_two_sealers_do_not_disturb_each_other(stage):
    for number in range(20):
        register(name_first=f"Child {number}")
    barrier = threading.Barrier(3)

    def seal():
        try:
            barrier.wait(20)
            for _ in range(10):
                seal_books(limit=3)
        finally:
            connection.close()

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while seal_books():
        pass
    assert sorted(ChangeEntry.objects.values_list("seq", flat=True)) == list(range(1, 21))
    assert verdicts()["changes"].holds


def tamper(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_changes DISABLE TRIGGER ALL")
        cursor.execute(statement, params)
        cursor.execute("ALTER TABLE audit_changes ENABLE TRIGGER ALL")


@pytest.mark.parametrize(
    ("statement", "fault", "place"),
    [
        ("UPDATE audit_changes SET actor_name = 'dawit' WHERE seq = 2", "changed", 2),
        ("UPDATE audit_changes SET happened_at = happened_at + interval '1 day' WHERE seq = 3", "changed", 3),
        ("DELETE FROM audit_changes WHERE seq = 2", "missing", 2),
        ("UPDATE audit_changes SET payload = decode('00', 'hex') || payload WHERE seq = 1", "payload_changed", 1),
        (
            "UPDATE audit_changes SET record_id = (SELECT record_id FROM audit_changes WHERE seq = 1) WHERE seq = 2",
            "changed",
            2,
        ),
    ],
)
def test_a_changed_entry_is_found(stage, statement, fault, place):
    for number in range(3):
        register(name_first=f"Child {number}")
    seal_books()
    tamper(statement)
    verdict = verdicts()["changes"]
    assert (verdict.fault, verdict.fault_at) == (fault, place)


@pytest.mark.parametrize("statement", ["UPDATE audit_changes SET actor_name = 'x'", "DELETE FROM audit_changes",
                                       "UPDATE audit_sightings SET actor_name = 'x'", "DELETE FROM audit_sightings"])  # fmt: skip
def test_the_books_can_only_be_written_on(cast, statement):
    register()
    note_sighting(viewer("amina"), road="cases.read", action="show")
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_was_written_cannot_be_read_without_the_key(stage):
    case = register(name_first="Noor")
    raw = bytes(ChangeEntry.objects.get().payload)
    assert b"Noor" not in raw
    assert any("name_first" in h.changes for h in find_happenings(case.id))
    seal_books()
    SubjectKey.objects.filter(subject=case.id).delete()
    assert list(find_happenings(case.id)) == []
    verdict = list(verify_book(CHANGES))[-1][1]
    assert verdict.holds and verdict.erased == 1, "erasing a child's data leaves a chain that still verifies"


def test_a_search_text_is_kept_as_a_digest_only(cast):
    note_sighting(viewer("amina"), road="cases.search", action="search", query="Noor Haddad")
    entry = SightingEntry.objects.get()
    assert len(bytes(entry.query_digest)) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_sightings::text FROM audit_sightings")
        assert "Noor" not in cursor.fetchone()[0]
