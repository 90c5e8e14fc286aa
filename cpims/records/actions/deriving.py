"""Records follow the forms: what lists, filters and searches read of them is derived anew when the forms ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cpims.lib.transactions import atomic
from cpims.records.actions.writing import derive_columns
from cpims.records.models import Derivation, Record
from cpims.records.queries.setup import mark_of, setup_of
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.projections import COLUMNS, Setup, field_index
from cpims.settings.queries import configuration_number

BATCH = 200
OURS = "records_on_"


@dataclass(frozen=True)
class Progress:
    """How far a run is: records looked at, and those of them that changed."""

    kind: str
    done: int
    changed: int
    finished: bool


def derive_records(*, kind: str, at: datetime, again: bool = False) -> Iterator[Progress]:
    """Bring the records of a kind up to the forms as they stand, a batch at a time, telling how far it is.

    A run that was cut off goes on where it stopped; two runs share the work. Nothing but derived columns changes: no
    answer, no revision, no entry in the books. ``again`` begins anew whether it is needed or not.
    """
    _begin(kind, at, again)
    while True:
        progress = _batch(kind, at)
        if progress is None:
            return
        yield progress


def is_behind(kind: str, *, at: datetime) -> bool:
    """Do the forms ask for anything that records of a kind do not have yet? A new instance begins level."""
    mark = mark_of(configuration_number(), kind)
    row, _ = Derivation.objects.get_or_create(kind=kind, defaults={"held": mark, "updated_at": at})
    return row.held != mark or bool(row.wanted)


@atomic
def _begin(kind: str, at: datetime, again: bool) -> None:
    number = configuration_number()
    mark = mark_of(number, kind)
    Derivation.objects.get_or_create(kind=kind, defaults={"updated_at": at})
    row = Derivation.objects.select_for_update().get(kind=kind)
    if row.wanted == mark and not again:
        return
    if row.held == mark and not again:
        row.wanted = ""
    else:
        row.wanted, row.reached, row.done, row.changed = mark, None, 0, 0
    row.configuration, row.updated_at = number, at
    row.save()


@atomic
def _batch(kind: str, at: datetime) -> Progress | None:
    row = Derivation.objects.select_for_update().get(kind=kind)
    if not row.wanted:
        return None
    if row.wanted != mark_of(configuration_number(), kind):  # the forms changed meanwhile: from the beginning
        row.wanted, row.reached, row.done, row.changed = mark_of(configuration_number(), kind), None, 0, 0
        row.configuration = configuration_number()
    waiting = Record.objects.of_kind(kind)
    if row.reached is not None:
        waiting = waiting.filter(id__gt=row.reached)
    records = list(waiting.order_by("id").select_for_update(of=("self",), no_key=True)[:BATCH])
    changed = [record for record in records if _follows(record, row.configuration)]
    if changed:
        Record.objects.bulk_update(changed, [*COLUMNS, "incomplete"])
    row.done += len(records)
    row.changed += len(changed)
    row.reached = records[-1].id if records else row.reached
    finished = len(records) < BATCH
    if finished:
        row.held, row.wanted, row.reached = row.wanted, "", None
    row.updated_at = at
    row.save()
    return Progress(kind, row.done, row.changed, finished)


def _follows(record: Record, configuration: int) -> bool:
    """Derive a record anew; did anything change?"""
    names = (*COLUMNS, "incomplete")
    before = [getattr(record, name) for name in names]
    derive_columns(record, KINDS[record.kind], configuration=configuration, today=record.created_at.date())
    return before != [getattr(record, name) for name in names]


def keep_field_indexes(*, kind: str) -> list[str]:
    """Build an index for each question that an administrator marked filterable, and drop those of others; answers
    the names of those built.

    Nobody waits meanwhile: indexes are built beside the work, so this may not run inside a transaction. One that was
    cut off is built again.
    """
    wanted = _wanted(kind, setup_of(configuration_number(), kind))
    with connection.cursor() as statement:
        statement.execute(
            "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE i.indrelid = 'records'::regclass AND starts_with(c.relname, %s)",
            [f"{OURS}{kind}_"],
        )
        there = dict(statement.fetchall())
        for name, valid in there.items():
            if name not in wanted or not valid:
                statement.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
        built = [name for name in wanted if not there.get(name)]
        for name in built:
            statement.execute(f'CREATE INDEX CONCURRENTLY IF NOT EXISTS "{name}" ON records {wanted[name]}')
        if built:
            statement.execute("ANALYZE records")
    return built


def _wanted(kind: str, setup: Setup) -> dict[str, str]:
    masked = KINDS[kind].masked_fields
    return {
        f"{OURS}{kind}_{mark}": f"(kind, {expression}, id)"
        for mark, expression in (field_index(name) for name in sorted(setup.filterable - masked))
    }
