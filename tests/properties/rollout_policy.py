"""The policy for the rollout: who looks after the system or its configuration sees it, who manages configurations decides."""

from __future__ import annotations

from tests.api.rollout_matrix import DECIDING_ROWS, LOOKING_ROWS, TOLD_ROWS
from tests.properties.shapes import Rule, Shape, plain


def _looks(shape: Shape) -> int:
    return 200 if shape.may("primero_configuration", "manage") or shape.may("system", "manage") else 403


ROLLOUT_RULES: dict[tuple[str, str], Rule] = {
    (row.method, row.path): Rule({"system": ["manage"]}, _looks) for row in LOOKING_ROWS
} | {(row.method, row.path): plain("primero_configuration", "manage") for row in DECIDING_ROWS}
#: No role opens these: only the other instance's signature does.
TOLD = {(row.method, row.path) for row in TOLD_ROWS}
