"""Query strings as Primero's clients write them: ``a[0]=``, ``a[]=``, ``a[from]=``, nested as deep as they like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest

from cpims.lib.errors import Invalid, Problem

KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
PART = re.compile(r"\[([^\[\]]*)\]")
DEEPEST, MOST = 4, 500


class QueryInvalid(Invalid):
    """The query string cannot be read."""

    code = "query.invalid"


@dataclass(frozen=True)
class Page:
    """Which page of a list: its number from 1 and how many rows it holds."""

    number: int
    per: int

    @property
    def offset(self) -> int:
        """How many rows stand before it."""
        return (self.number - 1) * self.per


def read_query(request: HttpRequest) -> dict[str, Any]:
    """The query string as nested values; indexed and empty brackets become lists, all leaves stay text.

    Raises: QueryInvalid.
    """
    return parse_query(request.META.get("QUERY_STRING", ""))


def parse_query(text: str) -> dict[str, Any]:
    """Read a query string.

    Raises: QueryInvalid.
    """
    pairs = parse_qsl(text, keep_blank_values=True)
    if len(pairs) > MOST:
        raise QueryInvalid([Problem("", "query.too_long", {"most": MOST})])
    tree: dict[str, Any] = {}
    for key, value in pairs:
        match = KEY.match(key)
        if not match:
            continue
        path = [match.group(1), *PART.findall(match.group(2))]
        if len(path) > DEEPEST:
            raise QueryInvalid([Problem(f"/{path[0]}", "query.too_deep", {"deepest": DEEPEST})])
        _put(tree, path, value)
    return {key: _listed(value) for key, value in tree.items()}


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    here = tree
    for step in path[:-1]:
        below = here.get(step or str(len(here)))
        if not isinstance(below, dict):
            below = {}
            here[step or str(len(here))] = below
        here = below
    last = path[-1]
    here[last or str(len(here))] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isascii() and key.isdigit() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(below) for key, below in value.items()}


def page_of(query: dict[str, Any], per: int = 20, cap: int | None = 1000) -> Page:
    """The page that was asked for; nonsense falls back to the first page and the usual length, as in Primero."""
    number = _positive(query.get("page"), 1)
    length = _positive(query.get("per"), per)
    return Page(min(number, 1_000_000), min(length, cap) if cap else length)


def _positive(text: Any, fallback: int) -> int:
    if isinstance(text, int) and not isinstance(text, bool):
        return text if text > 0 else fallback
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0:
        return int(text)
    return fallback
