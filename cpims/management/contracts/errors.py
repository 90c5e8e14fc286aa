"""The catalogue of how we say no: whole refusals, and the single problems that an invalid request can have."""

from __future__ import annotations

import ast
from typing import Any

from cpims.api.http.errors import status_of
from cpims.forms.rules.validation import KINDS
from cpims.lib.errors import Refusal
from cpims.management.contracts.events import NameTaken
from cpims.management.contracts.reading import first_line, our_classes, our_modules, room_of, tree_of

PROBLEMS = {"Problem", "TableProblem"}


def known_refusals(before: dict[str, Any]) -> dict[str, Any]:
    """Every refusal by its code, and every code of a single problem that the code names in full.

    Raises: NameTaken.
    """
    refusals: dict[str, Any] = {}
    for kind in our_classes(Refusal):
        code = kind.__dict__.get("code")
        if not isinstance(code, str):
            continue
        known = refusals.get(code)
        if known and known["class"] not in {parent.__qualname__ for parent in kind.__mro__}:
            raise NameTaken(f"{code}: {kind.__qualname__} and {known['class']}")
        refusals[code] = {
            "class": kind.__qualname__,
            "room": room_of(kind),
            "status": status_of(_made(kind))[0],
            "about": first_line(kind.__doc__),
        }
    answers = {code: KINDS[code] for code in sorted(KINDS)}
    return {
        "refusals": dict(sorted(refusals.items())),
        "problems": sorted(_named_problems() - answers.keys()),
        "answers": answers,
    }


def _made(kind: type[Refusal]) -> Refusal:
    return Exception.__new__(kind)


def _named_problems() -> set[str]:
    found: set[str] = set()
    for module in our_modules():
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PROBLEMS:
                place = 0 if node.func.id == "TableProblem" else 1
                code = node.args[place] if len(node.args) > place else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add(code.value)
    return found
