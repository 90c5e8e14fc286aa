"""Answers that a room above keeps elsewhere: the one way in which a record is shown with more than lies in its own row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.records.models import Record
from cpims.records.rules.editing import Base


class Companion(Protocol):
    """What a room above keeps for records of a kind: which names it takes, where it lays them, how it shows them."""

    kind: str
    names: frozenset[str]

    def take(
        self, record: Record, sent: dict[str, Any], *, base: Base | None, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        """With the record held (or not yet stored, when it is being registered), before anything is merged: takes its
        names out of what was sent, writes what is its own, and answers what is left for the record itself.

        ``base`` is what she saw when she began, as it was served: who merges rows elsewhere merges them three ways by it.
        A new record has no row yet: whatever points to it is written in :meth:`settle`.
        """

    def settle(self, record: Record, *, actor: Viewer, at: datetime) -> None:
        """After the record was derived and stored, in the same transaction: what follows from its answers elsewhere."""

    def assemble(self, records: Sequence[Record], viewer: Viewer) -> Mapping[UUID, Mapping[str, Any]]:
        """The names to lay over the served answers of records in sight, in a constant number of statements. Records of
        others are looked at through ``visible_to`` only; what she may not read of the names is taken out afterwards."""


#: By kind, in the order in which they take.
COMPANIONS: dict[str, list[Companion]] = {}
#: By kind: answers that a room above keeps elsewhere, and that lists, searches, matches and what is missing rest on too;
#: by record, in one statement. For deriving and comparing alone: nobody is asked what she may see.
LIES_ELSEWHERE: dict[str, Callable[[Sequence[Record]], Mapping[UUID, Mapping[str, Any]]]] = {}

Laid = Mapping[UUID, Mapping[str, Any]]


def whole_answers(records: Sequence[Record]) -> dict[UUID, dict[str, Any]]:
    """The answers of records of one kind with those that lie elsewhere: to derive from and to compare with, not to show."""
    ask = LIES_ELSEWHERE.get(records[0].kind) if records else None
    elsewhere = ask(records) if ask is not None else {}
    return {record.id: dict(record.data) | dict(elsewhere.get(record.id, {})) for record in records}


def companions_of(kind: str, names: Collection[str]) -> list[Companion]:
    """Those that keep any of these names of a kind."""
    return [one for one in COMPANIONS.get(kind, ()) if not one.names.isdisjoint(names)]


def laid_over(records: Sequence[Record], viewer: Viewer, companions: Sequence[Companion]) -> Laid:
    """What companions lay over records of one kind."""
    laid: dict[UUID, dict[str, Any]] = {}
    for companion in companions if records else ():
        for record_id, values in companion.assemble(records, viewer).items():
            laid.setdefault(record_id, {}).update(values)
    return laid
