"""Work that a device hands over before it wipes itself: kept for whoever may decide on it, and done in its author's place."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.devices import about
from cpims.accounts.models import Device, User
from cpims.audit.actions import record as write_down
from cpims.audit.queries import has_written
from cpims.forms.queries.viewers import viewer_of
from cpims.lib.clock import iso
from cpims.lib.crypto import CannotOpen, seal
from cpims.lib.errors import Refusal
from cpims.lib.ids import new_id
from cpims.lib.json import BadJson, canonical, dumps, loads, read_moment
from cpims.lib.letters import open_letter
from cpims.lib.request import by_device_clock
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import keep_answers
from cpims.records.models import Record
from cpims.settings.queries import configuration_number
from cpims.sync.actions.delivering import ACTS, MAKES
from cpims.sync.actions.receipts import deliver_once, kept_keys
from cpims.sync.actions.recording import AMENDING
from cpims.sync.events import HandoverPutAside, HandoverTakenOver, WorkHandedOver
from cpims.sync.models import Handover
from cpims.sync.queries.handovers import OPEN, handover_key, item_in, kind_of_act, require_any, visible_handovers
from cpims.sync.queries.quarantine import quarantine_id_of
from cpims.sync.rules import Clock, Item, read_item, upcast
from cpims.sync.rules.handing_over import (
    DELIVERED,
    HANDOVER_INFO,
    PUT_ASIDE,
    QUARANTINED,
    UNREADABLE,
    WAITING,
    HandoverHeld,
    HandoverNotFound,
    HandoverResolved,
    HandoverUnreadable,
    Letter,
)

log = logging.getLogger("cpims.sync")
Resolution = Literal["take_over", "put_aside"]


@atomic
def hand_over_items(*, device: Device, letters: Sequence[Letter], at: datetime) -> list[str]:
    """A device gives away what it could not send; answers the ids that it may forget.

    What was written into a case that is there goes into the case's quarantine, for its owner; everything else waits for
    the author or who answers for her work. What came before, or was delivered, is acknowledged and kept once.
    Records: WorkHandedOver, AnswersQuarantined.
    """
    author = _author(device.user_id)
    ids = [letter.id for letter in letters]
    known = set(Handover.objects.filter(user_id=author.user_id, item__in=ids).values_list("item", flat=True))
    received = known | kept_keys(ids, actor=author)
    became: Counter[str] = Counter()
    for letter in letters:
        if letter.id in received:
            continue
        try:
            with transaction.atomic():
                state = _take(letter, device, author, at)
        except Exception:
            log.exception("an item that was handed over could not be kept")
            continue
        became.update([state] if state else [])
        received.add(letter.id)
    if became:
        told = about(device) | {"items": sum(became.values())} | dict(became)
        write_down(WorkHandedOver(subject=f"user:{author.user_name}", about=told), actor=author, at=at)
    return [key for key in dict.fromkeys(ids) if key in received]


def _author(user_id: int) -> Viewer:
    epoch = User.objects.values_list("access_epoch", flat=True).get(pk=user_id)
    return viewer_of(user_id, epoch, configuration_number())


def _take(letter: Letter, device: Device, author: Viewer, at: datetime) -> str:
    """Keep one letter; the state it came to, or nothing when another request has just kept it."""
    item, sent = _opened(letter)
    told = read_moment(item.told_at) if item else letter.told_at
    key = new_id()
    row, is_new = Handover.objects.get_or_create(
        user_id=author.user_id,
        item=letter.id,
        defaults={
            "id": key,
            "device": device,
            "action": item.action if item else letter.action,
            "record_id": item.record if item else letter.record,
            "written_at": Clock(timedelta()).happened(told, now=at),
            "received_at": at,
            "state": WAITING if item else UNREADABLE,
            "sealed": seal(handover_key(), dumps(sent), key.bytes) if item else letter.sealed,
        },
    )
    if not is_new:
        return ""
    if item is None:
        return UNREADABLE
    record = Record.objects.filter(pk=item.record).first()
    row.module = record.module if record else _module_of(item)
    is_hers = record is not None and (record.is_visible_to(author) or has_written(record.id, author.user_id))
    if is_hers and item.action in AMENDING and item.move is None:
        keep_answers(
            record_id=item.record,
            values=item.values,
            actor=author,
            at=row.written_at,
            quarantine_id=quarantine_id_of(item, author),
        )
        row.state, row.sealed = QUARANTINED, None
    row.save(update_fields=["module", "state", "sealed"])
    return row.state


def _opened(letter: Letter) -> tuple[Item | None, Any]:
    """What a letter says, when it says what a delivery would; nothing when no key opens it or it is no act."""
    try:
        sent = upcast(dict(loads(open_letter(letter.sealed, HANDOVER_INFO))))
        item = read_item(sent, ACTS)
    except (CannotOpen, BadJson, Refusal, TypeError, ValueError):
        return None, None
    return (item, sent) if item.id == letter.id else (None, None)


def _module_of(item: Item) -> str:
    module = item.values.get("module_id")
    return module if isinstance(module, str) else ""


@atomic
def answer_handover(*, handover_id: UUID, resolution: Resolution, actor: Viewer, at: datetime) -> Handover:
    """The author, or who answers for her work, does in her place what a device handed over, or puts it aside.

    Taking over is an act of the one who decides: her rights, every check; the book names the author. A child whom her
    worker registered stays hers, where the one who decides may assign.
    Raises: Forbidden, HandoverNotFound, HandoverResolved, HandoverHeld, HandoverUnreadable, and whatever the act raises.
    Records: HandoverTakenOver, HandoverPutAside, and what the act records.
    """
    require_any(actor, "write")
    rows = Handover.objects.select_for_update(of=("self",)).select_related("user", "device")
    row = rows.filter(visible_handovers(actor), pk=handover_id).first()
    if row is None:
        raise HandoverNotFound
    if row.state not in OPEN:
        raise HandoverResolved
    told = about(row.device) | {
        "handover": str(row.id),
        "author": row.user.user_name,
        "written_at": iso(row.written_at),
    }
    if resolution == "put_aside":
        row.state = PUT_ASIDE
        write_down(HandoverPutAside(subject=f"user:{row.user.user_name}", about=told), actor=actor, at=at)
    else:
        item, sent = _readable(row)
        _require_free(row, item)
        revision = _act(row, item, sent, actor)
        event = HandoverTakenOver(record=item.record, revision=revision, about=told | {"action": item.action})
        write_down(event, actor=actor, at=at)
        row.state, row.sealed = DELIVERED, None
    row.resolved_by, row.resolved_at = actor.user_name, at
    row.save(update_fields=["state", "sealed", "resolved_by", "resolved_at"])
    return row


def _readable(row: Handover) -> tuple[Item, dict[str, Any]]:
    if row.state == WAITING:
        sent = item_in(row)
        return read_item(sent, ACTS), sent
    # The key that was missing may have come back from a backup.
    item, sent = _opened(Letter(row.item, bytes(row.sealed or b"")))
    if item is None:
        raise HandoverUnreadable
    return item, sent


def _require_free(row: Handover, item: Item) -> None:
    """What it rests on comes first: an act that it names, or the registration of the child."""
    others = Handover.objects.filter(user_id=row.user_id, state__in=OPEN).exclude(pk=row.pk)
    if others.filter(item__in=item.depends_on).exists():
        raise HandoverHeld
    if item.action not in MAKES and others.filter(record_id=item.record, action__in=MAKES).exists():
        raise HandoverHeld


def _act(row: Handover, item: Item, sent: dict[str, Any], actor: Viewer) -> int:
    """Do it, once for its id: the author's device, should it come back with it, gets the same answer."""
    values, kind = dict(item.values), kind_of_act(item.action)
    if item.action in MAKES and row.user_id != actor.user_id and not row.user.disabled and actor.may(kind, "assign"):
        values.setdefault("owned_by", row.user.user_name)
    done = Item(**{**vars(item), "values": values})

    def act() -> tuple[int, bytes]:
        outcome = ACTS[item.action](done, actor, row.written_at)
        return 200, dumps({"revision": outcome.record.revision, "incomplete": [], "notices": []})

    request = canonical({name: value for name, value in sent.items() if name != "depends_on"})
    with by_device_clock(item.told_at, None):
        (_, body), _ = deliver_once(key=item.id, request=request, actor=_author(row.user_id), act=act)
    revision: int = loads(body)["revision"]
    return revision
