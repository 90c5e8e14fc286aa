"""The policy of invitations: who may write to accounts invites those in her care."""

from __future__ import annotations

from tests.api.invitation_matrix import INVITATIONS
from tests.properties.shapes import Rule, one_user, plain

INVITATION_RULES: dict[tuple[str, str], Rule] = {
    ("GET", INVITATIONS): plain("user", "write"),
    ("POST", INVITATIONS): plain("user", "write"),
    ("GET", f"{INVITATIONS}/{{user_id}}"): one_user("write"),
}
