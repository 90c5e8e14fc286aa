"""The worker process: background jobs, the rescue of stalled ones, the sealer of the books, and who tells people."""

from __future__ import annotations

import threading

from procrastinate.contrib.django import app

from cpims.jobs.reactions import keep_telling
from cpims.jobs.sealer import keep_sealing


def run_worker(concurrency: int = 4) -> None:
    """Work until the process is told to end; jobs under way are finished first."""
    stop = threading.Event()
    sealer = threading.Thread(target=keep_sealing, args=(stop,), name="sealer", daemon=True)
    sealer.start()
    teller = threading.Thread(target=keep_telling, args=(stop,), name="teller", daemon=True)
    teller.start()
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            worker.run_worker(concurrency=concurrency, install_signal_handlers=True, listen_notify=True)
    finally:
        stop.set()
        sealer.join(timeout=10)
        teller.join(timeout=10)
