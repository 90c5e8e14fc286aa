"""The policy for the books of what was done and seen (api.md §14.1): one permission."""

from __future__ import annotations

from tests.properties.policy import V1
from tests.properties.shapes import Rule, plain

AUDIT_RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/api/v2/audit_logs"): plain("audit_log", "read"),
    ("POST", f"{V1}/audit_log/search"): plain("audit_log", "read"),
    ("POST", f"{V1}/audit_log/list.xlsx"): plain("audit_log", "read"),
}
