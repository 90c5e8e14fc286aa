"""Who is signed in: one indexed read per request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from cpims.accounts.models import Session


@dataclass(frozen=True)
class LiveSession:
    """A sign-in that is alive, with the epoch and the configuration that hold now."""

    id: int
    user_id: int
    epoch: int
    configuration: int
    seen_at: datetime
    device: UUID | None = None


def session_digest(secret: str) -> bytes:
    """What is stored of a session cookie's secret."""
    return hashlib.sha256(secret.encode()).digest()


def find_live_session(secret: str, *, at: datetime, idle: timedelta) -> LiveSession | None:
    """The live session behind a cookie; none when unknown, idle for too long, the account switched off, the device revoked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.id, s.user_id, u.access_epoch, (SELECT configuration FROM instance), s.seen_at, s.device_id
               FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN devices d ON d.id = s.device_id
               WHERE s.digest = %s AND s.seen_at > %s AND NOT u.disabled AND NOT u.unverified
                 AND d.revoked_at IS NULL""",
            [session_digest(secret), at - idle],
        )
        row = cursor.fetchone()
    return LiveSession(*row) if row else None


def is_of_revoked_device(secret: str) -> bool:
    """Did the session behind a cookie end because its device was revoked?"""
    dead = Session.objects.filter(digest=session_digest(secret), device__revoked_at__isnull=False)
    return dead.exists()
