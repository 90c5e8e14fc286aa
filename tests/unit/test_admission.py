"""The porter: how many are let in, who waits, who is turned away, and who never is. Without a database."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connections

from cpims.api.http.admission import SILENCE, Admission, in_doubt

PATIENCE = 20.0


class Desk:
    """Stands for a database connection: it notices when two threads have it at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connection: Any = None
        self.last_used = 0.0


class Office:
    """An application whose requests stay until they are told to go."""

    def __init__(self) -> None:
        self.doors = threading.Semaphore(0)
        self.inside = threading.Semaphore(0)
        self.most = self.now = 0
        self.lock = threading.Lock()
        self.desks: set[int] = set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/api"):
            desk: Any = connections["default"]
            with self.lock:
                self.desks.add(id(desk))
                self.now += 1
                self.most = max(self.most, self.now)
            assert desk.lock.acquire(blocking=False), "two requests have one connection"
            self.inside.release()
            assert self.doors.acquire(timeout=PATIENCE)
            desk.lock.release()
            with self.lock:
                self.now -= 1
            if environ["PATH_INFO"] == "/api/broken":
                raise RuntimeError("broken")
        start_response("200 OK", [])
        return [b"done"]


def ask(admission: Admission, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    told: list[Any] = []
    body = admission(
        {"PATH_INFO": path, "REQUEST_METHOD": method}, lambda status, headers: told.append((status, headers))
    )
    status, headers = told[0]
    return int(status.split()[0]), dict(headers), b"".join(body)


@contextmanager
def crowd(number: int) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(number) as pool:
        yield pool


def porter(office: Office, *, at_once: int, waiting: int, patience: float = PATIENCE) -> Admission:
    return Admission(office, at_once=at_once, waiting=waiting, patience=patience, desk=Desk)


def until(condition: Callable[[], bool]) -> None:
    turn = threading.Event()
    for _ in range(2000):
        if condition():
            return
        turn.wait(0.005)
    raise AssertionError("it did not come to that")


def test_so_many_at_once_so_many_wait_and_the_rest_is_turned_away() -> None:
    office = Office()
    admission = porter(office, at_once=2, waiting=3)
    with crowd(8) as pool:
        inside = [pool.submit(ask, admission, "/api/cases") for _ in range(2)]
        for _ in range(2):
            assert office.inside.acquire(timeout=PATIENCE)
        waiting = [pool.submit(ask, admission, "/api/cases") for _ in range(3)]
        until(lambda: admission.lane._waiting == 3)
        status, headers, body = ask(admission, "/api/cases")
        assert status == 429
        assert 1 <= int(headers["Retry-After"]) <= 4
        assert json.loads(body)["errors"][0]["code"] == "too_many_requests"
        office.doors.release(5)
        assert [one.result(PATIENCE)[0] for one in inside + waiting] == [200] * 5
    assert office.most == 2
    assert len(office.desks) <= 2


def test_whoever_waits_too_long_is_asked_to_come_again() -> None:
    office = Office()
    admission = porter(office, at_once=1, waiting=5, patience=0.05)
    with crowd(2) as pool:
        first = pool.submit(ask, admission, "/api/cases")
        assert office.inside.acquire(timeout=PATIENCE)
        assert ask(admission, "/api/cases")[0] == 429
        office.doors.release()
        assert first.result(PATIENCE)[0] == 200
    assert admission.lane._waiting == 0


def test_health_sign_out_and_pages_pass_a_full_house() -> None:
    office = Office()
    admission = porter(office, at_once=1, waiting=0)
    with crowd(3) as pool:
        first = pool.submit(ask, admission, "/api/cases")
        assert office.inside.acquire(timeout=PATIENCE)
        assert ask(admission, "/api/cases")[0] == 429
        assert ask(admission, "/health/database")[0] == 200
        assert ask(admission, "/app/cases")[0] == 200
        assert ask(admission, "/api/v2/tokens", "POST")[0] == 429
        leaving = pool.submit(ask, admission, "/api/v2/tokens/", "DELETE")
        assert office.inside.acquire(timeout=PATIENCE)
        office.doors.release(2)
        assert leaving.result(PATIENCE)[0] == first.result(PATIENCE)[0] == 200


def test_a_request_that_breaks_gives_its_desk_back() -> None:
    office = Office()
    admission = porter(office, at_once=1, waiting=0)
    office.doors.release(2)
    try:
        ask(admission, "/api/broken")
    except RuntimeError:
        pass
    else:
        raise AssertionError("the error was swallowed")
    assert ask(admission, "/api/cases")[0] == 200


class Line:
    """What a desk knows of its connection: a line to the server, and whether it was put down."""

    def __init__(self, end: socket.socket) -> None:
        self.fileno, self.closed = end.fileno, False


def test_a_connection_is_asked_after_only_when_it_may_be_gone() -> None:
    desk = Desk()
    assert in_doubt(desk), "it never stood"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        desk.connection = Line(ours)
        desk.last_used = time.monotonic()
        assert not in_doubt(desk)
        desk.last_used -= SILENCE + 1
        assert in_doubt(desk), "a long silence"
        desk.last_used = time.monotonic()
        theirs.close()
        assert in_doubt(desk), "the server hung up"
