"""The policy for tables that are brought in: whoever makes places or people one by one makes many (api.md §10.3)."""

from __future__ import annotations

from tests.properties.policy import CONFIGURES, V1
from tests.properties.shapes import Rule, Shape


def _of_another(shape: Shape) -> int:
    """Farid's own table: nobody else's."""
    return 404 if shape.may("metadata", "manage") or shape.may("user", "create") else 403


WATCHED = Rule({"metadata": ["manage"]}, _of_another)
IMPORT_RULES: dict[tuple[str, str], Rule] = {
    ("POST", f"{V1}/imports"): CONFIGURES,
    ("POST", f"{V1}/imports/apply"): CONFIGURES,
    ("GET", f"{V1}/imports/{{run_id}}"): WATCHED,
    ("DELETE", f"{V1}/imports/{{run_id}}"): WATCHED,
}
