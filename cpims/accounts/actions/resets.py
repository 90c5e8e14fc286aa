"""Setting a password by a one-time link: asking for it, sending it, using it; and the first administrator's link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import F

from cpims.access.rules.administration import may_look_after
from cpims.access.rules.catalogue import SUPER_RESOURCES, Scope
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.invitations import PAGE, end_invitations, lay_invitation, seal_invitation, use_invitation
from cpims.accounts.actions.passwords import password_problems, seal_password
from cpims.accounts.actions.people import hold_accounts, subject_of
from cpims.accounts.actions.roles import create_role
from cpims.accounts.actions.sign_in import DeviceKey, SignedIn, end_sessions, open_session, own_device
from cpims.accounts.actions.teams import create_agency
from cpims.accounts.actions.tries import count_try, forgive
from cpims.accounts.events import (
    AdministratorInvited,
    PasswordChanged,
    PasswordResetRequested,
    UserCreated,
)
from cpims.accounts.models import Agency, Role, User
from cpims.accounts.queries.invitations import find_by_link
from cpims.accounts.queries.people import manages, person_of, said_of
from cpims.accounts.rules.links import Link, holds, make_link, read_link
from cpims.accounts.rules.refusals import AdministratorExists, ResetInvalid, UserNotFound
from cpims.accounts.rules.tries import RESET, RESET_REQUEST
from cpims.accounts.rules.users import email_of, user_name_of
from cpims.audit.actions import note_sighting, record
from cpims.audit.events import differences
from cpims.lib.crypto import derive
from cpims.lib.errors import Problem
from cpims.lib.ids import new_token
from cpims.lib.mail import send_mail
from cpims.lib.messages import sentence
from cpims.lib.queue import put_off
from cpims.lib.secrets import secret
from cpims.lib.transactions import atomic
from cpims.modules.models import Module
from cpims.settings.queries import system_name

SEND: Final = "accounts.send_password_reset"


@dataclass(frozen=True)
class FirstLink:
    """The first administrator's account, and the address of the page where she chooses her password once; no address
    where it goes to her by mail."""

    user_name: str
    address: str


def link_key() -> bytes:
    """The key of one-time links."""
    return derive(secret("session"), "one-time-links")


def link_for(user: User, *, at: datetime) -> str:
    """A one-time link for an account as it stands."""
    return make_link(link_key(), user_id=user.id, password=user.password, nonce=user.reset_nonce, at=at)


def request_password_reset(*, email: str, address: str, at: datetime) -> None:
    """Somebody forgot her password; whether the address is known here is not told, not even by the time it takes.

    Raises: TriedTooOften.
    Records: the sighting ``password_reset_request``.
    """
    wanted = email_of(email[:1024]) or ""
    count_try(RESET_REQUEST, wanted, address, at=at)
    _ask(wanted)


@atomic
def _ask(email: str) -> None:
    known = (
        "\x00" not in email and User.objects.filter(email=email, disabled=False).values_list("id", flat=True).first()
    )
    note_sighting(None, road="password_reset", action="password_reset_request", query=email or " ")
    put_off(SEND, user_id=known or 0)


@atomic
def request_reset_for(*, user_id: int, actor: Viewer, at: datetime) -> None:
    """An administrator lets a link be sent to somebody in her care.

    Raises: Forbidden, UserNotFound.
    Records: PasswordResetRequested.
    """
    if actor.user_id != user_id:
        require(actor, "user", "write")
    user = User.objects.select_related("role", "agency").filter(pk=user_id).first()
    if user is None or not may_look_after(actor, person_of(user)):
        raise UserNotFound
    record(PasswordResetRequested(subject=subject_of(user)), actor=actor, at=at)
    put_off(SEND, user_id=user.id)


def send_password_reset(*, user_id: int, at: datetime) -> bool:
    """Mail somebody her one-time link, in her language; answers whether there was anybody to send it to.

    Raises: CannotSend.
    """
    user = User.objects.filter(pk=user_id, disabled=False).first()
    if user is None or not user.email:
        return False
    locale = user.locale or settings.ENVIRONMENT.default_locale
    words: dict[str, Any] = {
        "system": system_name(locale),
        "name": user.full_name,
        "user": user.user_name,
        "link": page_of(link_for(user, at=at)),
    }
    send_mail(
        to=user.email,
        subject=sentence(locale, "mail.password_reset.subject", **words),
        text=sentence(locale, "mail.password_reset.text", **words),
    )
    return True


def page_of(link: str) -> str:
    """The page where a link is used; the secret stands behind ``#``, so no server log ever holds it."""
    return f"{settings.ENVIRONMENT.public_url}{PAGE}{link}"


