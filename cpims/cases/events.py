"""What can have happened to a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """Something that happened to a case."""

    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class CaseRegistered(CaseEvent):
    """A child was registered."""

    name: ClassVar[str] = "case.registered"


@dataclass(frozen=True, kw_only=True)
class CaseAmended(CaseEvent):
    """Answers were changed."""

    name: ClassVar[str] = "case.amended"


@dataclass(frozen=True, kw_only=True)
class AnswersLetGo(CaseEvent):
    """Of two answers to one question a worker kept the other's: hers (before) is written down beside it (after)."""

    name: ClassVar[str] = "case.answers_let_go"


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseEvent):
    """The case was closed."""

    name: ClassVar[str] = "case.closed"


@dataclass(frozen=True, kw_only=True)
class CaseReopened(CaseEvent):
    """The case was opened again."""

    name: ClassVar[str] = "case.reopened"


@dataclass(frozen=True, kw_only=True)
class CaseDisabled(CaseEvent):
    """The record was switched off; nothing was deleted."""

    name: ClassVar[str] = "case.disabled"


@dataclass(frozen=True, kw_only=True)
class CaseEnabled(CaseEvent):
    """The record was switched on again."""

    name: ClassVar[str] = "case.enabled"


@dataclass(frozen=True, kw_only=True)
class CaseAttributed(CaseEvent):
    """The case was linked to the person it is about, or the link was taken away."""

    name: ClassVar[str] = "case.attributed"


@dataclass(frozen=True, kw_only=True)
class NameHidden(CaseEvent):
    """The child's name was hidden from others, or shown again."""

    name: ClassVar[str] = "case.name_hidden"


@dataclass(frozen=True, kw_only=True)
class DuplicateSuspected(CaseEvent):
    """Another case was found to have the same identifier."""

    name: ClassVar[str] = "case.duplicate_suspected"


@dataclass(frozen=True, kw_only=True)
class DuplicateSettled(CaseEvent):
    """No other case has the same identifier any longer."""

    name: ClassVar[str] = "case.duplicate_settled"
