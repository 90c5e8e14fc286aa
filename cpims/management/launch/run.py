"""``cpims run``, ``cpims stop``, ``cpims status``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

from cpims.lib.postgres import Server, port_is_free, server_version
from cpims.lib.processes import Lock, die_with_parent
from cpims.management.launch.instance import Place
from cpims.management.launch.opening import DEMO_CASES, Opened
from cpims.management.launch.steps import step
from cpims.management.launch.supervisor import Supervisor, web_command, worker_command
from cpims.management.launch.words import ROOT, Stop, say, text


def run(place: Place, *, with_parent: bool = False) -> int:
    """Start the instance, say where it is, and keep it running until told to stop.

    Raises: Stop, DatabaseProblem.
    """
    if with_parent:
        die_with_parent(signal.SIGTERM)
    begun = time.monotonic()
    place.make_folder()
    lock = place.lock
    if not lock.take():
        note = place.note()
        raise Stop("ops.run.already", path=place.folder, url=note.get("url", "?"), pid=note.get("pid", "?"))
    server_lock = Lock(place.folder / "postgres.lock")
    supervisor = Supervisor(place)
    supervisor.heed_signals()
    try:
        unclean = (place.folder / "unclean").exists()
        _require_port(place, patience=12.0 if unclean else 0.0)
        (place.folder / "unclean").touch()
        lock.write(json.dumps({"pid": os.getpid(), "url": place.url, "state": "starting"}))
        if place.embedded:
            if place.sign_ins.exists() and not place.only_this_machine:
                raise Stop("ops.run.published_passwords", path=place.folder, host=place.host)
            if not server_lock.take(patience=90):
                raise Stop("ops.run.database_busy", path=place.folder)
            supervisor.server = _start_database(place)
            os.environ["DATABASE_URL"] = place.cluster.address()
        else:
            server_version(place.database_url)
        opened = _open(place, supervisor)
        if not supervisor.stopping:
            supervisor.add("web", web_command(place, workers=2), patience=15)
            supervisor.add("worker", worker_command(), patience=20)
            supervisor.wait_until_it_answers()
        if not supervisor.stopping:
            lock.write(json.dumps({"pid": os.getpid(), "url": place.url, "state": "running"}))
            _announce(place, opened, seconds=time.monotonic() - begun)
            supervisor.watch()
        say("ops.run.stopping")
    finally:
        supervisor.shut_down()
        server_lock.release()
        (place.folder / "unclean").unlink(missing_ok=True)
        lock.release()
    say("ops.run.stopped")
    return 0


def _require_port(place: Place, *, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not port_is_free(place.host, place.port):
        if time.monotonic() > deadline:
            other = next((port for port in range(place.port + 1, place.port + 50) if port_is_free(place.host, port)), 0)
            raise Stop("ops.run.port", host=place.host, port=place.port, other=other)
        time.sleep(0.3)


def _start_database(place: Place) -> Server:
    key = "ops.run.database" if place.cluster.exists else "ops.run.database_new"
    with step(key):
        return place.cluster.start()


def _open(place: Place, supervisor: Supervisor) -> Opened:
    """Open the database in a process of its own, so that what it needed is given back before the doors open."""
    passwords = "fixed" if place.embedded and place.only_this_machine else "random"
    cases = os.environ.get("CPIMS_DEMO_CASES", "").strip() or DEMO_CASES
    reader, writer = os.pipe()
    argv = [sys.executable, "-m", "cpims.management.cli", "open-database", str(writer), passwords, cases]
    argv.append(str(place.sign_ins))
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, pass_fds=[writer], cwd=ROOT, preexec_fn=die_with_parent)
    os.close(writer)
    with os.fdopen(reader) as outcome:
        told = ""
        while child.poll() is None:
            if supervisor.stopping:
                child.terminate()
            time.sleep(0.05)
        told = outcome.read()
    if supervisor.stopping:
        return Opened()
    if child.returncode != 0 or not told:
        raise Stop("ops.open.failed")
    opened = Opened(**json.loads(told))
    if not opened.sign_ins and place.sign_ins.exists():
        opened.sign_ins = place.sign_ins.read_text(encoding="utf-8").strip()
    return opened


def _announce(place: Place, opened: Opened, *, seconds: float) -> None:
    say("ops.run.ready", url=place.url, seconds=f"{seconds:.1f}", kind=text(f"ops.kind.{opened.kind or 'demo'}"))
    if opened.sign_ins:
        say("ops.run.sign_ins" if place.sign_ins.exists() else "ops.run.sign_ins_once")
        sys.stdout.write("".join(f"    {line}\n" for line in opened.sign_ins.splitlines()))
    if opened.invitation:
        say("ops.run.invitation", link=opened.invitation)
    if not place.only_this_machine:
        say("ops.run.in_the_open", host=place.host)
    say("ops.run.how_to_stop", folder=place.folder)


def stop_instance(place: Place) -> int:
    """Stop the running instance and wait until it is down.

    Raises: Stop.
    """
    pid = place.note().get("pid")
    if not isinstance(pid, int):
        say("ops.status.down", path=place.folder)
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 90
    while place.lock.is_held():
        if time.monotonic() > deadline:
            raise Stop("ops.stop.slow", pid=pid)
        time.sleep(0.1)
    say("ops.run.stopped")
    return 0


def show_status(place: Place) -> int:
    """Say whether the instance runs, and where."""
    note = place.note()
    if not note:
        say("ops.status.down", path=place.folder)
        return 3
    say("ops.status.up", url=note.get("url", "?"), pid=note.get("pid", "?"), path=place.folder)
    return 0