def perform_password_reset(
    *,
    link: object,
    password: str,
    confirmation: str | None,
    address: str,
    at: datetime,
    device: DeviceKey | None = None,
) -> SignedIn:
    """Somebody sets her password by her link (asked for, or an invitation) and is signed in; the link is used up, all
    other sessions end.


    Raises: TriedTooOften, ResetInvalid, SignInRefused, RevokedDevice.
    Records: PasswordChanged.
    """
    count_try(RESET, address, at=at)
    user = _set_password(link, password, confirmation, at)
    forgive(user.user_name, address, at=at)
    return open_session(user=user, at=at, device=own_device(user.user_name, device))


@atomic
def _set_password(link: object, password: str, confirmation: str | None, at: datetime) -> User:
    invitation = find_by_link(link, at=at)
    read = read_link(link)
    number = invitation.user_id if invitation else read.user_id if read else 0
    user = User.objects.select_for_update(of=("self",)).filter(pk=number, disabled=False).first()
    if invitation is not None:  # again, now that nobody else can use it meanwhile
        invitation = find_by_link(link, at=at)
    if user is None or (invitation is None and (read is None or not _holds(read, user, at))):
        raise ResetInvalid([_problem("reset_password_token", "user.reset_link")])
    problems = []
    if confirmation is None:
        problems.append(_problem("password_confirmation", "user.password.confirmation_required"))
    elif confirmation != password:
        problems.append(_problem("password_confirmation", "user.password.mismatch"))
    for found in password_problems(password, user.user_name):
        problems.append(_problem("password", found.code))
    if problems:
        raise ResetInvalid(problems)
    user.password, user.reset_nonce, user.unverified, user.updated_at = seal_password(password), new_token(), False, at
    user.own_password_at = at
    user.save(update_fields=["password", "reset_nonce", "unverified", "updated_at", "own_password_at"])
    if invitation is not None:
        use_invitation(invitation, at=at)
    end_invitations(user.id, at=at)
    User.objects.filter(pk=user.pk).update(access_epoch=F("access_epoch") + 1)
    end_sessions(user.id)
    record(
        PasswordChanged(subject=subject_of(user), about={"by": "invitation" if invitation else "link"}),
        actor=None,
        at=at,
    )
    return user


def _holds(link: Link, user: User, at: datetime) -> bool:
    return holds(link_key(), link, password=user.password, nonce=user.reset_nonce, at=at)


def _problem(key: str, code: str) -> Problem:
    return Problem(f"/{key}", code, {"primero": f"user.password_reset.errors.{key}"})


@atomic
def invite_first_administrator(
    *, at: datetime, user_name: str = "admin", full_name: str = "First administrator", email: str = ""
) -> FirstLink:
    """Make the account of the first administrator and her invitation: mailed to her, or a link that the operator hands over.

    Until the link was used a new one may be made, and ends the old; after that it is refused for ever.
    Raises: AdministratorExists.
    Records: UserCreated, AdministratorInvited, UserInvited; RoleCreated and AgencyCreated where there was none.
    """
    hold_accounts()
    supers = Role.objects.filter(manages(SUPER_RESOURCES), group_permission=Scope.ALL, disabled=False)
    holders = User.objects.select_for_update(of=("self",)).filter(role__in=supers)
    if holders.exclude(password="").exists():
        raise AdministratorExists
    user = holders.filter(password="").order_by("id").first()
    if user is None:
        name = user_name_of(user_name)
        if User.objects.filter(user_name=name).exists():
            raise AdministratorExists
        user = User.objects.create(
            user_name=name,
            full_name=full_name,
            role=supers.order_by("id").first() or _super_role(at),
            agency=_first_agency(at),
            created_at=at,
            updated_at=at,
        )
        record(UserCreated(subject=subject_of(user), changes=differences({}, said_of(user))), actor=None, at=at)
    user.reset_nonce, user.disabled, user.email = new_token(), False, email_of(email) or user.email
    user.save(update_fields=["reset_nonce", "disabled", "email"])
    record(AdministratorInvited(subject=subject_of(user)), actor=None, at=at)
    invitation = lay_invitation(user=user, actor=None, at=at, mailed=bool(email))
    return FirstLink(user_name=user.user_name, address="" if email else seal_invitation(invitation, at=at))


def _super_role(at: datetime) -> Role:
    values = {
        "unique_id": "role-superuser",
        "name": "Super-user",
        "group_permission": str(Scope.ALL),
        "permissions": {resource: ["manage"] for resource in SUPER_RESOURCES},
        "module_unique_ids": list(Module.objects.values_list("unique_id", flat=True)),
    }
    return create_role(values=values, actor=None, at=at)


def _first_agency(at: datetime) -> Agency:
    found = Agency.objects.filter(disabled=False).order_by("id").first()
    values = {"unique_id": "agency-system", "agency_code": "SYSTEM", "name": {"en": "System"}}
    return found or create_agency(values=values, actor=None, at=at)
