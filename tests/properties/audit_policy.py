"""The policy for the books of what was done and seen (api.md §14.1): reading, which is all that this resource knows."""

from __future__ import annotations

from tests.properties.policy import V1
from tests.properties.shapes import Rule, Shape


def _reads(shape: Shape) -> int:
    return 200 if "read" in shape.permissions.get("audit_log", []) else 403


READS = Rule({"audit_log": ["read"]}, _reads)
AUDIT_RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/api/v2/audit_logs"): READS,
    ("POST", f"{V1}/audit_log/search"): READS,
    ("POST", f"{V1}/audit_log/list.xlsx"): READS,
}
