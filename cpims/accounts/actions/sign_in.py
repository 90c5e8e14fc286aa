"""Signing in and out: one account, one live session, and as little as possible told to who guesses."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

from django.db.models import F

from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.passwords import is_password
from cpims.accounts.actions.tries import count_failure, count_try, forgive, is_locked, is_remembered
from cpims.accounts.models import Session, User
from cpims.accounts.queries.devices import find_proven_device
from cpims.accounts.queries.people import bare_viewer
from cpims.accounts.queries.sessions import LiveSession, session_digest
from cpims.accounts.rules.devices import LONGEST_SECRET, RevokedDevice
from cpims.accounts.rules.refusals import SignInRefused
from cpims.accounts.rules.tries import ACCOUNT, ADDRESS, PAIR
from cpims.accounts.rules.users import user_name_of
from cpims.audit.actions import note_sighting
from cpims.lib.crypto import digest
from cpims.lib.ids import new_token
from cpims.lib.secrets import secret
from cpims.lib.transactions import atomic
from cpims.settings.queries import configuration_number

KEEP_EVERY = timedelta(minutes=1)
VERIFIED_FOR = 60.0
MOST_VERIFIED = 2048


@dataclass(frozen=True)
class DeviceKey:
    """What a sign-in says of the device it comes from."""

    id: UUID | None
    secret: str


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: the cookie's secret (told once, stored as a digest) and whose it is."""

    secret: str
    session_id: int
    user: User


def sign_in(*, user_name: str, password: str, address: str, at: datetime, device: DeviceKey | None = None) -> SignedIn:
    """A worker signs in with her name and password; her other sessions without a device key end.

    From a device of hers that proves itself, the session belongs to it, and tries count for it, not for its address.
    Not one transaction on purpose: what was counted and written about a failure must stay when it is refused.
    Raises: SignInRefused, TriedTooOften, RevokedDevice.
    Records: the sightings ``login`` or ``failed_login``.
    """
    own = own_device(user_name, device)
    user = _verified(user_name, password, address=address, at=at, road="tokens", device=own)
    return open_session(user=user, at=at, device=own)


def own_device(user_name: str, key: DeviceKey | None) -> UUID | None:
    """The registered device that a sign-in names and proves, when it is the account's own.

    Raises: RevokedDevice.
    """
    found = find_proven_device(key.id, key.secret) if key and len(key.secret) <= LONGEST_SECRET else None
    user = _named(user_name_of(user_name[:1024])) if found else None
    if found is None or user is None or found.user_id != user.id:
        return None
    if found.revoked_at is not None:
        raise RevokedDevice
    return found.id


def _verified(
    user_name: str, password: str, *, address: str, at: datetime, road: str, device: UUID | None = None
) -> User:
    typed = user_name_of(user_name[:1024])
    user = _named(typed)
    name = user.user_name if user else typed
    place = f"device {device}" if device else address
    if device is None:
        count_try(ADDRESS, address, at=at)
    count_try(PAIR, name, place, at=at)
    if not is_remembered(name, place, at=at):
        count_try(ACCOUNT, name, at=at)
    locked = is_locked(name, place, at=at)
    fits = is_password(password, user.password if user else "")
    if user is None or not fits or user.disabled or user.unverified or locked:
        if not fits and not locked:
            count_failure(name, place, at=at)
        note_sighting(None, road=road, action="failed_login", query=typed or " ", outcome="refused")
        raise SignInRefused
    forgive(name, place, at=at)
    note_sighting(_actor(user), road=road, action="login")
    return user


def _named(typed: str) -> User | None:
    if not typed or "\x00" in typed:
        return None
    users = User.objects.select_related("role", "agency")
    found = users.filter(user_name=typed).first()
    return found or (users.filter(email=typed).first() if "@" in typed else None)


def _actor(user: User) -> Viewer:
    return bare_viewer(user, configuration=configuration_number())


@atomic
def open_session(*, user: User, at: datetime, device: UUID | None = None) -> SignedIn:
    """Begin a session with a new secret, and end the earlier one of this device; without a device, all without one.

    Raises: SignInRefused, RevokedDevice.
    """
    held = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if held.disabled or held.unverified or held.password != user.password:
        raise SignInRefused
    if device and not held.devices.select_for_update().filter(pk=device, revoked_at__isnull=True).exists():
        raise RevokedDevice
    held.sessions.filter(device=device).delete()
    if held.first_sign_in_at is None:
        User.objects.filter(pk=held.pk).update(first_sign_in_at=at)
    token = new_token()
    session = Session.objects.create(
        digest=session_digest(token), user=held, device_id=device, created_at=at, seen_at=at
    )
    return SignedIn(secret=token, session_id=session.id, user=user)


@atomic
def sign_out(*, session: LiveSession, actor: Viewer, at: datetime) -> None:
    """A worker signs out; her sessions without a device key end.

    Records: the sighting ``logout``.
    """
    Session.objects.filter(user_id=session.user_id, device=None).delete()
    Session.objects.filter(pk=session.id).delete()
    note_sighting(actor, road="tokens", action="logout")


def end_sessions(user_id: int, *, but: int | None = None) -> None:
    """End every session of an account, except perhaps the one that asks for it."""
    Session.objects.filter(user_id=user_id).exclude(pk=but or 0).delete()


def keep_session(session: LiveSession, *, at: datetime) -> None:
    """Note that a session is in use, at most once a minute."""
    if at - session.seen_at >= KEEP_EVERY:
        Session.objects.filter(pk=session.id, seen_at__lte=at - KEEP_EVERY).update(seen_at=at)


class Verified:
    """Which credentials were right a moment ago, by digest and epoch; in this process only."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._known: OrderedDict[bytes, tuple[int, int, float]] = OrderedDict()
        self._lock = Lock()

    def find(self, key: bytes) -> tuple[int, int] | None:
        """The account and its epoch, while the minute lasts."""
        with self._lock:
            found = self._known.get(key)
            if found is None or found[2] < monotonic():
                self._known.pop(key, None)
                return None
            return found[0], found[1]

    def put(self, key: bytes, user_id: int, epoch: int) -> None:
        """Remember right credentials for a minute."""
        with self._lock:
            self._known[key] = (user_id, epoch, monotonic() + VERIFIED_FOR)
            while len(self._known) > MOST_VERIFIED:
                self._known.popitem(last=False)

    def cache_clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._known.clear()


verified = Verified()


def viewer_id_by_basic(user_name: str, password: str, *, address: str, at: datetime) -> LiveSession:
    """Who is behind the name and password of HTTP Basic; no session is kept.

    Right credentials are remembered for a minute, as long as nothing about the account changes.
    Raises: SignInRefused, TriedTooOften.
    Records: the sightings ``login`` or ``failed_login``, when the password is looked at.
    """
    key = digest(secret("session"), b"basic", user_name.encode(), password.encode(), address.encode())
    known = verified.find(key)
    if known and _epoch_of(known[0]) == known[1]:
        return LiveSession(0, known[0], known[1], configuration_number(), at)
    user = _verified(user_name, password, address=address, at=at, road="basic")
    verified.put(key, user.id, user.access_epoch)
    return LiveSession(0, user.id, user.access_epoch, configuration_number(), at)


def _epoch_of(user_id: int) -> int | None:
    users = User.objects.filter(pk=user_id, disabled=False, unverified=False)
    return users.values_list("access_epoch", flat=True).first()


def raise_epochs(**which: Any) -> None:
    """Let what some users may see or do be read anew with their next request."""
    User.objects.filter(**which).update(access_epoch=F("access_epoch") + 1)
