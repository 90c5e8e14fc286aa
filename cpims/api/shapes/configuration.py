"""The configuration as devices ask for it, part by part."""

from __future__ import annotations

from pydantic import Field

from cpims.api.shapes.accounts import User
from cpims.api.shapes.envelope import Shape
from cpims.api.shapes.forms import Form, Location, Lookup
from cpims.api.shapes.instance import SystemSettings
from cpims.api.shapes.sync import Asking


class ConfigurationAsked(Asking):
    """Which parts are asked for, and the versions that the device holds."""

    parts: list[str] = Field([], max_length=20, description="all of them when empty")
    known: dict[str, str] = Field({}, max_length=20, description="part and version, as the last reply told them")


class AccountPart(Shape):
    """Her own account with its rights."""

    version: str
    value: User


class SettingsPart(Shape):
    """How this instance works."""

    version: str
    value: SystemSettings


class FormsPart(Shape):
    """All forms."""

    version: str
    value: list[Form]


class LookupsPart(Shape):
    """All option lists."""

    version: str
    value: list[Lookup]


class LocationsPart(Shape):
    """All places."""

    version: str
    value: list[Location]


class ConfigurationParts(Shape):
    """The parts that differ from what the device holds."""

    me: AccountPart | None = None
    settings: SettingsPart | None = None
    forms: FormsPart | None = None
    lookups: LookupsPart | None = None
    locations: LocationsPart | None = None


class ConfigurationStanding(Shape):
    """By which rights and which configuration this was answered; parts that stand as they are, or are not hers."""

    epoch: int
    configuration: int
    unchanged: list[str]
    refused: list[str]
