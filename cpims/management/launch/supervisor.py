"""The programs of a running instance: started in order, started again when they fall, stopped in order."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.environment import read_environment
from cpims.lib.postgres import DatabaseProblem, Server
from cpims.lib.processes import spawn, stop
from cpims.management.launch.instance import Place
from cpims.management.launch.words import ROOT, Stop, complain, say

LOG_LIMIT = 20 * 1024 * 1024
LONGEST_PAUSE = 30.0
"""Seconds between two starts of a program that keeps falling."""
PORTERS = 8
"""Threads of the web server beside those that work and those that wait: they turn people away (api.http.admission)."""


@dataclass
class Program:
    """One program of the instance and how often it fell of late."""

    name: str
    argv: Sequence[str]
    log: Path
    patience: float
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0
    started_at: float = 0.0
    again_at: float = 0.0

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as output:
            self.process = spawn(self.argv, output=output, cwd=ROOT, death_signal=signal.SIGKILL)
        self.started_at = time.monotonic()

    def end(self) -> None:
        """Stop it and all that it started."""
        if self.process is not None:
            stop(self.process, patience=self.patience)
            self.process = None


@dataclass
class Supervisor:
    """Keeps the programs of one instance running until it is told to stop."""

    place: Place
    server: Server | None = None
    programs: list[Program] = field(default_factory=list)
    stopping: bool = False
    _server_falls: int = 0

    def heed_signals(self) -> None:
        """From now on Ctrl-C, a hang-up and a polite kill mean: stop in good order."""

        def heed(number: int, frame: FrameType | None) -> None:
            self.stopping = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, heed)

    def add(self, name: str, argv: Sequence[str], *, patience: float) -> None:
        """Start one more program."""
        program = Program(name, argv, self.place.logs / f"{name}.log", patience)
        program.start()
        self.programs.append(program)

    def wait_until_it_answers(self, *, patience: float = 60.0) -> None:
        """Wait for the web server's first answer.

        Raises: Stop.
        """
        web = self.programs[0]
        host = "127.0.0.1" if self.place.host in ("0.0.0.0", "::") else self.place.host
        name = f"[{host}]" if ":" in host else host
        begun = time.monotonic()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() - begun < patience and not self.stopping:
            if web.process is not None and web.process.poll() is not None:
                raise Stop("ops.run.web_fell", log=web.log, tail=tail(web.log))
            try:
                opener.open(f"http://{name}:{self.place.port}/api/v2/primero", timeout=5).close()
            except urllib.error.HTTPError as error:
                error.close()
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        if not self.stopping:
            raise Stop("ops.run.web_silent", log=web.log, tail=tail(web.log))

    def watch(self) -> None:
        """Keep everything running until told to stop."""
        looked = time.monotonic()
        while not self.stopping:
            time.sleep(0.2)
            if self.server is not None and self.server.process.poll() is not None and not self.stopping:
                self._start_database_again()
            for program in self.programs:
                self._look_after(program)
            if time.monotonic() - looked > 60:
                looked = time.monotonic()
                self._trim_logs()

    def shut_down(self) -> None:
        """Stop everything: the web server first, the database last."""
        for program in self.programs:
            program.end()
        if self.server is not None:
            self.server.stop()
            self.server = None

    def _look_after(self, program: Program) -> None:
        now = time.monotonic()
        if program.process is None:
            if now >= program.again_at and not self.stopping:
                program.start()
                say("ops.run.started_again", program=program.name)
            return
        code = program.process.poll()
        if code is None:
            if now - program.started_at > 60:
                program.falls = 0
            return
        if self.stopping:
            return
        program.end()
        program.falls += 1
        pause = min(LONGEST_PAUSE, 2.0 ** (program.falls - 1))
        program.again_at = now + pause
        complain("ops.run.fell", program=program.name, code=code, seconds=int(pause), log=program.log)

    def _start_database_again(self) -> None:
        complain("ops.run.fell", program="postgres", code="", seconds=0, log=self.place.logs / "postgres.log")
        with contextlib.suppress(DatabaseProblem):
            self.server = self.place.cluster.start()
            self._server_falls = 0
            say("ops.run.started_again", program="postgres")
            return
        self._server_falls += 1
        pause_until = time.monotonic() + min(LONGEST_PAUSE, 2.0**self._server_falls)
        while time.monotonic() < pause_until and not self.stopping:
            time.sleep(0.2)

    def _trim_logs(self) -> None:
        for log in self.place.logs.glob("*.log"):
            with contextlib.suppress(OSError):
                if log.stat().st_size > LOG_LIMIT:
                    shutil.copyfile(log, log.with_suffix(".log.1"))
                    os.truncate(log, 0)


def web_command(place: Place, *, workers: int) -> list[str]:
    """The command line of the web server. It keeps no access log: addresses of records would tell too much."""
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", place.host, "--port", str(place.port)]
    environment = read_environment()
    threads = environment.at_once + environment.waiting + PORTERS
    argv += ["--workers", str(workers), "--blocking-threads", str(threads), "--no-ws", "--no-access-log"]
    argv += ["--respawn-failed-workers", "--workers-kill-timeout", "10"]
    return [*argv, "config.wsgi:application"]


def worker_command() -> list[str]:
    """The command line of the background worker."""
    return [sys.executable, "-m", "cpims.management.cli", "worker"]


def tail(path: Path, lines: int = 12) -> str:
    """The end of a log."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
