"""The routes of handing cases on, with what goes in and what comes out."""

from __future__ import annotations

from cpims.api.shapes import transitions as t
from cpims.api.shapes.envelope import Changed, Paged
from cpims.api.shapes.route import PAGING, V1, V2, WRITING, Route

CASE, OURS = f"{V2}/cases/{{id}}", f"{V1}/cases/{{id}}"
RECIPIENTS = ("record_type", "record_module_id", "agency", "location", "service")


def _sent(about: str) -> Route:
    return Route(about, t.Transition, metadata=Changed, request=t.TransitionWish, headers=WRITING, statuses=(409,))


def _answered(about: str) -> Route:
    return Route(about, t.Transition, metadata=Changed, request=t.TransitionAnswer, headers=WRITING, statuses=(409,))


TRANSITION_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", f"{V2}/users/assign-to"): Route(
        "To whom may a case be assigned?", t.Recipient, many=True, query=RECIPIENTS
    ),
    ("GET", f"{V2}/users/transfer-to"): Route(
        "To whom may a case be transferred?", t.Recipient, many=True, query=RECIPIENTS
    ),
    ("GET", f"{V2}/users/refer-to"): Route("To whom may a case be referred?", t.Recipient, many=True, query=RECIPIENTS),
    ("GET", f"{CASE}/transitions"): Route(
        "What was shared of a case, the newest first", t.Transition, many=True, query=("types",)
    ),
    ("GET", f"{CASE}/assigns"): Route("Assignments of a case", t.Transition, many=True),
    ("GET", f"{CASE}/referrals"): Route("Referrals of a case", t.Transition, many=True),
    ("GET", f"{CASE}/transfers"): Route("Transfers of a case", t.Transition, many=True),
    ("GET", f"{CASE}/transfer_requests"): Route("Requests for a case", t.Transition, many=True),
    ("POST", f"{CASE}/assigns"): _sent("Give a case to another worker, at once"),
    ("POST", f"{CASE}/referrals"): _sent("Ask somebody to help with a case"),
    ("POST", f"{CASE}/transfers"): _sent("Ask another worker to take a case over"),
    ("POST", f"{CASE}/transfer_requests"): _sent("Ask the owner of a case for it"),
    ("PATCH", f"{CASE}/referrals/{{id}}"): _answered("Accept, reject, finish or revoke a referral"),
    ("DELETE", f"{CASE}/referrals/{{id}}"): Route("Revoke a referral", t.Transition, statuses=(409,)),
    ("PATCH", f"{CASE}/transfers/{{id}}"): _answered("Accept, reject or revoke a transfer"),
    ("PATCH", f"{CASE}/transfer_requests/{{id}}"): _answered("Accept, reject or revoke a request for a case"),
    ("POST", f"{OURS}/transitions/preview"): Route(
        "What the recipient would see; nothing is changed", t.Preview, request=t.PreviewAsked, wrapper=""
    ),
    ("GET", f"{OURS}/consents"): Route("What was said about sharing a case", t.ConsentSaid, many=True),
    ("POST", f"{OURS}/consents"): Route(
        "Consent to sharing is given, or taken back: then nothing new is shared from this moment on",
        t.ConsentSaid,
        metadata=t.ConsentTold,
        request=t.ConsentWrite,
        wrapper="",
        headers=("Idempotency-Key",),
    ),
    ("GET", f"{V1}/transitions/received"): Route(
        "What waits for one's answer, the oldest first", t.ReceivedTransition, many=True, metadata=Paged, query=PAGING
    ),
}
