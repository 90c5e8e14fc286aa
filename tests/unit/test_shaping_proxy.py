"""The bad connection of the browser tests: slow, late, cut, gone, and changed while it runs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.e2e.proxy import Shape, ShapingProxy

BLOCK = b"x" * 40_000


class Echo:
    """A server that answers ``send`` with a block, and everything else with itself."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                while said := client.recv(1000):
                    client.sendall(BLOCK if said == b"send" else said)
            except OSError:
                return


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.listener.close()


def ask(port: int, word: bytes = b"hello") -> tuple[bytes, float]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        begun = time.monotonic()
        client.sendall(word)
        wanted, got = len(BLOCK) if word == b"send" else len(word), b""
        try:
            while len(got) < wanted and (more := client.recv(65536)):
                got += more
        except OSError:
            pass
        return got, time.monotonic() - begun


def test_what_goes_in_comes_out(echo: Echo) -> None:
    with ShapingProxy(echo.port) as proxy:
        assert ask(proxy.port)[0] == b"hello"
        assert ask(proxy.port, b"send")[0] == BLOCK
        assert proxy.received == len(BLOCK) + 5


def test_delay_and_rate_take_their_time_and_can_be_changed(echo: Echo) -> None:
    with ShapingProxy(echo.port, Shape(delay=0.1)) as proxy:
        got, took = ask(proxy.port)
        assert got == b"hello" and took >= 0.2
        proxy.set(delay=0.0, rate=8 * len(BLOCK) / 0.5)
        got, took = ask(proxy.port, b"send")
        assert got == BLOCK and took >= 0.5
        proxy.set(rate=None)
        assert ask(proxy.port, b"send")[1] < 0.5


def test_the_line_is_shared_by_all_connections(echo: Echo) -> None:
    with ShapingProxy(echo.port, Shape(rate=8 * len(BLOCK) / 0.3)) as proxy:
        begun = time.monotonic()
        threads = [threading.Thread(target=ask, args=(proxy.port, b"send")) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - begun >= 0.9


def test_it_is_cut_at_a_byte_once(echo: Echo) -> None:
    with ShapingProxy(echo.port) as proxy:
        proxy.set(cut=12_345)
        assert len(ask(proxy.port, b"send")[0]) == 12_345
        assert proxy.cuts == 1
        assert ask(proxy.port, b"send")[0] == BLOCK


def test_the_reply_to_what_was_named_is_cut_and_no_other(echo: Echo) -> None:
    with ShapingProxy(echo.port) as proxy:
        proxy.set(cut_reply=(b"send", 777))
        assert ask(proxy.port)[0] == b"hello"
        assert len(ask(proxy.port, b"send")[0]) == 777
        assert proxy.cuts == 1 and proxy.lost > 0
        assert ask(proxy.port, b"send")[0] == BLOCK


def test_offline_breaks_what_is_open_and_takes_nothing_new(echo: Echo) -> None:
    with ShapingProxy(echo.port) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
            client.sendall(b"hello")
            assert client.recv(100) == b"hello"
            proxy.go_offline()
            with pytest.raises(OSError):
                assert client.recv(100) == b""
                raise ConnectionResetError
        assert ask(proxy.port)[0] == b""
        proxy.go_online()
        assert ask(proxy.port)[0] == b"hello"
