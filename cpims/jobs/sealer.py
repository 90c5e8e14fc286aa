"""The sealer: gives finished entries of the books their place, a few times a second."""

from __future__ import annotations

import logging
import threading

from django.db import OperationalError, connection

from cpims.audit.actions import seal_books

log = logging.getLogger("cpims.sealer")
PAUSE = 0.2


def keep_sealing(stop: threading.Event) -> None:
    """Seal until told to stop; a database that is away is waited for."""
    while not stop.is_set():
        try:
            sealed = seal_books()
        except OperationalError as error:
            log.warning("the books cannot be reached: %s", error)
            connection.close()
            stop.wait(2)
            continue
        if not sealed:
            stop.wait(PAUSE)
    connection.close()
