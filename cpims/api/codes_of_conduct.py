"""What everybody here promises."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.accounts.actions.conduct import publish_conduct
from cpims.accounts.queries.conduct import conduct_json, get_conduct
from cpims.accounts.rules.conduct import KEYS
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import sift, told
from cpims.api.http.reply import reply
from cpims.lib.clock import now

router = Router(tags=["codes_of_conduct"])


@router.get("/codes_of_conduct")
def show_conduct(request: HttpRequest) -> HttpResponse:
    """The code of conduct that holds now."""
    return reply(conduct_json(get_conduct()))


@router.post("/codes_of_conduct")
def put_conduct(request: HttpRequest) -> HttpResponse:
    """Publish a code of conduct; a new text asks everybody anew."""
    viewer = viewer_of(request)
    require(viewer, "code_of_conduct", "manage")
    values, ignored = sift(request, read_data(request), KEYS, {}, others="code_of_conduct.key.unknown")
    return reply(conduct_json(publish_conduct(values=values, actor=viewer, at=now())), told(ignored))
