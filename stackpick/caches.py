"""What all processes of the site may share, where CACHE_URL names a place for it.

Everything here can be done without: a cache that is away, hangs or holds nonsense is one that is
empty (docs/decisions/0026-what-is-shared-between-machines.md says what it is for, and what not).
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac

LOCAL: dict[str, Any] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
TABLE = "stackpick_cache"
# What a visitor may have to wait longer because of a cache, and how seldom.
SECONDS = 0.2
AGAIN_AFTER = 5.0
_SIGNATURE = sha256().digest_size

_log = logging.getLogger(__name__)


def cache_from_url(url: str) -> dict[str, Any]:
    """Django's settings for `redis://`, `rediss://` and `db://`; in memory if the URL is empty.

    Raises:
        ValueError: with the reason, which never repeats the URL.
    """
    if not url:
        return LOCAL
    scheme, _, rest = url.partition("://")
    if scheme == "db":
        table = rest.strip("/") or TABLE
        if not table.isidentifier():
            raise ValueError("after db:// stands the name of a table, or nothing")
        return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": table}
    if scheme in ("redis", "rediss"):
        return _redis(url)
    raise ValueError("it must begin with redis://, rediss:// or db://")


def _redis(url: str) -> dict[str, Any]:
    # Imported here because only Redis needs it, and every command pays for imports.
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port or 1) and _is_number(parts.path[1:])
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError("it is not of the form redis://user:password@host:6379/0")
    limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
    options = limits | {"retry": Retry(NoBackoff(), 0), "serializer": "stackpick.caches.Plain"}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "stackpick",
        "OPTIONS": options,
    }


def _is_number(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


class Plain:
    """Bytes as they are. Django would pickle them, and whoever can write to Redis could then have
    this process run what they like."""

    def dumps(self, value: bytes) -> bytes:
        return value

    def loads(self, value: bytes) -> bytes:
        return value


class Shared:
    """Bytes by name, for all processes with the same SECRET_KEY; safe with threads.

    What is kept is signed with its name, so that nobody else who can write there is believed.
    After a failure it is left alone for a while.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._again_at = clock, float("-inf")

    def get(self, name: str) -> bytes | None:
        """What is kept by this name, if anything is and can be had."""
        kept = self._ask(lambda cache: cache.get(name))
        if not isinstance(kept, bytes):
            return None
        signature, value = kept[:_SIGNATURE], kept[_SIGNATURE:]
        return value if hmac.compare_digest(signature, _signature(name, value)) else None

    def put(self, name: str, value: bytes, seconds: int) -> None:
        """Keeps it for so long, if it can be done."""
        self._ask(lambda cache: cache.set(name, _signature(name, value) + value, seconds))

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        is_local = settings.CACHES["default"]["BACKEND"] == LOCAL["BACKEND"]
        if is_local or self._clock() < self._again_at:
            return None
        try:
            return question(caches["default"])
        except Exception as problem:  # Whatever it is, nobody's page depends on it.
            self._again_at = self._clock() + AGAIN_AFTER
            _log.warning("The shared cache cannot be used: %s", type(problem).__name__)
            return None


def _signature(name: str, value: bytes) -> bytes:
    message = name.encode() + b"\0" + value
    return salted_hmac("stackpick.caches", message, algorithm="sha256").digest()


shared = Shared()
