"""Which errors are told as 503, and what kind of failure they are counted as."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
import psycopg_pool
import pytest
from django import db

from stackpick.outages import outage


def as_django_says_it(error: Exception) -> Exception:
    """What Django raises for an error of the driver."""
    parents = {kind.__name__ for kind in type(error).__mro__}
    named = ("InterfaceError", "OperationalError", "InternalError", "IntegrityError")
    name = next(name for name in (*named, "DatabaseError") if name in parents)
    said: Exception = getattr(db, name)(*error.args)
    said.__cause__ = error
    return said


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (sqlite3.OperationalError("database or disk is full"), "disk"),
        (sqlite3.OperationalError("disk I/O error"), "disk"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "disk"),
        (sqlite3.OperationalError("database is locked"), "locked"),
        (sqlite3.OperationalError("unable to open database file"), "other"),
        (psycopg.OperationalError("connection failed: Connection refused"), "unreachable"),
        (psycopg.InterfaceError("the connection is closed"), "unreachable"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "unreachable"),
        (psycopg.errors.ConnectionTimeout("connection timeout expired"), "timeout"),
        (psycopg_pool.PoolTimeout("couldn't get a connection after 3 sec"), "unreachable"),
        (psycopg.errors.QueryCanceled("canceling statement due to statement timeout"), "timeout"),
        (psycopg.errors.QueryCanceled("canceling statement due to user request"), "timeout"),
        (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), "locked"),
        (psycopg.errors.DeadlockDetected("deadlock detected"), "locked"),
        (psycopg.errors.AdminShutdown("terminating connection"), "unreachable"),
        (psycopg.errors.CannotConnectNow("the system is starting up"), "unreachable"),
        (psycopg.errors.DiskFull("could not extend file"), "disk"),
        (psycopg.errors.TooManyConnections("too many clients already"), "other"),
        (psycopg.errors.IdleInTransactionSessionTimeout("terminating connection"), "unreachable"),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute UPDATE"), "other"),
    ],
)
def test_what_the_database_could_not_do_is_an_outage(error: Exception, kind: str) -> None:
    assert outage(as_django_says_it(error)) == kind


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_what_the_disk_could_not_do_is_an_outage(number: int) -> None:
    assert outage(OSError(number, "not possible", "/var/x")) == "disk"


@pytest.mark.parametrize(
    "error",
    [
        as_django_says_it(sqlite3.IntegrityError("UNIQUE constraint failed")),
        as_django_says_it(psycopg.errors.InFailedSqlTransaction("current transaction is aborted")),
        as_django_says_it(sqlite3.DatabaseError("database disk image is malformed")),
        FileNotFoundError(errno.ENOENT, "no such file"),
        PermissionError(errno.EACCES, "not allowed"),
        OSError("without a number"),
        KeyError("a bug of ours"),
        None,
    ],
)
def test_bugs_are_none(error: Exception | None) -> None:
    assert outage(error) == ""


def test_it_is_found_behind_another_error_and_in_a_circle() -> None:
    hidden, circle = RuntimeError("could not load the page"), KeyError("a")
    hidden.__context__ = db.OperationalError("database is locked")
    circle.__context__ = circle
    assert outage(hidden) == "locked"
    assert outage(circle) == ""
