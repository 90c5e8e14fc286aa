"""The policy for the pair, sets of changes and promotions: one permission for everything; nobody signs in between machines."""

from __future__ import annotations

from tests.api.promotion_matrix import PROMOTION_ROWS, SIGNED_ROWS
from tests.properties.shapes import Rule, plain

PROMOTION_RULES: dict[tuple[str, str], Rule] = {
    (row.method, row.path): plain("primero_configuration", "manage") for row in PROMOTION_ROWS
}
#: No role opens these: only the other instance's signature does, and the matrix says what everybody else sees.
SIGNED = {(row.method, row.path) for row in SIGNED_ROWS}
