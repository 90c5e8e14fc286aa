"""What can have happened to a tracing request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class TracingRequestEvent(Event):
    """Something that happened to a tracing request."""

    record_kind: ClassVar[str] = "tracing_request"


@dataclass(frozen=True, kw_only=True)
class TracingRequestRegistered(TracingRequestEvent):
    """A tracing request was registered."""

    name: ClassVar[str] = "tracing_request.registered"


@dataclass(frozen=True, kw_only=True)
class TracingRequestAmended(TracingRequestEvent):
    """Answers were changed."""

    name: ClassVar[str] = "tracing_request.amended"


@dataclass(frozen=True, kw_only=True)
class TracingRequestClosed(TracingRequestEvent):
    """The tracing request was closed."""

    name: ClassVar[str] = "tracing_request.closed"


@dataclass(frozen=True, kw_only=True)
class TracingRequestReopened(TracingRequestEvent):
    """The tracing request was opened again."""

    name: ClassVar[str] = "tracing_request.reopened"


@dataclass(frozen=True, kw_only=True)
class TracingRequestDisabled(TracingRequestEvent):
    """The record was switched off; nothing was deleted."""

    name: ClassVar[str] = "tracing_request.disabled"


@dataclass(frozen=True, kw_only=True)
class TracingRequestEnabled(TracingRequestEvent):
    """The record was switched on again."""

    name: ClassVar[str] = "tracing_request.enabled"


@dataclass(frozen=True, kw_only=True)
class TraceConfirmed(TracingRequestEvent):
    """A child who is looked for was found in a case."""

    name: ClassVar[str] = "trace.confirmed"


@dataclass(frozen=True, kw_only=True)
class TraceRejected(TracingRequestEvent):
    """A child who is looked for and the child of a case are two children."""

    name: ClassVar[str] = "trace.rejected"


@dataclass(frozen=True, kw_only=True)
class TraceUndone(TracingRequestEvent):
    """What was decided about a child who is looked for holds no longer."""

    name: ClassVar[str] = "trace.undone"


@dataclass(frozen=True, kw_only=True)
class TraceProposed(TracingRequestEvent):
    """Cases were found that are likely to be a child who is looked for. ``about``: how many."""

    name: ClassVar[str] = "trace.proposed"


@dataclass(frozen=True, kw_only=True)
class CaseMatched(Event):
    """The child of a case was found to be looked for."""

    name: ClassVar[str] = "case.matched"
    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class CaseUnmatched(Event):
    """The child of a case is not, after all, the one who is looked for."""

    name: ClassVar[str] = "case.unmatched"
    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class RematchBegun(Event):
    """All children who are looked for are compared with all cases anew."""

    name: ClassVar[str] = "rematch.begun"


@dataclass(frozen=True, kw_only=True)
class RematchCancelled(Event):
    """The children who were not compared yet are left for another time."""

    name: ClassVar[str] = "rematch.cancelled"
