"""A large table says how far it has come while it is worked on, and is called back whole."""

from __future__ import annotations

import base64
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from cpims.imports.models import ImportRun
from cpims.locations.models import Location
from tests.api.client import as_
from tests.cast import set_the_stage
from tests.consistency.test_replies import misfits

IMPORTS = "/api/cpims/v1/imports"
ROWS = 6_000


def table() -> str:
    lines = ["code,parent_code,name", *(f"P{n:05},KA01,Place {n}" for n in range(ROWS))]
    return base64.b64encode("\n".join(lines).encode()).decode()


class Storing(threading.Thread):
    """Esther brings in the table from another window."""

    def __init__(self, **wanted: Any) -> None:
        super().__init__()
        self.wanted = wanted
        self.reply: Any = None

    def run(self) -> None:
        try:
            self.reply = as_("esther").post(
                f"{IMPORTS}/apply", {"kind": "locations", "data_base64": table()} | self.wanted
            )
        finally:
            connections.close_all()


def seen(run_id: str, thread: Storing) -> Any:
    """The first word about a table; none when it ended before one was heard."""
    while thread.is_alive():
        reply = as_("esther").get(f"{IMPORTS}/{run_id}")
        if reply.status == 200 and reply.data["phase"] == "storing":
            return reply
        assert reply.status in (200, 404)
    return None


def test_a_table_tells_how_far_it_is_and_is_called_back(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpims.imports.actions.watching.EVERY", 0.0)
    monkeypatch.setattr("cpims.imports.actions.tables.AT_A_TIME", 200)
    set_the_stage()
    shown = as_("esther").post(IMPORTS, {"kind": "locations", "data_base64": table(), "watch": str(uuid4())})
    assert (shown.data["create"], shown.data["bad"]) == (ROWS, 0)
    before = Location.objects.count()

    run_id = str(uuid4())
    storing = Storing(hash=shown.data["hash"], watch=run_id)
    storing.start()
    told = seen(run_id, storing)
    assert told is not None, storing.reply
    assert misfits("GET", f"{IMPORTS}/{{id}}", told) == []
    assert (told.data["total"], told.data["cancelled"]) == (ROWS, False)
    assert Location.objects.count() == before, "a part of the table is seen before it is whole"
    assert as_("farid").get(f"{IMPORTS}/{run_id}").status == 404
    assert as_("farid").delete(f"{IMPORTS}/{run_id}").status == 404
    called = as_("esther").delete(f"{IMPORTS}/{run_id}")
    assert (called.status, called.data["cancelled"]) == (200, True)
    storing.join()
    assert (storing.reply.status, storing.reply.codes) == (409, ["import.cancelled"])
    assert Location.objects.count() == before
    assert not ImportRun.objects.exists()

    again = Storing(hash=shown.data["hash"], watch=str(uuid4()))
    again.start()
    again.join()
    assert again.reply.status == 200
    assert Location.objects.count() == before + ROWS
    assert not ImportRun.objects.exists()
