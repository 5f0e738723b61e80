"""Gunicorn's threaded worker, with a thread only for requests that are there as a whole.

Its own worker gives a thread to whoever has sent a first byte, and the thread waits for the rest:
as many slow clients as there are threads, and nobody else is served. Here the loop that accepts
connections takes requests in as well, as a buffering proxy does, within limits of time and size;
and an answer goes into the kernel's buffer, so that a slow reader keeps no thread either.

With TLS in Gunicorn itself it is the worker that it was: there, and for more connections than one
worker holds, a proxy has to stand in front (docs/decisions/0032).
"""

from __future__ import annotations

import errno
import fcntl
import resource
import socket
import struct
import sys
import termios
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from stackpick.framing import Incoming, Refusal

HEAD_SECONDS = 10.0
BODY_SECONDS = 60.0
# For one answer, or one piece of an answer that is made piece by piece.
ANSWER_SECONDS = 30.0
# For a client that has its answer to close its end as well.
LINGER_SECONDS = 2.0
LOOK_SECONDS = 0.5
PIECE = 64 * 1024
# Requests no larger than a piece are always taken in; the others only while all that a worker holds
# of them is less than this.
HELD_AT_MOST = 64 * 1024 * 1024
# Any page, picture or document, for readers who take their time; Linux gives at most what its
# net.core.wmem_max allows, by default 208 KB, and counts twice that for its own bookkeeping.
ANSWER_BUFFER = 512 * 1024
# What may wait there for a client that already sends its next request: an answer more fits in.
UNREAD_AT_MOST = 64 * 1024
OPEN_FILES = 4096
_SO_NWRITE = 0x1024  # of macOS

TOO_SLOW = Refusal(408, "Request Timeout")
TOO_MUCH_AT_ONCE = Refusal(503, "Service Unavailable")


class BoundedSocket(socket.socket):
    """Blocking only for so long, however little a client takes at a time."""

    def setblocking(self, flag: bool) -> None:
        self.settimeout(ANSWER_SECONDS if flag else 0)

    def sendall(self, data: Any, flags: int = 0) -> None:
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise _gone() from None

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        try:
            return super().sendfile(file, offset, count)
        except TimeoutError:
            raise _gone() from None


def _gone() -> OSError:
    """As if the client had hung up: that is what becomes of it, and Gunicorn then says no more."""
    return ConnectionResetError(errno.ECONNRESET, "the client takes too long")


def unread(sock: socket.socket) -> int:
    """How many bytes of what was sent the other side has not taken in; 0 where nobody can tell."""
    try:
        if sys.platform == "darwin":
            return sock.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
        return int(struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))[0])
    except OSError:
        return 0


def _bound(conn: TConn) -> None:
    """Before the first request of a connection."""
    conn.sock = BoundedSocket(fileno=conn.sock.detach())
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BUFFER)
    conn.init()


class Arriving:
    """A request that is being taken in, and until when it has to be there."""

    def __init__(self) -> None:
        self.incoming = Incoming()
        self.deadline = time.monotonic() + HEAD_SECONDS

    def add(self, data: bytes) -> None:
        had_head = self.incoming.has_head
        self.incoming.add(data)
        if self.incoming.has_head and not had_head:
            self.deadline = time.monotonic() + BODY_SECONDS


