"""The routes of approvals, flags, alerts and notices, with what goes in and what comes out."""

from __future__ import annotations

from cpims.api.shapes import notices as n
from cpims.api.shapes.envelope import Changed, Paged
from cpims.api.shapes.route import PAGING, V1, V2, WRITING, Route

CASE, OURS = f"{V2}/cases/{{id}}", f"{V1}/cases/{{id}}"

NOTICE_ROUTES: dict[tuple[str, str], Route] = {
    ("PATCH", f"{CASE}/approvals/{{id}}"): Route(
        "Ask for an approval, give it or refuse it",
        n.ApprovalDone,
        metadata=Changed,
        request=n.ApprovalWish,
        headers=WRITING,
        statuses=(409,),
    ),
    ("DELETE", f"{OURS}/approvals/{{id}}"): Route(
        "Take a request for an approval back", n.ApprovalDone, statuses=(409,)
    ),
    ("GET", f"{OURS}/approvals/{{id}}/comparison"): Route("What changed since it was approved last", n.Comparison),
    ("GET", f"{V2}/flags"): Route(
        "Flags on the records in sight",
        n.Flag,
        many=True,
        metadata=Paged,
        query=("record_type", "active_only", "flagged_by_me", *PAGING),
    ),
    ("GET", f"{CASE}/flags"): Route("Flags on a case, resolved ones too", n.Flag, many=True),
    ("POST", f"{CASE}/flags"): Route(
        "Ask that a case be looked at", n.Flag, metadata=Changed, request=n.FlagWrite, headers=WRITING
    ),
    ("PATCH", f"{CASE}/flags/{{id}}"): Route(
        "Change or resolve a flag", n.Flag, metadata=Changed, request=n.FlagChange, headers=WRITING, statuses=(409,)
    ),
    ("GET", f"{CASE}/alerts"): Route("The alerts on a case", n.Alert, many=True),
    ("DELETE", f"{CASE}/alerts/{{id}}"): Route("Take an alert off a case", statuses=(204,)),
    ("GET", f"{V1}/notices"): Route(
        "One's own notices, the newest first",
        n.Notice,
        many=True,
        metadata=n.NoticesPaged,
        query=("unread_only", *PAGING),
    ),
    ("POST", f"{V1}/notices/read"): Route("Mark notices as read", n.Unread, request=n.NoticesRead, wrapper=""),
}
