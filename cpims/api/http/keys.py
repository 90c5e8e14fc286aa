"""Keys of a body that are not used: never dropped in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from ninja.params.functions import Path

from cpims.api.http.body import BodyInvalid
from cpims.api.http.prefer import prefers
from cpims.lib.errors import Problem


def sift(
    request: HttpRequest,
    data: Mapping[str, Any],
    used: Collection[str],
    codes: Mapping[str, str],
    *,
    others: str,
    more: Iterable[Problem] = (),
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The part of a body that is used, and what is not, for ``metadata.ignored``; ``codes`` says why, else ``others``.

    A client that prefers ``handling=strict`` is refused instead.
    Raises: BodyInvalid.
    """
    problems = [Problem(f"/{key}", codes.get(key, others)) for key in data if key not in used]
    problems += list(more)
    if problems and prefers(request, "handling=strict"):
        raise BodyInvalid(problems)
    kept = {key: value for key, value in data.items() if key in used}
    return kept, [{"pointer": p.pointer, "code": p.code} for p in problems]


def changeable(keys: frozenset[str], data: Mapping[str, Any], **fixed: Any) -> frozenset[str]:
    """The keys that a change may use: all but those that stand forever and were sent otherwise than they stand."""
    return keys - {key for key, stands in fixed.items() if data.get(key, stands) != stands}


def told(ignored: list[dict[str, Any]], **others: Any) -> dict[str, Any] | None:
    """The metadata of a reply to a change: what was ignored, where anything was, beside what else there is to tell."""
    metadata = others | ({"ignored": ignored} if ignored else {})
    return metadata or None


def many(value: Any) -> list[str]:
    """The values of a query parameter that was sent once, several times, or with commas."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [str(v) for v in value if not isinstance(v, (dict, list)) and str(v)]
    return str(value).split(",") if isinstance(value, str) else []


def numbers(value: Any) -> list[int]:
    """The whole numbers among the values of a query parameter; ``-1``, which no row has, when there were none but words."""
    given = many(value)
    found = [int(v) for v in given if v.isascii() and v.isdigit() and len(v) < 16]
    return found or ([-1] if given else [])


def flags(value: Any) -> list[bool]:
    """The truth values of a query parameter."""
    return [v == "true" for v in many(value) if v in ("true", "false")]


def is_true(value: Any) -> bool:
    """Was a query parameter switched on?"""
    return value in ("true", "1")


def key_of(kind: str) -> Any:
    """A record's id in an address, under the name of its kind."""
    return Path(..., alias=f"{kind}_id")
