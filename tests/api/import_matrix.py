"""The rows of the matrix about tables of people and places."""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

from cpims.accounts.models import User
from cpims.imports.actions import plan_import
from cpims.imports.models import ImportRun
from cpims.imports.rules.plans import Kind
from tests.api.rows import Row
from tests.cast import AT

TABLE = b"place_code,parent_code,placename\nKA03,KA,Sahel\nKA02,,Hills\n"
IMPORTS = "/api/cpims/v1/imports"
WHO = {"ok": "esther farid", "forbidden": "amina bilal chantal dawit"}


def table() -> Any:
    """A new place and a new name."""
    return {"kind": "locations", "data_base64": base64.b64encode(TABLE).decode()}


def table_as_shown() -> Any:
    """The same with the hash of its plan."""
    return table() | {"hash": plan_import(kind=Kind.LOCATIONS, content=TABLE, actor=None, at=AT).hash}


def import_places() -> dict[str, Any]:
    """A table of Farid's that is being worked on."""
    farid = User.objects.get(user_name="farid")
    run = ImportRun.objects.create(id=uuid4(), user_id=farid.pk, phase="storing", done=1, total=2, touched_at=AT)
    return {"run_id": str(run.id)}


IMPORT_ROWS: tuple[Row, ...] = (
    Row("POST", IMPORTS, **WHO, body=table),
    *(
        Row(method, f"{IMPORTS}/{{run_id}}", ok="farid", hidden="amina bilal chantal dawit esther")
        for method in ("GET", "DELETE")
    ),
    Row("POST", f"{IMPORTS}/apply", **WHO, body=table_as_shown),
)
