"""The policy for the pair, sets of changes and promotions: one permission for everything, and nobody between machines."""

from __future__ import annotations

from tests.api.promotion_matrix import PROMOTION_ROWS, SIGNED_ROWS
from tests.properties.shapes import Rule, plain

NEEDS = {"primero_configuration": ["manage"]}
PROMOTION_RULES: dict[tuple[str, str], Rule] = {
    (row.method, row.path): plain("primero_configuration", "manage") for row in PROMOTION_ROWS
} | {(row.method, row.path): Rule(NEEDS, lambda _: 403) for row in SIGNED_ROWS}
