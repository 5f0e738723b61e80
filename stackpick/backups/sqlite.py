"""SQLite's own backup, and what is looked at in a copy (docs/decisions/0028)."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from . import CannotBackUp
from .files import new_file
from .rows import Tables, rows_of

SUFFIX = ".sqlite3"
Settings = dict[str, Any]

# Virtual tables have their rows in other tables; what SQLite keeps for itself is not ours.
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
)
_SEARCHED = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5(%'"
# What a database that was not closed, or another program that has it open, leaves beside it.
_BESIDE = ("-wal", "-shm", "-journal")


def dump(settings: Settings, into: Path) -> Tables:
    """Writes the database as it is at one moment; those who save go on.

    In one step, which reads one snapshot of the write-ahead log. In several, each save of another
    process would make it begin anew, and under load it would never end.
    """
    source = Path(settings["NAME"])
    if not source.is_file():
        raise CannotBackUp(f"There is no database at {source}.")
    with _open(source) as live, closing(sqlite3.connect(into)) as copy:
        copy.execute("PRAGMA synchronous=OFF")  # it is written through once, at its end
        live.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    return tables(settings | {"NAME": str(into)})


def restore(settings: Settings, file: Path) -> None:
    """Puts a backup where the database is to be, if nothing is there."""
    target = Path(settings["NAME"])
    if not is_empty(settings):
        raise CannotBackUp(
            f"{target} is not empty. Restore into a new file, or move this one away."
        )
    for left in (target.with_name(target.name + ending) for ending in _BESIDE):
        if left.exists():
            # SQLite would play it into the restored file.
            raise CannotBackUp(f"{left} is left from another database: move it away first.")
    target.unlink(missing_ok=True)  # Django makes an empty one by looking at it
    with new_file(target) as unfinished:
        shutil.copyfile(file, unfinished)


def is_empty(settings: Settings) -> bool:
    file = Path(settings["NAME"])
    if not file.exists() or not file.stat().st_size:
        return True
    with _open(file) as database:
        return not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


@contextmanager
def throwaway(settings: Settings, file: Path) -> Iterator[Settings]:
    """A copy of a backup, as a database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stackpick-restored-") as folder:
        copy = settings | {"NAME": str(Path(folder) / "restored.sqlite3")}
        restore(copy, file)
        yield copy


def tables(settings: Settings) -> Tables:
    with _open(Path(settings["NAME"])) as database:
        names = [name for (name,) in database.execute(_TABLES)]
        read = {name: _rows(database, name) for name in names}
        return {name: rows_of(repr(row).encode() for row in rows) for name, rows in read.items()}


def _rows(database: sqlite3.Connection, table: str) -> sqlite3.Cursor:
    everything = f'SELECT * FROM "{table}"'  # noqa: S608  # nosec B608
    # nosemgrep: sql-from-text -- the name of a table, from the database itself
    return database.execute(everything)


def problems(settings: Settings) -> list[str]:
    """What SQLite itself finds wrong."""
    with closing(sqlite3.connect(settings["NAME"])) as database:
        said = [text for (text,) in database.execute("PRAGMA integrity_check") if text != "ok"]
        for table, row, parent, _ in database.execute("PRAGMA foreign_key_check"):
            said.append(f"row {row} of {table} leads to a row of {parent} that is not there")
        for (name,) in database.execute(_SEARCHED).fetchall():
            said += _index_problems(database, name)
    return said


def _index_problems(database: sqlite3.Connection, name: str) -> list[str]:
    """Whether a search index holds the words of its table, and no others."""
    look = f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"  # noqa: S608  # nosec B608
    try:
        # nosemgrep: sql-from-text -- the name of a table, from the database itself
        database.execute(look)
    except sqlite3.DatabaseError as error:
        return [f"the search index {name} does not fit its table: {error}"]
    return []


@contextmanager
def unreadable(file: Path) -> Iterator[None]:
    """What SQLite cannot read, in our words."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise CannotBackUp(f"{file} cannot be read as a SQLite database: {error}.") from None


@contextmanager
def _open(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as database:
        database.execute("PRAGMA busy_timeout=20000")
        with suppress(sqlite3.OperationalError):  # not every build knows it
            database.execute("PRAGMA query_only=ON")
        yield database
