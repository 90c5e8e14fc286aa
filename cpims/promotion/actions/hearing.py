"""Letting in the other instance: signed, just now, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from cpims.lib.signing import is_signed
from cpims.promotion.formats.signed import FRESH, envelope_of, is_fresh, said_of_request
from cpims.promotion.models import Pair, PairNonce
from cpims.promotion.rules.refusals import NotProven
from cpims.settings.models import Instance


def verify_pair_request(*, method: str, path: str, headers: Mapping[str, str], body: bytes, at: datetime) -> Pair:
    """The other instance, when it signed this very request just now and for this instance; a second time it is refused.

    ``headers`` by their names in small letters.
    Raises: NotProven.
    """
    envelope = envelope_of(headers)
    if envelope is None or not is_fresh(envelope, at=at):
        raise NotProven
    pair = Pair.objects.filter(pk=envelope.sender, ended_at__isnull=True).first()
    if pair is None:
        raise NotProven
    said = said_of_request(
        method=method,
        path=path,
        body=body,
        time=envelope.time,
        nonce=envelope.nonce,
        sender=pair.uuid,
        receiver=Instance.objects.get().uuid,
    )
    if not is_signed(pair.public_key, said, envelope.signature):
        raise NotProven
    _take_nonce(envelope.nonce, at)
    return pair


def _take_nonce(nonce: str, at: datetime) -> None:
    PairNonce.objects.filter(at__lt=at - 3 * FRESH).delete()
    try:
        with transaction.atomic():
            PairNonce.objects.create(nonce=nonce, at=at)
    except IntegrityError as error:
        raise NotProven from error
