"""Databases with many assessments in them, made as `make bench-admin` makes its own."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.admin import KEPT, build, environment
from tests.postgres import kept_postgres, throwaway_postgres
from tests.servers import ROOT

# More than that is made once, kept, and copied.
MADE_EACH_TIME = 10_000
TRIAL = "stackpick_trial"


@contextmanager
def database_of(kind: str, rows: int, folder: Path) -> Iterator[str]:
    """The URL of a database of this kind with so many assessments, gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{_sqlite(rows, folder)}"
    elif rows > MADE_EACH_TIME:
        yield from _copied(rows)
    else:
        with throwaway_postgres() as url:
            _fill(rows, url)
            yield url


def _fill(rows: int, url: str) -> None:
    if not rows:
        return  # the server's own start makes the tables
    env = environment(url)
    for command in (["manage.py", "migrate", "-v0"], ["-m", "benchmarks.desk_data", str(rows)]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True)


def _sqlite(rows: int, folder: Path) -> Path:
    file = folder / "many.sqlite3"
    if rows <= MADE_EACH_TIME:
        _fill(rows, f"sqlite:///{file}")
        return file
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{rows}.sqlite3"
    build(rows, f"sqlite:///{kept}", KEPT / f"sqlite-{rows}.whole")
    with closing(sqlite3.connect(kept)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(kept, file)
    return file


def _copied(rows: int) -> Iterator[str]:
    with kept_postgres(KEPT / "postgresql") as url_of:
        kept = url_of(f"stackpick_{rows}")
        build(rows, kept, KEPT / f"postgresql-{rows}.whole")
        names = [sql.Identifier(name) for name in (TRIAL, urlsplit(kept).path[1:])]
        with psycopg.connect(url_of("postgres"), autocommit=True) as session:
            gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0])
            session.execute(gone)
            session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
            try:
                yield url_of(TRIAL)
            finally:
                session.execute(gone)
