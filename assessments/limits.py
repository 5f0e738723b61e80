"""Limits to how often something may be asked for: token buckets, as a rule in the database.

Each bucket is one row, taken from and looked at by one statement, so that no two requests can take
the same token, on however many machines they are served. A bucket is kept as the generic cell rate
algorithm does (ITU-T I.371): by the moment at which it will be full again.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from threading import Lock

from django.conf import settings
from django.db import connection

from stackpick import metrics

_TAKE = """
INSERT INTO assessments_bucket (key, full_at) VALUES (%(key)s, %(now)s + %(each)s)
ON CONFLICT (key) DO UPDATE
SET full_at = %(each)s + CASE WHEN assessments_bucket.full_at > %(now)s
                              THEN assessments_bucket.full_at ELSE %(now)s END
WHERE assessments_bucket.full_at <= %(latest)s
RETURNING full_at
"""
_LOOK = "SELECT full_at FROM assessments_bucket WHERE key = %s"
# Callers in the memory of a process; of more than that, those who asked longest ago start anew.
REMEMBERED = 10_000


def seconds_to_wait(kind: str, who: str) -> int:
    """Takes a token out of somebody's bucket; 0 where there was one, else when to try again.

    Args:
        kind: a key of ``settings.RATES``; where that is None, there is no limit.
        who: whose bucket it is, such as a client's address. Only a hash of it is stored.
    """
    rate = settings.RATES[kind]
    if rate is None:
        return 0
    now, each = time.time(), rate.seconds / rate.most
    key = hashlib.sha256(f"{kind} {who}".encode()).hexdigest()
    latest = now + rate.seconds - each  # full any later than this, it has no token left
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "now": now, "each": each, "latest": latest})
        if cursor.fetchone():
            return 0
        cursor.execute(_LOOK, [key])
        row = cursor.fetchone()
    metrics.refused(kind)
    return max(1, math.ceil(row[0] - latest)) if row else 1


class InMemory:
    """The same buckets in the memory of this process, for work that takes less than a write does.

    Each process has its own, so with several of them somebody may ask that many times as much.
    Safe with threads.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered, self._lock = remembered, Lock()
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def seconds_to_wait(self, kind: str, who: str) -> int:
        """Takes a token out of somebody's bucket; 0 where there was one, else when to try again."""
        rate = settings.RATES[kind]
        if rate is None:
            return 0
        now, each = time.time(), rate.seconds / rate.most
        latest = now + rate.seconds - each
        with self._lock:
            full_at = self._full_at.get((kind, who), now)
            if full_at > latest:
                metrics.refused(kind)
                return max(1, math.ceil(full_at - latest))
            self._full_at[kind, who] = max(full_at, now) + each
            self._full_at.move_to_end((kind, who))
            if len(self._full_at) > self._remembered:
                self._full_at.popitem(last=False)
        return 0
