"""Three devices with the real store, the real server, and everything that can go wrong between them.

Each story is drawn from a seed: edits of the same and of other questions, rows, wiped answers; requests and replies that
are lost, cut at a byte, repeated, late; clocks that are wrong; pages that die between any two writes or in a request;
cases that change hands, pins, rights, sign-outs. After quiet every device holds what the server says, no answer was
written over by somebody who had not been shown it, and whatever was typed is in the record, its history, quarantine, or
lies refused on the device. ``make soak`` tells thousands of them (``SEEDS``).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cast import set_the_stage
from tests.properties.adversary.world import World
from tests.running import LiveServer

HERE = Path(__file__).parent / "adversary"
WEB = HERE.parents[2] / "web"
FIRST = int(os.environ.get("CPIMS_TEST_FIRST_SEED", "1"))
SEEDS = int(os.environ.get("CPIMS_TEST_SEEDS", "100000"))
SECONDS = int(os.environ.get("CPIMS_TEST_SECONDS", "45"))
AT_ONCE = int(os.environ.get("CPIMS_TEST_AT_ONCE", "4"))
FIRST_FAULT = bool(os.environ.get("CPIMS_TEST_FIRST_FAULT"))


def test_nothing_typed_is_lost_and_devices_agree(live_server: LiveServer, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "rolldown").exists():
        pytest.skip("needs node and the client's packages (npm ci in web/)")
    set_the_stage()
    program = tmp_path / "store.js"
    subprocess.run([node, HERE / "bundle.mjs", WEB, program], check=True)
    begun = time.monotonic()
    given = (HERE / "run.mjs", WEB, program, live_server.port, FIRST, SEEDS, SECONDS, AT_ONCE, "t")
    argv = [node, *map(str, given)]
    told: list[dict[str, Any]] = []
    world = World()
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        assert running.stdin is not None and running.stdout is not None
        for line in running.stdout:
            if "ask" in (message := json.loads(line)):
                running.stdin.write(world.answer(line) + "\n")
                running.stdin.flush()
            else:
                told.append(message)
                if message["problems"]:
                    _complain(message)
                    if FIRST_FAULT:
                        running.kill()
                        break
    seconds = time.monotonic() - begun
    sums: Counter[str] = Counter()
    for one in told:
        sums.update(one["stats"])
    print(f"{len(told)} stories in {seconds:.0f} s ({len(told) / seconds:.1f}/s): {dict(sums)}")
    failed = [one["seed"] for one in told if one["problems"]]
    assert running.returncode == 0 and told
    assert not failed, f"{len(failed)} of {len(told)} stories: seeds {failed[:20]}"
    # Stories in which nothing ever went wrong would show nothing.
    few = len(told) < 20
    wanted = ("deaths", "faults", "conflicts", "settled", "letGo", "quarantined")
    assert few or min(sums[name] for name in wanted) > 0, sums


def _complain(message: dict[str, Any]) -> None:
    again = f"CPIMS_TEST_FIRST_SEED={message['seed']} CPIMS_TEST_SEEDS=1 pytest {Path(__file__).name} -s"
    print(f"seed {message['seed']} (again: {again}):")
    for problem in message["problems"][:6]:
        print(f"  {problem[:1500]}")
