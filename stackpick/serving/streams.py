"""What a thread reads a request from and writes its answer to, without waiting for the client.

The request is there as a whole before a thread has it. Of the answer, what the system does not take
at once is kept for the worker's loop to send (``stackpick.serving.worker``).
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from contextlib import suppress
from threading import Lock
from typing import Any

from gunicorn.http.unreader import Unreader

# For each piece that a client takes.
ANSWER_SECONDS = 30.0
PIECE = 64 * 1024
# Of one answer. More of it is made only as the client takes what there is, and that takes a thread:
# nothing is as large as this but an export at the desk.
LEFT_AT_MOST = 1024 * 1024
# A piece of what is taken in already: Gunicorn copies what it has of chunks with each of them.
READ_AT_ONCE = 8 * 1024


class Room:
    """How many bytes a worker holds for all of its clients; safe with threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self._lock = Lock()

    @property
    def is_full(self) -> bool:
        return self.held > self.most

    def add(self, size: int) -> None:
        with self._lock:
            self.held += size

    def take(self, size: int) -> bool:
        """Adds it if there is room for it."""
        with self._lock:
            fits = self.held + size <= self.most
            if fits:
                self.held += size
        return fits

    def give(self, size: int) -> None:
        with self._lock:
            self.held -= size


class TakenIn(Unreader):
    """Gunicorn's source of requests, of bytes that are all there: at their end it ends."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes, self._at = memoryview(b""), 0

    def put(self, data: bytes) -> None:
        """The next request, when nothing is left of the one before."""
        self._bytes, self._at = memoryview(data), 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        size = min(max(READ_AT_ONCE, size_hint or 0), PIECE)
        piece = bytes(self._bytes[self._at : self._at + size])
        self._at += len(piece)
        return piece

    def take_buffered(self) -> bytes:
        """What follows a request: the next one, or its beginning."""
        rest: bytes = super().take_buffered() + bytes(self._bytes[self._at :])
        self.put(b"")
        return rest


class AnsweringSocket(socket.socket):
    """Takes any answer at once: what does not fit into the system's buffer is ``left``.

    A thread writes to it while it answers, and only then the loop.
    """

    room: Room
    left: bytearray
    is_cut: bool

    @classmethod
    def in_place_of(cls, plain: socket.socket, room: Room) -> AnsweringSocket:
        # What it is is told: to ask a connection that is gone could fail, and leave it open.
        family, kind, protocol = plain.family, plain.type, plain.proto
        made = cls(family, kind, protocol, fileno=plain.detach())
        made.room, made.left, made.is_cut = room, bytearray(), False
        return made

    def setblocking(self, flag: bool) -> None:
        self.settimeout(ANSWER_SECONDS if flag else 0)

    def send(self, data: Any, flags: int = 0) -> int:
        """All of it: of what is not an answer either, such as a word that a client may go on."""
        self.sendall(data)
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:
        rest = memoryview(data).cast("B")
        if self.send_left():
            rest = rest[self._taken(rest) :]
        if not rest:
            return
        if len(self.left) + len(rest) > LEFT_AT_MOST:
            self._wait_with(rest)
        elif self.room.take(len(rest)):
            self.left += rest
        else:
            raise self._gone()

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """As one answer like all others: the system's own way waits for the client."""
        at, end = offset, os.fstat(file.fileno()).st_size if count is None else offset + count
        while at < end and (piece := os.pread(file.fileno(), min(end - at, LEFT_AT_MOST // 2), at)):
            self.sendall(piece)
            at += len(piece)
        return at - offset

    def send_at_once(self, data: bytes) -> None:
        """As much as the system takes now; of the rest nothing is kept."""
        self._taken(memoryview(data))

    def send_left(self) -> bool:
        """Sends what the system takes of it; whether nothing is left."""
        while self.left:
            # A copy: as long as an error is dealt with, a view of it would keep it from changing.
            piece = bytes(self.left[:PIECE])
            sent = self._taken(memoryview(piece))
            del self.left[:sent]
            self.room.give(sent)
            if sent < len(piece):
                break
        return not self.left

    def _taken(self, data: memoryview) -> int:
        """How much the system has taken of it. ``send`` would wait until it takes some."""
        sent = 0
        with suppress(BlockingIOError):
            while sent < len(data):
                sent += os.write(self.fileno(), data[sent:])
        return sent

    def _wait_with(self, rest: memoryview) -> None:
        """Sends all as fast as the client takes it."""
        try:
            for data in (memoryview(bytes(self.left)), rest):
                for at in range(0, len(data), PIECE):
                    super().sendall(data[at : at + PIECE])
        except TimeoutError:
            raise self._gone() from None
        self._forget_left()

    def _forget_left(self) -> None:
        self.room.give(len(self.left))
        self.left.clear()

    def _gone(self) -> OSError:
        """As if the client had hung up: that is what becomes of it, and Gunicorn says no more."""
        self.cut()
        return ConnectionResetError(errno.ECONNRESET, "the client takes too long")

    def cut(self) -> None:
        """Has it end in a reset once it is closed, so that nobody takes a part for the whole."""
        self.is_cut = True
        self._forget_left()
        with suppress(OSError):  # it is gone already
            self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        self._forget_left()
        super().close()
