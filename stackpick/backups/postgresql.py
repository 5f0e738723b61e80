"""`pg_dump` and `pg_restore`, told by the environment what must not stand on a command line."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import make_conninfo

from . import CannotBackUp
from .rows import Rows, Tables

SUFFIX = ".dump"
Settings = dict[str, Any]

SECRETS = ("password", "sslpassword", "passfile")
_TABLES = (
    "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename), tablename"
    " FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
)
# Each row as text, hashed; the hashes are added up, as `rows.rows_of` does.
_ROWS = (
    "SELECT count(*), coalesce(sum(('x' || substr(h, 1, 15))::bit(60)::bigint::numeric), 0)"
    "    || '-' || coalesce(sum(('x' || substr(h, 16, 15))::bit(60)::bigint::numeric), 0)"
    " FROM (SELECT md5(t::text) AS h FROM {} AS t) AS hashed"
)
# What decides how values look as text, in whichever session they are read.
_AS_TEXT = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';"
    " SET extra_float_digits = 1; SET bytea_output = 'hex'"
)
# This session holds the snapshot while `pg_dump` reads it, for as long as that takes. One of them
# is known to PostgreSQL 17 only.
_NO_TIMEOUTS = (
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout',"
    " 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')"
)
_INDEXES = (
    "SELECT i.indexrelid::regclass::text FROM pg_index AS i"
    " JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS a ON a.oid = c.relam"
    " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE a.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid"
)


def dump(settings: Settings, into: Path) -> Tables:
    """Writes the database as it is at one moment; those who save go on.

    The rows are counted in the very snapshot that `pg_dump` reads.
    """
    with _session(settings) as session:
        session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = _one(session, "SELECT pg_export_snapshot()")
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run("pg_dump", settings, _major(session), [*options, f"--file={into}"])
        return _tables(session)


def restore(settings: Settings, file: Path) -> None:
    """Puts a backup into the database, if it is empty: all of it or nothing."""
    with _session(settings) as session:
        if _one(session, f"SELECT count(*) FROM ({_TABLES}) AS tables")[0]:  # noqa: S608  # nosec B608
            name = settings["NAME"]
            raise CannotBackUp(f"The database {name} is not empty. Restore into a new one.")
        major = _major(session)
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", settings, major, [*options, str(file)])


@contextmanager
def throwaway(settings: Settings, file: Path) -> Iterator[Settings]:
    """A backup restored on the same server, as a database that is gone afterwards."""
    name = f"stackpick_restored_{secrets.token_hex(6)}"
    copy = settings | {"NAME": name}
    _make(settings, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        restore(copy, file)
        yield copy
    finally:
        gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        _make(settings, gone)


def tables(settings: Settings) -> Tables:
    with _session(settings) as session:
        return _tables(session)


def problems(settings: Settings) -> list[str]:
    """What amcheck finds wrong with indexes, where this role may have that extension.

    Foreign keys were checked while they were made anew.
    """
    with _session(settings) as session:
        try:
            session.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        except psycopg.Error:
            return []
        return [said for (name,) in session.execute(_INDEXES).fetchall()
                for said in _index_problems(session, name)]  # fmt: skip


@contextmanager
def unreadable(file: Path) -> Iterator[None]:
    """What PostgreSQL refuses, in our words."""
    try:
        yield
    except psycopg.Error as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise CannotBackUp(f"PostgreSQL says: {said[0]}") from None


# The session


@contextmanager
def _session(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    secret = {key: value for key, value in _told(settings).items() if key in SECRETS}
    with psycopg.connect(_conninfo(settings), autocommit=True, **secret) as session:
        session.execute(_AS_TEXT)
        session.execute(_NO_TIMEOUTS)
        yield session


def _one(session: psycopg.Connection[Any], query: str) -> Any:
    return session.execute(query.encode()).fetchone()


def _tables(session: psycopg.Connection[Any]) -> Tables:
    names = session.execute(_TABLES.encode()).fetchall()
    return {name: Rows(*_one(session, _ROWS.format(quoted))) for quoted, name in names}


def _index_problems(session: psycopg.Connection[Any], name: str) -> list[str]:
    try:
        session.execute("SELECT bt_index_check(%s::regclass, true)", [name])
    except psycopg.Error as error:
        return [f"the index {name} is not sound: {str(error).splitlines()[0]}"]
    return []


def _make(settings: Settings, statement: sql.Composed) -> None:
    with _session(settings) as session:
        try:
            session.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            raise CannotBackUp(
                "This role may not make a database to restore into for a look:"
                " ALTER ROLE … CREATEDB lets it."
            ) from None


# The programs


def _told(settings: Settings) -> dict[str, Any]:
    """What libpq is told of the connection, of all that Django is."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    said = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
        **settings["OPTIONS"],
    }
    return {key: value for key, value in said.items() if key in known and value not in ("", None)}


def _conninfo(settings: Settings) -> str:
    told = _told(settings).items()
    return make_conninfo(**{key: value for key, value in told if key not in SECRETS})


def _run(name: str, settings: Settings, server: int, options: list[str]) -> None:
    command = [str(_program(name, server)), "--no-password", *options]
    told = _told(settings)
    environment = {f"PG{key.upper()}": str(told[key]) for key in SECRETS if key in told}
    done = subprocess.run(  # noqa: S603  # nosec B603  # our own words, nothing of a request
        [*command, f"--dbname={_conninfo(settings)}"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise CannotBackUp(f"{name} ended with {done.returncode} and says: {said}")


def _program(name: str, server: int) -> Path:
    """One that is as new as the server: an older one cannot read it."""
    found = [Path(path) for path in (shutil.which(name),) if path]
    found += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_folder, reverse=True)
    if not found:
        raise CannotBackUp(
            f"{name} is not installed: on Debian and Ubuntu, install postgresql-client."
        )
    versions = {path: _version(path) for path in found}
    for path, version in versions.items():
        if version >= server:
            return path
    newest = max(versions.values())
    raise CannotBackUp(
        f"{name} is of version {newest} and the server of {server}: install {server}."
    )


def _folder(path: Path) -> float:
    number = path.parent.parent.name
    return float(number) if re.fullmatch(r"\d+(\.\d+)?", number) else 0


def _version(program: Path) -> int:
    """Its major version; 0 where it does not say."""
    command = [str(program), "--version"]
    said = subprocess.run(command, capture_output=True, text=True).stdout  # noqa: S603  # nosec B603
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def _major(session: psycopg.Connection[Any]) -> int:
    return session.info.server_version // 10_000
