"""What there is to permit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.catalogue import ACTIONS, MANAGEMENT
from cpims.api.http.reply import reply

router = Router(tags=["permissions"])


@router.get("/permissions", summary="Every resource and its actions")
def list_permissions(request: HttpRequest) -> HttpResponse:
    """The names that roles are made of."""
    return reply({"management": MANAGEMENT, "resource_actions": ACTIONS})
