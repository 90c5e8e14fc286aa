"""Building a database of many cases: several processes invent, one writes, chunk after chunk; it may be interrupted."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

import psycopg

from benchmarks import place
from benchmarks.inventing import Made, Task, make, start_process

SEED = 5
CHUNK = 1_000
TABLES = ("records", "record_sights", "case_tasks", "audit_subject_keys", "audit_changes", "audit_sightings")
STATE = "CREATE TABLE IF NOT EXISTS bench_state (key text PRIMARY KEY, value jsonb NOT NULL)"
INDEXES = """
SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname, pg_get_constraintdef(c.oid)
  FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'x')
 WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisprimary
"""
#: As ``record_sights_follow`` and ``case_tasks_follow`` write them (``tests/db/test_bench_rows.py`` holds them equal).
FOLLOWING = (
    """
INSERT INTO record_sights (record_id, sight, kind, created_at, status, record_state, module)
SELECT r.id, s.sight, r.kind, r.created_at, r.status, r.record_state, r.module
  FROM records r, LATERAL (
       SELECT 'u:' || unnest(r.associated_user_names)
        UNION SELECT 'g:' || unnest(r.associated_user_groups)
        UNION SELECT 'a:' || unnest(r.associated_user_agencies)) AS s(sight)
""",
    """
INSERT INTO case_tasks (record_id, number, type, detail, due_on, "row", owned_by, module)
SELECT r.id, t.number, t.task ->> 'type', coalesce(t.task ->> 'detail', ''), (t.task ->> 'due_on')::date,
       coalesce(t.task ->> 'row', ''), r.owned_by, r.module
  FROM records r, jsonb_array_elements(r.tasks) WITH ORDINALITY AS t(task, number)
 WHERE r.record_state AND r.status = 'open'
""",
)
FAST = (
    "synchronous_commit = off",
    "maintenance_work_mem = '1GB'",
    "max_parallel_maintenance_workers = 2",
    "work_mem = '64MB'",
)


def build(cluster: Any, cases: int, *, processes: int | None = None) -> str:
    """The name of a database with so many cases; built now if it is not there, continued if it was interrupted."""
    name = place.template_name(cases)
    if name not in place.databases(cluster):
        place.admin(cluster, f'CREATE DATABASE "{name}" OWNER cpims')
    address = place.use(cluster, name)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(STATE)
        if read(connection, "done"):
            return name
        begun = time.monotonic()
        if not read(connection, "furnished"):
            _furnish(cases)
            write(connection, "furnished", True)
        for setting in FAST:
            connection.execute(f"SET {setting}")  # type: ignore[arg-type,unused-ignore]
        _drop_indexes(connection)
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)")
        connection.execute("ALTER TABLE records DISABLE TRIGGER USER")
        _fill(connection, address, cases, processes or os.cpu_count() or 2)
        _follow(connection)
        filled = time.monotonic()
        _make_indexes(connection)
        _settle(connection)
        spent = {"filling": round(filled - begun, 1), "indexes": round(time.monotonic() - filled, 1)}
        write(connection, "done", spent)
    say(
        f"{cases} cases stand in {name}: filled in {spent['filling']} s, indexes and statistics in {spent['indexes']} s"
    )
    return name


@contextlib.contextmanager
def built(cluster: Any, cases: int) -> Iterator[tuple[str, str]]:
    """A database with so many cases to work on, and the built one it is a copy of; itself, unless the disk has room for a copy."""
    template = build(cluster, cases)
    size = int(place.admin(cluster, "SELECT pg_database_size(%s)", template)[0][0])
    name = template
    if shutil.disk_usage(place.FOLDER).free >= 1.3 * size + 10 * 2**30:
        name = f"{template}_run"
        place.copy_database(cluster, template, name)
    try:
        place.use(cluster, name)
        _bring_up_to_date()
        yield name, template
    finally:
        if name != template:
            place.use(cluster, "postgres")
            place.admin(cluster, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _bring_up_to_date() -> None:
    """A template of older tables is brought to today's, and its records are derived anew."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("  the tables are older than the programs: migrating, deriving the records anew")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("records_reindex", stdout=sys.stderr)
        connection.cursor().execute("VACUUM ANALYZE records")


