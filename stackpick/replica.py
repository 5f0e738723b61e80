"""A second PostgreSQL that follows the first one and is only read (docs/decisions/0027).

It is asked for the reports behind share links and for the desk's lists, and for nothing else: by
whoever calls `first`. All other reads, and whatever is written, are the primary's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponseBase

from stackpick.patience import at_most

REPLICA = "replica"
# Further behind than this, it is not asked.
MOST_LAG_SECONDS = 5.0
# Whoever wrote is shown the primary's lists for so long: longer than the replica may lag.
PINNED_SECONDS = 10
LOOK_EVERY_SECONDS = 1.0
AWAY_SECONDS = 10.0
# Whoever has waited so long for it has as much patience left for the primary.
REPLICA_SECONDS = 2.0
WROTE = "stackpick-wrote"
# Accounts, sessions and locks are never read from it, whoever asks.
_OURS = "assessments"
_DESK = "/admin/"

_POSITION = "SELECT pg_current_wal_lsn()::text"
_HAS_REPLAYED = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
    " ELSE pg_current_wal_lsn() END >= %s::pg_lsn"
)

Found = TypeVar("Found")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
_log = logging.getLogger(__name__)
_reading: ContextVar[bool] = ContextVar("reading from the replica", default=False)


class Router:
    """Django's question which database: the replica for our own rows inside `first`."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        is_ours = model._meta.app_label == _OURS
        return REPLICA if is_ours and _reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # they are the same rows

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class Freshness:
    """How long ago the replica was known to have all that the primary had.

    The primary is asked how far its log goes, and the replica, later, whether it has come there.
    So the answer holds whatever the clocks of the two say, and with nothing written as well.

    Args:
        position: where the primary's log ends.
        has_replayed: whether the replica has come to a position.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        position: Callable[[], str],
        has_replayed: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._position, self._has_replayed, self._clock = position, has_replayed, clock
        self._lock, self._waiting_for = Lock(), ("", float("-inf"))
        self._fresh_at = self._looked_at = self._away_until = float("-inf")

    def is_enough(self) -> bool:
        """Whether the replica may be asked."""
        now = self._clock()
        if now < self._away_until:
            return False
        if now - self._looked_at >= LOOK_EVERY_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._looked_at = now
                with at_most(REPLICA_SECONDS):
                    self._look(now)
            except (OperationalError, InterfaceError) as error:
                self.lose(error)
            finally:
                self._lock.release()
        return self._clock() - self._fresh_at <= MOST_LAG_SECONDS

    def _look(self, now: float) -> None:
        position, at = self._waiting_for
        if not position:
            position, at = self._position(), now
        if self._has_replayed(position):
            self._fresh_at, position = at, ""
        self._waiting_for = (position, at)

    def lose(self, error: Exception) -> None:
        """Leaves it alone for a while, so that not every reader waits for it in vain."""
        self._away_until = self._clock() + AWAY_SECONDS
        self._fresh_at, self._waiting_for = float("-inf"), ("", float("-inf"))
        _log.warning("The replica is not asked for %d s: %s", AWAY_SECONDS, type(error).__name__)


def _asked(alias: str, query: str, *parameters: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(query, parameters)
        (value,) = cursor.fetchone()
        return value


freshness = Freshness(
    lambda: str(_asked(DEFAULT_DB_ALIAS, _POSITION)),
    lambda position: bool(_asked(REPLICA, _HAS_REPLAYED, position)),
)


def first(ask: Callable[[], Found]) -> Found | None:
    """What reading from the replica gives; None where there is none to ask, or it fails.

    Whoever calls asks the primary then. ``ask`` only reads, and may have been called in vain.
    """
    if REPLICA not in settings.DATABASES or _reading.get() or not freshness.is_enough():
        return None
    token = _reading.set(True)
    try:
        with at_most(REPLICA_SECONDS):
            return ask()
    except (OperationalError, InterfaceError) as error:
        freshness.lose(error)
        connections[REPLICA].close()
        return None
    finally:
        _reading.reset(token)


def listed(request: HttpRequest, ask: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer with a list: from the replica, unless this browser has just written."""
    if request.method not in ("GET", "HEAD") or WROTE in request.COOKIES:
        return ask()

    def rendered() -> HttpResponseBase:
        answer: Any = ask()
        return answer.render() if hasattr(answer, "render") else answer

    return first(rendered) or ask()


def remember_writes(get_response: GetResponse) -> GetResponse:
    """Middleware: a browser in which something was sent at the desk says so for a while."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "POST" and request.path_info.startswith(_DESK):
            response.set_cookie(
                WROTE,
                "1",
                max_age=PINNED_SECONDS,
                path=_DESK,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware
