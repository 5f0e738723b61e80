"""Gunicorn's threaded worker, with a thread only for requests that are there as a whole.

Its own worker gives a thread to whoever has sent a first byte, and the thread waits for the rest:
as many slow clients as there are threads, and nobody else is served. Here the loop that accepts
connections takes requests in as well, as a buffering proxy does, within limits of time and size;
and it sends what the system's buffer does not take of an answer at once, so that a slow reader
keeps no thread either (`stackpick.serving.streams`).

With TLS in Gunicorn itself it is the worker that it was: there, and for more connections than one
worker holds, a proxy has to stand in front (docs/decisions/0032).
"""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from stackpick.serving.allowances import Arriving, Leaving
from stackpick.serving.framing import Refusal
from stackpick.serving.streams import PIECE, AnsweringSocket, Room, TakenIn

# For a client that has its answer to close its end as well.
LINGER_SECONDS = 2.0
LOOK_SECONDS = 0.5
# From when a worker ends: for a client that has just connected, and, where nobody takes its place
# before it has ended, for those who send or read slowly.
FIRST_BYTE_SECONDS = 2.0
LAST_SECONDS = 5.0
# Of requests, those no larger than a piece are always taken in, the others only while all that a
# worker holds of them is less than this; and as much of what is left of answers.
HELD_AT_MOST = 32 * 1024 * 1024
# Any page or picture for readers who take their time, so that little is left to the loop. Linux
# gives at most what its net.core.wmem_max allows, by default 208 KB, and counts twice that for its
# own bookkeeping.
ANSWER_BUFFER = 512 * 1024
OPEN_FILES = 4096
# Of a worker itself: its databases, its logs, what typesets, and modules while they load.
ITS_OWN_FILES = 200
FEWEST_CONNECTIONS = 50

TOO_SLOW = Refusal(408, "Request Timeout")
TOO_MUCH_AT_ONCE = Refusal(503, "Service Unavailable")


