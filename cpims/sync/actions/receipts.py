"""Acting once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from cpims.access.rules.viewer import Viewer
from cpims.lib.crypto import derive, digest, same, seal, unseal
from cpims.lib.errors import Conflict
from cpims.lib.secrets import secret
from cpims.sync.models import Receipt

KEPT = timedelta(days=30)
Reply = tuple[int, bytes]


class KeyReused(Conflict):
    """The idempotency key was used for another request."""

    code = "idempotency.key_reused"


def deliver_once(*, key: str, request: bytes, actor: Viewer, act: Callable[[], Reply]) -> tuple[Reply, bool]:
    """Do an act for a key, or give back the first answer when it was done before; tells whether it was.

    The receipt is written in the act's own transaction: a refused act leaves none and may be tried again.

    Raises: KeyReused, and whatever the act raises.
    """
    stamp = digest(derive(secret("instance"), "receipt-requests"), request)
    sealing = derive(secret("instance"), "receipts")
    context = f"{actor.user_id}:{key}".encode()
    try:
        with transaction.atomic():
            receipt = Receipt.objects.create(user_id=actor.user_id, key=key[:200], request_digest=stamp)
            status, body = act()
            receipt.status, receipt.reply = status, seal(sealing, body, context)
            receipt.save(update_fields=["status", "reply"])
            return (status, body), False
    except IntegrityError as error:
        if "one_receipt_per_key" not in str(error):
            raise
    first = Receipt.objects.get(user_id=actor.user_id, key=key[:200])
    if not same(bytes(first.request_digest), stamp):
        raise KeyReused
    return (first.status, unseal(sealing, bytes(first.reply or b""), context)), True


def kept_keys(keys: Iterable[str], *, actor: Viewer) -> frozenset[str]:
    """Which of these keys an act was done for."""
    rows = Receipt.objects.filter(user_id=actor.user_id, key__in=list(keys))
    return frozenset(rows.values_list("key", flat=True))


def forget_receipts(*, at: datetime) -> int:
    """Throw away receipts that are older than 30 days."""
    deleted, _ = Receipt.objects.filter(at__lt=at - KEPT).delete()
    return deleted
