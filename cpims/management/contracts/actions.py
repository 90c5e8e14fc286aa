"""The catalogue of acts: what the API, sync, imports and commands may call by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from cpims.audit.events import Event
from cpims.management.contracts.events import NameTaken
from cpims.management.contracts.reading import first_line, our_classes, our_modules, room_of, tree_of


def known_actions(before: dict[str, Any]) -> dict[str, Any]:
    """Every act: its room, its arguments, what it records. Its version rises whenever its arguments change.

    Raises: NameTaken.
    """
    events = {event.__qualname__: event.__dict__["name"] for event in our_classes(Event) if "name" in event.__dict__}
    found: dict[str, Any] = {}
    for module in our_modules():
        for function in _actions(module):
            if function.name in found:
                raise NameTaken(f"{function.name}: in {room_of(module)} and in {found[function.name]['room']}")
            arguments = {
                argument.arg: ast.unparse(argument.annotation) if argument.annotation else "Any"
                for argument in function.args.kwonlyargs
            }
            known = before.get(function.name, {})
            changed = bool(known) and known.get("arguments") != arguments
            docstring = ast.get_docstring(function) or ""
            recorded = re.search(r"^Records: (.*?)(?=^\w+:|\Z)", docstring, re.M | re.S)
            found[function.name] = {
                "room": room_of(module),
                "version": known.get("version", 1) + (1 if changed else 0),
                "arguments": arguments,
                "records": [events[w] for w in re.findall(r"\b[A-Z]\w+", recorded[1]) if w in events]
                if recorded
                else [],
                "about": first_line(docstring),
            }
    return dict(sorted(found.items()))


def _actions(module: ModuleType) -> Iterator[ast.FunctionDef]:
    """Public functions in an ``actions`` module that are one transaction."""
    if "actions" not in module.__name__.split("."):
        return
    for node in tree_of(module).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
            if "atomic" in names:
                yield node
