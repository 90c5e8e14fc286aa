"""The floor under the other tests: what one test writes, the next does not see."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from cpims.lookups.models import Lookup


@pytest.mark.parametrize("turn", [1, 2])
def test_work_is_rolled_back(db: None, turn: int) -> None:
    assert Lookup.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE only_here (i int)")


@pytest.mark.parametrize("turn", [1, 2])
def test_committed_work_stays_in_its_own_database(committed_db: str, turn: int) -> None:
    seen: list[int] = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM only_here")
            seen.append(cursor.fetchone()[0])
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE only_here AS SELECT 1 AS i")
    other = threading.Thread(target=look)
    other.start()
    other.join()
    assert seen == [1]


def test_the_database_must_be_asked_for() -> None:
    with pytest.raises(pytest.fail.Exception, match="without asking"):
        connection.ensure_connection()
