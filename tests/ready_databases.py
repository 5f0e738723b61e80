"""Databases as a release leaves them: migrated, and with the worked examples.

Migrating one takes seconds, and each server that is started wants one. So one of each kind is kept
under var/, for as long as the code is what it was made by, and copied.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var/ready"
Make = Callable[[str], None]


def fill(url: str, make: Make) -> None:
    """What ``make`` does to a database of this URL, copied where that is possible."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite" and (file := _new_file(url)):
        shutil.copyfile(_kept_file(make), file)
    elif scheme.startswith("postgres") and _is_empty(url) and shutil.which("pg_dump"):
        _fill_postgresql(url, make)
    else:
        make(url)


def _new_file(url: str) -> Path | None:
    """The file of the database, if SQLite would make it."""
    file = Path(urlsplit(url).path[1:])
    return file if file.is_absolute() and not file.exists() else None


def _kept_file(make: Make) -> Path:
    kept = KEPT / f"{_made_by()}.sqlite3"
    with _alone():
        if not kept.exists():
            with _new(kept) as file:
                make(f"sqlite:///{file}")
    return kept


def _is_empty(url: str) -> bool:
    asked = "SELECT to_regclass('django_migrations') IS NULL"
    with psycopg.connect(url) as connection:
        row = connection.execute(asked).fetchone()
    return bool(row and row[0])


def _fill_postgresql(url: str, make: Make) -> None:
    kept = KEPT / f"{_made_by()}.sql"
    with _alone():
        if not kept.exists():
            make(url)
            with _new(kept) as file:
                _run("pg_dump", "--no-owner", "--no-privileges", f"--file={file}", url)
                # What it has set would stay with a connection that others are given next.
                file.write_text(f"{file.read_text()}\nRESET ALL;\n")
            return
    _run("psql", "-qXo", os.devnull, "-v", "ON_ERROR_STOP=1", "-1", "-f", str(kept), url)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@cache
def _made_by() -> str:
    """A name for the code and the data that a database is made of."""
    known = hashlib.sha256((ROOT / "requirements/base.txt").read_bytes())
    for folder in ("assessments", "stackpick"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                known.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return known.hexdigest()[:32]


@contextmanager
def _alone() -> Iterator[None]:
    """While no other process makes one."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _new(kept: Path) -> Iterator[Path]:
    """A file to be written, which is kept from then on, in place of those of older code."""
    file = kept.with_name(f"new{kept.suffix}")
    file.unlink(missing_ok=True)
    yield file
    for older in KEPT.glob(f"*{kept.suffix}"):
        if older != file:
            older.unlink()
    file.rename(kept)
