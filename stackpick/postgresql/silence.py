"""When a database has stopped to answer, not everybody has to find out alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

# The longest that one who tries whether it is back may take, and that the others wait for them.
TRIAL_SECONDS = 1.5
BEHIND_SECONDS = 0.25


class Silent(Exception):
    """The database does not answer."""


class Silence:
    """Lets one at a time ask a database that was silent; the rest is told at once.

    A server has few threads. Were each of them to wait for a silent database as long as its visitor
    may, those who queue behind would wait many times as long. Safe with threads.
    """

    def __init__(self, behind: float = BEHIND_SECONDS) -> None:
        self._behind, self._changed = behind, Condition()
        self._is_silent = self._is_tried = False

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
            if self._is_silent:
                self._set(is_silent=False)

    def _takes_the_trial(self) -> bool:
        """Whether it is for the caller to try; False where somebody else has had an answer."""
        with self._changed:
            if self._is_silent and self._is_tried:
                self._changed.wait_for(lambda: not self._is_silent, self._behind)
                if self._is_silent:
                    raise Silent("the database was silent a moment ago")
            self._is_tried = self._is_silent
            return self._is_tried

    def _set(self, is_silent: bool) -> None:
        with self._changed:
            self._is_silent, self._is_tried = is_silent, False
            self._changed.notify_all()
