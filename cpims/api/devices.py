"""Devices: one's own, a team's, those of somebody in one's care; how they stand; what they hand over."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.accounts.actions.devices import hear_device, prove_device, register_device, rename_device, revoke_device
from cpims.accounts.models import Device
from cpims.accounts.queries.devices import find_devices, find_devices_of, find_team_devices, get_own_device
from cpims.accounts.rules.devices import LARGEST_REPORT, Report, standing_of
from cpims.api.http.auth import address_of, own_page, viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.keys import is_true
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.devices import Contact, HandedOver, NewDevice, Renamed
from cpims.api.shapes.sync import ResolveHandover
from cpims.audit.actions import note_sighting
from cpims.lib.clock import iso, now
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.lib.json import read_moment
from cpims.lib.letters import letter_box
from cpims.sync.actions.handover import answer_handover, hand_over_items
from cpims.sync.queries.handovers import find_handovers, get_handover
from cpims.sync.rules import LARGEST_BATCH, BatchTooLarge
from cpims.sync.rules.handing_over import Letter

router = Router(tags=["devices"])


@router.post("/devices", summary="Register this browser as a device")
def add_device(request: HttpRequest) -> HttpResponse:
    """The secret is told this once; the session belongs to the device from now on."""
    viewer = viewer_of(request)
    asked = check(NewDevice, read_body(request))
    device_id = read_id(asked.id)
    if device_id is None:
        raise BodyInvalid([Problem("/id", "invalid_unique_id")])
    session: int | None = getattr(request, "session_id", None)
    made = register_device(
        device_id=device_id, name=asked.name, platform=asked.platform, actor=viewer, at=now(), session_id=session
    )
    return reply({"id": str(made.device.id), "secret": made.secret, "sealing_key": letter_box().public})


@router.get("/devices", summary="List devices")
def list_devices(request: HttpRequest) -> HttpResponse:
    """One's own; ``team``: those of one's workers on which work waits; ``user_id``: those of somebody in one's care."""
    viewer = viewer_of(request)
    query = read_query(request)
    here = getattr(request, "device", None)
    if is_true(query.get("team")):
        page = page_of(query)
        rows, total = find_team_devices(viewer, offset=page.offset, length=page.per)
        return reply([_shown(row, here) for row in rows], {"total": total, "per": page.per, "page": page.number})
    user_id = query.get("user_id")
    rows = find_devices_of(viewer, user_id) if isinstance(user_id, str) and user_id else find_devices(viewer)
    return reply([_shown(row, here) for row in rows], {"total": len(rows), "per": None, "page": None})


@router.post("/devices/contact", auth=own_page, summary="A device tells how it stands")
def hear_from_device(request: HttpRequest) -> HttpResponse:
    """Without a session: the device proves itself, and learns what it has to do."""
    _require_size(request, LARGEST_REPORT)
    told = check(Contact, read_body(request))
    moment = now()
    device = prove_device(device_id=read_id(told.id), secret=told.secret, address=address_of(request), at=moment)
    report = Report(
        unsent=told.unsent,
        oldest_unsent_at=read_moment(told.oldest_unsent_at),
        last_sync_at=read_moment(told.last_sync_at),
        kept=told.kept,
        used=told.storage.used,
        quota=told.storage.quota,
        persisted=told.storage.persisted,
        field_mode=told.field_mode,
        leaving=told.leaving,
        wiped=told.wiped,
    )
    standing = hear_device(device=device, report=report, at=moment)
    return reply(
        {
            "state": standing.state,
            "hand_over": standing.hand_over,
            "wipe": standing.wipe,
            "sealing_key": letter_box().public,
        }
    )


