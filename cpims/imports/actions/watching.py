"""A table that takes a while: how far it has come, seen from outside, and calling it back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connections

from cpims.access.rules.viewer import Viewer
from cpims.imports.models import ImportRun
from cpims.imports.queries.runs import get_run
from cpims.imports.rules.progress import ImportCancelled, Phase, Tell, untold
from cpims.lib.clock import now

#: So often, in seconds, it is said how far a table has come.
EVERY: Final = 0.5
#: A run that says nothing for so long has died with its process.
FORGOTTEN: Final = timedelta(hours=1)
_SAID: Final = """
INSERT INTO import_runs (id, user_id, phase, done, total, is_cancelled, touched_at) VALUES (%s, %s, %s, %s, %s, false, %s)
ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, done = excluded.done, total = excluded.total,
  touched_at = excluded.touched_at WHERE import_runs.user_id = excluded.user_id
RETURNING is_cancelled
"""


@contextmanager
def watched(run_id: UUID | None, viewer: Viewer) -> Iterator[Tell]:
    """Say how far a table has come while its own transaction is still open: over a connection beside it.

    Without an id nobody watches. The row goes with the run; such as died with their process go with the next one.
    Raises: ImportCancelled (from the teller, inside the transaction that is to be taken back).
    """
    if run_id is None:
        yield untold
        return
    beside = connections.create_connection("default")
    last = 0.0

    def tell(phase: Phase, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY:
            return
        last = time.monotonic()
        with beside.cursor() as cursor:
            cursor.execute(_SAID, [run_id, viewer.user_id, phase.value, done, total, now()])
            row = cursor.fetchone()
        if row is None or row[0]:
            raise ImportCancelled

    try:
        with beside.cursor() as cursor:
            cursor.execute("DELETE FROM import_runs WHERE touched_at < %s", [now() - FORGOTTEN])
        yield tell
    finally:
        try:
            with beside.cursor() as cursor:
                cursor.execute("DELETE FROM import_runs WHERE id = %s AND user_id = %s", [run_id, viewer.user_id])
        finally:
            beside.close()


def cancel_import(*, run_id: UUID | None, actor: Viewer, at: datetime) -> ImportRun:
    """She calls a table back that is being worked on; what was done of it is taken back whole.

    Raises: ImportRunNotFound.
    """
    run = get_run(run_id, actor)
    ImportRun.objects.filter(pk=run.pk).update(is_cancelled=True, touched_at=at)
    run.is_cancelled = True
    return run