def read(connection: Any, key: str) -> Any:
    """A value that the building left behind."""
    row = connection.execute("SELECT value FROM bench_state WHERE key = %s", [key]).fetchone()
    return row[0] if row else None


def write(connection: Any, key: str, value: Any) -> None:
    """Leave a value behind."""
    connection.execute(
        "INSERT INTO bench_state VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, json.dumps(value)],
    )


def say(text: str) -> None:
    """Progress, for whoever waits."""
    print(text, file=sys.stderr, flush=True)


def _furnish(cases: int) -> None:
    """Tables, the standard configuration, the invented country and its people."""
    from django.core.management import call_command

    from benchmarks.people import employ

    call_command("migrate", verbosity=0, interactive=False)
    from cpims.accounts.models import User
    from cpims.audit.actions import seal_books
    from cpims.forms.models import Form

    if not Form.objects.exists():
        call_command("load_pack", str(place.ROOT / "packs" / "cpims"), verbosity=0, stdout=sys.stderr)
    if not User.objects.exists():
        call_command("demo", cases=0, seed=SEED, passwords="fixed", verbosity=0, stdout=sys.stderr)
    if not User.objects.filter(user_name__startswith="worker").exists():
        employ(cases, seed=SEED)
    while seal_books():
        pass


def tasks_for(cases: int, workers: list[str]) -> Iterator[Task]:
    """The whole work in pieces of about a thousand cases; always the same for the same number."""
    each, more = divmod(cases, len(workers))
    shares: list[tuple[str, int, int]] = []
    number = first = waiting = 0
    for place_, worker in enumerate(workers):
        count = each + (place_ < more)
        shares.append((worker, count, first))
        first += count
        waiting += count
        if waiting >= CHUNK or place_ == len(workers) - 1:
            yield Task(number, shares)
            number, shares, waiting = number + 1, [], 0


def _fill(connection: Any, address: str, cases: int, processes: int) -> None:
    from django.db import connections

    from cpims.accounts.models import User

    workers = list(
        User.objects.filter(user_name__startswith="worker").order_by("user_name").values_list("user_name", flat=True)
    )
    connections["default"].close()
    tasks = deque(task for task in tasks_for(cases, workers) if task.number > int(read(connection, "chunk") or 0) - 1)
    if not tasks:
        return
    writer = Writer(connection, int(read(connection, "cases") or 0))
    begun, before = time.monotonic(), writer.cases
    context = multiprocessing.get_context("spawn")
    waiting: deque[Future[Made]] = deque()
    with ProcessPoolExecutor(processes, context, start_process, (address, SEED)) as pool:
        while tasks or waiting:
            while tasks and len(waiting) < processes + 2:
                waiting.append(pool.submit(make, tasks.popleft(), SEED))
            writer.write(waiting.popleft().result())
            rate = (writer.cases - before) / (time.monotonic() - begun)
            if writer.chunk % 20 == 0 or not (tasks or waiting):
                left = (cases - writer.cases) / rate / 60
                say(f"  {writer.cases:>9} of {cases} cases, {rate:.0f} a second, {left:.1f} minutes left")


