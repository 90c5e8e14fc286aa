"""One act for many cases."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Changed, Moment, Problem, Shape
from cpims.api.shapes.transitions import TransitionWish

BulkAct = Literal["assign", "refer", "transfer", "flag"]
BulkState = Literal["waiting", "done", "refused"]


class BulkWish(Shape):
    """What is done to which cases: those of ``ids``, or all that a list request (``search``) finds when the work begins."""

    model_config = ConfigDict(strict=True, extra="forbid")

    act: BulkAct
    ids: list[str] | None = Field(default=None, description="at most 5,000")
    search: dict[str, Any] | None = Field(default=None, description="the body of POST /cases/search")
    data: dict[str, Any] = Field(
        description="the body of the single act: whom it goes to and notes, or message and date"
    )


class Bulk(Shape):
    """A job for many cases. ``total`` is null until the cases of a filter are known."""

    id: str
    act: BulkAct
    status: Literal["waiting", "running", "done", "cancelled", "refused"]
    transitioned_to: str | None
    refusal: str | None = Field(description="why nothing more is done, a code")
    total: int | None
    done: int
    refused: int
    waiting: int
    may_cancel: bool
    may_retry: bool
    created_at: Moment
    ended_at: Moment | None


class BulkResult(Shape):
    """What became of one case; where it is out of sight (now) there is only its id."""

    record_id: str
    case_id_display: str | None
    name: str | None
    state: BulkState
    transition: str | None
    errors: list[Problem]
    at: Moment | None


class BulkRead(Bulk):
    """A job with a page of what became of its cases."""

    cases: list[BulkResult]


class AssignsAsked(Shape):
    """Primero's body: to whom the cases of a list are given."""

    model_config = ConfigDict(strict=True, extra="allow")

    transitioned_to: str
    notes: str | None = None
    query: str | None = None
    filters: dict[str, Any]


class FlagsAsked(Shape):
    """Primero's body: what is said about the cases of a list."""

    model_config = ConfigDict(strict=True, extra="allow")

    message: str
    date: str | None = None
    query: str | None = None
    filters: dict[str, Any]


class AskedForMany(Shape):
    """What was asked for, told again."""

    filters: dict[str, Any]
    transitioned_to: str | None = None
    message: str | None = None


class BulkNamed(Changed):
    """The job that does it (``GET /api/cpims/v1/bulk/:id``)."""

    bulk: str


class SharedWithMany(TransitionWish):
    """Which cases are handed on, and how."""

    ids: list[str]


class NotShared(Shape):
    """A case that could not be handed on, and why."""

    record_id: str
    errors: list[Problem]


class SharedMany(Changed):
    """The job, and the cases that could not be handed on."""

    bulk: str
    refused: list[NotShared]
