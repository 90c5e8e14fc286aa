"""What was measured, kept: a table for people, JSON for programs, a picture, and a description of the machine."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import place
from benchmarks.load import Tally
from benchmarks.picture import bars

FOLDER = Path(__file__).resolve().parent / "results"
AIMS = {"list": 60, "name": 60, "id": 60, "filter": 60, "open": 60, "save": 100}
SIZES = """
SELECT c.relname, CASE c.relkind WHEN 'i' THEN 'index' ELSE 'table' END,
       CASE c.relkind WHEN 'i' THEN pg_relation_size(c.oid) ELSE pg_table_size(c.oid) END
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i') ORDER BY 3 DESC LIMIT 24
"""


def machine(cluster: Any) -> dict[str, Any]:
    """On what it was measured; no names."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 2**20
    shown = ("server_version", "shared_buffers", "max_connections", "work_mem", "random_page_cost", "fsync")
    told = {name: place.admin(cluster, f"SHOW {name}")[0][0] for name in shown}
    libraries = {name: version(name) for name in ("django", "django-ninja", "granian", "psycopg", "orjson")}
    load = os.getloadavg()
    return {
        "cores": os.cpu_count(), "processor": cpu, "memory GB": memory, "system": platform.system(),
        "python": platform.python_version(), "postgresql": told, "libraries": libraries,
        "load before": [round(one, 1) for one in load],
        "note": "load client, web server, worker and database share these cores",
    }  # fmt: skip


def how_it_was_built(cluster: Any, template: str) -> Any:
    """Seconds that the building took."""
    with psycopg.connect(cluster.address(database=template)) as connection:
        row = connection.execute("SELECT value FROM bench_state WHERE key = 'done'").fetchone()
    return row[0] if row else None


def sizes(address: str) -> dict[str, Any]:
    """Megabytes of the database and of its largest tables (with what is stored beside them) and indexes."""
    with psycopg.connect(address) as connection:
        rows = connection.execute(SIZES).fetchall()
        whole = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert whole is not None
    return {"database": round(whole[0] / 2**20, 1)} | {
        f"{kind} {name}": round(size / 2**20, 1) for name, kind, size in rows
    }


def together(tallies: Sequence[Tally]) -> Tally:
    """Several measurements as one."""
    found = Tally()
    for tally in tallies:
        for act, times in tally.times.items():
            found.times.setdefault(act, []).extend(times)
        for status, number in tally.statuses.items():
            found.statuses[status] = found.statuses.get(status, 0) + number
        found.received += tally.received
        found.seconds += tally.seconds
    return found


def line(found: dict[str, Any]) -> str:
    """An act in one line."""
    ours, bare, alone = found["ours"], found["bare view"], found["SQL alone"]
    return (
        f"ours {ours['per_second']:>7}/s p95 {ours['p95']:>7} ms   bare {bare['per_second']:>7}/s p95 {bare['p95']:>7} ms   "
        f"SQL {alone['per_second']:>7}/s p95 {alone['p95']:>7} ms   errors {found['errors']}"
    )


def keep(found: dict[str, Any], kind: str = "bench") -> list[Path]:
    """Write JSON, table and picture; answers where."""
    FOLDER.mkdir(exist_ok=True)
    stem = f"{kind}-{datetime.now(UTC):%Y-%m-%d}-{found['cases']}"
    written = [FOLDER / f"{stem}.json", FOLDER / f"{stem}.md", FOLDER / f"{stem}.svg"]
    written[0].write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    written[1].write_text(table(found, f"{stem}.svg"), encoding="utf-8")
    written[2].write_text(picture(found), encoding="utf-8")
    (FOLDER / "growth.md").write_text(growth(), encoding="utf-8")
    return [*written, FOLDER / "growth.md"]


