"""What a device may say of itself, how it stands, and how devices are refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from cpims.lib.errors import Conflict, Invalid, NotFound, Problem, Unauthenticated

LONGEST_NAME: Final = 80
LARGEST_REPORT: Final = 10_000
#: A device's secret is 43 characters; what is longer is not looked at.
LONGEST_SECRET: Final = 200
#: Days after which unsent work is told to a supervisor, unless the instance decides otherwise.
UNSENT_AFTER: Final = 3
#: The hour of the instance's day from which on it is told.
MORNING: Final = 6
#: A number that a device tells and nobody believes.
MOST: Final = 2**62


class DeviceNotFound(NotFound):
    """There is no such device, or not for this person."""

    code = "device.not_found"


class DeviceInvalid(Invalid):
    """What was said of the device cannot be used."""

    code = "device.invalid"


class DeviceTaken(Conflict):
    """A device with this id is there already, or was revoked; choose a fresh id."""

    code = "device.taken"


class DeviceUnknown(Unauthenticated):
    """No device with this id and secret is registered here."""

    code = "device.unknown"


class RevokedDevice(Unauthenticated):
    """This device was revoked: it hands over what was not sent, and forgets the rest."""

    code = "device.revoked"


@dataclass(frozen=True)
class Report:
    """What a device tells of itself: how much is unsent since when, what it keeps, how full it is."""

    unsent: int = 0
    oldest_unsent_at: datetime | None = None
    last_sync_at: datetime | None = None
    kept: int = 0
    used: int | None = None
    quota: int | None = None
    persisted: bool | None = None
    field_mode: bool = False
    leaving: bool = False
    wiped: bool = False


@dataclass(frozen=True)
class Standing:
    """What a device is told: whether it still counts, and what it has to do."""

    state: Literal["active", "revoked"]
    hand_over: bool
    wipe: bool


def standing_of(*, revoked: bool, disabled: bool, wiped: bool, unsent: int) -> Standing:
    """A revoked device, or one of an account that is switched off, hands over what is unsent and wipes itself."""
    if not (revoked or disabled):
        return Standing("active", hand_over=False, wipe=False)
    return Standing("revoked", hand_over=unsent > 0 and not wiped, wipe=not wiped)


def words_problems(values: dict[str, Any]) -> list[Problem]:
    """What is wrong with the name or the platform of a device."""
    return [
        Problem(f"/{key}", "device.words", {"most": LONGEST_NAME})
        for key, value in values.items()
        if not value.strip() or len(value) > LONGEST_NAME or not value.isprintable()
    ]


def is_overdue(*, unsent: int, oldest_unsent_at: datetime | None, seen_at: datetime, days: int, at: datetime) -> bool:
    """Has work waited on a device for so many days, by what it told last, or since it told it?"""
    limit = at - timedelta(days=days)
    return unsent > 0 and ((oldest_unsent_at is not None and oldest_unsent_at <= limit) or seen_at <= limit)
