"""Which errors mean that the database or the disk is not up to it, and no bug of ours."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import Error, InterfaceError, OperationalError

# Full, over its quota, broken, or mounted read-only because it is broken.
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
# PostgreSQL's codes that no driver counts as operational: a write to a server that has become a
# standby, and a session that was ended for having been idle or for having taken too long.
_OPERATIONAL_TOO = {"25006", "25P03", "25P04"}
# The kinds by what the drivers say, in this order: SQLite has no codes, and PostgreSQL's come
# without one where no server has answered.
_SIGNS = {
    "disk": ("full", "disk i/o", "53100", "58030", "readonly"),
    "locked": ("locked", "55P03", "40P01"),
    "timeout": ("does not answer", "silent", "took too long", "timeout", "57014", "nobody in"),
    "unreachable": ("connect", "closed", "57P01", "57P02", "57P03", "terminat", "eof"),
}


def outage(error: BaseException | None) -> str:
    """What kind of failure is behind an error, in one word; empty where none of these is.

    It is looked for in whatever led to the error: Django's errors have the driver's as their cause.
    """
    for cause in _chain(error):
        if isinstance(cause, OSError) and cause.errno in _OF_THE_DISK:
            return "disk"
        if isinstance(cause, OperationalError | InterfaceError) or (
            isinstance(cause, Error) and _code(cause) in _OPERATIONAL_TOO
        ):
            return _kind(cause)
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__


def _code(error: BaseException) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _kind(error: BaseException) -> str:
    said = f"{_code(error)} {error}"
    for kind, signs in _SIGNS.items():
        if any(sign in said or sign in said.lower() for sign in signs):
            return kind
    return "other"
