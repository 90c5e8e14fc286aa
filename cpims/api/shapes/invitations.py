"""Inviting people by a one-time link."""

from __future__ import annotations

from typing import Literal

from cpims.api.shapes.envelope import Moment, Paged, Shape
from cpims.api.shapes.instance import InstanceFace
from cpims.api.shapes.route import PAGING, V1, Route

INVITATIONS = f"{V1}/invitations"


class PeopleToInvite(Shape):
    """Whom to invite, by the numbers of their accounts; up to 200 at once."""

    user_ids: list[int]


class Invited(Shape):
    """Whether somebody was invited; ``code`` says why not."""

    user_id: int
    invited: bool
    code: str | None = None


class Invitation(Shape):
    """One invitation and what became of it. ``delivered_at``: a mail server took the mail."""

    state: Literal["waiting", "sent", "delivered", "failed", "opened", "used", "revoked", "over"]
    address: str
    invited_at: Moment
    expires_at: Moment
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    failed_at: Moment | None = None
    failure: Literal["refused", "unreachable"] | None = None
    opened_at: Moment | None = None
    used_at: Moment | None = None
    revoked_at: Moment | None = None


class Arrival(Shape):
    """How somebody came in, or did not yet, and her latest invitation."""

    user_id: int
    user_name: str
    full_name: str
    own_password_at: Moment | None = None
    first_sign_in_at: Moment | None = None
    invitation: Invitation | None = None


class LinkOpened(Shape):
    """The secret of a link, as it stood behind ``#``."""

    link: str


class Welcome(Shape):
    """Who is invited, to which instance, until when."""

    user_name: str
    full_name: str
    until: Moment
    instance: InstanceFace


INVITATION_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", INVITATIONS): Route(
        "People in one's care who have not come in yet", Arrival, many=True, metadata=Paged, query=PAGING
    ),
    ("POST", INVITATIONS): Route(
        "Invite people by mail, each by a one-time link",
        Invited, many=True, request=PeopleToInvite, wrapper="", statuses=(429,),
    ),
    ("GET", f"{INVITATIONS}/{{id}}"): Route("How somebody came in, or did not yet", Arrival),
    ("POST", f"{INVITATIONS}/open"): Route(
        "Who is invited by a link", Welcome, request=LinkOpened, wrapper="", statuses=(429,)
    ),
}  # fmt: skip
