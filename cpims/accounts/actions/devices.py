"""Devices: registering, naming and revoking them, hearing how they stand, and telling when work waits too long."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.tries import count_try
from cpims.accounts.events import DeviceRegistered, DeviceRenamed, DeviceRevoked, DeviceWiped
from cpims.accounts.models import Device, Session, User
from cpims.accounts.queries.devices import find_proven_device, may_be_revoked_by, overdue, supervisors_of, unsent_after
from cpims.accounts.queries.people import bare_viewer
from cpims.accounts.queries.sessions import session_digest
from cpims.accounts.rules.devices import (
    LONGEST_SECRET,
    MORNING,
    MOST,
    DeviceInvalid,
    DeviceNotFound,
    DeviceTaken,
    DeviceUnknown,
    Report,
    Standing,
    standing_of,
    words_problems,
)
from cpims.accounts.rules.tries import DEVICE, WRONG_DEVICE
from cpims.audit.actions import note_sighting, record
from cpims.lib.clock import today
from cpims.lib.ids import new_token
from cpims.lib.mail import send_mail
from cpims.lib.messages import sentence
from cpims.lib.queue import put_off
from cpims.lib.transactions import atomic
from cpims.settings.queries import configuration_number, settings_at, system_name

TELL: Final = "accounts.tell_of_unsent_work"
PAGE: Final = "/app/devices"


@dataclass(frozen=True)
class Registered:
    """A device with its secret, which is told this once."""

    device: Device
    secret: str


@atomic
def register_device(
    *, device_id: UUID, name: str, platform: str, actor: Viewer, at: datetime, session_id: int | None = None
) -> Registered:
    """A worker's browser becomes a device of hers: it gets a secret, and the session it used belongs to it from now on.

    The same id again gives a new secret and ends the old one.
    Raises: DeviceInvalid, DeviceTaken.
    Records: DeviceRegistered.
    """
    problems = words_problems({"name": name, "platform": platform})
    if problems:
        raise DeviceInvalid(problems)
    secret = new_token()
    digest = session_digest(secret)
    held = Device.objects.select_for_update().filter(pk=device_id).first()
    if held is None:
        try:
            with transaction.atomic():
                held = Device.objects.create(
                    id=device_id, user_id=actor.user_id, name=name, platform=platform, digest=digest,
                    created_at=at, seen_at=at,
                )  # fmt: skip
        except IntegrityError as error:
            raise DeviceTaken from error
        record(DeviceRegistered(subject=_subject(actor.user_name), about=about(held)), actor=actor, at=at)
    elif held.user_id != actor.user_id or held.revoked_at is not None:
        raise DeviceTaken
    else:
        held.digest, held.seen_at = digest, at
        held.save(update_fields=["digest", "seen_at"])
    if session_id is not None:
        Session.objects.filter(device=held).exclude(pk=session_id).delete()
        Session.objects.filter(pk=session_id, user_id=actor.user_id).update(device=held)
    return Registered(held, secret)


@atomic
def rename_device(*, device_id: UUID, name: str, actor: Viewer, at: datetime) -> Device:
    """A worker gives a device of hers another name.

    Raises: DeviceNotFound, DeviceInvalid.
    Records: DeviceRenamed.
    """
    held = Device.objects.select_for_update().filter(pk=device_id, user_id=actor.user_id).first()
    if held is None:
        raise DeviceNotFound
    problems = words_problems({"name": name})
    if problems:
        raise DeviceInvalid(problems)
    if name != held.name:
        changes = {"name": (held.name, name)}
        held.name = name
        held.save(update_fields=["name"])
        record(DeviceRenamed(subject=_subject(actor.user_name), changes=changes, about=about(held)), actor=actor, at=at)
    return held


@atomic
def revoke_device(*, device_id: UUID | None, actor: Viewer, at: datetime) -> Device:
    """A lost device is revoked, by its owner or by who manages accounts: its sessions are dead from this moment on.

    Once revoked it stays so; a second time changes nothing.
    Raises: DeviceNotFound.
    Records: DeviceRevoked.
    """
    rows = Device.objects.select_for_update(of=("self",)).select_related("user").filter(may_be_revoked_by(actor))
    held = rows.filter(pk=device_id).first() if device_id else None
    if held is None:
        raise DeviceNotFound
    if held.revoked_at is None:
        held.revoked_at, held.revoked_by = at, actor.user_name
        held.save(update_fields=["revoked_at", "revoked_by"])
        record(DeviceRevoked(subject=_subject(held.user.user_name), about=about(held)), actor=actor, at=at)
    return held


def prove_device(*, device_id: UUID | None, secret: str, address: str, at: datetime) -> Device:
    """Somebody without a session says which device it is; whatever is wrong about it is refused alike, and counted.

    Not one transaction on purpose: what was counted must stay when it is refused.
    Raises: DeviceUnknown, TriedTooOften.
    Records: the sighting ``device_refused``.
    """
    found = find_proven_device(device_id, secret) if len(secret) <= LONGEST_SECRET else None
    if found is None:
        count_try(WRONG_DEVICE, address, at=at)
        note_sighting(None, road="devices", action="device_refused", query=str(device_id or " "), outcome="refused")
        raise DeviceUnknown
    count_try(DEVICE, str(found.id), at=at)
    return found


@atomic
def hear_device(*, device: Device, report: Report, at: datetime) -> Standing:
    """A device tells how it stands, and learns what it has to do.

    One from which everything of its account was taken by hand says that it leaves: it is revoked by this, for good.
    Records: DeviceRevoked when it leaves, DeviceWiped, once, when a revoked device holds nothing any more.
    """
    held = Device.objects.select_for_update(of=("self",)).select_related("user").get(pk=device.pk)
    if report.leaving and held.revoked_at is None:
        held.revoked_at, held.revoked_by = at, held.user.user_name
        told = about(held) | {"by": "device"}
        record(DeviceRevoked(subject=_subject(held.user.user_name), about=told), actor=owner_of(held), at=at)
    before = standing_of(
        revoked=held.revoked_at is not None, disabled=held.user.disabled, wiped=held.wiped_at is not None, unsent=0
    )
    held.seen_at = max(at, held.seen_at)
    held.unsent, held.kept = report.unsent, report.kept
    held.oldest_unsent_at = min(report.oldest_unsent_at, at) if report.oldest_unsent_at and report.unsent else None
    held.last_sync_at = min(report.last_sync_at, at) if report.last_sync_at else held.last_sync_at
    held.storage_used, held.storage_quota = _amount(report.used), _amount(report.quota)
    held.storage_persisted, held.field_mode = report.persisted, report.field_mode
    if report.wiped and before.wipe:
        held.wiped_at = at
        # A device that holds nothing and no secret does not come back, also when its account is switched on again.
        if held.revoked_at is None:
            held.revoked_at = at
        record(DeviceWiped(subject=_subject(held.user.user_name), about=about(held)), actor=owner_of(held), at=at)
    held.save()
    return standing_of(
        revoked=held.revoked_at is not None,
        disabled=held.user.disabled,
        wiped=held.wiped_at is not None,
        unsent=held.unsent,
    )


def tell_of_unsent_work(*, at: datetime) -> int:
    """In the morning, whose work waits on a device for too long is told to her supervisors; once a day for each device.

    Answers how many devices were told of.
    """
    decided = settings_at(configuration_number())
    if at.astimezone(ZoneInfo(decided.time_zone)).hour < MORNING:
        return 0
    return _put_off_mails(today(decided.time_zone, at), at)


@atomic
def _put_off_mails(day: date, at: datetime) -> int:
    decided = settings_at(configuration_number())
    rows = (
        Device.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(overdue(at, unsent_after(decided)))
        .exclude(told_on=day)
        .order_by("user_id", "id")
    )
    held = list(rows)
    if not held:
        return 0
    people = User.objects.select_related("agency").prefetch_related("groups")
    workers = list(people.filter(id__in={device.user_id for device in held}))
    supervisors = supervisors_of(workers, configuration=decided.configuration)
    waiting: dict[int, list[str]] = defaultdict(list)
    for device in held:
        for supervisor in supervisors.get(device.user_id, ()):
            waiting[supervisor.id].append(str(device.id))
    Device.objects.filter(pk__in=[device.pk for device in held]).update(told_on=day)
    for user_id, devices in waiting.items():
        put_off(TELL, user_id=user_id, devices=devices)
    return len(held)


def send_unsent_notice(*, user_id: int, devices: list[str]) -> bool:
    """Mail a supervisor whose devices hold work that was not sent; never a word about a child.

    Raises: CannotSend.
    """
    person = User.objects.filter(pk=user_id, disabled=False).first()
    rows = Device.objects.select_related("user").filter(pk__in=devices, unsent__gt=0).order_by("user__full_name", "id")
    told = list(rows)
    if person is None or not person.email or not told:
        return False
    locale = person.locale or settings.ENVIRONMENT.default_locale
    zone = settings_at(configuration_number()).time_zone
    lines = [
        sentence(
            locale,
            "mail.unsent.line",
            worker=device.user.full_name,
            device=device.name,
            unsent=device.unsent,
            since=today(zone, device.oldest_unsent_at or device.seen_at).isoformat(),
            seen=today(zone, device.seen_at).isoformat(),
        )
        for device in told
    ]
    words: dict[str, Any] = {
        "system": system_name(locale),
        "name": person.full_name,
        "list": "\n".join(lines),
        "link": f"{settings.ENVIRONMENT.public_url}{PAGE}",
    }
    send_mail(
        to=person.email,
        subject=sentence(locale, "mail.unsent.subject", **words),
        text=sentence(locale, "mail.unsent.text", **words),
    )
    return True


def owner_of(device: Device) -> Viewer:
    """The worker whose device it is, for the books."""
    user = User.objects.select_related("role", "agency").prefetch_related("groups").get(pk=device.user_id)
    return bare_viewer(user, configuration=configuration_number())


def about(device: Device) -> dict[str, str]:
    """What the books say of a device; never its secret."""
    return {"device": str(device.id), "name": device.name, "platform": device.platform}


def _subject(user_name: str) -> str:
    return f"user:{user_name}"


def _amount(told: int | None) -> int | None:
    return None if told is None else min(max(told, 0), MOST)
