"""Fifteen minutes of mixed work (``SOAK_MINUTES``), then ten times the load for half a minute, then quiet again.

What is looked for: no error, memory and p95 that stay flat; in the spike refusals with ``Retry-After`` instead of a fall;
afterwards the old pace within seconds, and every save that was acknowledged is in the book of changes.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import place, results
from benchmarks.building import built, say
from benchmarks.load import Tally, drive, percentile, summary
from benchmarks.picture import curves

MINUTES = float(os.environ.get("SOAK_MINUTES", "15"))
USERS, THINK = int(os.environ.get("SOAK_USERS", "20")), 1.0
SPIKE, TIMES = 30.0, 10
WINDOW = 30.0


class Scales:
    """Weighs the programs every few seconds, in a thread of its own."""

    def __init__(self, running: Any, every: float = 5.0) -> None:
        self.running, self.every = running, every
        self.begun = time.perf_counter()
        self.weights: list[tuple[float, float]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)

    def _weigh(self) -> None:
        while not self._end.wait(self.every):
            self.weights.append((time.perf_counter() - self.begun, self.running.memory()["both"]["pss"]))

    def __enter__(self) -> Scales:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(20)


def by_window(tally: Tally, width: float) -> list[tuple[float, float]]:
    """p95 of each window, in milliseconds."""
    windows: dict[int, list[float]] = {}
    for at, _, took, status in tally.curve:
        if 0 < status < 400:
            windows.setdefault(int(at // width), []).append(took)
    return [((n + 0.5) * width, round(percentile(times, 0.95), 1)) for n, times in sorted(windows.items())]


def measure(cluster: Any, name: str) -> dict[str, Any]:
    """Soak, spike, quiet."""
    from benchmarks import acts
    from benchmarks.servers import site

    address = place.use(cluster, name)
    doing = acts.Acts(acts.sign_in())
    before = _amended()
    found: dict[str, Any] = {}
    saved = 0
    with site(address) as running:
        drive(running.port, doing.day(), clients=8, seconds=10, seed=4)
        saved_before_soak = _amended()
        with Scales(running) as scales:
            tally = drive(running.port, doing.day(), clients=USERS, seconds=MINUTES * 60, think=THINK)
        found["soak"] = summary(tally) | {
            "errors": _errors(tally),
            "turned away": tally.statuses.get("429", 0),
            "p95 by window": by_window(tally, WINDOW),
            "memory": scales.weights,
        }
        saved += len(tally.times.get("save", []))
        say(f"  soak: {summary(tally)}, memory {scales.weights[:1]} … {scales.weights[-1:]}")
        spike = drive(running.port, doing.day(), clients=USERS * TIMES, seconds=SPIKE, think=THINK / 5, seed=2)
        saved += len(spike.times.get("save", []))
        found["spike"] = summary(spike) | {"clients": USERS * TIMES, "p95 by window": by_window(spike, 5.0)}
        say(f"  spike: {summary(spike)}")
        quiet = drive(running.port, doing.day(), clients=USERS, seconds=30, think=THINK, seed=3)
        saved += len(quiet.times.get("save", []))
        found["quiet again"] = summary(quiet) | {"errors": _errors(quiet), "p95 by window": by_window(quiet, 5.0)}
        say(f"  quiet again: {summary(quiet)}")
    in_book = _amended() - saved_before_soak
    unknown = spike.statuses.get("0", 0) + tally.statuses.get("0", 0) + quiet.statuses.get("0", 0)
    found["saves"] = {
        "acknowledged": saved,
        "in the book": in_book,
        "broken connections": unknown,
        "lost": max(0, saved - in_book),
    }
    say(f"  saves: {found['saves']} (before: {before})")
    return found


def _errors(tally: Tally) -> int:
    """Answers that are neither good nor a request to come again."""
    return tally.failed - tally.statuses.get("429", 0)


def _amended() -> int:
    from django.db import connections

    from cpims.audit.models import ChangeEntry

    number = ChangeEntry.objects.filter(event="case.amended").count()
    connections["default"].close()
    return number


def main() -> int:
    """Measure, write down; ends non-zero when something was lost or an error came."""
    cases = int(os.environ.get("CASES", "100000"))
    place.prepare_environment()
    with place.running() as cluster, built(cluster, cases) as (name, _):
        found = {"machine": results.machine(cluster), "cases": cases, **measure(cluster, name)}
    lines = {"p95 ms": found["soak"]["p95 by window"], "memory MB (web + worker)": found["soak"]["memory"]}
    image = curves(f"{MINUTES:g} minutes of mixed work, {USERS} users, {cases:,} cases", lines, "")
    for path in results.keep_plain(found, "endurance", _table(found), image):
        say(f"written: {path}")
    return 1 if found["soak"]["errors"] or found["saves"]["lost"] else 0


def _table(found: dict[str, Any]) -> str:
    out = [f"# {MINUTES:g} minutes of mixed work, a spike, and quiet again ({found['cases']:,} cases)", ""]
    out += [
        results.described(found["machine"]),
        "",
        "| | answers | a second | p50 | p95 | p99 | worst | statuses |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for title in ("soak", "spike", "quiet again"):
        row = found[title]
        out.append(
            f"| {title} | {row['answers']} | {row['per_second']} | {row['p50']} | {row['p95']} | {row['p99']} | {row['worst']} | {row['statuses']} |"
        )
    weights = [weight for _, weight in found["soak"]["memory"]]
    third = max(1, len(weights) // 3)
    out += [
        "",
        f"Memory of web server and worker (MB, proportional): mean of the first third {sum(weights[:third]) / third:.0f}, "
        f"of the last third {sum(weights[-third:]) / third:.0f}, most {max(weights):.0f}.",
        "",
        f"p95 (ms) in windows of {WINDOW:g} s: {[p for _, p in found['soak']['p95 by window']]}",
        "",
        f"p95 (ms) in windows of 5 s in the spike: {[p for _, p in found['spike']['p95 by window']]}, "
        f"after it: {[p for _, p in found['quiet again']['p95 by window']]}",
        "",
        f"Saves: {found['saves']}",
        "",
    ]
    return "\n".join(out)


if __name__ == "__main__":
    sys.exit(main())
