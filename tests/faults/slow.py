"""Clients that take their time: some send a byte a second, some read a few."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from threading import Event, Thread
from urllib.parse import urlsplit

A_HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
A_BODY = (
    b"POST /start/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)
# As it is, not compressed: the largest page there is.
A_PAGE = b"GET /model/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
# As little of an answer as a kernel can be asked to take in ahead of its reader.
SMALL_WINDOW = 1024
A_FEW = 16


# Whose certificate it is does not matter here. Made once: it takes longer than a request does.
UNVERIFIED = ssl.create_default_context()
UNVERIFIED.check_hostname, UNVERIFIED.verify_mode = False, ssl.CERT_NONE


class Slow:
    """One of them, on a connection of its own."""

    def __init__(self, address: str, begins: bytes, host: str = "localhost") -> None:
        parts = urlsplit(address)
        self.sends = begins != A_PAGE
        self.heard, self.is_over = b"", False
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
        self.socket.settimeout(20)
        self.socket.connect((str(parts.hostname), int(parts.port or 80)))
        if parts.scheme == "https":
            self.socket = UNVERIFIED.wrap_socket(self.socket, server_hostname=host)
        self.socket.sendall(begins.replace(b"localhost", host.encode()))
        self.socket.setblocking(False)

    def go_on(self) -> None:
        """A byte more, and what has come: at most a few bytes for who reads slowly."""
        if self.is_over:
            return
        try:
            if self.sends:
                self.socket.send(b"x")
            heard = self.socket.recv(4096 if self.sends else A_FEW)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:
            heard = b""
        self.heard += heard
        self.is_over = not heard

    @property
    def status(self) -> str:
        """Of its answer; empty as long as there is none."""
        return self.heard[9:12].decode()


class SlowClients:
    """Many of them at once, until the end of the block."""

    def __init__(
        self, address: str, senders: int = 100, readers: int = 50, host: str = "localhost"
    ) -> None:
        begins = [A_HEAD, A_BODY] * (senders // 2) + [A_PAGE] * readers
        self.heads: list[Slow] = []
        self.bodies: list[Slow] = []
        self.readers: list[Slow] = []
        self._over = Event()
        for each in begins:
            kept = {A_HEAD: self.heads, A_BODY: self.bodies, A_PAGE: self.readers}[each]
            kept.append(Slow(address, each, host))
        self._thread = Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> SlowClients:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()
        for each in self.all:
            with suppress(OSError):
                each.socket.close()

    @property
    def all(self) -> list[Slow]:
        return [*self.heads, *self.bodies, *self.readers]

    def wait_for(self, clients: list[Slow], seconds: float) -> None:
        """Until each of these has had an answer, or for so long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not all(each.status for each in clients):
            time.sleep(0.1)

    def _go_on(self) -> None:
        while not self._over.wait(1):
            for each in self.all:
                each.go_on()
