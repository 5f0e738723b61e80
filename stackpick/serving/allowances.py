"""How long a client may take to send a request, and to take its answer."""

from __future__ import annotations

import time
from typing import Any

from stackpick.serving.framing import Incoming
from stackpick.serving.streams import ANSWER_SECONDS, PIECE

HEAD_SECONDS = 10.0
BODY_SECONDS = 60.0


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

    @property
    def is_begun(self) -> bool:
        """An empty line may come after a request, and begins none (RFC 9112, section 2.2)."""
        return self.incoming.has_head or bool(self.incoming.received.lstrip(b"\r\n"))


class Leaving:
    """An answer of which something is left, how it was made, and until when it may take."""

    def __init__(self, done: Any) -> None:
        self.done = done
        self.deadline = time.monotonic() + ANSWER_SECONDS

    def count(self, sent: int) -> None:
        """Whoever takes more has more time."""
        self.deadline += ANSWER_SECONDS * sent / PIECE
