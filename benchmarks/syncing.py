"""``python -m benchmarks.syncing``: the first filling of a device over a bad line, and a hundred devices at once.

First: 1,000 cases of realistic size at 1.6 Mbit/s and a round trip of 300 ms, page after page as our client asks. Then
``DEVICES`` (100) devices with 500 cases each fill themselves from one server at the same time, and ask again for changes.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import place, results
from benchmarks.building import built, say
from benchmarks.load import Connection, Person, percentile, request

PAGE = int(os.environ.get("PAGE", "100"))
FIRST, EACH = 1_000, 500
DEVICES = int(os.environ.get("DEVICES", "100"))
CHANGES = "/api/cpims/v1/sync/changes"


async def fill(port: int, person: Person, pinned: list[str], tell: list[float] | None = None) -> dict[str, Any]:
    """Ask page after page until nothing more comes; what came, and how long it took."""
    connection = Connection("127.0.0.1", port)
    cursor, epoch, configuration = None, None, None
    records = pages = received = unpacked = turned_away = 0
    begun, first = time.perf_counter(), 0.0
    while True:
        body = {"cursor": cursor, "scope": {"own_open": False, "pinned": pinned}, "limit": PAGE, "kinds": ["case"]}
        body |= {"epoch": epoch, "configuration": configuration}
        sent = time.perf_counter()
        status, raw = await connection.send(request(person, "sync", "POST", CHANGES, body).raw)
        if status in (429, 503):
            turned_away += 1
            await asyncio.sleep(float(connection.last_headers.get("retry-after", "1")))
            continue
        if status != 200:
            raise RuntimeError(f"the feed answered {status}: {raw[:300]!r}")
        if tell is not None:
            tell.append(time.perf_counter() - sent)
        received += len(raw)
        if connection.last_headers.get("content-encoding") == "gzip":
            raw = gzip.decompress(raw)
        unpacked += len(raw)
        answer = json.loads(raw)
        records, pages = records + len(answer["data"]["records"]), pages + 1
        first = first or time.perf_counter() - begun
        told = answer["metadata"]
        cursor, epoch, configuration = told["cursor"], told["epoch"], told["configuration"]
        if not told["more"]:
            break
    connection.close()
    return {
        "records": records, "pages": pages, "seconds": round(time.perf_counter() - begun, 2), "first page after": round(first, 2),
        "MB on the line": round(received / 2**20, 2), "MB unpacked": round(unpacked / 2**20, 2), "turned away": turned_away,
        "cursor": (cursor, epoch, configuration),
    }  # fmt: skip


async def again(port: int, person: Person, pinned: list[str], standing: Any) -> float:
    """Ask for changes since the last time; how long it took."""
    cursor, epoch, configuration = standing
    body = {"cursor": cursor, "scope": {"own_open": False, "pinned": pinned}, "limit": PAGE, "kinds": ["case"]}
    body |= {"epoch": epoch, "configuration": configuration}
    connection = Connection("127.0.0.1", port)
    while True:
        sent = time.perf_counter()
        status, raw = await connection.send(request(person, "sync", "POST", CHANGES, body).raw)
        if status == 200:
            connection.close()
            return time.perf_counter() - sent
        if status != 429:
            raise RuntimeError(f"the feed answered {status}: {raw[:300]!r}")
        await asyncio.sleep(float(connection.last_headers.get("retry-after", "1")))


def measure(cluster: Any, name: str) -> dict[str, Any]:
    """Both trials on one database."""
    from benchmarks import acts
    from benchmarks.servers import site
    from cpims.forms.queries.viewers import current_viewer
    from cpims.records.models import Record
    from tests.e2e.proxy import MOBILE, ShapingProxy

    address = place.use(cluster, name)
    people = acts.sign_in()
    packed = [
        Person(p.name, p.scope, p.headers.replace(b"identity", b"gzip")) for some in people.values() for p in some
    ]
    supervisor = next(p for p in packed if p.scope == "group")
    seen = (
        Record.objects.visible_to(current_viewer(supervisor.name)).of_kind("case").filter(status="open").order_by("id")
    )
    thousand = [str(key) for key in seen.values_list("id", flat=True)[:FIRST]]
    devices = [p for p in packed if p.scope in ("self", "group")]
    kept: dict[str, list[str]] = {}
    for person in devices:
        mine = Record.objects.visible_to(current_viewer(person.name)).of_kind("case").filter(status="open")
        kept[person.name] = [str(key) for key in mine.order_by("id").values_list("id", flat=True)[:EACH]]
    from django.db import connections

    connections["default"].close()
    found: dict[str, Any] = {}
    with site(address) as running:
        plain = asyncio.run(fill(running.port, supervisor, thousand))
        with ShapingProxy(running.port, MOBILE) as proxy:
            bad = asyncio.run(fill(proxy.port, supervisor, thousand))
        for one in (plain, bad):
            one.pop("cursor")
        found["first filling, no limit"], found["first filling, 1.6 Mbit/s and 300 ms"] = plain, bad
        say(f"  {found}")
        found[f"{DEVICES} devices"] = _many(running, devices, kept)
        say(f"  {found[f'{DEVICES} devices']}")
    return found


def _many(running: Any, people: list[Person], kept: dict[str, list[str]]) -> dict[str, Any]:
    chosen = [people[n % len(people)] for n in range(DEVICES)]
    pages: list[float] = []

    async def all_fill() -> list[dict[str, Any]]:
        return await asyncio.gather(*(fill(running.port, p, kept[p.name], pages) for p in chosen))

    async def all_again(standings: list[Any]) -> list[float]:
        return await asyncio.gather(
            *(again(running.port, p, kept[p.name], s) for p, s in zip(chosen, standings, strict=True))
        )

    begun = time.perf_counter()
    filled = asyncio.run(all_fill())
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    asked = asyncio.run(all_again([one["cursor"] for one in filled]))
    return {
        "devices": len(filled), "records": sum(one["records"] for one in filled), "seconds": round(seconds, 1),
        "records a second": round(sum(one["records"] for one in filled) / seconds), "pages": len(pages),
        "page p50 ms": round(percentile(pages, 0.5)), "page p95 ms": round(percentile(pages, 0.95)),
        "slowest device s": max(one["seconds"] for one in filled), "turned away": sum(one["turned away"] for one in filled),
        "MB on the line": round(sum(one["MB on the line"] for one in filled), 1),
        "asking again, all at once s": round(time.perf_counter() - begun, 2), "asking again p95 ms": round(percentile(asked, 0.95)),
        "memory": running.memory(),
    }  # fmt: skip


def main() -> int:
    """Measure and write down."""
    cases = int(os.environ.get("CASES", "100000"))
    place.prepare_environment()
    with place.running() as cluster, built(cluster, cases) as (name, _):
        found = {"machine": results.machine(cluster), "cases": cases, "sync": measure(cluster, name)}
    for path in results.keep_plain(found, "sync", _table(found)):
        say(f"written: {path}")
    return 0


def _table(found: dict[str, Any]) -> str:
    out = [f"# Filling devices, {found['cases']:,} cases in the database", "", results.described(found["machine"]), ""]
    for title, row in found["sync"].items():
        out += [f"**{title}**", "", *(f"- {name}: {value}" for name, value in row.items()), ""]
    return "\n".join(out)


if __name__ == "__main__":
    sys.exit(main())
