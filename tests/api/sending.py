"""Files over HTTP, in short words: announced, sent in pieces or whole."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cpims.attachments.queries import file_store
from cpims.lib.secrets import make_secrets
from cpims.records.models import Record
from tests.api.client import Caller, Reply
from tests.api.test_sync import V1
from tests.files import announced, put_file_form

PIECE = 1 << 20


def put_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions for files, and an empty place for bytes."""
    make_secrets(place / "secrets")
    put_file_form()
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, data=place))


def names() -> list[str]:
    return list(file_store().names())


def put(caller: Caller, upload: str, offset: int, piece: bytes, kind: str = "application/octet-stream") -> Reply:
    path, head = f"{V1}/uploads/{upload}/{offset}", {"HTTP_X_CSRF_TOKEN": caller.token}
    response = caller.client.generic("PUT", path, piece, content_type=kind, **head)
    return Reply(response.status_code, dict(response.headers), response.content, json.loads(response.content))


def send(caller: Caller, content: bytes, record: Any, **more: Any) -> str:
    told = announced(content, record, **more)
    assert caller.post(f"{V1}/uploads", {"data": told}).status == 200
    for offset in range(0, len(content), PIECE):
        assert put(caller, told["id"], offset, content[offset : offset + PIECE]).status == 200
    return str(told["id"])


def body(content: bytes, *, field: str = "photos", kind: str = "image", name: str = "Noor.jpg", **more: Any) -> Any:
    sent = base64.b64encode(content).decode()
    return {"data": {"field_name": field, "attachment_type": kind, "file_name": name, "attachment": sent, **more}}


def path_of(case: Record, number: int | None = None) -> str:
    return f"/api/v2/cases/{case.id}/attachments" + (f"/{number}" if number is not None else "")
