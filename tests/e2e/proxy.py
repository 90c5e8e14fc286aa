"""A bad connection between a browser and the server: slow, late, cut off in the middle; changed while it runs.

``ShapingProxy(port)`` listens on a port of its own (``.port``, ``.url``) and passes everything on to ``port``. ``set(...)``
changes the shape at once, for open connections too:

``rate``    bits a second in each direction (``None``: as fast as it goes)
``delay``   seconds that each byte is late, in each direction; half of a round trip
``cut``     break the connection after so many more bytes to the browser (counted over all connections, from now)
``cut_reply``  (a text, a number): once the browser has sent the text, break that connection after so many bytes to it
``offline`` break every connection and refuse new ones
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
PIECE = 1460


@dataclass(frozen=True)
class Shape:
    """What a connection is like."""

    rate: float | None = None
    delay: float = 0.0
    cut: int | None = None
    cut_reply: tuple[bytes, int] | None = None
    offline: bool = False


#: The aim of the measurements: a telephone at the edge of a mobile network (a round trip of 300 ms).
MOBILE = Shape(rate=1_600_000, delay=0.15)


class Line:
    """One direction, shared by all connections: bytes leave one after another at the rate of the line."""

    def __init__(self) -> None:
        self.free_at = 0.0

    def arrival(self, size: int, shape: Shape, now: float) -> float:
        """When a piece that is sent now has come through."""
        begin = max(now, self.free_at)
        self.free_at = begin + (size * 8 / shape.rate if shape.rate else 0.0)
        return self.free_at + shape.delay


class _Talk:
    """What is known of one connection: what was said last, how many bytes of the reply are let through."""

    def __init__(self) -> None:
        self.tail = b""
        self.left: int | None = None


class ShapingProxy:
    """The bad connection, in a thread of its own; use it as a context manager or call ``start`` and ``stop``."""

    def __init__(self, to_port: int, shape: Shape | None = None, *, to_host: str = "127.0.0.1") -> None:
        self.to_host, self.to_port = to_host, to_port
        self.shape = shape or Shape()
        self.port = 0
        self.sent = self.received = self.lost = self.cuts = self.connections = 0
        self._up, self._down = Line(), Line()
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="shaping-proxy", daemon=True)

    @property
    def url(self) -> str:
        """Where the browser goes."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        self._do(self._listen())
        return self

    def stop(self) -> None:
        """Break what is open and end."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def set(self, **changes: Any) -> None:
        """Change the shape, from the next byte on."""
        self._do(self._change(replace(self.shape, **changes)))

    def go_offline(self) -> None:
        """The network is gone."""
        self.set(offline=True)

    def go_online(self) -> None:
        """The network is back."""
        self.set(offline=False, cut=None)

    def break_now(self) -> None:
        """Break every open connection; new ones are taken."""
        self._do(self._break())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._break()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _change(self, shape: Shape) -> None:
        self.shape = shape
        self._up.free_at = self._down.free_at = 0.0
        if shape.offline:
            await self._break()

    async def _break(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()
        self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.shape.offline:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection(self.to_host, self.to_port)
        except OSError:
            writer.transport.abort()
            self._open.discard(writer)
            return
        self._open.add(there_writer)
        talk = _Talk()
        ways = (
            asyncio.create_task(self._pass_on(reader, there_writer, self._up, talk, down=False)),
            asyncio.create_task(self._pass_on(there_reader, writer, self._down, talk, down=True)),
        )
        try:
            await asyncio.gather(*ways)
        except (OSError, EOFError, _Cut, asyncio.CancelledError):
            for way in ways:
                way.cancel()
            for one in (writer, there_writer):
                one.transport.abort()
        finally:
            for one in (writer, there_writer):
                self._open.discard(one)
                with contextlib.suppress(OSError):
                    one.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line, talk: _Talk, *, down: bool
    ) -> None:
        """Read pieces, and let each through when its time has come; the next is read while the last is still on the way."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=2048)
        deliverer = asyncio.create_task(self._deliver(on_the_way, writer, talk, down=down))
        try:
            while piece := await reader.read(PIECE):
                moment = line.arrival(len(piece), self.shape, self._loop.time())
                put = asyncio.ensure_future(on_the_way.put((moment, piece)))
                done, _ = await asyncio.wait({put, deliverer}, return_when=asyncio.FIRST_COMPLETED)
                if deliverer in done:
                    put.cancel()
                    deliverer.result()
                    return
            await on_the_way.put((self._loop.time(), b""))
            await deliverer
        finally:
            deliverer.cancel()

    async def _deliver(
        self, on_the_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, talk: _Talk, *, down: bool
    ) -> None:
        while True:
            moment, piece = await on_the_way.get()
            if not piece:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            wait = moment - self._loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            if down:
                whole = len(piece)
                piece = self._until_the_cut(piece if talk.left is None else piece[: talk.left])
                self.received += len(piece)
                self.lost += whole - len(piece)
                talk.left = None if talk.left is None else talk.left - len(piece)
            else:
                self.sent += len(piece)
                self._listen_for(talk, piece)
            writer.write(piece)
            await writer.drain()
            if down and (self.shape.cut == 0 or talk.left == 0):
                self.shape = replace(self.shape, cut=None)
                self.cuts += 1
                await asyncio.sleep(0)
                raise _Cut

    def _listen_for(self, talk: _Talk, piece: bytes) -> None:
        """Has the request been sent whose reply is to break off? Only the first reply does."""
        if self.shape.cut_reply is None:
            return
        text, after = self.shape.cut_reply
        talk.tail = talk.tail[-len(text) :] + piece
        if text in talk.tail:
            talk.left = after
            self.shape = replace(self.shape, cut_reply=None)

    def _until_the_cut(self, piece: bytes) -> bytes:
        left = self.shape.cut
        if left is None:
            return piece
        piece = piece[:left]
        self.shape = replace(self.shape, cut=left - len(piece))
        return piece


class _Cut(Exception):
    """The connection was cut here."""
