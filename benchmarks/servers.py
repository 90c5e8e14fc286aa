"""The product as operators run it, on a database of the benchmarks: web server and worker; and what memory they take."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.place import FOLDER, ROOT


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def place_at(port: int, address: str) -> Any:
    """The instance of the benchmarks on a port and a database."""
    from cpims.management.launch.instance import Place

    return Place(folder=FOLDER, host="127.0.0.1", port=port, database_url=address)


def wait_for(port: int, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something answers."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"no answer on port {port}:\n{log.read_text(errors='replace')[-3000:]}")


@dataclass(frozen=True)
class Site:
    """A running instance."""

    port: int
    web: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> dict[str, dict[str, float]]:
        """Megabytes of each program with its children: resident, and proportional (shared pages counted once)."""
        found = {name: memory_of(process.pid) for name, process in (("web", self.web), ("worker", self.worker))}
        found["both"] = {key: round(sum(part[key] for part in found.values()), 1) for key in ("rss", "pss")}
        return found


def memory_of(pid: int) -> dict[str, float]:
    """Megabytes of a process and all below it."""
    rss = pss = 0
    for process in family_of(pid):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
        rss, pss = rss + sizes["Rss"], pss + sizes["Pss"]
    return {"rss": round(rss / 1024, 1), "pss": round(pss / 1024, 1)}


def family_of(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for process in found:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


@contextmanager
def site(address: str, **environment: str) -> Iterator[Site]:
    """Web server and worker, started by the command lines of ``cpims run``."""
    from cpims.lib.processes import spawn, stop
    from cpims.management.launch.supervisor import web_command, worker_command

    port = free_port()
    env = {**os.environ, "DATABASE_URL": address, "CPIMS_PORT": str(port), "CPIMS_HOST": "127.0.0.1"}
    env |= {"CPIMS_PUBLIC_URL": f"http://127.0.0.1:{port}", **environment}
    web_log, worker_log = FOLDER / "log" / "web.log", FOLDER / "log" / "worker.log"
    for log in (web_log, worker_log):
        log.unlink(missing_ok=True)
    with web_log.open("ab") as first, worker_log.open("ab") as second:
        web = spawn(web_command(place_at(port, address), workers=2), env=env, output=first, cwd=ROOT)
        worker = spawn(worker_command(), env=env, output=second, cwd=ROOT)
    try:
        wait_for(port, "/api/v2/primero", web, web_log)
        yield Site(port, web, worker)
    finally:
        stop(web, patience=8)
        stop(worker, patience=8)
