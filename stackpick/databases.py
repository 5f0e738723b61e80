"""From DATABASE_URL to Django's `DATABASES["default"]`, for SQLite and PostgreSQL."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import dj_database_url

SQLITE_OPTIONS = {
    # A deferred transaction that turns into a writer fails at once when another one writes;
    # IMMEDIATE queues for the lock instead, up to `timeout` seconds: less than a visitor may have
    # to wait for being told that it did not work.
    "transaction_mode": "IMMEDIATE",
    "timeout": 4,
    # synchronous=FULL: an answer that was acknowledged survives a power cut, in WAL mode too.
    "init_command": ("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"),
}
POSTGRESQL_SCHEMES = ("postgresql", "postgres")
POSTGRESQL_OPTIONS = {
    "connect_timeout": 2,
    # For those who wait as long as it takes, such as commands: a server that is gone is noticed.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
REPLICA_OPTIONS = {"connect_timeout": 2, "tcp_user_timeout": 3000}
# Options that Django reads itself; every other one goes to libpq, which knows its own.
DJANGO_OPTIONS = {"pool", "isolation_level", "assume_role", "server_side_binding"}


def database_from_url(url: str, base_dir: Path) -> dict[str, Any]:
    """Django's settings for `url`; a relative SQLite path counts from `base_dir`.

    Raises:
        ValueError: with the reason, which never repeats the URL.
    """
    scheme = url.partition("://")[0].lower()
    if scheme == "sqlite":
        return _sqlite(url, base_dir)
    if scheme in POSTGRESQL_SCHEMES:
        return _postgresql(url)
    raise ValueError("it must begin with sqlite:///, postgresql:// or postgres://")


def replica_from_url(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL that follows another one and is only read.

    Raises:
        ValueError: with the reason, which never repeats the URL.
    """
    if url.partition("://")[0].lower() not in POSTGRESQL_SCHEMES:
        raise ValueError("it must begin with postgresql:// or postgres://")
    config = _postgresql(url)
    # Nobody waits long for it: the primary has all that it has.
    return config | {"OPTIONS": config["OPTIONS"] | REPLICA_OPTIONS}


def without_password(url: str) -> str:
    """The URL as it may be shown: whatever could be a password is starred out."""
    url = re.sub(r"^([A-Za-z0-9+]+:/*)?.*@", r"\1***@", url, flags=re.DOTALL)
    return re.sub(r"(password=)[^&]*", r"\1***", url, flags=re.IGNORECASE)


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(dj_database_url.parse(url))
    except ValueError:
        raise ValueError(
            "it is not of the form postgresql://user:password@host:port/name"
            " (special characters in a password are written as %40 and the like)"
        ) from None


def _sqlite(url: str, base_dir: Path) -> dict[str, Any]:
    path, question_mark, _ = url.removeprefix("sqlite://").removeprefix("/").partition("?")
    if question_mark:
        raise ValueError("SQLite takes no options after a question mark")
    if not path:
        raise ValueError("it names no file, such as sqlite:///var/stackpick.sqlite3")
    # Kept open: opening the file and setting it up costs more than most queries on it.
    config = _parsed(url) | {"CONN_MAX_AGE": None, "OPTIONS": dict(SQLITE_OPTIONS)}
    if path != ":memory:":
        config["NAME"] = str(_in_a_folder(base_dir / config["NAME"], base_dir))
    return config


def _in_a_folder(file: Path, base_dir: Path) -> Path:
    if file.parent == base_dir / "var":
        with suppress(OSError):  # A read-only checkout may still run what needs no database.
            file.parent.mkdir(exist_ok=True)
    elif not file.parent.is_dir():
        raise ValueError(f"there is no folder {str(file.parent)!r}")
    return file


def _postgresql(url: str) -> dict[str, Any]:
    config = _parsed(url)
    if not config["NAME"]:
        raise ValueError("it names no database after the host")
    options = POSTGRESQL_OPTIONS | config.get("OPTIONS", {})
    _check_options(options)
    return config | {
        "ENGINE": "stackpick.postgresql",
        # A pool keeps them itself, and Django refuses both. Kept connections are looked at before
        # they are used again, so that those of a server that was restarted cost nobody an answer.
        "CONN_MAX_AGE": 0 if options.get("pool") else 60,
        "CONN_HEALTH_CHECKS": True,
        # They belong to a session, and behind PgBouncer the next query may have another one.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": options,
    }


def _check_options(options: dict[str, Any]) -> None:
    # Imported here because only PostgreSQL needs it, and every command pays for imports.
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    try:
        make_conninfo(**{name: options[name] for name in options.keys() - DJANGO_OPTIONS})
    except ProgrammingError as error:
        raise ValueError(str(error).strip()) from None
