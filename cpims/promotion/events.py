"""What can have happened between two instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class InstancePaired(Event):
    """Somebody named the other instance of this implementation."""

    name: ClassVar[str] = "instance.paired"


@dataclass(frozen=True, kw_only=True)
class PairStateChanged(Event):
    """The two instances were found to stand otherwise to each other."""

    name: ClassVar[str] = "pair.state_changed"


@dataclass(frozen=True, kw_only=True)
class ChangeSetOpened(Event):
    """Somebody made a set of changes for production."""

    name: ClassVar[str] = "change_set.opened"


@dataclass(frozen=True, kw_only=True)
class ChangeSetAmended(Event):
    """Somebody chose other changes, or said otherwise what the set is for."""

    name: ClassVar[str] = "change_set.amended"


@dataclass(frozen=True, kw_only=True)
class ChangeSetProposed(Event):
    """Somebody asked a second person to approve a set of changes."""

    name: ClassVar[str] = "change_set.proposed"


@dataclass(frozen=True, kw_only=True)
class ChangeSetApproved(Event):
    """A second person approved a set of changes."""

    name: ClassVar[str] = "change_set.approved"


@dataclass(frozen=True, kw_only=True)
class ChangeSetRejected(Event):
    """A set of changes was refused or taken back."""

    name: ClassVar[str] = "change_set.rejected"


@dataclass(frozen=True, kw_only=True)
class ChangeSetPromoted(Event):
    """Production took a set of changes."""

    name: ClassVar[str] = "change_set.promoted"


@dataclass(frozen=True, kw_only=True)
class ChangeSetLeftBehind(Event):
    """Production no longer stands where a set of changes began."""

    name: ClassVar[str] = "change_set.left_behind"


@dataclass(frozen=True, kw_only=True)
class PromotionReceived(Event):
    """A set of changes came from the demo and was applied here."""

    name: ClassVar[str] = "promotion.received"


@dataclass(frozen=True, kw_only=True)
class PromotionRolledBack(Event):
    """A promotion was taken back; the configuration is as it was before."""

    name: ClassVar[str] = "promotion.rolled_back"


@dataclass(frozen=True, kw_only=True)
class DriftFound(Event):
    """This instance was found to be configured otherwise than its newest version says."""

    name: ClassVar[str] = "drift.found"


@dataclass(frozen=True, kw_only=True)
class DriftEnded(Event):
    """This instance is configured again as its newest version says."""

    name: ClassVar[str] = "drift.ended"
