"""What everybody here promises."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.accounts.actions.conduct import publish_conduct
from cpims.accounts.queries.conduct import conduct_acceptances, conduct_history, conduct_json, get_conduct
from cpims.accounts.rules.conduct import KEYS
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import sift, told
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.lib.clock import now

router = Router(tags=["codes_of_conduct"])
ours = Router(tags=["codes_of_conduct"])


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


@ours.get("/codes_of_conduct", summary="Every code of conduct, the newest first")
def show_history(request: HttpRequest) -> HttpResponse:
    """What was promised here before, and how many accepted it."""
    return reply(conduct_history(viewer=viewer_of(request)))


@ours.get("/codes_of_conduct/acceptances", summary="Who accepted the code of conduct, and who has still to")
def show_acceptances(request: HttpRequest) -> HttpResponse:
    """The accounts in use in one's care, with when each accepted what holds now."""
    query = read_query(request)
    page = page_of(query)
    asked = {"true": True, "false": False}.get(str(query.get("accepted")))
    found = conduct_acceptances(viewer=viewer_of(request), accepted=asked, offset=page.offset, length=page.per)
    metadata = {"total": found.total, "per": page.per, "page": page.number}
    return reply(found.rows, metadata | {"accepted": found.accepted, "owing": found.owing})
