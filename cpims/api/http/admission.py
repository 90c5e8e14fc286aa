"""The porter: so many requests are worked on at once, some wait a moment, the rest is told when to come again.

A server that takes in more than it can do does nothing in time. Each request that touches the database gets a desk, and
a desk has one database connection; threads without a desk wait or turn people away, which costs next to nothing.
"""

from __future__ import annotations

import copy
import logging
import queue
import random
import select
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import connections

from cpims.lib.errors import TooMany
from cpims.lib.json import dumps

log = logging.getLogger("cpims.admission")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
#: How long somebody who was turned away is asked to stay away, in seconds; drawn, so that not all come back at once.
SOONEST, LATEST = 1, 4
#: Let a load balancer, a clock or somebody who signs out through whatever happens.
ALWAYS = "/health"
SIGN_OUT = ("DELETE", "/api/v2/tokens")
PATIENCE_AT_THE_SIDE = 30.0
BETWEEN_COMPLAINTS = 10.0
#: After so many seconds without a word a connection is tried before it is used.
SILENCE = 5.0


def open_desk(statement_seconds: int) -> Any:
    """A database connection that goes from thread to thread, never to two at once; long statements are cut off."""
    desk = connections.create_connection("default")
    desk.inc_thread_sharing()
    desk.settings_dict = copy.deepcopy(desk.settings_dict)
    limits = {"statement_timeout": statement_seconds, "idle_in_transaction_session_timeout": 3 * statement_seconds}
    given = desk.settings_dict["OPTIONS"].get("options", "")
    said = " ".join(f"-c {name}={seconds * 1000}" for name, seconds in limits.items() if seconds)
    desk.settings_dict["OPTIONS"]["options"] = f"{given} {said}".strip()
    return desk


def in_doubt(desk: Any) -> bool:
    """Must the database be asked whether the connection still stands? It says itself when the server hangs up; what a
    silent network has swallowed, only asking tells: after a while of silence."""
    held = desk.connection
    if held is None or held.closed or time.monotonic() - getattr(desk, "last_used", 0.0) > SILENCE:
        return True
    poll = select.poll()
    poll.register(held.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class Lane:
    """A row of desks and the people who wait for one."""

    def __init__(self, desks: int, *, waiting: int, patience: float, desk: Callable[[], Any]) -> None:
        """Open the desks. ``patience`` is how many seconds somebody waits for one."""
        self._free: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(desks):
            self._free.put(desk())
        self._lock = threading.Lock()
        self._waiting, self._most, self._patience = 0, waiting, patience

    def take(self) -> Any | None:
        """A desk, at once or after a while; nothing when too many wait already or it takes too long."""
        try:
            return self._free.get_nowait()
        except queue.Empty:
            pass
        with self._lock:
            if self._waiting >= self._most:
                return None
            self._waiting += 1
        try:
            return self._free.get(timeout=self._patience)
        except queue.Empty:
            return None
        finally:
            with self._lock:
                self._waiting -= 1

    def give_back(self, desk: Any) -> None:
        """Free a desk for the next."""
        self._free.put(desk)


class Admission:
    """Stands before the whole application."""

    def __init__(
        self,
        application: Wsgi,
        *,
        at_once: int | None = None,
        waiting: int | None = None,
        patience: float = 3.0,
        desk: Callable[[], Any] | None = None,
    ) -> None:
        """Take the numbers from the operator's settings unless told otherwise."""
        told = settings.ENVIRONMENT
        new_desk = desk or (lambda: open_desk(told.statement_seconds))
        most = told.waiting if waiting is None else waiting
        self.application = application
        self.lane = Lane(at_once or told.at_once, waiting=most, patience=patience, desk=new_desk)
        self.side = Lane(1, waiting=10_000, patience=PATIENCE_AT_THE_SIDE, desk=new_desk)
        self._refused, self._complained = 0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Let a request in, or turn it away."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(ALWAYS) or (environ.get("REQUEST_METHOD"), path.rstrip("/")) == SIGN_OUT:
            lane = self.side
        elif path.startswith("/api"):
            lane = self.lane
        else:
            return self.application(environ, start_response)
        desk = lane.take()
        if desk is None:
            return self._turn_away(environ, start_response)
        connections["default"] = desk
        desk.health_check_enabled = in_doubt(desk)
        try:
            return self.application(environ, start_response)
        finally:
            del connections["default"]
            desk.last_used = time.monotonic()
            lane.give_back(desk)

    def _turn_away(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seconds = random.randint(SOONEST, LATEST)
        error = {
            "status": 429,
            "resource": environ.get("PATH_INFO", ""),
            "message": "Retry later",
            "code": TooMany.code,
            "params": {"retry_after": seconds},
        }
        body = dumps({"errors": [error]})
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Retry-After", str(seconds)),
            ("X-Content-Type-Options", "nosniff"),
        ]
        self._complain()
        start_response("429 Too Many Requests", headers)
        return [body]

    def _complain(self) -> None:
        self._refused += 1
        moment = time.monotonic()
        if moment - self._complained > BETWEEN_COMPLAINTS:
            log.warning("more work than this machine can do: %s requests were asked to come again", self._refused)
            self._refused, self._complained = 0, moment
