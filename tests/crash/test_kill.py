"""Kill the server and the database in the middle of a hundred concurrent saves: what was acknowledged is there.

Two rounds here; ``make soak`` does ten (CPIMS_TEST_ROUNDS).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import tempfile
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from cpims.accounts.models import Session, User
from cpims.accounts.queries.sessions import session_digest
from cpims.api.http import csrf
from cpims.api.http.auth import SESSION_COOKIE
from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import BOOKS, verify_book
from cpims.lib.postgres import Cluster, Server
from cpims.records.models import Record
from tests.cast import MODULE, register, set_the_stage
from tests.conftest import Databases
from tests.running import LiveServer, start_server

ROUNDS = int(os.environ.get("CPIMS_TEST_ROUNDS", "2"))
SAVERS, CASES = 100, 25


@dataclass
class Acknowledged:
    """What the savers were told: new cases, and the last note of each edited case."""

    made: set[str] = field(default_factory=set)
    notes: dict[str, set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Saver:
    """One worker's device: it saves until the server is gone."""

    def __init__(self, url: str, secret: str, first: int) -> None:
        self.url, self.first, token = url, first, csrf.mint(secret)
        self.headers = {
            "Content-Type": "application/json",
            "X-CSRF-Token": token,
            "Cookie": f"{SESSION_COOKIE}={secret}; {csrf.COOKIE}={token}",
        }

    def send(self, method: str, path: str, body: object) -> int:
        """Send one request; the status, or 0 when there was no answer."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=self.headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                reply.read()
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except (OSError, ValueError, http.client.HTTPException):
            return 0


def save_until_gone(saver: Saver, case_id: str, told: Acknowledged, started: threading.Semaphore) -> None:
    for number in range(saver.first, 10_000):
        new, note = str(uuid4()), str(uuid4())
        if number % 2:
            body = {"data": {"id": new, "module_id": MODULE, "name_first": "Noor", "age": 7}}
            status = saver.send("POST", "/api/v2/cases", body)
            if status == 204:
                with told.lock:
                    told.made.add(new)
        else:
            body = {"data": {"notes_section": [{"unique_id": note, "note_text": "seen today"}]}}
            status = saver.send("PATCH", f"/api/v2/cases/{case_id}", body)
            if status == 200:
                with told.lock:
                    told.notes.setdefault(case_id, set()).add(note)
        if status in (200, 204):
            started.release()
        elif status in (0, 500, 503):
            return
        else:
            raise AssertionError(f"a save was refused with {status}")


def kill_server(server: LiveServer) -> None:
    """SIGKILL for the web server and every worker of it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(os.getpgid(server.process.pid), signal.SIGKILL)
    server.process.wait()


def kill_database(server: Server, cluster: Cluster) -> None:
    """SIGKILL for the postmaster and its children at once."""
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    postmaster = int(lines[0])
    children = [int(p) for p in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()]
    for pid in (postmaster, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.process.wait()


@pytest.mark.crash
def test_every_acknowledged_save_survives(databases: Databases) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cpims-crash-"))
    folder.chmod(0o711)
    cluster = Cluster(folder / "pg", folder / "postgres.log", durable=True)
    database = cluster.start()
    shared, databases.cluster = databases.cluster, cluster
    databases.allowed = True
    try:
        databases.use("cpims")
        call_command("migrate", verbosity=0, interactive=False)
        set_the_stage()
        cases = [str(register(name_first=f"Child {n}").id) for n in range(CASES)]
        secret = f"secret-{uuid4()}"
        amina = User.objects.get(user_name="amina")
        Session.objects.create(digest=session_digest(secret), user=amina, seen_at=datetime.now(UTC))
        told = Acknowledged()
        for number in range(ROUNDS):
            database = _round(number, cluster, database, databases, secret, cases, told, folder)
            _check(told)
    finally:
        databases.close()
        database.stop()
        databases.cluster = shared
        databases.allowed = False
        shutil.rmtree(folder, ignore_errors=True)


def _round(
    number: int, cluster: Cluster, database: Server, databases: Databases, secret: str, cases: list[str],
    told: Acknowledged, folder: Path,
) -> Server:  # fmt: skip
    server = start_server(cluster.address(), folder / "web.log")
    started = threading.Semaphore(0)
    with ThreadPoolExecutor(SAVERS) as pool:
        savers = [
            pool.submit(save_until_gone, Saver(server.url, secret, n % 2), cases[n % CASES], told, started)
            for n in range(SAVERS)
        ]
        sealing = threading.Event()
        sealer = threading.Thread(target=_seal_now_and_then, args=(sealing,))
        sealer.start()
        for _ in range(60 + 40 * number):
            assert started.acquire(timeout=60), "the savers do not get through"
        first, second = (kill_server, kill_database) if number % 2 else (kill_database, kill_server)
        for kill in (first, second):
            if kill is kill_server:
                kill_server(server)
            else:
                kill_database(database, cluster)
        sealing.set()
        for saver in savers:
            saver.result(timeout=60)
        sealer.join(60)
    databases.close()
    return cluster.start()


def _seal_now_and_then(stop: threading.Event) -> None:
    while not stop.wait(0.05):
        try:
            seal_books()
        except Exception:
            break
    connection.close()


def _check(told: Acknowledged) -> None:
    kept = {str(i) for i in Record.objects.values_list("id", flat=True)}
    assert told.made <= kept, f"{len(told.made - kept)} acknowledged registrations are lost"
    for case_id, notes in told.notes.items():
        rows = Record.objects.get(pk=case_id).data["notes_section"]
        missing = notes - {row["unique_id"] for row in rows}
        assert not missing, f"{len(missing)} acknowledged notes are lost"
    changes = ChangeEntry.objects.count()
    assert changes >= len(told.made) + sum(len(n) for n in told.notes.values())
    per_record = set(ChangeEntry.objects.filter(event="case.registered").values_list("record_id", flat=True))
    assert per_record == set(Record.objects.values_list("id", flat=True)), (
        "a record without its entry, or the other way"
    )
    while seal_books():
        pass
    for book in BOOKS:
        verdict = list(verify_book(book))[-1][1]
        assert verdict is not None and verdict.holds and verdict.unsealed == 0, verdict
    print(
        f"acknowledged: {len(told.made)} registrations, {sum(map(len, told.notes.values()))} notes; {changes} entries"
    )
