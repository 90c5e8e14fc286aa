"""The two commands as an operator meets them: a whole instance is started, killed, started again and stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.crash


class Instance:
    """One instance of the program in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.log = folder.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CPIMS_", "DATABASE_URL", "LANG", "LC_"))}
        kept |= {"CPIMS_DATA": str(self.folder), "CPIMS_PORT": str(self.port), "CPIMS_DEMO_CASES": "40"}
        kept.pop("DATABASE_URL", None)
        return kept

    def start(self) -> None:
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cpims.management.cli", "run"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 120
        while "Ctrl-C" not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cpims.management.cli", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return error.code

    def processes(self) -> list[int]:
        """Every living process that belongs to this instance."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                environment = (place / "environ").read_bytes().split(b"\0")
                words = (place / "cmdline").read_bytes()
            except OSError:
                continue
            mine = f"CPIMS_DATA={self.folder}".encode() in environment or str(self.folder).encode() in words
            if mine and words and int(place.name) != os.getpid():
                found.append(int(place.name))
        return found

    def wait_until_nothing_runs(self, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while self.processes():
            assert time.monotonic() < deadline, f"still running: {self.processes()}"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    outer = Path(tempfile.mkdtemp(prefix="cpims-launch-"))
    outer.chmod(0o711)
    made = Instance(outer / "i")
    yield made
    for pid in made.processes():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(outer, ignore_errors=True)


def test_start_kill_start_stop(instance: Instance) -> None:
    instance.start()
    assert instance.process is not None
    assert instance.get("/api/v2/primero") == 200
    assert instance.get("/api/v2/cases") == 401
    assert "amina" in instance.log.read_text()
    assert instance.command("status").returncode == 0

    refused = instance.command("run")
    assert refused.returncode == 1 and "already runs" in refused.stderr

    instance.process.kill()
    instance.process.wait()
    instance.start()
    assert instance.get("/api/v2/primero") == 200, "a start right after a kill"

    for pid in instance.processes():
        os.kill(pid, signal.SIGKILL)
    instance.process.wait()
    instance.start()
    assert instance.get("/api/v2/primero") == 200, "a start after everything was killed"

    begun = time.monotonic()
    instance.process.send_signal(signal.SIGINT)
    assert instance.process.wait(60) == 0
    assert time.monotonic() - begun < 20
    instance.wait_until_nothing_runs(2)


def test_nothing_outlives_a_killed_supervisor(instance: Instance) -> None:
    instance.start()
    assert instance.process is not None
    assert len(instance.processes()) >= 5
    instance.process.kill()
    instance.process.wait()
    instance.wait_until_nothing_runs()


def test_a_second_start_keeps_the_data_and_is_quick(instance: Instance) -> None:
    def cases() -> str:
        shown = instance.command(
            "shell", "-c", "from cpims.records.models import Record; print(Record.objects.count())"
        )
        assert shown.returncode == 0, shown.stderr
        return shown.stdout.splitlines()[-1]

    before = cases()
    assert int(before) >= 40
    begun = time.monotonic()
    instance.start()
    assert time.monotonic() - begun < 15
    assert cases() == before
    assert instance.process is not None
    instance.process.send_signal(signal.SIGTERM)
    assert instance.process.wait(60) == 0


def test_a_port_in_use_is_told_with_a_way_out(instance: Instance) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", instance.port))
        taken.listen()
        refused = instance.command("run")
    assert refused.returncode == 1
    assert f"Port {instance.port}" in refused.stderr and "make run PORT=" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_published_passwords_stay_on_this_machine(instance: Instance) -> None:
    environment = {**instance.environment, "CPIMS_HOST": "0.0.0.0"}
    refused = subprocess.run(
        [sys.executable, "-m", "cpims.management.cli", "run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1 and "published passwords" in refused.stderr


def test_doctor_finds_what_is_wrong(instance: Instance) -> None:
    well = instance.command("doctor", "--json")
    assert well.returncode in (0, 1)
    bad = {finding["key"] for finding in json.loads(well.stdout) if finding["level"] == "bad"}
    assert bad <= {"web_missing"}
    secret = instance.folder / "secrets" / "ledger.key"
    secret.chmod(0o644)
    try:
        ill = instance.command("doctor", "--json")
    finally:
        secret.chmod(0o600)
    assert ill.returncode == 1
    assert "secrets_loose" in {finding["key"] for finding in json.loads(ill.stdout) if finding["level"] == "bad"}


def test_lost_secrets_are_not_replaced_in_silence(instance: Instance) -> None:
    secret = instance.folder / "secrets" / "ledger.key"
    kept = secret.with_suffix(".kept")
    secret.rename(kept)
    try:
        refused = instance.command("run")
        assert not secret.exists()
    finally:
        kept.rename(secret)
    assert refused.returncode == 1 and "secrets" in refused.stderr
