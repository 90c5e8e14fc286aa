"""A real mail server on this machine, the worker that sends to it, and what arrives."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from procrastinate.contrib.django import app

from tests.running import free_port


class Letterbox:
    """What a mail server received; it refuses whom it does not know."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], Any]] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Refuse an unknown address for ever."""
        if address in self.unknown:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one letter in."""
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return "250 OK"

    def text_for(self, address: str) -> str:
        """The text of the last letter to somebody."""
        return next(str(letter.get_body().get_content()) for to, letter in reversed(self.letters) if address in to)

    def link_for(self, address: str) -> str:
        """The secret behind ``#`` in the last letter to somebody."""
        found = re.search(r"#(\S+)", self.text_for(address))
        assert found is not None
        return found.group(1)


@contextmanager
def open_letterbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """Let the instance send to a server that receives."""
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    url = f"smtp://127.0.0.1:{server.port}?tls=never"
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, mail_url=url))
    try:
        yield box
    finally:
        server.stop()


def work() -> None:
    """Let the worker do what waits, then stop; in a thread of its own, for the browser's driver may loop in this one."""

    def until_nothing_waits() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(wait=False, install_signal_handlers=False)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(until_nothing_waits).result()
