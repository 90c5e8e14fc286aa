"""The policy of the specification for the configuration as a whole (api.md §15): one permission for everything."""

from __future__ import annotations

from tests.api.configuration_matrix import CONFIGURATION_ROWS
from tests.properties.shapes import Rule, plain

CONFIGURATION_RULES: dict[tuple[str, str], Rule] = {
    (row.method, row.path): plain("primero_configuration", "manage") for row in CONFIGURATION_ROWS
}
