"""A throwaway PgBouncer in front of a PostgreSQL server, pooling by transaction.

Its settings are those of docs/operations/pgbouncer.ini, but for addresses and who may come in.
"""

from __future__ import annotations

import configparser
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.postgres import account, own_folder
from tests.servers import ROOT, free_port

SETTINGS = ROOT / "docs" / "operations" / "pgbouncer.ini"
START_SECONDS = 20


class PgBouncerMissing(Exception):
    """PgBouncer cannot be started on this machine; the text says why."""


@contextmanager
def throwaway_pgbouncer(url: str) -> Iterator[str]:
    """The URL by which the database of ``url`` is reached through a pool.

    Raises:
        PgBouncerMissing: without its program.
    """
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        raise PgBouncerMissing("PgBouncer is not installed (Debian's package is called pgbouncer)")
    port = free_port()
    with own_folder() as folder:
        settings = folder / "pgbouncer.ini"
        settings.write_text(_settings(url, port, folder))
        settings.chmod(0o644)
        parts = urlsplit(url)
        through = f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}"
        with _running([program, str(settings)], folder / "log", through):
            yield through


def _settings(url: str, port: int, folder: Path) -> str:
    file = configparser.ConfigParser(interpolation=None)
    file.read(SETTINGS)
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    file["databases"] = {name: f"host=127.0.0.1 port={parts.port} dbname={name}"}
    (folder / "users").write_text(f'"{parts.username}" ""\n')
    own = {"listen_addr": "127.0.0.1", "listen_port": str(port), "auth_type": "trust"}
    own |= {"auth_file": str(folder / "users"), "unix_socket_dir": "", "admin_users": "stackpick"}
    file["pgbouncer"].update(own)
    for key in ("logfile", "pidfile", "server_tls_sslmode"):
        file["pgbouncer"].pop(key, None)
    with (folder / "made").open("w+") as made:
        file.write(made)
        made.seek(0)
        return made.read()


@contextmanager
def _running(command: list[str], log: Path, url: str) -> Iterator[None]:
    with log.open("w") as output:
        server = subprocess.Popen(command, user=account(), stdout=output, stderr=output)
        try:
            _wait_until_it_answers(server, url, log)
            yield
        finally:
            server.send_signal(signal.SIGTERM)  # Its immediate shutdown.
            server.wait(20)


def _wait_until_it_answers(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PgBouncer did not start:\n{log.read_text()}")