@router.post("/devices/handover", auth=own_page, summary="A device hands over what it could not send")
def take_handover(request: HttpRequest) -> HttpResponse:
    """Without a session: the device proves itself; what is acknowledged it may forget."""
    _require_size(request, LARGEST_BATCH)
    told = check(HandedOver, read_body(request))
    moment = now()
    device = prove_device(device_id=read_id(told.id), secret=told.secret, address=address_of(request), at=moment)
    letters = [
        Letter(
            id=item.id,
            sealed=_bytes(item.sealed),
            action=item.action or "",
            record=read_id(item.record),
            told_at=read_moment(item.at),
        )
        for item in told.items
    ]
    return reply({"received": hand_over_items(device=device, letters=letters, at=moment)})


@router.patch("/devices/{device_id}", summary="Rename a device")
def alter_device(request: HttpRequest, device_id: str) -> HttpResponse:
    """Give a device of one's own another name."""
    viewer = viewer_of(request)
    device = get_own_device(viewer, read_id(device_id))
    asked = check(Renamed, read_body(request))
    changed = rename_device(device_id=device.id, name=asked.name, actor=viewer, at=now())
    return reply({"id": str(changed.id), "name": changed.name})


@router.post("/devices/{device_id}/revoke", summary="Revoke a device")
def take_device(request: HttpRequest, device_id: str) -> HttpResponse:
    """One's own, or one of somebody in one's care: its sessions end now, it wipes itself at its next contact."""
    viewer = viewer_of(request)
    revoked = revoke_device(device_id=read_id(device_id), actor=viewer, at=now())
    return reply({"id": str(revoked.id), "state": _state(revoked)})


@router.get("/handovers", summary="Work that devices handed over")
def list_handovers(request: HttpRequest) -> HttpResponse:
    """One's own, and that of the workers one answers for, as far as it waits for a decision."""
    viewer = viewer_of(request)
    page = page_of(read_query(request))
    rows, total, records = find_handovers(viewer, offset=page.offset, length=page.per)
    note_sighting(viewer, road="handovers", action="handover", record_kind="case", record_ids=records)
    return reply(rows, {"total": total, "per": page.per, "page": page.number})


@router.post("/handovers/{handover_id}/resolve", summary="Decide on work that a device handed over")
def decide_on_handover(request: HttpRequest, handover_id: str) -> HttpResponse:
    """Done in its author's place, or put aside."""
    viewer = viewer_of(request)
    waiting = get_handover(read_id(handover_id), viewer)
    asked = check(ResolveHandover, read_body(request))
    row = answer_handover(handover_id=waiting.id, resolution=asked.resolution, actor=viewer, at=now())
    return reply({"id": str(row.id), "state": row.state, "record": str(row.record_id) if row.record_id else None})


def _require_size(request: HttpRequest, most: int) -> None:
    """Before anything of the body is read: whoever knocks without a session does not make the server work."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdigit() or int(length) > most:
        raise BatchTooLarge([Problem("", "sync.batch_too_large")])


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        # No letter at all; it is kept as it came, so that nothing is lost.
        return text.encode()


def _state(device: Device) -> str:
    if device.wiped_at is not None:
        return "wiped"
    standing = standing_of(
        revoked=device.revoked_at is not None, disabled=device.user.disabled, wiped=False, unsent=device.unsent
    )
    return standing.state


def _shown(device: Device, here: Any) -> dict[str, Any]:
    moments = ("last_sync_at", "oldest_unsent_at", "revoked_at", "wiped_at")
    shown: dict[str, Any] = {name: iso(value) if (value := getattr(device, name)) else None for name in moments}
    return shown | {
        "id": str(device.id),
        "name": device.name,
        "platform": device.platform,
        "user": {
            "id": device.user.id,
            "user_name": device.user.user_name,
            "full_name": device.user.full_name,
            "disabled": device.user.disabled,
        },
        "state": _state(device),
        "here": device.id == here,
        "created_at": iso(device.created_at),
        "seen_at": iso(device.seen_at),
        "unsent": device.unsent,
        "kept": device.kept,
        "storage": {
            "used": device.storage_used,
            "quota": device.storage_quota,
            "persisted": device.storage_persisted,
        },
        "field_mode": device.field_mode,
        "revoked_by": device.revoked_by or None,
    }