def growth() -> str:
    """The newest results for each number of cases side by side."""
    newest: dict[int, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("bench-*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        newest[found["cases"]] = found
    sizes_ = sorted(newest)
    head = "| | " + " | ".join(f"{number:,}" for number in sizes_) + " |"
    rule = "|---|" + "--:|" * len(sizes_)
    out = [
        "# From few cases to many",
        "",
        "p95 in milliseconds, eight clients without a pause (in brackets: the SQL alone).",
        "",
    ]
    out += [head.replace("| |", "| act |", 1), rule]
    for act in AIMS | {"count": 0}:
        cells = [newest[n]["acts"][act] for n in sizes_ if act in newest[n]["acts"]]
        out.append(f"| {act} | " + " | ".join(f"{c['ours']['p95']} ({c['SQL alone']['p95']})" for c in cells) + " |")
    out += ["", "Megabytes.", "", head, rule]
    names = dict.fromkeys(name for n in reversed(sizes_) for name in newest[n]["sizes"])
    for name in names:
        if any(newest[n]["sizes"].get(name, 0) >= 1 for n in sizes_):
            out.append(f"| {name} | " + " | ".join(f"{newest[n]['sizes'].get(name, 0):,}" for n in sizes_) + " |")
    out += [
        "",
        "The load of the machine before each run: "
        + ", ".join(f"{n:,}: {newest[n]['machine']['load before'][0]}" for n in sizes_),
    ]
    return "\n".join([*out, ""])


def keep_plain(found: dict[str, Any], kind: str, text: str, image: str = "") -> list[Path]:
    """Write JSON, a text and perhaps a picture of another measurement; answers where."""
    FOLDER.mkdir(exist_ok=True)
    stem = f"{kind}-{datetime.now(UTC):%Y-%m-%d}-{found['cases']}"
    parts = {".json": json.dumps(found, indent=1, ensure_ascii=False) + "\n", ".md": text, ".svg": image}
    written = []
    for suffix, content in parts.items():
        if content:
            (FOLDER / f"{stem}{suffix}").write_text(content, encoding="utf-8")
            written.append(FOLDER / f"{stem}{suffix}")
    return written


def described(told: dict[str, Any]) -> str:
    """The machine in a sentence."""
    return (
        f"{told['cores']} cores ({told['processor']}), {told['memory GB']} GB, {told['system']}, Python {told['python']}, "
        f"PostgreSQL {told['postgresql']['server_version']} (shared_buffers {told['postgresql']['shared_buffers']}); "
        + ", ".join(f"{name} {number}" for name, number in told["libraries"].items())
        + f". The load before the run was {told['load before'][0]}; {told['note']}."
    )


def table(found: dict[str, Any], image: str) -> str:
    """The results for people."""
    out = [
        f"# {found['cases']:,} cases",
        "",
        described(found["machine"]) + " Reads are recorded in the book of sightings.",
        "",
        f"Built in {found['built']}. "
        + ("Measured on a copy." if found["copied"] else "Measured on the built database itself."),
        "",
        f"![p95 of each act]({image})",
        "",
        "Eight clients without a pause; times in milliseconds. *bare view*: the same statements run by a WSGI view that does "
        "nothing else, same web server, same run. *SQL alone*: the statements from eight connections, nothing around them.",
        "",
        "| act | ours /s | p50 | p95 | p99 | one client p50 | bare view /s | p95 | SQL alone /s | p95 | ours ÷ bare | statements | aim p95 | errors |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for act, row in found["acts"].items():
        ours, bare, alone = row["ours"], row["bare view"], row["SQL alone"]
        part = ours["per_second"] / bare["per_second"] if bare["per_second"] else 0
        out.append(
            f"| {act} | {ours['per_second']} | {ours['p50']} | {ours['p95']} | {ours['p99']} | {row['one client']['p50']} | "
            f"{bare['per_second']} | {bare['p95']} | {alone['per_second']} | {alone['p95']} | {part:.2f} | "
            f"{found['statements'][act]} | {AIMS.get(act, '')} | {row['errors']} |"
        )
    out += [
        "",
        "Mixed work:",
        "",
        "| | answers /s | p50 | p95 | p99 | worst | statuses | p95 by act |",
        "|---|--:|--:|--:|--:|--:|---|---|",
    ]
    for title, row in found["mixed"].items():
        acts = ", ".join(f"{act} {p95}" for act, p95 in row["p95 by act"].items())
        out.append(
            f"| {title} | {row['per_second']} | {row['p50']} | {row['p95']} | {row['p99']} | {row['worst']} | {row['statuses']} | {acts} |"
        )
    out += [
        "",
        "Memory in MB, with children (resident / proportional):",
        "",
        "| | web | worker | both |",
        "|---|--:|--:|--:|",
    ]
    for title in ("memory at rest", "memory"):
        parts = " | ".join(f"{found[title][n]['rss']} / {found[title][n]['pss']}" for n in ("web", "worker", "both"))
        out.append(f"| {title} | {parts} |")
    out += ["", "Sizes in MB:", "", "| | |", "|---|--:|"]
    out += [f"| {name} | {size:,} |" for name, size in found["sizes"].items() if size >= 1]
    out += ["", "The statement that takes longest in each act (p50 / p95 in ms, alone, eight connections):", ""]
    for act, row in found["acts"].items():
        slow = row["slowest statements"][0]
        out += [f"- **{act}** {slow['p50']} / {slow['p95']}: `{' '.join(slow['sql'].split())[:600]}`"]
    return "\n".join([*out, ""])


def picture(found: dict[str, Any]) -> str:
    """p95 of each act as bars: ours, bare view, SQL alone."""
    rows = [
        (act, [row[side]["p95"] for side in ("ours", "bare view", "SQL alone")], AIMS.get(act))
        for act, row in found["acts"].items()
    ]
    return bars(f"p95 in milliseconds, {found['cases']:,} cases, 8 clients", ["ours", "bare view", "SQL alone"], rows)
