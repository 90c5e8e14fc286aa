"""The routes of acts for many cases, with what goes in and what comes out."""

from __future__ import annotations

from cpims.api.shapes import bulk as b
from cpims.api.shapes.envelope import Paged
from cpims.api.shapes.route import PAGING, V1, V2, Route
from cpims.api.shapes.transitions import Transition

CASES, BULK = f"{V2}/cases", f"{V1}/bulk"
ONCE = ("Idempotency-Key",)


def _shared(about: str) -> Route:
    return Route(about, Transition, many=True, metadata=b.SharedMany, request=b.SharedWithMany, headers=ONCE)


BULK_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", BULK): Route("Do one thing to many cases", b.Bulk, request=b.BulkWish, wrapper="", headers=ONCE),
    ("GET", BULK): Route("One's own latest jobs for many cases", b.Bulk, many=True),
    ("GET", f"{BULK}/{{id}}"): Route(
        "How far a job is, and what became of each case", b.BulkRead, metadata=Paged, query=("state", *PAGING)
    ),
    ("POST", f"{BULK}/{{id}}/retry"): Route("Try again what was refused or left alone", b.Bulk, statuses=(409,)),
    ("POST", f"{BULK}/{{id}}/cancel"): Route("Leave alone what is not done yet", b.Bulk, statuses=(409,)),
    ("POST", f"{CASES}/assigns"): Route(
        "Give the cases of a list to another worker, one after the other",
        b.AskedForMany, metadata=b.BulkNamed, request=b.AssignsAsked, headers=ONCE,
    ),
    ("POST", f"{CASES}/flags"): Route(
        "Ask that the cases of a list be looked at, one after the other",
        b.AskedForMany, metadata=b.BulkNamed, request=b.FlagsAsked, headers=ONCE,
    ),
    ("POST", f"{CASES}/referrals"): _shared("Ask somebody to help with some cases, at once"),
    ("POST", f"{CASES}/transfers"): _shared("Ask another worker to take some cases over, at once"),
}  # fmt: skip
