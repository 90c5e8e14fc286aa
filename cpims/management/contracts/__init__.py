"""What the code promises to others, written down: events, refusals, permissions, actions. ``contracts/*.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cpims.management.contracts.actions import known_actions
from cpims.management.contracts.errors import known_refusals
from cpims.management.contracts.events import known_events
from cpims.management.contracts.permissions import known_permissions

FOLDER = Path(__file__).resolve().parents[3] / "contracts"
CATALOGUES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "events.json": known_events,
    "errors.json": known_refusals,
    "permissions.json": known_permissions,
    "actions.json": known_actions,
}


def stored(name: str) -> dict[str, Any]:
    """A catalogue as it stands in the repository."""
    path = FOLDER / name
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def as_text(catalogue: dict[str, Any]) -> str:
    """A catalogue as it is written: sorted by whoever made it, two blanks, a line break at the end."""
    return json.dumps(catalogue, indent=2, ensure_ascii=False) + "\n"


def current(name: str) -> dict[str, Any]:
    """A catalogue as the code has it now; what was promised once is never forgotten."""
    return CATALOGUES[name](stored(name))
