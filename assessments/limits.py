"""Limits to how often something may be asked for: token buckets, in the database.

Each bucket is one row, taken from and looked at by one statement, so that no two requests can take
the same token, on however many machines they are served. A bucket is kept as the generic cell rate
algorithm does (ITU-T I.371): by the moment at which it will be full again.

Taking a token does not wait for the disk, as what is saved does: were the power to fail, the tokens
of the last moments would be there again, and nothing else would be missing. So a token costs about
as much as reading a row.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from stackpick import metrics

_TAKE = """
INSERT INTO assessments_bucket (key, full_at)
SELECT %(key)s, %(now)s + %(each)s {without_waiting}
ON CONFLICT (key) DO UPDATE
SET full_at = %(each)s + CASE WHEN assessments_bucket.full_at > %(now)s
                              THEN assessments_bucket.full_at ELSE %(now)s END
WHERE assessments_bucket.full_at <= %(latest)s
RETURNING full_at
"""
_LOOK = "SELECT full_at FROM assessments_bucket WHERE key = %s"
# Set for the one statement, which is a transaction of its own (PostgreSQL), or until it is done.
_UNSYNCED = "FROM (SELECT set_config('synchronous_commit', 'off', true)) AS for_this_statement"

# By the number with which SQLite answers.
_SYNCHRONOUS = (
    "PRAGMA synchronous = OFF",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA synchronous = EXTRA",
)


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
    with _without_waiting() as (cursor, take):
        cursor.execute(take, {"key": key, "now": now, "each": each, "latest": latest})
        if cursor.fetchone():
            return 0
        cursor.execute(_LOOK, [key])
        row = cursor.fetchone()
    metrics.refused(kind)
    return max(1, math.ceil(row[0] - latest)) if row else 1


@contextmanager
def _without_waiting() -> Iterator[tuple[Any, str]]:
    """A cursor, and the statement that takes a token and does not wait for the disk.

    Within a transaction it waits, with all else that is in there.
    """
    waits, is_sqlite = connection.in_atomic_block, connection.vendor == "sqlite"
    unsynced = "WHERE true" if is_sqlite else "" if waits else _UNSYNCED
    with connection.cursor() as cursor:
        if waits or not is_sqlite:
            yield cursor, _TAKE.format(without_waiting=unsynced)
            return
        cursor.execute("PRAGMA synchronous")
        before = cursor.fetchone()[0]
        cursor.execute("PRAGMA synchronous = NORMAL")
        try:
            yield cursor, _TAKE.format(without_waiting=unsynced)
        finally:
            cursor.execute(_SYNCHRONOUS[before])
