"""Programs that tests run: the web server and the browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from cpims.lib.processes import spawn, stop
from cpims.management.launch.verify import find_chromium as find_chromium
from cpims.management.launch.verify import find_windowless as find_windowless

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = [
    *("--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update"),
    *("--disable-sync", "--disable-dev-shm-usage"),
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class LiveServer:
    """The running web server of one test."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it and its workers."""
        stop(self.process, patience=5)


def start_server(database_url: str, log: Path, **environment: str) -> LiveServer:
    """Start the web server on a free port and wait until it answers."""
    port = free_port()
    env = {**os.environ, "DATABASE_URL": database_url, "CPIMS_PORT": str(port)}
    env |= {"CPIMS_PUBLIC_URL": f"http://127.0.0.1:{port}", **environment}
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    argv += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "config.wsgi:application"]
    with log.open("ab") as output:
        process = spawn(argv, env=env, output=output, cwd=ROOT)
    server = LiveServer(port, process, log)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{server.url}/api/v2/primero", timeout=5).close()
        except urllib.error.HTTPError:
            return server
        except OSError:
            time.sleep(0.1)
        else:
            return server
    server.stop()
    raise RuntimeError(f"The web server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def start_worker(database_url: str, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start the worker as ``make run`` does; whoever started it ends it."""
    env = {**os.environ, "DATABASE_URL": database_url, **environment}
    with log.open("ab") as output:
        return spawn([sys.executable, "-m", "cpims.management.cli", "worker"], env=env, output=output, cwd=ROOT)
