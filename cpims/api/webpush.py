"""Messages that a browser shows by itself: not sent from here yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.api.http.reply import reply

router = Router(tags=["webpush"])
CONFIG: dict[str, Any] = {"enabled": False, "pause_after": None, "vapid_public": None}


@router.get("/webpush/config")
def show_webpush(request: HttpRequest) -> HttpResponse:
    """Whether a browser may ask for messages."""
    return reply(CONFIG)
