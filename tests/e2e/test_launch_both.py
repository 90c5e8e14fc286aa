"""A demo and a production as an operator makes them: provisioned, paired, listed, run together, stopped together."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.crash
CLI = [sys.executable, "-m", "cpims.management.cli"]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cpims-both-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CPIMS_", "DATABASE_URL", "LANG", "LC_"))}
    return kept | {"CPIMS_DATA": str(home / "trial")}


def cpims(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, *arguments], cwd=ROOT, env=environment(home), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=900, check=False,
    )  # fmt: skip


def listed(home: Path) -> dict[str, Any]:
    told = cpims(home, "instance", "list", "--json")
    assert told.returncode == 0, told.stderr
    return {row["folder"]: row for row in json.loads(told.stdout)}


def inside(home: Path, folder: str, question: str) -> str:
    """What a line of Python says inside an instance."""
    told = subprocess.run(
        [*CLI, "shell", "-v", "0", "-c", question], cwd=ROOT, env=environment(home) | {"CPIMS_DATA": str(home / folder)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()[-1]


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/primero", timeout=20).close()
    except urllib.error.URLError:
        return False
    return True


def test_a_pair_is_made_known_to_each_other_and_runs_together(home: Path) -> None:
    ports = free_port(), free_port()
    for folder, kind, port in (("trial", "demo", ports[0]), ("trial-production", "production", ports[1])):
        made = cpims(
            home, "instance", "create", str(home / folder), "--kind", kind, "--port", str(port),
            "--admin-email", "sara@example.org", "--admin-name", "Sara Haddad",
        )  # fmt: skip
        assert made.returncode == 0 and "sara@example.org" in made.stdout, made.stdout + made.stderr
    other = cpims(home, "instance", "create", str(home / "trial"), "--kind", "production")
    assert other.returncode == 1 and "never changes" in other.stderr
    again = cpims(home, "instance", "create", str(home / "trial-production"), "--kind", "production")
    assert again.returncode == 0 and "begun before" in again.stdout
    counted = "from cpims.accounts.models import User; from cpims.records.models import Record; print(User.objects.count(), Record.objects.count())"
    assert inside(home, "trial-production", counted) == "1 0", "nobody is invented in production"

    before = listed(home)
    assert {row["pair"] for row in before.values()} == {None}
    assert before["trial"]["hash"] == before["trial-production"]["hash"], "both begin with the same configuration"
    swapped = cpims(home, "instance", "pair", str(home / "trial-production"), str(home / "trial"))
    assert swapped.returncode == 1 and "another kind" in swapped.stderr
    paired = cpims(home, "instance", "pair", str(home / "trial"), str(home / "trial-production"))
    assert paired.returncode == 0, paired.stderr
    after = listed(home)
    assert after["trial"]["pair"]["uuid"] == after["trial-production"]["uuid"]
    assert after["trial-production"]["pair"]["uuid"] == after["trial"]["uuid"]

    log = home / "both.log"
    with log.open("wb") as output:
        both = subprocess.Popen(
            [*CLI, "run", "--both"], cwd=ROOT, env=environment(home), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 300
        while "Ctrl-C stops both" not in log.read_text():
            assert both.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        assert all(answers(port) for port in ports)
        assert {row["running"] for row in listed(home).values()} == {True}
        both.send_signal(signal.SIGINT)
        assert both.wait(120) == 0, log.read_text()
        assert not any(answers(port) for port in ports)
    finally:
        if both.poll() is None:
            both.kill()
