"""When a database has stopped to answer, not everybody has to find out alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread

# How long those who come meanwhile wait for word that it is back: about as long as asking takes.
BEHIND_SECONDS = 0.05
BETWEEN_SECONDS = 0.3


class Silent(Exception):
    """The database does not answer."""


class Silence:
    """Tells everybody at once while a database is silent, and asks it by itself if it is back.

    A server has few threads. Were each of them to wait for a silent database as long as its visitor
    may, those who queue behind would wait many times as long. So whoever waits for longer than is
    usual has a thread ask, which tells one slow answer from a silence: if that gets no answer
    either, the waiting of all is over, and it goes on asking. Safe with threads.

    Args:
        is_back: asks the database, and raises ``Silent`` where it does not answer in time. Any
            other error is an answer.
    """

    def __init__(self, is_back: Callable[[], None], behind: float = BEHIND_SECONDS) -> None:
        self._is_back, self._behind, self._changed = is_back, behind, Condition()
        self._is_asked = False
        self.is_noticed = False

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around a question to the database.

        Raises:
            Silent: it is, as somebody else has found out.
        """
        if self.is_noticed and not self._ends_soon():
            raise Silent("the database was silent a moment ago")
        try:
            yield
        except Silent:
            self.suspect()
            raise

    def _ends_soon(self) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self.is_noticed, self._behind)

    def suspect(self, *, is_sure: bool = False) -> None:
        """Has it asked, apart from whoever waits, if it still answers.

        Args:
            is_sure: there was no answer where one comes at once.
        """
        with self._changed:
            if not self._is_asked:
                asking = Thread(target=self._ask_until_it_is_back, name="silence", daemon=True)
                try:
                    asking.start()
                except RuntimeError:  # there is no thread to be had: the next one tries again
                    return
                self._is_asked = True
            self.is_noticed = self.is_noticed or is_sure

    def _ask_until_it_is_back(self) -> None:
        while self._is_still_silent():
            self.is_noticed = True
            time.sleep(BETWEEN_SECONDS)
        with self._changed:
            self._is_asked = self.is_noticed = False
            self._changed.notify_all()

    def _is_still_silent(self) -> bool:
        try:
            self._is_back()
        except Silent:
            return True
        except Exception:
            return False
        return False
