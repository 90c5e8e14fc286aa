"""The porter before the real server: a house that is full, a statement that takes too long."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.conftest import _FOLDER
from tests.running import start_server

LOG = _FOLDER / "instance" / "log" / "web-admission.log"


def get(url: str) -> tuple[int, str | None, str]:
    request = urllib.request.Request(url, headers={"Cookie": "_app_session=somebody"})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.headers["Retry-After"], ""
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"], json.load(error)["errors"][0]["code"]


def until(condition: Callable[[], bool]) -> None:
    turn = threading.Event()
    for _ in range(1000):
        if condition():
            return
        turn.wait(0.02)
    raise AssertionError("it did not come to that")


def blocked(address: str) -> int:
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_full_house_turns_people_away_and_recovers_at_once(committed_db: str) -> None:
    server = start_server(committed_db, LOG, CPIMS_AT_ONCE="1", CPIMS_WAITING="0", CPIMS_STATEMENT_SECONDS="60")
    try:
        cases = f"{server.url}/api/v2/cases"
        with ThreadPoolExecutor(1) as pool, psycopg.connect(committed_db) as connection:
            connection.execute("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
            first = pool.submit(get, cases)
            until(lambda: first.done() or blocked(committed_db) >= 1)
            assert not first.done(), first.result()
            status, retry_after, code = get(cases)
            assert (status, code) == (429, "too_many_requests")
            assert retry_after is not None and 1 <= int(retry_after) <= 4
            assert get(f"{server.url}/health/database")[0] == 204
            connection.rollback()
            assert first.result(60)[0] == 401
        assert get(cases)[0] == 401
    finally:
        server.stop()


def test_a_statement_that_takes_too_long_is_cut_off(committed_db: str) -> None:
    server = start_server(committed_db, LOG, CPIMS_STATEMENT_SECONDS="1")
    try:
        with psycopg.connect(committed_db) as connection:
            connection.execute("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
            status, _, code = get(f"{server.url}/api/v2/cases")
            assert (status, code) == (429, "statement.too_slow")
            connection.rollback()
        assert get(f"{server.url}/api/v2/cases")[0] == 401
    finally:
        server.stop()
