"""The rows of the matrix about the pair, sets of changes and promotions. Nobody of the cast may manage configurations."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from cpims.configuration.actions.publishing import keep_version
from cpims.configuration.formats.canonical import hash_of, packed, written
from cpims.configuration.models import ConfigurationDocument
from cpims.configuration.queries import configuration_document
from cpims.lib.signing import public_key_of
from cpims.promotion.models import ChangeSet, Pair, Promotion
from tests.api.rows import Row
from tests.cast import AT

PAIR, SETS, PROMOTIONS = (f"/api/cpims/v1/{name}" for name in ("pair", "change_sets", "promotions"))
ONE = f"{SETS}/{{set_id}}"
EVERYBODY = "amina bilal chantal dawit esther farid"
OTHER = public_key_of(b"p" * 32)
#: The state that a set is in so that the address does what it is for.
STATES = {"approve": "proposed", "promote": "approved", "file": "approved"}


def promotion_places(path: str) -> dict[str, Any]:
    """A set of changes on its way to a production that nobody reaches; a promotion that came here."""
    if "{set_id}" not in path and "{promotion_id}" not in path:
        return {}
    pair = Pair.objects.create(
        uuid=uuid4(), name="Production", kind="production", url="http://127.0.0.1:9", public_key=OTHER, paired_at=AT
    )
    here = configuration_document(None)
    base = {**here, "contact_information": {"name": "Nobody yet"}}
    rows = []
    for document in (base, here):
        content = written(document)
        rows.append(
            ConfigurationDocument.objects.get_or_create(
                hash=hash_of(content), defaults={"content": packed(content), "length": len(content)}
            )[0]
        )
    state = STATES.get(path.rpartition("/")[2], "draft")
    on_its_way = {"target": rows[1], "proposed_by": "esther", "proposed_by_id": 0, "proposed_at": AT}
    approved = {"approved_by": "farid", "approved_at": AT}
    made = ChangeSet.objects.create(
        id=uuid4(), number=1, pair=pair, title="A clearer form", state=state, base=rows[0], here=rows[1], total=1,
        created_by="esther", created_at=AT,
        **(on_its_way if state != "draft" else {}), **(approved if state == "approved" else {}),
    )  # fmt: skip
    version = keep_version(cause="publish", actor=None, at=AT, reason="As it stood", again=True)
    assert version is not None
    came = Promotion.objects.create(
        id=uuid4(), pair=pair, title="A clearer form", before=rows[0].hash, before_version=0, after=rows[1].hash,
        version=version.number + 1, source="file", proposed_by="esther", proposed_at="", approved_by="farid",
        approved_at="", received_at=AT,
    )  # fmt: skip
    return {"set_id": str(made.pk), "promotion_id": str(came.pk)}


def _other() -> Any:
    return {
        "uuid": str(uuid4()), "name": "Production", "kind": "production", "url": "https://example.org",
        "public_key": OTHER,
    }  # fmt: skip


PROMOTION_ROWS: tuple[Row, ...] = (
    Row("GET", PAIR, forbidden=EVERYBODY),
    Row("POST", PAIR, forbidden=EVERYBODY, body=_other),
    Row("POST", f"{PAIR}/check", forbidden=EVERYBODY, success=409),
    Row("GET", f"{PAIR}/state_file", forbidden=EVERYBODY),
    Row("GET", SETS, forbidden=EVERYBODY),
    Row("POST", SETS, forbidden=EVERYBODY, body=lambda: {"title": "A clearer form"}, success=409),
    Row("GET", ONE, forbidden=EVERYBODY),
    Row("PATCH", ONE, forbidden=EVERYBODY, body=lambda: {"title": "A clear form"}),
    Row("POST", f"{ONE}/propose", forbidden=EVERYBODY),
    Row("POST", f"{ONE}/approve", forbidden=EVERYBODY),
    Row("POST", f"{ONE}/reject", forbidden=EVERYBODY, body=lambda: {"reason": "Not yet"}),
    Row("POST", f"{ONE}/promote", forbidden=EVERYBODY, success=409),
    Row("GET", f"{ONE}/file", forbidden=EVERYBODY),
    Row("GET", PROMOTIONS, forbidden=EVERYBODY),
    Row("POST", PROMOTIONS, forbidden=EVERYBODY, body=lambda: {"content": {}}, success=409),
    Row("POST", f"{PROMOTIONS}/{{promotion_id}}/rollback", forbidden=EVERYBODY, body=lambda: {"reason": "A mistake"},
        success=409),
)  # fmt: skip
#: Only the other instance may, and it signs; nobody who is signed in is let in by that.
SIGNED_ROWS: tuple[Row, ...] = (
    Row("POST", f"{PAIR}/document", forbidden=EVERYBODY, body=dict, anonymous=403),
    Row("POST", f"{PAIR}/promotion", forbidden=EVERYBODY, body=lambda: {"content": {}}, anonymous=403),
)
