"""The policy for tables that are brought in: whoever makes places one by one makes many (api.md §10.3)."""

from __future__ import annotations

from tests.properties.policy import CONFIGURES, V1
from tests.properties.shapes import Rule

IMPORT_RULES: dict[tuple[str, str], Rule] = {
    ("POST", f"{V1}/imports"): CONFIGURES,
    ("POST", f"{V1}/imports/apply"): CONFIGURES,
}
