"""Erasing bytes: written down with what made them useless, done afterwards, tried until the store has forgotten them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import DatabaseError, transaction

from cpims.attachments.models import Erasure, Upload
from cpims.attachments.queries import CONTENT, THUMBNAIL, file_store, stored_name
from cpims.lib.transactions import after_commit

log = logging.getLogger("cpims.attachments")
#: A file that nobody attached is kept for so long after its last piece: whoever is offline for weeks still finds it.
KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 500


def forget_bytes(content_id: UUID, parts: Collection[str], *, at: datetime) -> None:
    """Have parts of a file erased: when the act that calls has ended, and again until it is done."""
    row = Erasure.objects.create(names=[stored_name(content_id, part) for part in parts], at=at)
    after_commit(lambda: _erase_now(row.pk))


def pieces_of(upload: Upload) -> list[str]:
    """The pieces of a file on its way; one may have come whose receipt never did."""
    offsets, place = [], 0
    for length in upload.pieces:
        offsets.append(place)
        place += length
    return [piece_name(offset) for offset in [*offsets, place]]


def piece_name(offset: int) -> str:
    """What a piece is called."""
    return f"p{offset}"


def _erase_now(number: int) -> None:
    try:
        erase_bytes(number=number)
    except DatabaseError:
        log.exception("bytes could not be erased yet; it is tried again every hour")


def erase_bytes(*, number: int | None = None) -> int:
    """Erase what waits for it (one row of it, or everything); answers how many rows are done."""
    rows = Erasure.objects.order_by("id").values_list("pk", flat=True)
    wanted = [number] if number is not None else list(rows[:AT_ONCE])
    return sum(_erase(one) for one in wanted)


def _erase(number: int) -> bool:
    with transaction.atomic():
        row = Erasure.objects.select_for_update(skip_locked=True).filter(pk=number).first()
        if row is None:
            return False
        try:
            for name in row.names:
                file_store().remove(name)
        except Exception:
            log.exception("bytes could not be erased yet; it is tried again every hour")
            return False
        row.delete()
    return True


def sweep_uploads(*, at: datetime) -> int:
    """Throw away files that were begun or sent and belong nowhere; answers how many."""
    swept = 0
    for key in Upload.objects.filter(touched_at__lt=at - KEPT).values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            upload = Upload.objects.select_for_update(skip_locked=True).filter(pk=key, touched_at__lt=at - KEPT).first()
            if upload is not None:
                forget_bytes(upload.content_id, [CONTENT, THUMBNAIL, *pieces_of(upload)], at=at)
                upload.delete()
                swept += 1
    return swept
