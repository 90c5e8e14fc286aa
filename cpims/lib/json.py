"""JSON in and out, fast and strict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson


class BadJson(ValueError):
    """The bytes are not JSON."""


def _other(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")


def dumps(value: Any) -> bytes:
    """Write a value as JSON bytes; moments in UTC."""
    return orjson.dumps(value, default=_other, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def canonical(value: Any) -> bytes:
    """The one way to write a value, for digests: keys sorted."""
    return orjson.dumps(value, default=_other, option=orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def loads(raw: bytes | str | memoryview) -> Any:
    """Read JSON.

    Raises: BadJson.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadJson(str(error)) from error


def read_moment(text: object) -> datetime | None:
    """The moment that an ISO text names (UTC when it has no zone), or nothing."""
    if isinstance(text, datetime):
        return text
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
