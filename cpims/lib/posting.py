"""Asking another server: one signed letter there, one answer back."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

#: The longest answer that is read.
LONGEST: Final = 96 * 1024 * 1024


class NoAnswer(OSError):
    """The other server cannot be reached, broke off, or sent more than is read."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Whoever was asked answers himself."""

    def redirect_request(self, *args: Any, **named: Any) -> None:
        """Never follow."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """Send bytes to an address that was checked before; certificates are verified, redirections are not followed.

    Raises: NoAnswer.
    """
    asked = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    here = (urllib.request.ProxyHandler({}),) if url.startswith("http:") else ()
    opener = urllib.request.build_opener(_StayHere, *here)
    try:
        with opener.open(asked, timeout=seconds) as reply:
            return _read(reply)
    except urllib.error.HTTPError as refused:
        with refused:
            return _read(refused)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(str(error)) from error


def _read(reply: Any) -> Answer:
    content = reply.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise NoAnswer("the answer is too long")
    return Answer(reply.status, {key.lower(): value for key, value in reply.headers.items()}, content)
