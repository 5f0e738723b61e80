"""Guessing at secret addresses, which is limited by where it comes from.

An address that opened too little is refused for a while: every secret page then answers it 429, the
ones that are there and the ones that are not, or what is refused would tell them apart.
"""

from __future__ import annotations

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from stackpick.caches import Shared, shared
from stackpick.client_address import caller

from .limits import seconds_to_wait

# Of the addresses that are refused just now; of more than that, those refused first are let in.
REMEMBERED = 10_000
_ANYBODY = "refused"
_ASK_EVERY = 2.0  # seconds

_log = logging.getLogger(__name__)


class Refused:
    """Who is refused until when, in seconds since 1970, in this process; safe with threads."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered, self._lock = remembered, Lock()
        self._until: OrderedDict[str, float] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._until)

    def add(self, who: str, seconds: int) -> None:
        with self._lock:
            self._until[who] = time.time() + seconds
            self._until.move_to_end(who)
            while len(self._until) > self._remembered:
                self._until.popitem(last=False)

    def seconds(self, who: str) -> int:
        """How much longer, in whole seconds; 0 for whoever is not refused."""
        with self._lock:
            left = self._until.get(who, 0) - time.time()
            if left > 0:
                return math.ceil(left)
            self._until.pop(who, None)
            return 0

    def clear(self) -> None:
        with self._lock:
            self._until.clear()


class RefusedElsewhere:
    """Who is refused by other processes, as far as there is a shared cache.

    Where nobody is, that is asked once in a while and not for each reader. Addresses are not kept
    there, only what comes of them and the secret key.
    """

    def __init__(self, cache: Shared = shared, clock: Callable[[], float] = time.time) -> None:
        self._cache, self._clock = cache, clock
        self._until = self._asked_at = 0.0

    def add(self, who: str, seconds: int) -> None:
        until = str(self._clock() + seconds).encode()
        self._cache.put(_ANYBODY, until, seconds)
        self._cache.put(_key(who), until, seconds)

    def __bool__(self) -> bool:
        """Whether anybody is."""
        now = self._clock()
        if now - self._asked_at > _ASK_EVERY:
            self._asked_at, self._until = now, self._moment(_ANYBODY)
        return now < self._until

    def seconds(self, who: str) -> int:
        """How much longer; 0 for whoever is not refused, or where nobody could be asked."""
        return max(0, math.ceil(self._moment(_key(who)) - self._clock())) if self else 0

    def _moment(self, name: str) -> float:
        kept = self._cache.get(name)
        return float(kept) if kept else 0.0


def _key(who: str) -> str:
    return f"refused:{salted_hmac('assessments.guessing', who, algorithm='sha256').hexdigest()}"


refused, refused_elsewhere = Refused(), RefusedElsewhere()


def seconds_refused(request: HttpRequest) -> int:
    """How much longer a secret address is refused to whoever asks; nearly always 0, and then the
    database is asked nothing."""
    if not refused and not refused_elsewhere:
        return 0
    who = caller(request)
    return refused.seconds(who) or refused_elsewhere.seconds(who)


def missed(request: HttpRequest) -> int:
    """Counts an address that opened nothing; in how many seconds to try again, 0 for at once."""
    who = caller(request)
    seconds = seconds_to_wait("guesses", who)
    if seconds:
        refused.add(who, seconds)
        refused_elsewhere.add(who, seconds)
        _log.warning("Secret addresses are refused to %s for %d s.", who, seconds)
    return seconds
