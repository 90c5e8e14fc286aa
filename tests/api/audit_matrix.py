"""The rows of the matrix about the books of what was done and seen. Nobody of the cast may search them."""

from __future__ import annotations

from tests.api.rows import Row

EVERYBODY = "amina bilal chantal dawit esther farid"
AUDIT_ROWS: tuple[Row, ...] = (
    Row("GET", "/api/v2/audit_logs", forbidden=EVERYBODY),
    Row("POST", "/api/cpims/v1/audit_log/search", forbidden=EVERYBODY, body=dict),
    Row("POST", "/api/cpims/v1/audit_log/list.xlsx", forbidden=EVERYBODY, body=dict),
)
