"""The rows of the matrix about what goes out of the kinds beside cases: papers and spreadsheets."""

from __future__ import annotations

from tests.api.rows import Row
from tests.kinds import KINDS, PLURALS

OTHERS = "amina bilal chantal dawit esther"


def _rows(kind: str) -> list[Row]:
    ours = f"/api/cpims/v1/{PLURALS[kind]}"
    rows = [Row("POST", f"{ours}/list.xlsx", "farid", OTHERS, body=dict)]
    if kind != "registry_record":
        rows.append(Row("POST", f"{ours}/{{{kind}_id}}/print", "farid", OTHERS, body=dict))
    return rows


PAPER_ROWS: tuple[Row, ...] = tuple(row for kind in KINDS for row in _rows(kind))
