"""Who is signed in: one indexed read per request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection


@dataclass(frozen=True)
class LiveSession:
    """A sign-in that is alive, with the epoch and the configuration that hold now."""

    id: int
    user_id: int
    epoch: int
    configuration: int
    seen_at: datetime


def session_digest(secret: str) -> bytes:
    """What is stored of a session cookie's secret."""
    return hashlib.sha256(secret.encode()).digest()


def find_live_session(secret: str, *, at: datetime, idle: timedelta) -> LiveSession | None:
    """The live session behind a cookie; none when unknown, idle for too long, or the account is switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.id, s.user_id, u.access_epoch, (SELECT configuration FROM instance), s.seen_at
               FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.digest = %s AND s.seen_at > %s AND NOT u.disabled AND NOT u.unverified""",
            [session_digest(secret), at - idle],
        )
        row = cursor.fetchone()
    return LiveSession(*row) if row else None
