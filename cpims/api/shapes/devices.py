"""Devices: what they say of themselves, and how they are shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cpims.accounts.rules.devices import LONGEST_NAME, LONGEST_SECRET
from cpims.api.shapes.envelope import Moment, Shape
from cpims.api.shapes.sync import Asking
from cpims.sync.rules import LONGEST_KEY, MOST_ITEMS

Number = Annotated[int, Field(ge=0, le=1_000_000_000)]
Told = Annotated[str, Field(max_length=40)]
Secret = Annotated[str, Field(max_length=LONGEST_SECRET)]
Bytes = Annotated[int, Field(ge=0, le=2**62)]


class NewDevice(Asking):
    """A browser that becomes a device of hers."""

    id: str = Field(description="made by the browser, one for each account on it")
    name: str = Field(max_length=LONGEST_NAME)
    platform: str = Field(max_length=LONGEST_NAME)


class SealingKey(Shape):
    """The instance's public key, to which devices seal what they have not sent (HPKE, P-256)."""

    id: str
    public_key: str = Field(description="the uncompressed point in base64")


class DeviceMade(Shape):
    """A device with its secret, which is told this once."""

    id: str
    secret: str
    sealing_key: SealingKey


class Renamed(Asking):
    """Another name."""

    name: str = Field(max_length=LONGEST_NAME)


class DeviceNamed(Shape):
    """A device and its name."""

    id: str
    name: str


class DeviceStands(Shape):
    """A device and how it stands."""

    id: str
    state: Literal["active", "revoked", "wiped"]


class Storage(Asking):
    """How full the browser's store is, as far as it says."""

    used: Bytes | None = None
    quota: Bytes | None = None
    persisted: bool | None = None


class StorageShown(Shape):
    """How full the browser's store is, as far as it told."""

    used: int | None
    quota: int | None
    persisted: bool | None


class DeviceOwner(Shape):
    """Whose device it is."""

    id: int
    user_name: str
    full_name: str
    disabled: bool


class Device(Shape):
    """A browser on which somebody works, as it told last."""

    id: str
    name: str
    platform: str
    user: DeviceOwner
    state: Literal["active", "revoked", "wiped"]
    here: bool = Field(description="the device that asks")
    created_at: Moment
    seen_at: Moment
    last_sync_at: Moment | None
    unsent: int
    oldest_unsent_at: Moment | None
    kept: int
    storage: StorageShown
    field_mode: bool
    revoked_at: Moment | None
    revoked_by: str | None
    wiped_at: Moment | None


class DeviceKey(Shape):
    """What a sign-in says of the device it comes from, so that the session belongs to it."""

    id: str
    secret: str


class Contact(Asking):
    """A device proves itself and tells how it stands."""

    id: str = Field(max_length=40)
    secret: Secret
    unsent: Number = 0
    oldest_unsent_at: Told | None = None
    last_sync_at: Told | None = None
    kept: Number = 0
    storage: Storage = Field(default_factory=lambda: Storage.model_validate({}))
    field_mode: bool = False
    leaving: bool = Field(
        False, description="everything of the account was taken off it by hand: it is revoked by this"
    )
    wiped: bool = Field(False, description="it was told to wipe itself, or is leaving, and has done so")


class DeviceStanding(Shape):
    """What a device has to do: hand over what is unsent, then wipe itself."""

    state: Literal["active", "revoked"]
    hand_over: bool
    wipe: bool
    sealing_key: SealingKey


class SealedItem(Asking):
    """An unsent act: a letter to the instance, and what the device can still tell of it."""

    id: str = Field(min_length=1, max_length=LONGEST_KEY, pattern=r"^[^\x00-\x1f\x7f]+$")
    sealed: str = Field(description="HPKE: the encapsulated key and the ciphertext, in base64")
    at: Told | None = None
    action: str | None = Field(None, max_length=LONGEST_KEY, pattern=r"^[a-z_]*$")
    record: str | None = Field(None, max_length=40)


class HandedOver(Asking):
    """A device proves itself and gives away what it could not send."""

    id: str = Field(max_length=40)
    secret: Secret
    items: list[SealedItem] = Field(max_length=MOST_ITEMS)


class Received(Shape):
    """What the device may forget."""

    received: list[str]
