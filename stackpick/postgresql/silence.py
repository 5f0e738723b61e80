"""When a database has stopped to answer, not everybody has to find out alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

# The longest that one who tries whether it is back may take, and that the others wait for them.
TRIAL_SECONDS = 1.5
BEHIND_SECONDS = 0.25
# So many in a row without an answer in between, and it is no single question that was slow. Then
# nobody tries for a while: those who queued all the time must not wait for a trial on top.
SEVERAL = 2
REST_SECONDS = 1.0


class Silent(Exception):
    """The database does not answer."""


class Silence:
    """Lets one at a time ask a database that was silent; the rest is told at once.

    A server has few threads. Were each of them to wait for a silent database as long as its visitor
    may, those who queue behind would wait many times as long. Safe with threads.
    """

    def __init__(self, behind: float = BEHIND_SECONDS, rest: float = REST_SECONDS) -> None:
        self._behind, self._rest, self._changed = behind, rest, Condition()
        self._is_silent = self._is_tried = False
        self._in_a_row = 0
        self._silent_at = self._tried_at = 0.0

    @contextmanager
    def asking(self) -> Iterator[float]:
        """Around a question to the database. Gives the most seconds that it may take.

        Raises:
            Silent: it was silent a moment ago, and whoever tries just now has no answer either.
        """
        is_trial = self._is_silent and self._takes_the_trial()
        try:
            yield TRIAL_SECONDS if is_trial else float("inf")
        except Silent:
            self._set(is_silent=True)
            raise
        except BaseException:  # Refused is an answer as well.
            self._set(is_silent=False)
            raise
        else:
            if self._in_a_row:
                self._set(is_silent=False)

    def _takes_the_trial(self) -> bool:
        """Whether it is for the caller to try; False where somebody else has had an answer."""
        with self._changed:
            if self._is_silent and self._is_tried:
                left = self._tried_at + self._behind - time.monotonic()
                self._changed.wait_for(lambda: not self._is_silent, max(left, 0))
                if self._is_silent:
                    raise Silent("the database was silent a moment ago")
            if self._is_silent and self._is_resting():
                raise Silent("the database was silent a moment ago")
            self._is_tried, self._tried_at = self._is_silent, time.monotonic()
            return self._is_tried

    def _is_resting(self) -> bool:
        return self._in_a_row >= SEVERAL and time.monotonic() < self._silent_at + self._rest

    def _set(self, is_silent: bool) -> None:
        with self._changed:
            self._in_a_row = self._in_a_row + 1 if is_silent else 0
            self._silent_at = time.monotonic()
            self._is_silent, self._is_tried = is_silent, False
            self._changed.notify_all()
