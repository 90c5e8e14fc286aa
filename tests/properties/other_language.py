"""The client's part of a rule, bundled and run by node, to be asked the same as ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import ROOT

WEB = ROOT / "web"
BUNDLER = WEB / "node_modules" / ".bin" / "rolldown"
Ask = Callable[..., Any]


def asked(source: str, script: str, folder: Path) -> Iterator[Ask]:
    """Bundle a module of the client and keep the script beside this file running on it: a question in, an answer out."""
    node = shutil.which("node")
    if node is None or not BUNDLER.exists():
        pytest.skip("needs node and the client's packages (npm ci in web/)")
    bundle = folder / "bundle.mjs"
    argv = [BUNDLER, source, "--format", "esm", "--platform", "neutral", "-o", bundle]
    subprocess.run(argv, cwd=WEB, check=True, capture_output=True)
    with subprocess.Popen(
        [node, Path(__file__).with_name(script), bundle],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as running:

        def ask(act: str, **question: Any) -> Any:
            assert running.stdin is not None and running.stdout is not None
            running.stdin.write(json.dumps({"act": act, **question}) + "\n")
            running.stdin.flush()
            return json.loads(running.stdout.readline())["answer"]

        yield ask
        assert running.stdin is not None
        running.stdin.close()
