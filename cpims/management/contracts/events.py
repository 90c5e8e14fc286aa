"""The catalogue of what can have happened."""

from __future__ import annotations

from typing import Any

from cpims.audit.events import Event
from cpims.management.contracts.reading import first_line, our_classes, room_of


class NameTaken(ValueError):
    """Two things of ours have one name."""


def known_events(before: dict[str, Any]) -> dict[str, Any]:
    """Every event by its dotted name; a name that nothing records any more stays, marked as retired.

    Raises: NameTaken.
    """
    found: dict[str, Any] = {}
    for event in our_classes(Event):
        name = event.__dict__.get("name")
        if not isinstance(name, str):
            continue
        if name in found:
            raise NameTaken(f"{name}: {event.__qualname__} and {found[name]['class']}")
        found[name] = {
            "class": event.__qualname__,
            "room": room_of(event),
            "record_kind": event.record_kind,
            "about": first_line(event.__doc__),
        }
    retired = {name: {**entry, "retired": True} for name, entry in before.items() if name not in found}
    return dict(sorted((found | retired).items()))
