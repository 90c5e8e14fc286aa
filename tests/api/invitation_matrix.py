"""The rows of the matrix about invitations. Bilal is invited, and so looked for, by who looks after accounts."""

from __future__ import annotations

from typing import Any

from cpims.accounts.models import User
from tests.api.rows import Row

INVITATIONS = "/api/cpims/v1/invitations"
EVERYBODY = "amina bilal chantal dawit esther farid"
WHO = {"ok": "esther farid", "forbidden": "amina bilal chantal dawit"}


def _bilal() -> Any:
    return {"user_ids": [User.objects.get(user_name="bilal").id]}


INVITATION_ROWS: tuple[Row, ...] = (
    Row("GET", INVITATIONS, **WHO, queries=3),
    Row("POST", INVITATIONS, **WHO, body=_bilal),
    Row("POST", f"{INVITATIONS}/open", EVERYBODY, body=lambda: {"link": "x" * 43}, anonymous=404, success=404),
    Row("GET", f"{INVITATIONS}/{{user_id}}", **WHO, queries=4),
)
