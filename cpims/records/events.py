"""What can have happened to a record of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class OwnerMoved(Event):
    """The owner changed team, agency or place; the record followed."""

    name: ClassVar[str] = "record.owner_moved"


@dataclass(frozen=True, kw_only=True)
class AnswersQuarantined(Event):
    """Somebody wrote into a record that she no longer holds; her answers are kept for its owner."""

    name: ClassVar[str] = "record.answers_quarantined"


@dataclass(frozen=True, kw_only=True)
class SearchSaved(Event):
    """Somebody kept the filters of a list under a name, or changed them."""

    name: ClassVar[str] = "saved_search.saved"


@dataclass(frozen=True, kw_only=True)
class SearchDropped(Event):
    """Somebody dropped a saved search of hers."""

    name: ClassVar[str] = "saved_search.dropped"


@dataclass(frozen=True, kw_only=True)
class RecordAnswersLetGo(Event):
    """Of two answers to one question a worker kept the other's: hers (before) is written down beside it (after)."""

    name: ClassVar[str] = "record.answers_let_go"
