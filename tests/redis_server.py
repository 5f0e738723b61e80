"""A throwaway Redis server, for the tests."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_connection

from tests.servers import free_port

START_SECONDS = 30


class RedisMissing(Exception):
    """Redis cannot be started on this machine; the text says why."""


class Redis:
    """A server that can be ended, started again at the same port, and made to hang."""

    def __init__(self, program: str) -> None:
        self._program, self.port = program, free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1"]
        keep_nothing = ["--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([*command, *keep_nothing], stdout=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("Redis did not start")

    def hang(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def throwaway_redis() -> Iterator[Redis]:
    """An empty server that lives as long as the context.

    Raises:
        RedisMissing: without its program.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise RedisMissing("Redis is not installed (Debian's package is called redis-server)")
    redis = Redis(program)
    try:
        yield redis
    finally:
        redis.end()
