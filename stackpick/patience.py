"""How long a request waits for the database before its visitor is told to come back.

A database can be there and say nothing: a machine that was unplugged, a proxy that holds what it
should pass on, a row that somebody else has locked. Only whoever waits can put an end to that, so
each request has an allowance of waiting. A command such as `migrate` has none and waits as long as
it takes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

SECONDS = 3.0
# As long as any answer may take without being counted: a request that has honest work for the
# database may ask it a thousand times, one that meets a slow database is told after a few.
_PROMPT = 0.02


class Patience:
    """Seconds of waiting that are left to somebody."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.left = seconds

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Counts the time spent inside."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.left -= max(time.monotonic() - began - _PROMPT, 0)


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)


def current() -> Patience | None:
    """The patience of whoever is served by this thread; None for those who wait to the end."""
    return _current.get()


@contextmanager
def patient(seconds: float = SECONDS) -> Iterator[None]:
    """Whatever is asked of the database inside waits so long in all."""
    before = _current.set(Patience(seconds))
    try:
        yield
    finally:
        _current.reset(before)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Of the patience that is left, so much may be used inside; the rest is for what comes after.

    Who has all the time in the world has no more than this inside.
    """
    whole = current()
    part = Patience(min(seconds, whole.left) if whole else seconds)
    given, before = part.left, _current.set(part)
    try:
        yield
    finally:
        _current.reset(before)
        if whole:
            whole.left -= given - part.left


def begin(**_: Any) -> None:
    """A request has come in. It is not over when its view is: some answers are read as they go."""
    _current.set(Patience())


def end(**_: Any) -> None:
    """The answer was sent, and what was to follow it is done."""
    _current.set(None)
