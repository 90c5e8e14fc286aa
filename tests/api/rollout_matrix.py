"""The rows of the matrix about the rollout: who looks after the system sees the road, and nobody of the cast decides on it."""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

from cpims.configuration.formats.canonical import packed
from cpims.configuration.queries import configuration_document
from cpims.lib.json import canonical
from cpims.rollout.formats.workbook import write_workbook
from cpims.rollout.models import AcceptedDifference, Requirements, Waiver
from cpims.rollout.rules.requirements import asked_of
from tests.api.rows import Row
from tests.cast import AT

HERE = "/api/cpims/v1/rollout"
LOOK, NOT = "esther farid", "amina bilal chantal dawit"
EVERYBODY = "amina bilal chantal dawit esther farid"


def standing_workbook() -> dict[str, Any]:
    """What is configured now, as a workbook."""
    return asked_of(configuration_document(None), ("en", "ar"))


def keep_requirements(workbook: dict[str, Any], number: int = 1) -> Requirements:
    """Requirements as if somebody had brought them."""
    return Requirements.objects.create(
        number=number, hash=str(number), content=packed(canonical(workbook)), counts={}, at=AT, by="ida"
    )


def rollout_places(path: str) -> dict[str, Any]:
    """A waiver, an accepted difference, and requirements, for the paths that speak of one."""
    if not path.startswith(HERE) or "{" not in path:
        return {}
    waiver = Waiver.objects.create(
        id=uuid4(), gate="g1", reason="Later", until=AT.date(), at=AT, by="ida", by_name="Ida"
    )
    accepted = AcceptedDifference.objects.create(
        id=uuid4(), difference="d", sheet="lists", reason="So be it", at=AT, by="ida"
    )
    number = keep_requirements(standing_workbook()).number if "requirements_number" in path else 1
    return {"waiver_id": str(waiver.pk), "acceptance_id": str(accepted.pk), "requirements_number": number}


def workbook_body() -> dict[str, str]:
    """What is configured now, as somebody brings it."""
    return {"data_base64": base64.b64encode(write_workbook(standing_workbook(), "en")).decode()}


def _waiver() -> dict[str, str]:
    return {"gate": "g1", "reason": "Later", "until": "2126-01-01", "password": "not hers"}


LOOKING_ROWS: tuple[Row, ...] = (
    Row("GET", HERE, ok=LOOK, forbidden=NOT),
    Row("GET", f"{HERE}/workbook", ok=LOOK, forbidden=NOT),
    Row("GET", f"{HERE}/requirements", ok=LOOK, forbidden=NOT),
    Row("GET", f"{HERE}/requirements/{{requirements_number}}/workbook", ok=LOOK, forbidden=NOT),
    Row("GET", f"{HERE}/differences", ok=LOOK, forbidden=NOT),
)
DECIDING_ROWS: tuple[Row, ...] = (
    Row("POST", f"{HERE}/looks", forbidden=EVERYBODY),
    Row("POST", f"{HERE}/waivers", forbidden=EVERYBODY, body=_waiver, success=422),
    Row("DELETE", f"{HERE}/waivers/{{waiver_id}}", forbidden=EVERYBODY),
    Row("POST", f"{HERE}/requirements", forbidden=EVERYBODY, body=workbook_body),
    Row("POST", f"{HERE}/acceptances", forbidden=EVERYBODY, body=lambda: {"differences": ["d"], "reason": "So be it"},
        success=409),
    Row("DELETE", f"{HERE}/acceptances/{{acceptance_id}}", forbidden=EVERYBODY),
    Row("POST", f"{HERE}/attestations", forbidden=EVERYBODY, body=lambda: {"hash": "a", "requirements": 1}, success=409),
)  # fmt: skip
#: Only the other instance may, and it signs.
TOLD_ROWS: tuple[Row, ...] = (
    Row("POST", "/api/cpims/v1/pair/evidence", forbidden=EVERYBODY, body=dict, anonymous=403),
)
ROLLOUT_ROWS = LOOKING_ROWS + DECIDING_ROWS + TOLD_ROWS
