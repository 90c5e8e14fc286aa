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
    configuration: int = Field(
        description="the number that the instance had then, which rows of the books name too; -1: it was only sent here"
    )
    at: Moment
    by: str | None = Field(description="null when an operator did it")
    cause: Literal["pack", "publish", "snapshot", "promotion", "rollback", "bundle"]
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
    """The name under which what is configured now is kept, or what is sent along."""

    name: str
    description: str | None = None
    version: str | None = Field(None, description="unique; made from the moment when it is not given")
    primero_version: str | None = Field(None, description="which program a bundle comes from; it decides nothing")
    data: dict[str, Any] | None = Field(None, description="a bundle; without one, what is configured now is kept")


class ConfigurationUse(Shape):
    """What to do with a configuration of the list."""

    apply_now: bool | None = Field(None, description="make it hold, at once and in one piece")
    promote: bool | None = Field(None, description="refused: changes go to the other instance as an approved set")


class ConfigurationApplied(Shape):
    """What became of it: the hashes before and after, and the version that tells of it."""

    before: str
    after: str
    changed: bool
    version: ConfigurationVersion | None


class ConfigurationProblem(Shape):
    """Something wrong or weak: the thing, what is wrong with it, and the way out."""

    pointer: str = Field(description="its place in the document")
    code: str
    params: dict[str, Any]
    warning: bool = Field(description="a warning keeps nobody from publishing; an error does")
    kind: str
    thing: ConfiguredThing | None
    within: ConfiguredThing | None
    sentence: str
    way_out: str


class ProblemCounts(Paged):
    """Where this page lies, and how many errors and warnings there are."""

    errors: int
    warnings: int


class ConfigurationImpact(Shape):
    """What a change touches."""

    kind: str
    thing: ConfiguredThing | None
    within: ConfiguredThing | None
    counted: Literal["records", "people", "lists", "acts"]
    count: int
    exact: bool = Field(description="false: at least so many")
    sentence: str


class ConfigurationBundle(Shape):
    """The configuration in Primero's shape; beside its lists stand keys of ours, so that nothing is lost."""

    FormSection: list[dict[str, Any]]
    Lookup: list[dict[str, Any]]
    Agency: list[dict[str, Any]]
    Role: list[dict[str, Any]]
    UserGroup: list[dict[str, Any]]
    Report: list[dict[str, Any]]
    ContactInformation: list[dict[str, Any]]
    Module: list[dict[str, Any]]
    Location: list[dict[str, Any]]
    SystemSettings: dict[str, Any]
    CodeOfConduct: dict[str, Any]
    Cpims: dict[str, Any]