class Writer:
    """Puts the rows of each piece into the tables, in one transaction, the books chained as the sealer chains them."""

    def __init__(self, connection: Any, cases: int) -> None:
        from benchmarks.copying import columns_of
        from cpims.audit.models import ChangeEntry, SightingEntry, SubjectKey
        from cpims.audit.queries import CHANGES, SIGHTINGS, head_of, ledger_key
        from cpims.records.models import Record

        def listed(model: Any, *leave_out: str) -> str:
            return ", ".join(f'"{field.column}"' for field in columns_of(model, leave_out))

        self.connection, self.cases, self.chunk = connection, cases, int(read(connection, "chunk") or 0)
        self.records = f"COPY records ({listed(Record, 'recorded_at')}) FROM STDIN"
        self.keys = f"COPY audit_subject_keys ({listed(SubjectKey)}) FROM STDIN"
        self.books = [
            (
                book,
                f"COPY {book.table} (id, seq, link, {listed(model, 'id', 'seq', 'link', 'xid')}) FROM STDIN",
                attribute,
            )
            for book, model, attribute in (
                (CHANGES, ChangeEntry, "changes"),
                (SIGHTINGS, SightingEntry, "sightings"),
            )
        ]
        self.key = ledger_key()
        self.heads: dict[str, tuple[int, bytes]] = {}
        for book, _, attribute in self.books:
            head = head_of(book)
            self.heads[attribute] = (head.seq, head.link)
            last = connection.execute(f"SELECT coalesce(max(id), 0) FROM {book.table}").fetchone()[0]
            self.heads[f"{attribute}.id"] = (last, b"")

    def write(self, made: Made) -> None:
        """One piece."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for statement, rows in ((self.records, made.records), (self.keys, made.keys)):
                with cursor.copy(statement) as copy:
                    copy.write(rows)
            for book, statement, attribute in self.books:
                with cursor.copy(statement) as copy:
                    copy.write(self._chained(book, attribute, getattr(made, attribute)))
            write(self.connection, "chunk", made.number + 1)
            write(self.connection, "cases", self.cases + made.cases)
        self.cases += made.cases
        self.chunk = made.number + 1

    def _chained(self, book: Any, attribute: str, entries: list[tuple[dict[str, Any], bytes]]) -> bytes:
        from cpims.audit.rules import link

        seq, previous = self.heads[attribute]
        number = self.heads[f"{attribute}.id"][0]
        lines = []
        for envelope, rest in entries:
            seq, number = seq + 1, number + 1
            previous = link(self.key, previous, seq, envelope | {"id": number})
            lines.append(b"%d\t%d\t\\\\x%s\t%s\n" % (number, seq, previous.hex().encode(), rest))
        self.heads[attribute], self.heads[f"{attribute}.id"] = (seq, previous), (number, b"")
        return b"".join(lines)


def _follow(connection: Any) -> None:
    """What triggers write beside records, for all of them at once: a million single rows take minutes longer."""
    begun = time.monotonic()
    with connection.transaction():
        connection.execute("TRUNCATE record_sights, case_tasks")
        for statement in FOLLOWING:
            connection.execute(statement)
        connection.execute("ALTER TABLE records ENABLE TRIGGER USER")
    say(f"  sights and tasks: {time.monotonic() - begun:.1f} s")


def _drop_indexes(connection: Any) -> None:
    """Indexes are built at the end, all at once; what they were is written down first."""
    known = read(connection, "indexes") or []
    names = {entry[0] for entry in known}
    found = [row for row in connection.execute(INDEXES, [list(TABLES)]).fetchall() if row[0] not in names]
    write(connection, "indexes", known + [list(row) for row in found])
    for name, table, _, constraint, _ in found:
        if constraint:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        else:
            connection.execute(f"DROP INDEX {name}")


def _make_indexes(connection: Any) -> None:
    there = {row[0] for row in connection.execute(INDEXES, [list(TABLES)]).fetchall()}
    for name, table, definition, constraint, rule in read(connection, "indexes"):
        if name in there:
            continue
        begun = time.monotonic()
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {rule}' if constraint else definition)
        say(f"  index {name}: {time.monotonic() - begun:.1f} s")


def _settle(connection: Any) -> None:
    for table in ("audit_changes", "audit_sightings"):
        connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    for table in TABLES:
        connection.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled, toast.autovacuum_enabled)")
        connection.execute(f"VACUUM (PROCESS_TOAST false) {table}")
        connection.execute(f"ANALYZE {table}")
    connection.execute("ANALYZE")
    connection.execute("CHECKPOINT") if _may_checkpoint(connection) else None


def _may_checkpoint(connection: Any) -> bool:
    row = connection.execute("SELECT pg_has_role(current_user, 'pg_checkpoint', 'member')").fetchone()
    return bool(row and row[0])


def main() -> int:
    """``python -m benchmarks.building``: build what ``CASES`` says and print its address."""
    place.prepare_environment()
    with place.running() as cluster:
        name = build(
            cluster, int(os.environ.get("CASES", "100000")), processes=int(os.environ.get("PROCESSES", "0")) or None
        )
        print(cluster.address(database=name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
