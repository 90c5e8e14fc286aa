"""Looks through every module of ours."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import cpims

Kind = TypeVar("Kind")
LEFT_OUT = ("cpims.migrations", "cpims.management")


@cache
def our_modules() -> tuple[ModuleType, ...]:
    """Every module of ours, imported; migrations and commands left out."""
    names = sorted(
        found.name for found in pkgutil.walk_packages(cpims.__path__, "cpims.") if not found.name.startswith(LEFT_OUT)
    )
    return tuple(importlib.import_module(name) for name in names)


def our_classes(kind: type[Kind]) -> Iterator[type[Kind]]:
    """Every class of a kind that is written in one of our modules."""
    for module in our_modules():
        for found in vars(module).values():
            if isinstance(found, type) and issubclass(found, kind) and found.__module__ == module.__name__:
                yield found


def room_of(thing: type | ModuleType) -> str:
    """The room in which something is written."""
    name = thing.__name__ if isinstance(thing, ModuleType) else thing.__module__
    return name.split(".")[1]


def first_line(text: str | None) -> str:
    """The first sentence of a docstring."""
    return (text or "").strip().split("\n")[0]


@cache
def tree_of(module: ModuleType) -> ast.Module:
    """A module as a syntax tree."""
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
