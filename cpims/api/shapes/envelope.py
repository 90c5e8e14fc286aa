"""What lies around every reply."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: A text in several languages: ``{"en": "Sex", "ar": "الجنس"}``. Every enabled language is there; a missing one is "".
Localized = dict[str, str]
Moment = Annotated[str, Field(description="ISO 8601, UTC, milliseconds", examples=["2026-02-03T10:20:30.123Z"])]
Day = Annotated[str, Field(description="YYYY-MM-DD", examples=["2026-02-03"])]
Number = int


class Shape(BaseModel):
    """What every shape of ours is: described by its docstring, checked strictly."""

    model_config = ConfigDict(strict=True)


class Ignored(Shape):
    """Something that was sent and not used, and why."""

    pointer: str
    code: str
    params: dict[str, Any] | None = None


class Changed(Shape):
    """What there is to tell beside a changed thing."""

    ignored: list[Ignored] | None = None


class Paged(Shape):
    """Where in a list this page lies. ``per`` and ``page`` are null when everything was sent."""

    total: int
    per: int | None
    page: int | None
    total_exact: bool | None = Field(None, description="false when the total is an estimate (more than 10,000)")
    ignored: list[Ignored] | None = Field(None, description="filters and orders that were not used")


class Conflict(Shape):
    """One question that two people answered differently."""

    pointer: str
    kind: str
    base: Any = None
    mine: Any = None
    theirs: Any = None
    author: str | None = None
    at: Moment | None = None


class Problem(Shape):
    """One answer that is wrong."""

    pointer: str
    code: str
    params: dict[str, Any] = {}


class Error(Shape):
    """One thing that was refused. ``code`` is stable (contracts/errors.json) and a key of the message catalogue."""

    status: int
    resource: str
    message: str | list[str] = Field(description="a text or a message key, as Primero's clients expect")
    code: str
    detail: str | list[str] | None = None
    pointer: str | None = None
    params: dict[str, Any] = {}
    problems: list[Problem] | None = None
    conflicts: list[Conflict] | None = None


class Errors(Shape):
    """A refusal. On 401 ``error`` holds a text too."""

    errors: list[Error]
    error: str | None = None


class Id(Shape):
    """Which one it was."""

    id: int | str


class MessageKey(Shape):
    """A message key, for clients that show one."""

    message: str


FormAccess = Literal["r", "rw"]
