"""How often a share link was opened, and when last; nothing is kept of who it was.

Counting must cost a reader nothing: it comes after the answer was sent, into a dictionary of the
process, and what has gathered there is written together.
"""

from __future__ import annotations

import atexit
import logging
import re
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Lock, Timer
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from stackpick.patience import patient

from .models import ShareLink

BETWEEN_SECONDS = 2.0
# A picture is part of another page, and not asked for by somebody who reads the result.
NOT_COUNTED = {"png", "svg"}
# Programs that fetch a page to show what is behind a link, and say that they do: a link that was
# pasted into a chat has not been read yet.
# "bot" in small letters, for there are telephones called CUBOT.
_PROGRAMS = re.compile(
    r"(?:\b|[a-z0-9])[Bb]ot\b|[Cc]rawl|[Ss]pider|[Pp]review|externalhit|WhatsApp|[Ee]mbed|unfurl"
)

_log = logging.getLogger(__name__)
Gathered = dict[int, tuple[int, datetime]]


def _in_a_while(write: Callable[[], None]) -> None:
    timer = Timer(BETWEEN_SECONDS, write)
    timer.daemon = True  # what it would write at the end of the process is written by atexit
    timer.start()


class ViewCounts:
    """Views by link, until they are written; safe to use from several threads.

    Args:
        clock: seconds that only go forward.
        later: calls what it is given after ``BETWEEN_SECONDS``, from another thread.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[Callable[[], None]], None] = _in_a_while,
    ) -> None:
        self._clock, self._later, self._lock = clock, later, Lock()
        self._gathered: Gathered = {}
        self._written_at = float("-inf")
        self._is_due = False

    def add(self, link: int) -> None:
        """Counts a view now; written at once if nothing was for a while, else in a while."""
        with self._lock:
            self._put(link, 1, timezone.now())
            if self._is_due:
                return
            at_once = self._clock() - self._written_at > BETWEEN_SECONDS
            self._is_due = not at_once
        if at_once:
            self.write()
            return
        try:
            self._later(self._write_apart)
        except RuntimeError:  # no thread can be started; the next reader tries again
            with self._lock:
                self._is_due = False

    def write(self) -> None:
        """Writes what has gathered; what cannot be written now is tried again with the next."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
            self._is_due, self._written_at = False, self._clock()
        if not gathered:
            return
        try:
            with patient():
                _write(gathered)
        except Exception as error:  # whatever it is, readers are not to notice
            _log.warning(
                "Views of %d links were not written: %s", len(gathered), type(error).__name__
            )
            with self._lock:
                for link, (views, at) in gathered.items():
                    self._put(link, views, at)

    def _write_apart(self) -> None:
        """The same in a thread of its own, whose connection nobody would close."""
        try:
            self.write()
        finally:
            connection.close()

    def _put(self, link: int, views: int, at: datetime) -> None:
        before, last = self._gathered.get(link, (0, at))
        self._gathered[link] = (before + views, max(last, at))


def _write(gathered: Gathered) -> None:
    with transaction.atomic():
        for link in sorted(gathered):  # in one order, so that two processes cannot lock each other
            views, at = gathered[link]
            row = ShareLink.objects.filter(pk=link)
            row.update(views=F("views") + views, last_viewed_at=at)


view_counts = ViewCounts()
atexit.register(view_counts.write)


def counted(
    request: HttpRequest, response: HttpResponseBase, link: tuple[Any, ...], extension: str = ""
) -> HttpResponseBase:
    """The answer to somebody who opened a link, which is counted once it was sent.

    ``link`` is the row of ``access.open_link``. Word that what they have still stands (304) is a
    view as well; a HEAD, a picture, and what a program fetches on its own are not.
    """
    if request.method == "GET" and extension not in NOT_COUNTED and not _is_program(request):
        closed_with_it: Any = response  # as Django closes uploads, once the answer was sent
        closed_with_it._resource_closers.append(partial(_count, link[0]))
    return response


def _count(link: int) -> None:
    view_counts.add(link)


def _is_program(request: HttpRequest) -> bool:
    """Whether it is a preview, or a browser that fetches ahead of its user."""
    meta = request.META
    ahead = "prefetch" in meta.get("HTTP_SEC_PURPOSE", "")
    return ahead or _PROGRAMS.search(meta.get("HTTP_USER_AGENT", "")) is not None
