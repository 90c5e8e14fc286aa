"""The cast at their browsers: signed-in HTTP clients that keep the session and CSRF contract."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.test import Client

from cpims.accounts.models import Session, User
from cpims.accounts.queries.sessions import session_digest
from cpims.api.http import csrf
from cpims.api.http.auth import SESSION_COOKIE


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    raw: bytes
    json: Any = field(default=None)

    @property
    def data(self) -> Any:
        """The data of the envelope."""
        return self.json["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of the refusals."""
        return [error["code"] for error in self.json["errors"]]


class Caller:
    """One person's client."""

    def __init__(self, user_name: str | None) -> None:
        """Signed in as somebody, or as nobody."""
        self.client = Client(raise_request_exception=False)
        self.token = csrf.mint("")
        if user_name is not None:
            secret = f"secret-{uuid4()}"
            Session.objects.create(
                digest=session_digest(secret), user=User.objects.get(user_name=user_name), seen_at=datetime.now(UTC)
            )
            self.client.cookies[SESSION_COOKIE] = secret
            self.token = csrf.mint(secret)
        self.client.cookies[csrf.COOKIE] = self.token

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send one request; a body is sent as JSON."""
        extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        if method not in csrf.SAFE:
            extra.setdefault("HTTP_X_CSRF_TOKEN", self.token)
        arguments: dict[str, Any] = dict(extra)
        if body is not None:
            arguments |= {"data": json.dumps(body), "content_type": "application/json"}
        response = (
            self.client.generic(method, path, **arguments)
            if body is not None
            else self.client.generic(method, path, **extra)
        )
        raw = b"".join(response.streaming_content) if response.streaming else response.content
        parsed = None
        if raw and response.headers.get("Content-Type", "").startswith("application/json"):
            parsed = json.loads(raw)
        return Reply(response.status_code, dict(response.headers), raw, parsed)

    def get(self, path: str, **headers: str) -> Reply:
        """Read."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """Create."""
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Reply:
        """Change."""
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Reply:
        """Switch off."""
        return self.send("DELETE", path, **headers)


def as_(user_name: str | None) -> Caller:
    """One of the cast at her browser; ``None`` is somebody who is not signed in."""
    return Caller(user_name)
