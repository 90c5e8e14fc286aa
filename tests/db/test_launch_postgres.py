"""The server that comes along: it survives crashes, leaves nothing behind, and keeps strangers out."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cpims.lib.postgres import Cluster, DatabaseProblem
from cpims.lib.processes import Lock, stop

ROOT = Path(__file__).resolve().parents[2]
KEEP_RUNNING = """
import sys, time
from pathlib import Path
from cpims.lib.postgres import Cluster
folder = Path(sys.argv[1])
server = Cluster(folder / "pg", folder / "log" / "postgres.log").start()
print(server.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(params=["passable", "closed", "long"])
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Folders that others may pass through, that only we reach, and whose path is too long for a socket."""
    outer = Path(tempfile.mkdtemp(prefix="cpims-launch-"))
    outer.chmod(0o700 if request.param == "closed" else 0o711)
    yield outer / ("x" * 110 if request.param == "long" else "i")
    shutil.rmtree(outer)


def cluster_in(folder: Path) -> Cluster:
    return Cluster(folder / "pg", folder / "log" / "postgres.log")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 15
    while is_alive(pid):
        assert time.monotonic() < deadline, "the server outlived the program that started it"
        time.sleep(0.05)


@pytest.mark.crash
def test_acknowledged_rows_survive_kills(folder: Path) -> None:
    cluster = cluster_in(folder)
    for turn in range(3):
        holder = subprocess.Popen(
            [sys.executable, "-c", KEEP_RUNNING, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout is not None
        postmaster = int(holder.stdout.readline())
        with psycopg.connect(cluster.address(), autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (turn int)")
            connection.execute("INSERT INTO kept VALUES (%s)", [turn])
        if turn == 1:
            os.kill(postmaster, signal.SIGKILL)
        holder.kill()
        holder.wait()
        if turn != 1:
            wait_until_gone(postmaster)
    server = cluster.start()
    try:
        with psycopg.connect(cluster.address()) as connection:
            assert connection.execute("SELECT array_agg(turn ORDER BY turn) FROM kept").fetchone() == ([0, 1, 2],)
            assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
            assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (
                False,
            )
    finally:
        server.stop()
    assert not is_alive(server.process.pid)


def test_nobody_enters_without_the_password(folder: Path) -> None:
    cluster = cluster_in(folder)
    server = cluster.start()
    try:
        for admin in (False, True):
            address = cluster.address(admin=admin)
            password = address.split("@")[0].rpartition(":")[2]
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(address.replace(password, "guess")).close()
        secrets = folder / "secrets"
        assert secrets.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in secrets.iterdir())
        assert (folder / "pg").stat().st_mode & 0o077 == 0
    finally:
        server.stop()


def test_a_second_user_of_the_database_is_not_cut_off() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "i"
        cluster = cluster_in(folder)
        use = (
            "import sys, time; from pathlib import Path; from cpims.lib.postgres import Cluster; import psycopg\n"
            "f = Path(sys.argv[1])\n"
            "with Cluster(f / 'pg', f / 'log' / 'postgres.log').running() as address:\n"
            "    print('in', flush=True); time.sleep(float(sys.argv[2]))\n"
            "    print(psycopg.connect(address).execute('SELECT 42').fetchone()[0], flush=True)\n"
        )
        first = subprocess.Popen(
            [sys.executable, "-c", use, str(folder), "0.2"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert first.stdout is not None and first.stdout.readline() == "in\n"
        second = subprocess.Popen(
            [sys.executable, "-c", use, str(folder), "1.5"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert second.communicate(timeout=60)[0] == "in\n42\n"
        assert first.communicate(timeout=60)[0] == "42\n"
        assert (first.returncode, second.returncode) == (0, 0)
        assert not (cluster.data / "postmaster.pid").exists()


def test_a_half_made_cluster_is_made_anew() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "i"
        cluster = cluster_in(folder)
        server = cluster.start()
        server.stop()
        cluster.data.rename(cluster.folder / "data.new")
        (cluster.folder / "data.new" / "PG_VERSION").unlink()
        server = cluster.start()
        try:
            assert cluster.exists
        finally:
            server.stop()


def test_another_versions_data_are_left_alone() -> None:
    with tempfile.TemporaryDirectory() as name:
        cluster = cluster_in(Path(name) / "i")
        cluster.start().stop()
        version = cluster.data / "PG_VERSION"
        version.write_text("17\n")
        with pytest.raises(DatabaseProblem) as refusal:
            cluster.start()
        assert refusal.value.code == "postgres.other_version"
        assert version.read_text() == "17\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o500)
        with pytest.raises(DatabaseProblem) as refusal:
            cluster_in(Path(name) / "i").start()
        assert refusal.value.code == "folder.not_writable"


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from cpims.lib.processes import Lock\n"
        "lock = Lock(Path(sys.argv[1])); print(lock.take(), flush=True); lock.write('mine'); time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"True\n"
        assert Lock(path).is_held()
        assert not Lock(path).take()
    finally:
        holder.kill()
        holder.wait()
    lock = Lock(path)
    assert lock.take()
    lock.release()
    assert not lock.is_held()


def test_stopping_a_program_ends_what_it_started(tmp_path: Path) -> None:
    from cpims.lib.processes import spawn

    note = tmp_path / "pid"
    script = f"trap '' TERM; sleep 300 & echo $! > {note}; wait"
    child = spawn(["/bin/sh", "-c", script])
    deadline = time.monotonic() + 10
    while not (note.exists() and note.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stop(child, patience=0.3)
    wait_until_gone(int(note.read_text()))
    assert child.poll() is not None
