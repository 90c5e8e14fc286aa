"""The same SQL without us: statements of real requests are written down, then run by a bare WSGI view and by nobody at all."""

from __future__ import annotations

import logging
import pickle
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.load import Request, Tally, percentile


@dataclass(frozen=True)
class Json:
    """A JSON value among the values of a statement, in a shape that can be written to a file."""

    value: Any


Statement = tuple[str, Any]


def record(wanted: Request) -> list[Statement]:
    """Do a request inside this process, on Django's current database, and answer the statements it ran."""
    from django.db import connection
    from django.test import Client

    head, _, body = wanted.raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    given = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    extra = {"HTTP_" + k.upper().replace("-", "_"): v for k, v in given.items() if not k.startswith("content-")}
    found: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, _all(params or (), _kept)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        reply = Client().generic(method, path, body, given.get("content-type", "application/json"), **extra)
    if reply.status_code >= 400:
        raise RuntimeError(f"{method} {path}: {reply.status_code} {reply.content[:300]!r}")
    return found


def _all(params: Any, change: Callable[[Any], Any]) -> Any:
    """Values by place or by name, each changed."""
    if isinstance(params, Mapping):
        return {name: change(value) for name, value in params.items()}
    return tuple(change(value) for value in params)


def _kept(value: Any) -> Any:
    return Json(value.obj) if isinstance(value, Jsonb) else value


def write_down(choose: dict[str, Callable[[random.Random], Request]], path: Path, *, each: int = 60) -> dict[str, int]:
    """Write down the statements of so many requests of each act; answers how many statements a request has."""
    rng = random.Random(3)
    logging.getLogger("cpims").setLevel(logging.WARNING)
    scripts = {act: [record(make(rng)) for _ in range(each)] for act, make in choose.items()}
    path.write_bytes(pickle.dumps(scripts))
    return {act: max(len(script) for script in found) for act, found in scripts.items()}


def run_script(connection: Any, script: Sequence[Statement], spent: dict[str, list[float]] | None = None) -> list[Any]:
    """Run the statements of one request; what they found."""
    found: list[Any] = []
    with connection.transaction():
        for sql, params in script:
            begun = time.perf_counter()
            if sql.startswith(("SAVEPOINT", "RELEASE")):
                continue
            if params:
                values = _all(params, lambda p: Jsonb(p.value) if isinstance(p, Json) else p)
                cursor = connection.execute(sql, values, prepare=True)
            else:
                cursor = connection.execute(sql)
            if cursor.description is not None:
                found.append(cursor.fetchall())
            if spent is not None:
                spent.setdefault(sql, []).append(time.perf_counter() - begun)
    return found


def alone(address: str, path: Path, act: str, *, clients: int, seconds: float) -> tuple[Tally, dict[str, list[float]]]:
    """The statements of one act, from so many connections at once, with nothing around them."""
    scripts = pickle.loads(path.read_bytes())[act]
    tally, spent, lock = Tally(), {}, threading.Lock()
    begun = time.perf_counter()

    broken: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            run(seed)
        except Exception as error:
            broken.append(error)

    def run(seed: int) -> None:
        rng = random.Random(seed)
        mine: dict[str, list[float]] = {}
        with psycopg.connect(address, autocommit=True, prepare_threshold=5) as connection:
            while (sent := time.perf_counter()) < begun + seconds:
                run_script(connection, rng.choice(scripts), mine)
                now = time.perf_counter()
                with lock:
                    tally.add(act, now - sent, 200, now - begun, 0)
        with lock:
            for sql, times in mine.items():
                spent.setdefault(sql, []).extend(times)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    tally.seconds = time.perf_counter() - begun
    return tally, spent


def slowest(spent: dict[str, list[float]], most: int = 3) -> list[dict[str, Any]]:
    """The statements that took longest, for whoever wants to make them faster."""
    ordered = sorted(spent.items(), key=lambda entry: -sum(entry[1]))
    return [
        {
            "p50": round(percentile(times, 0.5), 2),
            "p95": round(percentile(times, 0.95), 2),
            "times": len(times),
            "sql": sql[:3000],
        }
        for sql, times in ordered[:most]
    ]


@contextmanager
def bare_server(address: str, path: Path, log: Path) -> Iterator[int]:
    """The bare view, served by the same server with the same settings; its port."""
    import os
    import sys

    from benchmarks.place import ROOT
    from benchmarks.servers import free_port, place_at, wait_for
    from cpims.lib.processes import spawn, stop
    from cpims.management.launch.supervisor import web_command

    port = free_port()
    argv = [
        part if part != "config.wsgi:application" else "benchmarks.bare:application"
        for part in web_command(place_at(port, address), workers=2)
    ]
    env = {**os.environ, "BENCH_ADDRESS": address, "BENCH_SCRIPTS": str(path), "PYTHONPATH": str(ROOT)}
    with log.open("ab") as output:
        process = spawn([sys.executable, *argv[1:]], env=env, output=output, cwd=ROOT)
    try:
        wait_for(port, "/list/0", process, log)
        yield port
    finally:
        stop(process, patience=5)
