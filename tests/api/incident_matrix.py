"""The rows of the matrix about the incidents of a case."""

from __future__ import annotations

from typing import Any

from cpims.records.models import Record
from tests.api.rows import Row

OF_CASE = "/api/v2/cases/{case_id}/incidents"
SEEN = ("amina bilal chantal farid", "esther", "dawit")


def _one() -> Any:
    return {
        "data": {"incident_ids": [str(one) for one in Record.objects.of_kind("incident").values_list("id", flat=True)]}
    }


INCIDENT_ROWS: tuple[Row, ...] = (
    Row("GET", OF_CASE, *SEEN, queries=4),
    Row("GET", OF_CASE + "/new", *SEEN, queries=4),
    Row("POST", OF_CASE, "farid", "amina bilal chantal dawit esther", body=_one, success=204),
)
