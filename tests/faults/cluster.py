"""A PostgreSQL server that is killed whole and started again, on the same data and port."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
from psycopg import sql

from tests.faults.site import kill, parent_of
from tests.postgres import kept_postgres
from tests.servers import free_port, make_ready, site_environment

READY = "ready"


class Cluster:
    """As it comes, but for settings that are given: a commit waits until it is on the disk."""

    def __init__(self) -> None:
        # /tmp may be memory.
        self._folder = Path(tempfile.mkdtemp(prefix="stackpick-faults-", dir="/var/tmp"))
        self._port = free_port()
        self._running = ExitStack()
        self._url: Callable[[str], str]

    def start(self, *settings: str) -> None:
        server = kept_postgres(self._folder, self._port, *settings)
        self._url = self._running.enter_context(server)

    def stop(self) -> None:
        self._running.close()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """The postmaster and all of its children, before any of them can say a word."""
        postmaster = self.postmaster
        family = [postmaster, *children_of(postmaster)]
        for process in family:
            kill(process)
        self.stop()

    @property
    def postmaster(self) -> int:
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def prepare(self) -> None:
        """A database that is migrated, for others to be copied from."""
        make_ready(site_environment(self._url(READY), free_port()))

    def new_database(self) -> str:
        """The URL of a fresh copy of the one that is prepared."""
        name = f"copy_{secrets.token_hex(4)}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(READY)))
        return self._url(name)

    def setting(self, name: str) -> str:
        with psycopg.connect(self._url("postgres")) as connection:
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
        return str(row[0]) if row else ""


def children_of(parent: int) -> list[int]:
    processes = (int(folder.name) for folder in Path("/proc").glob("[0-9]*"))
    return [process for process in processes if parent_of(process) == parent]
