"""What everybody may know before signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.api.http.reply import reply
from cpims.forms.queries.bootstrap import public_face

router = Router(tags=["primero"])


@router.get("/primero", auth=None)
def show_face(request: HttpRequest) -> HttpResponse:
    """Languages, agencies' names, and whether this is a demo."""
    return reply(public_face())
