"""Typesetting from the web's side: a child process that may hang, crash or talk nonsense.

One child serves all threads of a process, one document at a time. Whoever asks waits four seconds
at most, for their turn and for the document together, and for their turn half of that: nobody
stands long behind a document that hangs. A child that takes longer is killed, and the next request
has a new one (docs/decisions/0018-typeset-in-a-child-process.md).
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from .failures import RenderingFailed
from .glyphs import legible

logger = logging.getLogger(__name__)

SECONDS = 4.0
# A child is replaced after so many documents. Its memory is flat (benchmarks/documents.py); this
# is for what nobody has measured yet.
DOCUMENTS = 2_000
LARGEST = 50_000_000  # bytes of an answer; a result takes some 150,000
# Nothing of ours: the child has no use for keys and passwords. One arena keeps its memory low.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}
PROGRAM = (sys.executable, "-I", str(Path(__file__).with_name("typesetter.py")))


# What typesetter.py says, which cannot be imported here: it would bring Typst along.
MADE = b"+"
FAILED = b"-"
NO_LETTER = FAILED + b"no-letter"


class Broken(Exception):
    """The child is of no more use. The text is for the log."""


class Child:
    """A process that typesets, and the socket that leads to it."""

    def __init__(self, program: Sequence[str], seconds: float) -> None:
        self._socket, theirs = socket.socketpair()
        # A little later than we would, so that it is us who notice and say so.
        command = [*program, str(int(seconds) + 5)]
        with theirs:
            fd = theirs.fileno()
            # Our own program, with words that nobody else chooses.
            self._process = subprocess.Popen(  # noqa: S603  # nosec B603
                command, stdin=fd, stdout=fd, stderr=subprocess.DEVNULL, env=ENVIRONMENT
            )
        self.served = 0

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def ask(self, request: bytes, until: float) -> bytes:
        """The answer to a request; ``Broken`` where none comes before the given moment."""
        try:
            self._socket.settimeout(left(until))
            self._socket.sendall(len(request).to_bytes(4, "big") + request)
            size = int.from_bytes(self._receive(4, until), "big")
            if not 0 < size <= LARGEST:
                raise Broken("talked nonsense")
            answer = self._receive(size, until)
        except TimeoutError:
            raise Broken("took too long") from None
        except OSError:
            raise Broken("crashed") from None
        self.served += 1
        return answer

    def _receive(self, size: int, until: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._socket.settimeout(left(until))
            part = self._socket.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise Broken("crashed")
            parts += part
        return bytes(parts)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Closes our end; a child that somebody else still uses goes on."""
        self._socket.close()


def left(until: float) -> float:
    """Seconds until a moment of the monotonic clock; ``TimeoutError`` where it has passed."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class Typesetter:
    """The child of this process, started when it is first needed; safe for several threads.

    It lives as long as the process. Of a fork, each side has a child of its own.

    Args:
        program: the command that starts it.
        seconds: how long a request may take, with the wait for its turn.
        documents: after how many of them the child is replaced.
    """

    def __init__(
        self,
        program: Sequence[str] = PROGRAM,
        seconds: float = SECONDS,
        documents: int = DOCUMENTS,
    ) -> None:
        self._program, self._seconds, self._documents = program, seconds, documents
        self._lock = Lock()
        self._child: Child | None = None
        os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self) -> None:
        """The child is our parent's, and so may be the lock, held by a thread that is not here."""
        self._lock = Lock()
        if self._child:
            self._child.forget()
            self._child = None

    @property
    def pid(self) -> int | None:
        """The process id of the child; None where there is none."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Starts the child, so that the first document need not wait for it."""
        with self._lock:
            self._running()

    def render(self, template: str, data: Any, **options: Any) -> bytes:
        """The document of a template in ``typst/`` on JSON data, as a file.

        Args:
            template: the name of the template.
            data: what it reads; every text in it is shown as written, and never as Typst.
            options: those of ``typst.Compiler.compile``.

        Raises:
            RenderingFailed: it could not be made, or not in time.
        """
        until = time.monotonic() + self._seconds
        answer = b""
        for strict in (False, True):
            request = {"template": template, "data": legible(data, strict), **options}
            answer = self._ask(json.dumps(request).encode(), until)
            if answer[:1] == MADE:
                return answer[1:]
            if answer != NO_LETTER:
                break
        raise failed(answer[1:].decode("ascii", "replace"))

    def _ask(self, request: bytes, until: float) -> bytes:
        turn = until - time.monotonic() - self._seconds / 2
        if not self._lock.acquire(timeout=max(turn, 0)):
            raise failed("others took too long")
        try:
            answer = self._running().ask(request, until)
            if answer[:1] not in (MADE, FAILED):
                raise Broken("talked nonsense")
            self._replace_old()
        except Broken as problem:
            self._end()
            raise failed(str(problem)) from None
        except OSError:
            raise failed("could not start") from None
        finally:
            self._lock.release()
        return answer

    def end(self) -> None:
        """Ends the child; the next document starts another."""
        with self._lock:
            self._end()

    def _running(self) -> Child:
        if self._child is None:
            self._child = Child(self._program, self._seconds)
        return self._child

    def _replace_old(self) -> None:
        if self._child and self._child.served >= self._documents:
            self._end()
            self._running()

    def _end(self) -> None:
        if self._child:
            self._child.end()
            self._child = None


def failed(why: str) -> RenderingFailed:
    """For the log and for whoever asked; neither holds anything of the document."""
    logger.error("Typesetting failed: %s.", why)
    return RenderingFailed(f"typesetting failed: {why}")


typesetter = Typesetter()
