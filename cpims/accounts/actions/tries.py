"""Counting tries to sign in. What is kept is a keyed digest of account and address, never either of them."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from cpims.accounts.models import SignInTry
from cpims.accounts.rules.refusals import TriedTooOften
from cpims.accounts.rules.tries import FAILURES, LOCKED_FOR, REMEMBERED_FOR, Limit
from cpims.lib.crypto import derive, digest
from cpims.lib.secrets import secret


def key_of(purpose: str, *parts: str) -> bytes:
    """The digest under which tries of one kind are counted."""
    return digest(derive(secret("session"), "sign-in-tries"), purpose.encode(), *(part.encode() for part in parts))


def count_try(limit: Limit, *parts: str, at: datetime) -> None:
    """Count one try, and refuse it when there were too many; a refused try is not counted.

    The row is written before it is counted, so of many tries at the same moment no more than allowed pass.
    Raises: TriedTooOften.
    """
    key = key_of(limit.name, *parts)
    mine = SignInTry.objects.create(key=key, at=at)
    earlier = list(
        SignInTry.objects.filter(key=key, at__gt=at - limit.span)
        .exclude(pk=mine.pk)
        .order_by("-at")
        .values_list("at", flat=True)[: limit.most]
    )
    if len(earlier) >= limit.most:
        mine.delete()
        free = (earlier[-1] + limit.span - at).total_seconds()
        raise TriedTooOften(retry_after=max(limit.wait, ceil(free)))


def is_locked(account: str, address: str, *, at: datetime) -> bool:
    """Have there been too many failures of this account from this address?"""
    return SignInTry.objects.filter(key=key_of("lock", account, address), at__gt=at - LOCKED_FOR).exists()


def count_failure(account: str, address: str, *, at: datetime) -> None:
    """Count a wrong password; so many in a row lock the account for this address alone."""
    key = key_of("failure", account, address)
    SignInTry.objects.create(key=key, at=at)
    if SignInTry.objects.filter(key=key, at__gt=at - LOCKED_FOR).count() >= FAILURES:
        SignInTry.objects.create(key=key_of("lock", account, address), at=at)
        SignInTry.objects.filter(key=key).delete()


def is_remembered(account: str, address: str, *, at: datetime) -> bool:
    """Was this account used from this address lately?"""
    return SignInTry.objects.filter(key=key_of("known", account, address), at__gt=at - REMEMBERED_FOR).exists()


def forgive(account: str, address: str, *, at: datetime) -> None:
    """The account was used rightly: its failures from this address are forgotten, the address is remembered."""
    ours = [key_of(purpose, account, address) for purpose in ("failure", "lock", "known")]
    SignInTry.objects.filter(key__in=ours).delete()
    SignInTry.objects.create(key=key_of("known", account, address), at=at)


def forget_old_tries(*, at: datetime) -> int:
    """Throw away what no longer counts; answers how many rows went."""
    return SignInTry.objects.filter(at__lt=at - REMEMBERED_FOR).delete()[0]
