"""Inviting people by a one-time link: laying an invitation, mailing it, and what it tells when it is opened and used.

The link's secret stands behind ``#`` and is made when the mail is sent; only its digest is kept, so nobody reads it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from cpims.access.rules.administration import may_look_after
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.tries import count_try
from cpims.accounts.events import InvitationFailed, InvitationOpened, InvitationSent, UserInvited
from cpims.accounts.models import Invitation, User
from cpims.accounts.queries.invitations import find_by_link, open_invitations, token_digest
from cpims.accounts.queries.people import person_of
from cpims.accounts.rules.invitations import (
    LIFE,
    InvitationNotFound,
    NoAddress,
    NotNeeded,
    SwitchedOff,
)
from cpims.accounts.rules.refusals import UserNotFound
from cpims.accounts.rules.tries import INVITATION_OPENED, INVITING
from cpims.audit.actions import record
from cpims.lib.errors import Refusal
from cpims.lib.ids import new_token
from cpims.lib.mail import CannotSend, MailRefused, send_mail
from cpims.lib.messages import sentence
from cpims.lib.queue import put_off
from cpims.lib.transactions import atomic
from cpims.settings.queries import system_name

SEND: Final = "accounts.send_welcome"
TELL: Final = "accounts.tell_of_failed_invitation"
PAGE: Final = "/app/set-password#"


@dataclass(frozen=True)
class Invited:
    """What came of the wish to invite somebody: nothing against it, or why she was not invited."""

    user_id: int
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Welcome:
    """What a link tells who opens it: who is invited, to which instance, until when."""

    user_name: str
    full_name: str
    until: datetime


def invite_users(*, user_ids: Sequence[int], actor: Viewer, at: datetime) -> list[Invited]:
    """An administrator invites people by mail; an invitation that somebody has already ends.

    Who cannot be invited is named, the others are. Not one transaction with the count of tries, which must stay.
    Raises: Forbidden, TriedTooOften.
    Records: UserInvited for each.
    """
    require(actor, "user", "write")
    count_try(INVITING, actor.user_name, at=at)
    return _invite(list(dict.fromkeys(user_ids)), actor, at)


@atomic
def _invite(user_ids: list[int], actor: Viewer, at: datetime) -> list[Invited]:
    held = User.objects.select_for_update(of=("self",)).filter(pk__in=user_ids).order_by("id")
    found = {user.id: user for user in held.select_related("role", "agency").prefetch_related("groups")}
    told = []
    for number in user_ids:
        refusal = _refusal(found.get(number), actor)
        if refusal is None:
            lay_invitation(user=found[number], actor=actor, at=at)
        told.append(Invited(number, refusal))
    return told


def _refusal(user: User | None, actor: Viewer) -> Refusal | None:
    if user is None or not may_look_after(actor, person_of(user)):
        return UserNotFound()
    if user.disabled:
        return SwitchedOff()
    if user.own_password_at is not None:
        return NotNeeded()
    return None if user.email else NoAddress()


def lay_invitation(*, user: User, actor: Viewer | None, at: datetime, mailed: bool = True) -> Invitation:
    """Within an act: somebody is invited, and her earlier invitation ends; the mail is sent by the worker.

    Records: UserInvited.
    """
    end_invitations(user.id, at=at)
    invitation = Invitation.objects.create(
        user=user,
        address=(user.email or "") if mailed else "",
        invited_by_id=actor.user_id if actor else None,
        invited_at=at,
        expires_at=at + LIFE,
    )
    record(UserInvited(subject=_subject(user), about={"by": "mail" if mailed else "operator"}), actor=actor, at=at)
    if mailed:
        put_off(SEND, user_id=user.id)
    return invitation


def end_invitations(user_id: int, *, at: datetime) -> None:
    """Within an act: whatever links by which somebody could come in end."""
    open_invitations().filter(user_id=user_id).update(revoked_at=at)


def seal_invitation(invitation: Invitation, *, at: datetime) -> str:
    """A fresh secret for an invitation, kept as a digest; the address of the page where it is used, told once."""
    token = new_token()
    invitation.digest, invitation.sent_at = token_digest(token), at
    invitation.save(update_fields=["digest", "sent_at"])
    return f"{settings.ENVIRONMENT.public_url}{PAGE}{token}"


def send_invitation(*, user_id: int, at: datetime, last: bool = False) -> bool:
    """Mail somebody her invitation, in her language; answers whether there was one to send. It may come twice.

    ``last``: it is not tried again. A mail server that refuses the address is not asked again either.
    Raises: CannotSend, when it may be tried again.
    Records: InvitationSent or InvitationFailed.
    """
    found = open_invitations().select_related("user").filter(user_id=user_id, user__disabled=False)
    invitation = found.exclude(address="").filter(expires_at__gt=at).first()
    if invitation is None or invitation.delivered_at or invitation.failed_at:
        return False
    link = seal_invitation(invitation, at=at)
    try:
        taken = _mail("mail.welcome", invitation.user, invitation.address, link=link)
    except CannotSend as problem:
        if not last and not isinstance(problem, MailRefused):
            raise
        _failed(invitation, "refused" if isinstance(problem, MailRefused) else "unreachable", at)
        return True
    _sent(invitation, taken, at)
    return True


@atomic
def _sent(invitation: Invitation, taken: bool, at: datetime) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(delivered_at=at if taken else None)
    by = "mail_server" if taken else "folder"
    record(InvitationSent(subject=_subject(invitation.user), about={"taken_by": by}), actor=None, at=at)


@atomic
def _failed(invitation: Invitation, why: str, at: datetime) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(failed_at=at, failure=why)
    record(InvitationFailed(subject=_subject(invitation.user), about={"why": why}), actor=None, at=at)
    if invitation.invited_by_id is not None:
        put_off(TELL, invitation_id=invitation.pk)


def tell_of_failed_invitation(*, invitation_id: int) -> bool:
    """Mail whoever invited somebody that the invitation did not arrive; answers whether there was anybody to tell.

    Raises: CannotSend.
    """
    rows = Invitation.objects.select_related("user", "invited_by").filter(pk=invitation_id, failed_at__isnull=False)
    invitation = rows.first()
    inviter = invitation.invited_by if invitation else None
    if invitation is None or inviter is None or inviter.disabled or not inviter.email:
        return False
    link = f"{settings.ENVIRONMENT.public_url}/app/admin/users/{invitation.user_id}"
    _mail("mail.invitation_failed", inviter, inviter.email, who=invitation.user.full_name, link=link)
    return True


def _mail(kind: str, reader: User, address: str, **more: str) -> bool:
    locale = reader.locale or settings.ENVIRONMENT.default_locale
    words: dict[str, Any] = {
        "system": system_name(locale),
        "name": reader.full_name,
        "user": reader.user_name,
        **more,
    }
    return send_mail(
        to=address,
        subject=sentence(locale, f"{kind}.subject", **words),
        text=sentence(locale, f"{kind}.text", **words),
    )


def open_invitation(*, link: object, address: str, at: datetime) -> Welcome:
    """Somebody opens her link: she is told who is invited, and that she opened it is kept; the link stays good.

    Raises: TriedTooOften, InvitationNotFound.
    Records: InvitationOpened, the first time.
    """
    count_try(INVITATION_OPENED, address, at=at)
    return _open(link, at)


@atomic
def _open(link: object, at: datetime) -> Welcome:
    invitation = find_by_link(link, at=at)
    if invitation is None:
        raise InvitationNotFound
    user = invitation.user
    if Invitation.objects.filter(pk=invitation.pk, opened_at__isnull=True).update(opened_at=at):
        record(InvitationOpened(subject=_subject(user)), actor=None, at=at)
    return Welcome(user_name=user.user_name, full_name=user.full_name, until=invitation.expires_at)


def use_invitation(invitation: Invitation, *, at: datetime) -> None:
    """Within an act: she chose her password by it."""
    opened = invitation.opened_at or at
    Invitation.objects.filter(pk=invitation.pk).update(used_at=at, opened_at=opened)


def _subject(user: User) -> str:
    return f"user:{user.user_name}"