class BufferingWorker(ThreadWorker):
    """What is overridden all runs in the worker's one loop; a thread only calls ``handle``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[TConn, Arriving] = {}
        self.handed_on: dict[TConn, int] = {}
        self.leaving: dict[TConn, Leaving] = {}
        self.lingering: dict[TConn, float] = {}
        self.requests, self.answers = Room(HELD_AT_MOST), Room(HELD_AT_MOST)
        self.next_look = 0.0
        self.stopped_at = float("inf")

    def init_process(self) -> None:
        """Each connection is an open file, and many systems allow 1,024 of them unless asked."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        allowed = max(soft, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        # One more than that would be an error in the loop, and the end of the worker.
        for_clients = max(allowed - ITS_OWN_FILES, FEWEST_CONNECTIONS)
        self.worker_connections: int = min(self.cfg.worker_connections, for_clients)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Of a new connection, or one on which the next request begins: takes that in first."""
        if self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        try:
            if not conn.initialized:
                self._begin(conn)
        except OSError:
            self._drop(conn)
            return
        if not self._watch(conn, EVENT_READ, self._receive):
            return
        self.arriving[conn] = Arriving()
        if begun := conn.parser.unreader.take_buffered():
            self._take_in(conn, begun)
        else:  # most requests have come by now
            self._receive(conn, conn.sock)

    def _begin(self, conn: TConn) -> None:
        """Before the first request of a connection."""
        conn.sock = AnsweringSocket.in_place_of(conn.sock, self.answers)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BUFFER)
        conn.init()
        conn.parser.unreader = TakenIn()

    def _watch(self, conn: TConn, event: int, then: Callable[[TConn, Any], None]) -> bool:
        """Has the loop call it then; False where the connection is gone, which is dropped."""
        try:
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, event, partial(then, conn))
        except (OSError, ValueError):  # an error in the loop would end the worker
            self._drop(conn)
            return False
        return True

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
        self.requests.add(len(data))
        incoming = arriving.incoming
        too_much = len(incoming.received) > PIECE and self.requests.is_full
        if refusal := incoming.refusal or (TOO_MUCH_AT_ONCE if too_much else None):
            self._refuse(conn, refusal)
        elif incoming.is_whole:
            self._let_go(conn)
            # It is in memory until it was answered, and others may be in front of it.
            self.handed_on[conn] = len(incoming.received)
            self.requests.add(len(incoming.received))
            conn.parser.unreader.put(bytes(incoming.received))
            super().enqueue_req(conn)
        elif incoming.expects_continue:
            incoming.expects_continue = False
            self._send(conn, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _let_go(self, conn: TConn) -> None:
        """No longer taken in here."""
        arriving = self.arriving.pop(conn)
        self.requests.give(len(arriving.incoming.received))
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
            conn.sock.send_at_once(data)

    def _close(self, conn: TConn) -> None:
        self._let_go(conn)
        self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        """Of which nothing is taken in or waited for any more."""
        self.requests.give(self.handed_on.pop(conn, 0))
        self.nr_conns -= 1
        conn.close()

    # ---- After the answer ----

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Gunicorn's own waits for the client to close its end, and everybody waits with it."""
        if self.cfg.is_ssl:
            super().finish_request(conn, fs)
            return
        has_failed = fs.cancelled() or fs.exception()
        goes_on = not has_failed and fs.result()
        if goes_on:
            # Where Gunicorn looks for what has come of the next request.
            unreader = conn.parser.unreader
            unreader.unread(unreader.take_buffered())
        else:
            conn.parser = None  # and with it what nobody has read of this one
        if conn.sock.left:  # what the client has not taken yet; then it goes on from here
            if self._watch(conn, EVENT_WRITE, self._send_more):
                self.leaving[conn] = Leaving(fs)
            return
        self.requests.give(self.handed_on.pop(conn, 0))
        if goes_on or has_failed:
            super().finish_request(conn, fs)
        elif conn.sock.is_cut:
            self._drop(conn)
        else:
            self._linger(conn)

    def _send_more(self, conn: TConn, _: Any) -> None:
        before = len(conn.sock.left)
        try:
            is_done = conn.sock.send_left()
        except OSError:  # it is gone
            self._give_up(conn)
            return
        self.leaving[conn].count(before - len(conn.sock.left))
        if is_done:
            self.poller.unregister(conn.sock)
            self.finish_request(conn, self.leaving.pop(conn).done)

    def _give_up(self, conn: TConn) -> None:
        del self.leaving[conn]
        self.poller.unregister(conn.sock)
        conn.sock.cut()
        self._drop(conn)

    def _linger(self, conn: TConn) -> None:
        """Closes our end, and all of it once the client has; closed at once, what it has not read
        yet could be lost (RFC 9112, section 9.6)."""
        with suppress(OSError):  # of who is gone nothing comes either, and that ends it
            conn.sock.shutdown(socket.SHUT_WR)
        if self._watch(conn, EVENT_READ, self._drain):
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
        if not self.alive:
            self.stopped_at = min(self.stopped_at, now)
        # Of its own accord a worker ends before another one takes its place.
        is_awaited = not self.alive and self.nr >= self.max_requests
        the_end = self.stopped_at + LAST_SECONDS if is_awaited else float("inf")
        for conn, leaving in list(self.leaving.items()):
            # The system says that it takes more only once a third of its buffer is free.
            self._send_more(conn, conn.sock)
            if conn in self.leaving and min(leaving.deadline, the_end) < now:
                self._give_up(conn)
        for conn, arriving in list(self.arriving.items()):
            is_begun = arriving.is_begun
            until = the_end if is_begun else self.stopped_at + FIRST_BYTE_SECONDS
            if min(arriving.deadline, until) < now:
                if is_begun:
                    self._refuse(conn, TOO_SLOW)
                else:
                    self._close(conn)
