"""A wire between a site and its PostgreSQL that can be slow, silent or cut."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from threading import Thread
from typing import Any

# To close with these is to send a reset, not a good-bye.
_AT_ONCE = struct.pack("ii", 1, 0)
_AT_A_TIME = 65536


class Proxy:
    """Passes on what comes, both ways, from a thread of its own.

    ``delay`` is how long it takes in each direction. While it is stalled, connections are taken and
    nothing comes out of them, as with a machine that hangs; afterwards it passes on what it held.
    While it is cut, every connection is reset.
    """

    def __init__(self, database_url: str) -> None:
        found = re.search(r"@127\.0\.0\.1:(\d+)/", database_url)
        assert found, database_url
        self._to, self._database_url = int(found[1]), database_url
        self.delay = 0.0
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Proxy:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._passing = asyncio.Event()
        self._passing.set()
        self._server: asyncio.Server = self._call(self._listen())
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *problem: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        """The database's, by way of here."""
        return self._database_url.replace(f"127.0.0.1:{self._to}/", f"127.0.0.1:{self._port}/")

    def stall(self) -> None:
        self._do(self._passing.clear)

    def go_on(self) -> None:
        self._do(self._passing.set)

    def cut(self) -> None:
        """Resets all connections, and each that comes until it is mended."""
        self._is_cut = True
        self._do(self._reset_all)

    def mend(self) -> None:
        self._is_cut = False

    # ---- In its thread ----

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _do(self, work: Callable[[], None]) -> None:
        async def inside() -> None:
            work()

        self._call(inside())

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._take, "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        self._passing.set()
        self._reset_all()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=5)  # all of them end with their connections

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            _reset(writer)
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            _reset(writer)
            return
        self._open |= {writer, back}
        try:
            ways = (self._pass_on(reader, back), self._pass_on(there, writer))
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            self._open -= {writer, back}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(_AT_A_TIME):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._passing.wait()
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()

    def _reset_all(self) -> None:
        for writer in self._open:
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    wire = writer.get_extra_info("socket")
    if wire is not None and wire.fileno() >= 0:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()
