"""``make run BOTH=1``: a demo and a production beside it, started and stopped together, paired."""

from __future__ import annotations

import subprocess
import sys
import time

from cpims.lib.processes import die_with_parent, spawn, stop
from cpims.management.launch.instance import Place, noted
from cpims.management.launch.instances import at_home, environment_of, facts_of, is_paired, pair
from cpims.management.launch.run import stop_instance
from cpims.management.launch.supervisor import Supervisor
from cpims.management.launch.words import ROOT, Stop, complain, say

PATIENCE = 90.0
"""Seconds that an instance has to stop in good order."""


def twin_of(place: Place) -> Place:
    """The production instance beside a demo: in the folder next to it, on the next port."""
    name = "production" if place.folder.name == "default" else f"{place.folder.name}-production"
    beside = at_home(place.folder.with_name(name))
    port = beside.port if noted(beside.folder) else place.port + 1
    return Place(folder=beside.folder, host=place.host, port=port, database_url="")


def run_both(place: Place, *, with_parent: bool) -> int:
    """Start the demo, then the production beside it, let them know each other, and keep both running until told to stop.

    Raises: Stop.
    """
    if with_parent:
        die_with_parent()
    if not place.embedded:
        raise Stop("ops.both.own_database")
    twin = twin_of(place)
    watch = Supervisor(place)
    watch.heed_signals()
    running: list[subprocess.Popen[bytes]] = []
    code = 0
    try:
        for one, kind in ((place, "demo"), (twin, "production")):
            if not watch.stopping:
                running.append(_start(one, kind))
                if not _is_up(one, running[-1], watch):
                    code = 1
                    break
        else:
            if not watch.stopping:
                _let_know_each_other(place, twin)
                say("ops.both.ready", demo=place.url, production=twin.url)
        while not code and not watch.stopping:
            if any(process.poll() is not None for process in running):
                code = 1
            time.sleep(0.2)
    finally:
        for process in reversed(running):
            stop(process, patience=PATIENCE)
    return 0 if watch.stopping else code


def _start(place: Place, kind: str) -> subprocess.Popen[bytes]:
    place.make_folder()
    if kind == "production" and not noted(place.folder):
        place.keep(kind=kind)
    argv = [sys.executable, "-m", "cpims.management.cli", "run"]
    return spawn(argv, env=environment_of(place, kind), cwd=ROOT)


def _is_up(place: Place, process: subprocess.Popen[bytes], watch: Supervisor) -> bool:
    while process.poll() is None and not watch.stopping:
        if place.note().get("state") == "running":
            return True
        time.sleep(0.1)
    return watch.stopping


def _let_know_each_other(demo: Place, production: Place) -> None:
    try:
        if not is_paired(facts_of(demo), facts_of(production)):
            pair(demo, production)
    except Stop as problem:
        complain("ops.both.not_paired", why=problem)


def stop_both(place: Place) -> int:
    """Stop the demo and the production beside it.

    Raises: Stop.
    """
    for one in (twin_of(place), place):
        stop_instance(one)
    return 0
