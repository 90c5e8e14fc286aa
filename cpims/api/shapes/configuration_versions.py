"""The configuration as a whole: versions and what differs between them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cpims.api.shapes.envelope import Moment, Paged, Shape


class ConfigurationVersion(Shape):
    """The configuration as it stood at a moment."""

    id: str
    number: int
    hash: str = Field(description="sha-256 of the document")
    configuration: int = Field(description="the number that the instance had then, which rows of the books name too")
    at: Moment
    by: str | None = Field(description="null when an operator did it")
    cause: Literal["pack", "publish", "snapshot"]
    reason: str
    name: str
    version: str
    put_away_at: Moment | None


class ConfigurationCurrent(Shape):
    """How the configuration stands now."""

    hash: str
    changed: bool = Field(description="is anything otherwise than the newest version says?")
    newest: ConfigurationVersion | None
    counts: dict[str, int] = Field(description="how many things there are of each part")


class Publication(Shape):
    """Why what is configured now becomes a version."""

    reason: str


class DocumentSent(Shape):
    """The document of a configuration, as a version gives it."""

    document: dict[str, Any]


class ConfiguredThing(Shape):
    """Something that is configured."""

    id: str
    name: str


class ConfigurationChange(Shape):
    """One difference, with the sentence that a person reads."""

    kind: str
    action: Literal["added", "removed", "changed"]
    thing: ConfiguredThing
    within: ConfiguredThing | None
    form: ConfiguredThing | None
    property: str | None
    before: Any
    after: Any
    sentence: str


class ComparedHashes(Paged):
    """Where this page lies, and which two configurations were compared."""

    before: str
    after: str


class Configuration(Shape):
    """A version as Primero shows a configuration."""

    id: str
    name: str
    description: str
    version: str
    primero_version: str
    created_on: Moment
    created_by: str | None
    applied_on: Moment | None
    applied_by: str | None
    can_apply: bool


class ConfigurationWrite(Shape):
    """The name under which what is configured now is kept."""

    name: str
    description: str | None = None
    version: str | None = Field(None, description="unique; made from the moment when it is not given")
