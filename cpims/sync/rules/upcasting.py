"""What older versions of our client wrote, brought to the shape of today: two versions back, so that old work still arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from cpims.lib.errors import Problem
from cpims.lib.json import read_moment
from cpims.sync.rules.refusals import SchemaUnknown

#: An item without a ``schema`` is of this one.
NEWEST: Final = 2


def upcast(sent: Mapping[str, Any]) -> dict[str, Any]:
    """An item in today's shape, without its ``schema``; what fits no step goes on as it is, to be refused by its faults.

    Raises: SchemaUnknown when it is of a newer schema than this server knows.
    """
    item = dict(sent)
    schema = item.pop("schema", NEWEST)
    if type(schema) is not int or schema not in {*STEPS, NEWEST}:
        raise SchemaUnknown([Problem("/schema", "sync.schema_unknown")])
    while schema < NEWEST:
        item, schema = STEPS[schema](item), schema + 1
    return item


def _from_first(kept: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 is the outbox item as the first web app kept it: it sent its answers by the routes of the record."""
    arguments: dict[str, Any] = {"case_id": kept.get("record"), "values": kept.get("data")}
    if kept.get("recordAction") is not None:
        arguments["record_action"] = kept["recordAction"]
    item = {"id": kept.get("id"), "action": kept.get("action"), "at": _local(kept), "arguments": arguments}
    base = kept.get("base")
    if isinstance(base, dict):
        item["base"] = {"revision": base.get("revision"), "values": base.get("values")}
    return item


def _local(kept: Mapping[str, Any]) -> Any:
    """The moment as the device's own clock showed it, to the millisecond."""
    moment, offset = read_moment(kept.get("at")), kept.get("offset")
    if moment is None or type(offset) is not int or abs(offset) >= 24 * 60:
        return kept.get("at")
    there: datetime = moment.astimezone(timezone(timedelta(minutes=offset)))
    return there.isoformat(timespec="milliseconds")


STEPS: Final[Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {1: _from_first}
