"""The rows of the matrix that every kind of record has, for the kinds beside cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from cpims.accounts.models import User
from cpims.flags.models import Flag
from cpims.forms.models import Field
from cpims.lib.crypto import derive, seal
from cpims.lib.json import dumps
from cpims.lib.secrets import secret
from cpims.notices.models import Alert
from cpims.records.models import Quarantine, Record
from tests.api.rows import Row, data, photo
from tests.cast import AT, MODULE, text
from tests.files import QUESTIONS, attached
from tests.kinds import KINDS, PLURALS, TOLD, overview, put_kinds, register_kind

CASEWORK = "amina bilal chantal farid"
OTHERS = "amina bilal chantal dawit"
#: Statements of reading one and of listing; a family asks besides which cases its members have.
READ = {"incident": 3, "tracing_request": 3, "family": 4, "registry_record": 3}
LIST = {"incident": 4, "tracing_request": 4, "family": 5, "registry_record": 4}


def record_places(kind: str, beside: Any = None) -> dict[str, Any]:
    """Amina's record of a kind, with a flag, an alert, a file and answers in quarantine on it."""
    put_kinds()
    for number, (name, sort) in enumerate(QUESTIONS.items()):
        Field.objects.create(form=overview(kind), name=name, type=sort, order=50 + number, display_name=text(name))
    record, bilal = register_kind(kind), User.objects.get(user_name="bilal")
    values = dumps({TOLD[kind][0]: TOLD[kind][2]})
    sealed = seal(derive(secret("instance"), "quarantine"), values, record.id.bytes)
    kept = Quarantine.objects.create(id=uuid4(), record=record, author=bilal, written_at=AT, sealed=sealed)
    Record.objects.filter(pk=record.id).update(alert_count=1, flag_count=1)
    alert = Alert.objects.create(id=uuid4(), record=record, alert_for="field_change", type="overview", date=AT.date())
    flag = Flag.objects.create(
        record=record, message="Check", date=AT.date(), raised_by=record.owner, flagged_by="amina", created_at=AT
    )
    return {
        f"{kind}_id": str(record.id),
        "attachment_id": attached(record.id).pk,
        "alert_id": str(alert.id),
        "flag_id": flag.id,
        "quarantine_id": str(kept.id),
    }


def _told(kind: str) -> dict[str, Any]:
    return {TOLD[kind][0]: TOLD[kind][2]}


def _rows(kind: str) -> list[Row]:
    plural, key = PLURALS[kind], f"{{{kind}_id}}"
    many, one, ours = f"/api/v2/{plural}", f"/api/v2/{plural}/{key}", f"/api/cpims/v1/{plural}"
    file = one + "/attachments/{attachment_id}"
    change: Callable[[], Any] = data(**_told(kind))
    counted = {"filters": {"status": "open"}, "fields": ["status", TOLD[kind][0]]}
    counts = 6 if kind != "family" else 5
    seen = {"forbidden": "esther", "hidden": "dawit"}
    return [
        Row("GET", many, CASEWORK + " dawit", "esther", queries=LIST[kind]),
        Row("POST", many, CASEWORK + " dawit", "esther", body=data(module_id=MODULE, **_told(kind))),
        Row("POST", f"{ours}/search", CASEWORK + " dawit", "esther", body=lambda: {"query": "Haddad", "any": True}),
        Row("POST", f"{ours}/count", CASEWORK + " dawit", "esther", body=dict, queries=3),
        Row("POST", f"{ours}/counts", CASEWORK + " dawit", "esther", body=lambda: counted, queries=counts),
        Row("GET", one, CASEWORK, **seen, queries=READ[kind]),
        Row("PATCH", one, CASEWORK, **seen, body=change),
        Row("PUT", one, CASEWORK, **seen, body=change),
        Row("DELETE", one, CASEWORK, **seen),
        Row("GET", one + "/record_history", CASEWORK, **seen, queries=5),
        Row("GET", one + "/access_log", "chantal farid", "amina bilal dawit esther", queries=4),
        Row("GET", one + "/flags", CASEWORK, **seen, queries=4),
        Row("POST", one + "/flags", CASEWORK, **seen, body=data(message="Check the address")),
        *(Row(method, one + "/flags/{flag_id}", "amina farid", "bilal chantal esther", "dawit", body=data(unflag_message="Done"))
          for method in ("PATCH", "PUT")),
        Row("GET", one + "/alerts", CASEWORK, **seen, queries=4),
        Row("DELETE", one + "/alerts/{alert_id}", "farid", "amina bilal chantal dawit esther", success=204),
        Row("POST", one + "/attachments", CASEWORK, **seen, body=photo),
        Row("GET", file, CASEWORK, **seen, queries=5),
        *(Row(method, file, CASEWORK, **seen, body=data(description="At school")) for method in ("PATCH", "PUT")),
        Row("DELETE", file, CASEWORK, **seen, success=204),
        Row("GET", f"{ours}/{key}/attachments/{{attachment_id}}/thumbnail", CASEWORK, **seen, queries=5),
        Row("GET", f"{ours}/{key}/quarantine", "amina", "esther", "bilal chantal dawit farid", queries=4),
        Row("POST", f"{ours}/{key}/quarantine/{{quarantine_id}}/resolve", "amina", "esther", "bilal chantal dawit farid",
            body=lambda: {"resolution": "put_aside"}),
    ]  # fmt: skip


RECORD_ROWS: tuple[Row, ...] = tuple(row for kind in KINDS for row in _rows(kind))
