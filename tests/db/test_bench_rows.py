"""The rows that the benchmarks put into the tables by COPY are those that the write path would have written."""

from __future__ import annotations

from pathlib import Path

import psycopg
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent.parent
CASES, SEED = 40, 5
FOLLOWED = ("record_sights", "case_tasks")
DERIVED = (
    "data name name_sort row facets facet_keys name_keys identifiers phones birth_on birth_from incomplete".split()
)


def test_copied_rows_are_as_if_they_had_been_registered(committed_db: str) -> None:
    from benchmarks.building import STATE, Writer, _follow, _settle, tasks_for
    from benchmarks.inventing import _world, make
    from benchmarks.people import employ
    from cpims.accounts.models import User
    from cpims.audit.actions import seal_books
    from cpims.audit.queries import BOOKS, find_happenings, verify_book
    from cpims.cases.actions import register_case
    from cpims.cases.rules.kind import CASE
    from cpims.forms.queries.viewers import current_viewer
    from cpims.lib.clock import now
    from cpims.records.actions.writing import check, derive_record
    from cpims.records.models import Record

    call_command("load_pack", str(ROOT / "packs" / "cpims"), verbosity=0)
    call_command("demo", cases=0, seed=SEED, passwords="fixed", verbosity=0)
    employ(CASES, seed=SEED)
    while seal_books():
        pass
    workers = list(User.objects.filter(user_name__startswith="worker").values_list("user_name", flat=True))
    _world.cache_clear()
    with psycopg.connect(committed_db, autocommit=True) as connection:
        connection.execute(STATE)
        writer = Writer(connection, 0)
        for task in tasks_for(CASES, workers):
            writer.write(make(task, SEED))
        by_triggers = [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in FOLLOWED]
        _follow(connection)
        at_once = [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in FOLLOWED]
        assert all(by_triggers) and at_once == by_triggers
        _settle(connection)
    _world.cache_clear()

    cases = list(Record.objects.order_by("id"))
    assert len(cases) == CASES
    viewer = current_viewer(cases[0].owned_by)
    for case in cases:
        stored = {name: getattr(case, name) for name in DERIVED}
        derive_record(case, CASE, configuration=viewer.configuration, today=case.created_at.date())
        assert {name: getattr(case, name) for name in DERIVED} == stored
        check(
            CASE, case.data, after=case.data, stored={}, module=case.module, configuration=viewer.configuration,
            now=now(), partial=False,
        )  # fmt: skip
        told = [happening.event for happening in find_happenings(case.id)]
        assert told == (["case.closed", "case.registered"] if case.status == "closed" else ["case.registered"])
    assert {case.status for case in cases} == {"open", "closed"}
    assert len({case.display_id for case in cases}) == CASES

    new = register_case(values={"name_first": "Noor", "sex": "female", "age": 9}, actor=viewer, at=now())
    assert new.record.revision == 1
    while seal_books():
        pass
    for book in BOOKS:
        verdict = list(verify_book(book))[-1][1]
        assert verdict is not None and verdict.holds and verdict.unsealed == 0, verdict
