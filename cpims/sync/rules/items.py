"""What a device delivers: items, and the clock by which it did them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.lib.json import read_moment
from cpims.records.rules.editing import Base
from cpims.sync.rules.refusals import ItemInvalid

MOST_ITEMS: Final = 100
LARGEST_BATCH: Final = 5_000_000
LONGEST_KEY: Final = 200
#: A clock that is off by less says nothing worth telling.
NOTABLE_SKEW: Final = timedelta(minutes=2)
#: A device's clock that names an older moment was wrong; its time is kept, but the act counts from when it was learnt.
OLDEST: Final = timedelta(days=730)


@dataclass(frozen=True)
class Clock:
    """The device's clock beside the server's: ``skew`` is what must be added to the device's time."""

    skew: timedelta | None

    @property
    def seconds(self) -> int | None:
        """The skew in whole seconds, when the device told its time."""
        return None if self.skew is None else round(self.skew.total_seconds())

    @property
    def is_notable(self) -> bool:
        """Is it so far off that the worker should know?"""
        return self.skew is not None and abs(self.skew) >= NOTABLE_SKEW

    def happened(self, told: datetime | None, *, now: datetime) -> datetime:
        """When something happened by the server's clock: never later than now."""
        if told is None:
            return now
        try:
            moment = told + (self.skew or timedelta())
        except OverflowError:
            return now
        return moment if now - OLDEST <= moment <= now else now


def clock_of(device_time: object, *, now: datetime) -> Clock:
    """How far a device's clock is off, by the time that it showed when it sent."""
    told = read_moment(device_time) if isinstance(device_time, str) else None
    return Clock(None if told is None else now - told)


@dataclass(frozen=True)
class Item:
    """One act that a worker did on her device."""

    id: str
    action: str
    record: UUID
    values: Mapping[str, Any]
    told_at: str = ""
    move: str | None = None
    base: Base | None = None
    if_match: int | None = None
    depends_on: tuple[str, ...] = ()


KEYS: Final = frozenset({"id", "action", "arguments", "at", "base", "if_match", "depends_on"})
#: ``record_id`` is another word for ``case_id``: whichever kind of record it is.
ARGUMENTS: Final = frozenset({"case_id", "record_id", "values", "record_action"})


def read_item(sent: Any, actions: Iterable[str]) -> Item:
    """One item as it was sent.

    Raises: ItemInvalid with everything that does not fit.
    """
    if not isinstance(sent, dict):
        raise ItemInvalid([Problem("", "body.not_an_object")])
    arguments = sent.get("arguments")
    given: dict[str, Any] = arguments if isinstance(arguments, dict) else {}
    wrong = [Problem(f"/{name}", "unknown_key", {"name": str(name)}) for name in sent.keys() - KEYS]
    wrong += [Problem(f"/arguments/{name}", "unknown_key", {"name": str(name)}) for name in given.keys() - ARGUMENTS]
    key, action, record = sent.get("id"), sent.get("action"), read_id(given.get("case_id", given.get("record_id")))
    values, move = given.get("values"), given.get("record_action")
    at, if_match, depends_on = sent.get("at"), sent.get("if_match"), sent.get("depends_on") or []
    checks = (
        ("/id", "wrong_type", isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and key.isprintable()),
        ("/action", "not_an_option", isinstance(action, str) and action in actions),
        ("/arguments", "body.not_an_object", isinstance(arguments, dict)),
        ("/arguments/case_id", "invalid_unique_id", record is not None),
        ("/arguments/values", "body.not_an_object", isinstance(values, dict)),
        ("/arguments/record_action", "wrong_type", move is None or isinstance(move, str)),
        ("/at", "wrong_type", at is None or (isinstance(at, str) and read_moment(at) is not None)),
        ("/if_match", "wrong_type", if_match is None or type(if_match) is int),
        ("/base", "body.base_invalid", sent.get("base") is None or read_base(sent["base"]) is not None),
        ("/depends_on", "wrong_type", isinstance(depends_on, list) and all(isinstance(d, str) for d in depends_on)),
    )
    wrong += [Problem(pointer, code, {"name": pointer[1:]}) for pointer, code, fits in checks if not fits]
    if wrong or record is None:
        raise ItemInvalid(wrong)
    return Item(
        id=str(key),
        action=str(action),
        record=record,
        values=values or {},
        told_at=at or "",
        move=move,
        base=read_base(sent.get("base")),
        if_match=if_match,
        depends_on=tuple(depends_on),
    )


def read_base(sent: Any) -> Base | None:
    """What the worker saw when she began, when that was told whole."""
    if not isinstance(sent, dict):
        return None
    revision, values = sent.get("revision"), sent.get("values")
    if not isinstance(revision, int) or isinstance(revision, bool) or not isinstance(values, dict):
        return None
    return Base(revision, values)
