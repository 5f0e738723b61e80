"""Putting a backup back: into an empty database, or for a look into one that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from . import CannotBackUp
from .record import Record, record_of
from .taking import KINDS

Settings = dict[str, Any]


def kind_of(vendor: str, file: Path) -> ModuleType:
    """The kind of database that a backup is of.

    Raises:
        CannotBackUp: there is no such file, or it is of another kind of database than ours.
    """
    if not file.is_file():
        raise CannotBackUp(f"There is no file {file}.")
    with file.open("rb") as content:
        begins = content.read(16)
    found = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}
    kind = next((name for magic, name in found.items() if begins.startswith(magic)), None)
    if kind is None:
        raise CannotBackUp(f"{file} is no backup, or is damaged at its very beginning.")
    if kind != vendor:
        raise CannotBackUp(f"{file} is a backup of {kind}, and DATABASE_URL names {vendor}.")
    return KINDS[kind]


def restore(vendor: str, settings: Settings, file: Path) -> Record | None:
    """Puts a backup into our empty database; its record, where there is one.

    Raises:
        CannotBackUp: the database is not empty, the file is not the one that was written, or it
            cannot be restored.
    """
    kind, record = kind_of(vendor, file), record_of(file)
    if record and (problems := record.problems_of(file)):
        raise CannotBackUp(f"Nothing was restored: {problems[0]}.")
    with kind.unreadable(file):
        kind.restore(settings, file)
    return record


@contextmanager
def as_default(settings: Settings) -> Iterator[None]:
    """Another database in the place of ours, for all that this thread asks."""
    ours = connections[DEFAULT_DB_ALIAS]
    other = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = ours


def migrations_apart() -> tuple[list[str], list[str]]:
    """Migrations of the code that the database lacks, and ones it has that the code lacks."""
    loader = MigrationExecutor(connections[DEFAULT_DB_ALIAS]).loader
    applied, known = set(loader.applied_migrations), set(loader.graph.nodes)
    # A squashed migration stands for those it replaces, which the code need not have any more.
    stood_for = {key for one in loader.replacements.values() for key in one.replaces}
    ours = {app for app, _ in known}
    missing = [".".join(key) for key in sorted(known - applied)]
    unknown = [".".join(key) for key in sorted(applied - known - stood_for) if key[0] in ours]
    return missing, unknown
