"""A client that sends a request once, and says what came of it."""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Answer:
    """``status`` is 0 where none came, and ``trouble`` then says why."""

    status: int
    seconds: float
    trouble: str = ""
    retry_after: str = ""
    body: bytes = b""


class Client:
    """One connection, kept open as a browser would.

    What counts as a failed request: one that was sent and got no answer, and one that could not
    be sent because nobody took the connection. Nothing is sent twice. A connection that the server
    has closed since its last answer is opened again before the next request goes out, as RFC 9112
    (9.5) asks of a client: nothing was lost by that.
    """

    def __init__(self, address: str, patience: float = 30.0) -> None:
        self._connection = HTTPConnection(address.removeprefix("http://"), timeout=patience)
        self.reopened = 0

    def ask(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] = NO_HEADERS
    ) -> Answer:
        start = time.monotonic()
        self._notice_a_closed_connection()
        try:
            self._connection.request(method, path, body.encode() or None, headers)
            response = self._connection.getresponse()
            read = response.read()
        except (OSError, HTTPException) as problem:
            self.close()
            return Answer(0, time.monotonic() - start, type(problem).__name__)
        retry_after = response.headers.get("Retry-After", "")
        return Answer(response.status, time.monotonic() - start, "", retry_after, read)

    def _notice_a_closed_connection(self) -> None:
        """An idle connection has nothing to read, unless it was closed."""
        if self._connection.sock and select.select([self._connection.sock], [], [], 0)[0]:
            self.reopened += 1
            self.close()

    def close(self) -> None:
        self._connection.close()
