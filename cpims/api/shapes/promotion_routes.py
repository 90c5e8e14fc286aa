"""The routes of pairs, sets of changes and promotions."""

from __future__ import annotations

from cpims.api.shapes import promotion as p
from cpims.api.shapes.envelope import Paged
from cpims.api.shapes.route import PAGING, V1, Route

PAIR, SETS, PROMOTIONS = f"{V1}/pair", f"{V1}/change_sets", f"{V1}/promotions"
ONE = f"{SETS}/{{id}}"

PROMOTION_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", PAIR): Route("This instance and the other one, and how they stand", p.PairStanding),
    ("POST", PAIR): Route(
        "Name the other instance", p.PairStanding, request=p.PairWrite, wrapper="", statuses=(409,)
    ),
    ("POST", f"{PAIR}/check"): Route("Ask the other instance now", p.PairStanding, statuses=(409,)),
    ("GET", f"{PAIR}/state_file"): Route("How this instance is configured, as a signed file", p.SignedFile, bare=True),
    ("GET", SETS): Route("Sets of changes, the newest first", p.ChangeSet, many=True, metadata=Paged, query=PAGING),
    ("POST", SETS): Route(
        "Make a set of what differs between production and here",
        p.ChangeSet, request=p.ChangeSetOpen, wrapper="", statuses=(409,),
    ),
    ("GET", ONE): Route(
        "One set with its changes", p.WholeChangeSet, metadata=p.ChangesPage, query=("locale", *PAGING)
    ),
    ("PATCH", ONE): Route("Choose changes", p.ChangeSet, request=p.ChangeSetWrite, wrapper="", statuses=(409,)),
    ("POST", f"{ONE}/propose"): Route("Ask a second person for approval", p.ChangeSet, statuses=(409,)),
    ("POST", f"{ONE}/approve"): Route("Approve what somebody else proposed", p.ChangeSet, statuses=(409,)),
    ("POST", f"{ONE}/reject"): Route(
        "Refuse what somebody else proposed, or take one's own back",
        p.ChangeSet, request=p.RejectionSent, wrapper="", statuses=(409,),
    ),
    ("POST", f"{ONE}/promote"): Route("Send it to production", p.ChangeSet, statuses=(409,)),
    ("GET", f"{ONE}/file"): Route("The approved set as a signed file", p.SignedFile, bare=True, statuses=(409,)),
    ("GET", PROMOTIONS): Route("What came here, the newest first", p.Promotion, many=True, metadata=Paged, query=PAGING),
    ("POST", PROMOTIONS): Route(
        "Apply a signed file", p.Promotion, request=p.PromotionSent, wrapper="", statuses=(409,)
    ),
    ("POST", f"{PROMOTIONS}/{{id}}/rollback"): Route(
        "Back to what stood before", p.Promotion, request=p.RejectionSent, wrapper="", statuses=(409,)
    ),
    ("POST", f"{PAIR}/document"): Route("The other instance asks how this one stands; signed", p.PairAnswer, bare=True),
    ("POST", f"{PAIR}/promotion"): Route("The other instance sends a set; signed", p.PairAnswer, bare=True, statuses=(409,)),
}  # fmt: skip
