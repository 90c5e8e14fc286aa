"""A bare WSGI view: it runs the statements of a request that was written down and answers what they found, nothing else."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import psycopg

from benchmarks.replay import run_script

SCRIPTS = pickle.loads(Path(os.environ["BENCH_SCRIPTS"]).read_bytes())
_local = threading.local()


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, (bytes, memoryview)) else str(value)


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    """Run the script that the address names: ``/list/17``."""
    _, act, number = environ["PATH_INFO"].split("/")
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["BENCH_ADDRESS"], autocommit=True, prepare_threshold=5)
    scripts = SCRIPTS[act]
    found = run_script(_local.connection, scripts[int(number) % len(scripts)])
    body = orjson.dumps(found, default=_plain)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
