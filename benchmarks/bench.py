"""``make bench``: how fast lists, searches, counts, reads and saves are on many cases, beside the same SQL without us.

``CASES`` (100000) says how many; they are built once and kept. ``BENCH_SECONDS`` (6) is the length of one measurement. The database
that is measured is a copy, or the built one itself where the disk is too small for a copy; the result says which.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import place, results
from benchmarks.building import built, say

CLIENTS, USERS, THINK = 8, 50, 4.0
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))


def main() -> int:
    """Build, measure, write down."""
    cases = int(os.environ.get("CASES", "100000"))
    place.prepare_environment()
    with place.running() as cluster:
        begun = time.time()
        with built(cluster, cases) as (name, template):
            found = {
                "machine": results.machine(cluster),
                "cases": cases,
                "template": template,
                "copied": name != template,
            }
            found["built"] = results.how_it_was_built(cluster, template)
            found |= measure(cluster, name)
        found["seconds"] = round(time.time() - begun)
        for path in results.keep(found):
            say(f"written: {path}")
    return 0


def measure(cluster: Any, name: str) -> dict[str, Any]:
    """Everything that is measured on one database."""
    from benchmarks import acts, replay
    from benchmarks.servers import site

    address = place.use(cluster, name)
    people = acts.sign_in()
    doing = acts.Acts(people)
    scripts = place.FOLDER / "scripts.pickle"
    statements = replay.write_down(doing.makers(), scripts)
    found: dict[str, Any] = {"statements": statements, "acts": {}, "sizes": results.sizes(address)}
    _forget_connection()
    with site(address) as running, replay.bare_server(address, scripts, place.FOLDER / "log" / "bare.log") as bare:
        _warm(running.port, doing)
        found["memory at rest"] = running.memory()
        for act in acts.ACTS:
            found["acts"][act] = _one(act, doing, running, bare, address, scripts)
            say(f"  {act:<7} " + results.line(found["acts"][act]))
        found["mixed"] = _mixed(doing, running)
        say(f"  mixed   {found['mixed']}")
        found["memory"] = running.memory()
    found["sizes after"] = results.sizes(address)
    return found


def _forget_connection() -> None:
    from django.db import connections

    connections["default"].close()


def _warm(port: int, doing: Any) -> None:
    from benchmarks.load import drive

    drive(port, doing.day(), clients=CLIENTS, seconds=min(4.0, SECONDS), seed=99)


def _one(act: str, doing: Any, running: Any, bare: int, address: str, scripts: Path) -> dict[str, Any]:
    """One act: by us, by a bare view with the same statements, and the statements alone; turn about, so that all have the
    same weather."""
    from benchmarks import replay
    from benchmarks.load import Person, drive, request, summary

    nobody = Person("", "", b"Accept: */*")

    def bare_request(rng: random.Random) -> Any:
        return request(nobody, act, "GET", f"/{act}/{rng.randint(0, 10_000)}")

    ours, others = [], []
    for turn in range(2):
        ours.append(drive(running.port, doing.makers()[act], clients=CLIENTS, seconds=SECONDS / 2, seed=turn))
        others.append(drive(bare, bare_request, clients=CLIENTS, seconds=SECONDS / 2, seed=turn))
    alone, spent = replay.alone(address, scripts, act, clients=CLIENTS, seconds=SECONDS / 2)
    if results.together(others).failed:
        raise RuntimeError(f"the bare view does not run the statements of {act}: see bare.log")
    one_client = drive(running.port, doing.makers()[act], clients=1, seconds=min(2.0, SECONDS / 2), seed=7)
    return {
        "ours": summary(results.together(ours), act),
        "one client": summary(one_client, act),
        "errors": results.together(ours).failed,
        "bare view": summary(results.together(others), act),
        "SQL alone": summary(alone, act),
        "slowest statements": replay.slowest(spent),
        "bytes": round(sum(t.received for t in ours) / max(1, sum(t.count for t in ours))),
    }


def _mixed(doing: Any, running: Any) -> dict[str, Any]:
    """A day's mixed work: eight clients without a pause, and fifty people who think between two requests."""
    from benchmarks.acts import ACTS
    from benchmarks.load import drive, summary

    found: dict[str, Any] = {}
    for title, clients, think, seconds in (
        (f"{CLIENTS} clients", CLIENTS, 0.0, 3 * SECONDS),
        (f"{USERS} users", USERS, THINK, 4 * SECONDS),
    ):
        tally = drive(running.port, doing.day(), clients=clients, seconds=seconds, think=think)
        found[title] = summary(tally) | {"p95 by act": {a: summary(tally, a)["p95"] for a in ACTS}}
    return found


if __name__ == "__main__":
    sys.exit(main())
