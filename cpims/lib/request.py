"""The request in whose course something happens: its id, and the device it came from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID, uuid4


@dataclass(frozen=True)
class RequestMark:
    """What the books keep of a request; never an address or a query string.

    ``device_time`` is what the device's clock said, ``skew`` by how many seconds that clock was behind the server's.
    """

    id: UUID
    device: str = ""
    device_time: str = ""
    skew: int | None = None


_current: ContextVar[RequestMark | None] = ContextVar("request_mark", default=None)


def begin(device: str = "", device_time: str = "") -> RequestMark:
    """Mark the beginning of a request."""
    mark = RequestMark(id=uuid4(), device=device[:64], device_time=device_time[:40])
    _current.set(mark)
    return mark


def current() -> RequestMark | None:
    """The mark of the running request, or nothing outside one."""
    return _current.get()


@contextmanager
def by_device_clock(device_time: str, skew: int | None) -> Iterator[None]:
    """Let what happens inside carry the time that the device's clock showed when the worker did it."""
    mark = _current.get() or RequestMark(id=uuid4())
    held = _current.set(replace(mark, device_time=device_time[:40], skew=skew))
    try:
        yield
    finally:
        _current.reset(held)


def belongs_to_device(device: str) -> None:
    """The running request turned out to come from a registered device: the books name that one."""
    mark = _current.get()
    if mark is not None:
        _current.set(replace(mark, device=device[:64]))


def end() -> None:
    """Forget the request."""
    _current.set(None)
