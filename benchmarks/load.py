"""A load of our own: many people at once from one small process, over plain sockets, each answer timed."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in: her headers, and what she works with."""

    name: str
    scope: str
    headers: bytes
    cases: Sequence[str] = ()
    codes: Sequence[str] = ()
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Request:
    """One request, as bytes; ``act`` is what it is counted under."""

    act: str
    raw: bytes


@dataclass
class Tally:
    """What came back: seconds by act, statuses, and for each answer when it came (for curves)."""

    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    curve: list[tuple[float, str, float, int]] = field(default_factory=list)
    received: int = 0
    seconds: float = 0.0

    def add(self, act: str, took: float, status: int, at: float, size: int) -> None:
        """One answer."""
        self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1
        if status < 400:
            self.times.setdefault(act, []).append(took)
        self.curve.append((at, act, took, status))
        self.received += size

    @property
    def count(self) -> int:
        """Answers that were not refusals."""
        return sum(len(times) for times in self.times.values())

    @property
    def failed(self) -> int:
        """Answers that were errors; 0 is a connection that broke."""
        return sum(n for status, n in self.statuses.items() if int(status) == 0 or int(status) >= 400)


def request(person: Person, act: str, method: str, path: str, body: Any = None, **headers: str) -> Request:
    """A request of a person."""
    raw = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: bench", person.headers]
    lines += [f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()]
    if body is not None:
        lines += [b"Content-Type: application/json", b"Content-Length: %d" % len(raw)]
    return Request(act, b"\r\n".join([*lines, b"", raw]))


class Connection:
    """A connection that is kept open between requests."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.last_headers: dict[str, str] = {}

    async def send(self, raw: bytes) -> tuple[int, bytes]:
        """Send and wait for the answer: status (0 when the connection broke) and body."""
        try:
            if self.writer is None or self.writer.is_closing():
                self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=2**22)
            assert self.reader is not None
            self.writer.write(raw)
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            status = int(head[0].split(" ", 2)[1])
            self.last_headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:])}
            if self.last_headers.get("transfer-encoding") == "chunked":
                body = b""
                while size := int(await self.reader.readline(), 16):
                    body += await self.reader.readexactly(size)
                    await self.reader.readline()
                await self.reader.readline()
            else:
                body = await self.reader.readexactly(int(self.last_headers.get("content-length", "0")))
            if self.last_headers.get("connection", "").lower() == "close":
                self.close()
            return status, body
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError):
            self.close()
            return 0, b""

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
        self.writer = None


Chooser = Callable[[random.Random], Request]


async def _client(
    host: str, port: int, choose: Chooser, rng: random.Random, tally: Tally, begun: float, until: float, think: float
) -> None:
    connection = Connection(host, port)
    if think:
        await asyncio.sleep(rng.random() * think)
    while time.perf_counter() < until:
        wanted = choose(rng)
        sent = time.perf_counter()
        status, body = await connection.send(wanted.raw)
        now = time.perf_counter()
        tally.add(wanted.act, now - sent, status, now - begun, len(body))
        if status in (0, 429, 503):
            await asyncio.sleep(min(float(connection.last_headers.get("retry-after", "0.2")), 2.0) if status else 0.2)
        if think:
            await asyncio.sleep(min(rng.expovariate(1 / think), max(0.0, until - time.perf_counter())))
    connection.close()


async def _all(host: str, port: int, choose: Chooser, clients: int, seconds: float, think: float, seed: int) -> Tally:
    tally, begun = Tally(), time.perf_counter()
    rngs = [random.Random(f"{seed}/{n}") for n in range(clients)]
    await asyncio.gather(*(_client(host, port, choose, rng, tally, begun, begun + seconds, think) for rng in rngs))
    tally.seconds = max((at for at, *_ in tally.curve), default=time.perf_counter() - begun)
    return tally


def drive(
    port: int,
    choose: Chooser,
    *,
    clients: int,
    seconds: float,
    think: float = 0.0,
    seed: int = 1,
    host: str = "127.0.0.1",
) -> Tally:
    """Let so many clients work for so long; with ``think`` each pauses about so many seconds between two requests."""
    return asyncio.run(_all(host, port, choose, clients, seconds, think, seed))


def percentile(times: Sequence[float], part: float) -> float:
    """The time within which this part of the answers came, in milliseconds."""
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


def summary(tally: Tally, act: str | None = None) -> dict[str, Any]:
    """A tally in a few figures; times in milliseconds."""
    times = tally.times.get(act, []) if act else [t for some in tally.times.values() for t in some]
    return {
        "answers": len(times),
        "per_second": round(len(times) / tally.seconds, 1) if tally.seconds else 0.0,
        "p50": round(percentile(times, 0.5), 1),
        "p95": round(percentile(times, 0.95), 1),
        "p99": round(percentile(times, 0.99), 1),
        "worst": round(1000 * max(times), 1) if times else None,
        "statuses": dict(tally.statuses) if act is None else None,
    }


def mixed(parts: Mapping[str, float], makers: Mapping[str, Chooser]) -> Chooser:
    """A chooser that picks among several by weight."""
    names, weights = list(parts), list(parts.values())

    def choose(rng: random.Random) -> Request:
        return makers[rng.choices(names, weights)[0]](rng)

    return choose
