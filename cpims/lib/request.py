"""The request in whose course something happens: its id, and the device it came from."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID, uuid4


@dataclass(frozen=True)
class RequestMark:
    """What the books keep of a request; never an address or a query string."""

    id: UUID
    device: str = ""
    device_time: str = ""


_current: ContextVar[RequestMark | None] = ContextVar("request_mark", default=None)


def begin(device: str = "", device_time: str = "") -> RequestMark:
    """Mark the beginning of a request."""
    mark = RequestMark(id=uuid4(), device=device[:64], device_time=device_time[:40])
    _current.set(mark)
    return mark


def current() -> RequestMark | None:
    """The mark of the running request, or nothing outside one."""
    return _current.get()


def end() -> None:
    """Forget the request."""
    _current.set(None)
