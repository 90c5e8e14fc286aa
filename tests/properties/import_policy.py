"""The policy for tables that are brought in: whoever makes places or people one by one makes many (api.md §10.3)."""

from __future__ import annotations

from tests.properties.policy import CONFIGURES, V1, nobody_else
from tests.properties.shapes import Rule

#: Farid's own table.
WATCHED = Rule({"metadata": ["manage"]}, nobody_else)
IMPORT_RULES: dict[tuple[str, str], Rule] = {
    ("POST", f"{V1}/imports"): CONFIGURES,
    ("POST", f"{V1}/imports/apply"): CONFIGURES,
    ("GET", f"{V1}/imports/{{run_id}}"): WATCHED,
    ("DELETE", f"{V1}/imports/{{run_id}}"): WATCHED,
}