class BufferingWorker(ThreadWorker):
    """What is overridden all runs in the worker's one loop; a thread only calls ``handle``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[TConn, Arriving] = {}
        self.handed_on: dict[TConn, int] = {}
        self.waiting: dict[TConn, float] = {}
        self.lingering: dict[TConn, float] = {}
        self.held = 0
        self.next_look = 0.0

    def init_process(self) -> None:
        """Each connection is an open file, and many systems allow 1,024 of them unless asked."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Of a new connection, or one on which the next request begins: takes that in first."""
        if self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        try:
            if not conn.initialized:
                _bound(conn)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
        except OSError:  # gone again; an error in this loop would end the worker
            self._drop(conn)
            return
        self.arriving[conn] = Arriving()
        if begun := conn.parser.unreader.take_buffered():
            self._take_in(conn, begun)
        else:  # most requests have come by now
            self._receive(conn, conn.sock)

    def _receive(self, conn: TConn, _: Any) -> None:
        try:
            data = conn.sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take_in(conn, data)
        else:
            self._close(conn)

    def _take_in(self, conn: TConn, data: bytes) -> None:
        arriving = self.arriving[conn]
        arriving.add(data)
        self.held += len(data)
        incoming = arriving.incoming
        too_much = len(incoming.received) > PIECE and self.held > HELD_AT_MOST
        if refusal := incoming.refusal or (TOO_MUCH_AT_ONCE if too_much else None):
            self._refuse(conn, refusal)
        elif incoming.is_whole:
            self._let_go(conn)
            # It is in memory until it was answered, and others may be in front of it.
            self.handed_on[conn] = len(incoming.received)
            self.held += len(incoming.received)
            conn.parser.unreader.unread(bytes(incoming.received))
            # Whoever asks on and reads nothing would fill the buffer, and then keep a thread.
            if unread(conn.sock) > UNREAD_AT_MOST:
                self.waiting[conn] = time.monotonic() + ANSWER_SECONDS
            else:
                super().enqueue_req(conn)
        elif incoming.expects_continue:
            incoming.expects_continue = False
            self._send(conn, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _let_go(self, conn: TConn) -> None:
        """No longer taken in here."""
        arriving = self.arriving.pop(conn)
        self.held -= len(arriving.incoming.received)
        self.poller.unregister(conn.sock)

    def _refuse(self, conn: TConn, refusal: Refusal) -> None:
        text = f"{refusal.phrase}.\n"
        self._send(
            conn,
            f"HTTP/1.1 {refusal.status} {refusal.phrase}\r\nConnection: close\r\n"
            f"Content-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n"
            f"Cache-Control: no-store\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode(),
        )
        self.log.info("%s: %s", conn.client[0] if conn.client else "somebody", refusal.phrase)
        self._let_go(conn)
        self._linger(conn)

    def _send(self, conn: TConn, data: bytes) -> None:
        with suppress(OSError):  # of no use to who does not take it
            conn.sock.send(data)

    def _close(self, conn: TConn) -> None:
        self._let_go(conn)
        self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        """Of which nothing is taken in or waited for any more."""
        self.nr_conns -= 1
        conn.close()

    # ---- After the answer ----

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Gunicorn's own waits for the client to close its end, and everybody waits with it."""
        self.held -= self.handed_on.pop(conn, 0)
        if self.cfg.is_ssl or fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
        else:
            self._linger(conn)

    def _linger(self, conn: TConn) -> None:
        """Closes our end, and all of it once the client has; closed at once, what it has not read
        yet could be lost (RFC 9112, section 9.6)."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):  # it is closed already
            self._drop(conn)
        else:
            self.lingering[conn] = time.monotonic() + LINGER_SECONDS

    def _drain(self, conn: TConn, _: Any) -> None:
        try:
            more = conn.sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self._end(conn)

    def _end(self, conn: TConn) -> None:
        del self.lingering[conn]
        self.poller.unregister(conn.sock)
        self._drop(conn)

    # ---- Time ----

    def murder_pending(self) -> None:
        """Called with each turn of the loop; the name is Gunicorn's."""
        super().murder_pending()
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + LOOK_SECONDS
        for conn, until in list(self.lingering.items()):
            if until < now:
                self._end(conn)
        for conn, until in list(self.waiting.items()):
            self._look_at_waiting(conn, until < now or not self.alive)
        for conn, arriving in list(self.arriving.items()):
            begun = bool(arriving.incoming.received)
            if arriving.deadline < now and begun:
                self._refuse(conn, TOO_SLOW)
            elif arriving.deadline < now or not (begun or self.alive):
                self._close(conn)

    def _look_at_waiting(self, conn: TConn, is_over: bool) -> None:
        if unread(conn.sock) <= UNREAD_AT_MOST:
            del self.waiting[conn]
            super().enqueue_req(conn)
        elif is_over:
            del self.waiting[conn]
            self.held -= self.handed_on.pop(conn)
            self._drop(conn)
