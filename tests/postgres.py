"""A throwaway PostgreSQL server, for the tests and as a command.

    python -m tests.postgres COMMAND...

runs COMMAND with DATABASE_URL naming a fresh server, which is gone afterwards. It needs
PostgreSQL's programs but no running service, and works as root (the server itself then runs
as the account `postgres`) and as anybody else.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.servers import free_port, in_ci

ROLE = "stackpick"
START_SECONDS = 30
# Beside fsync: what is thrown away need not survive anything, and no writer waits. Tests undo what
# they did, which leaves so many dead rows that queries take seconds: those go at once.
HASTY = [
    *("synchronous_commit=off", "full_page_writes=off", "shared_buffers=256MB"),
    "autovacuum_naptime=3s",
]


class PostgresMissing(Exception):
    """PostgreSQL cannot be started on this machine; the text says why."""


@contextmanager
def throwaway_postgres(durable: bool = False) -> Iterator[str]:
    """The URL of an empty database on a server that lives as long as the context.

    Args:
        durable: whether a commit waits until it is on the disk; measuring needs that, tests do not.

    Raises:
        PostgresMissing: without PostgreSQL's programs.
    """
    binaries = find_binaries()
    with own_folder("/var/tmp" if durable else None) as folder:  # noqa: S108  /tmp may be memory.
        _initialise(binaries, folder)
        port = free_port()
        with _running(binaries, folder, port, durable):
            yield _make_database(port)


@contextmanager
def kept_postgres(
    folder: Path, port: int | None = None, *settings: str
) -> Iterator[Callable[[str], str]]:
    """A server on a folder that stays, made if it is not there.

    ``port`` is a free one if not given; ``settings`` are more of its own, as ``name=value``.

    Gives a function from the name of a database, made if it is not there, to its URL.
    """
    binaries, owner = find_binaries(), account()
    folder.mkdir(parents=True, exist_ok=True)
    if owner:
        shutil.chown(folder, user=owner)
    if not (folder / "data").is_dir():
        _initialise(binaries, folder)
    listening = port or free_port()
    with _running(binaries, folder, listening, True, *settings):
        yield lambda name: _make_database(listening, name)


def find_binaries() -> Path:
    """The folder that holds both `initdb` and `postgres`, the newest version first."""
    for folder in _candidates():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise PostgresMissing("PostgreSQL is not installed (Debian's package is called postgresql)")


def _candidates() -> Iterator[Path]:
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: _version(folder.parent.name), reverse=True)
    if pg_config := shutil.which("pg_config"):
        yield Path(subprocess.check_output([pg_config, "--bindir"], text=True).strip())
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())


@dataclass(frozen=True)
class Standby:
    """A server that follows another one; it logs what it is asked."""

    url: str
    log: Path
    server: subprocess.Popen[bytes]

    def pause(self) -> None:
        """Takes nothing more over, from the moment this returns."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT pg_wal_replay_pause()")
            state = "SELECT pg_get_wal_replay_pause_state()"
            while connection.execute(state).fetchone() != ("paused",):
                time.sleep(0.02)

    def go_on(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT pg_wal_replay_resume()")


@contextmanager
def standby_of(url: str) -> Iterator[Standby]:
    """A hot standby that streams from the server of this URL, for as long as the context."""
    binaries, port, parts = find_binaries(), free_port(), urlsplit(url)
    with own_folder() as folder:
        command = [str(binaries / "pg_basebackup"), f"--pgdata={folder / 'data'}"]
        command += [f"--dbname={url}", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        subprocess.run(command, cwd=folder, user=account(), check=True, capture_output=True)
        with _running(binaries, folder, port, False, "log_statement=all") as server:
            follows = f"postgresql://{ROLE}@127.0.0.1:{port}{parts.path}"
            yield Standby(follows, folder / "log", server)


def account() -> str | None:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise PostgresMissing("as root, PostgreSQL needs an account named postgres") from None


@contextmanager
def own_folder(place: str | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="stackpick-pg-", dir=place))
    try:
        if owner := account():
            shutil.chown(folder, user=owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(binaries: Path, folder: Path) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    command = [str(binaries / "initdb"), "--pgdata", str(folder / "data")]
    options = [f"--username={ROLE}", "--auth=trust", "--encoding=UTF8", f"--locale={locale}"]
    done = subprocess.run(
        [*command, *options, "--no-sync"],
        cwd=folder,
        user=account(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _running(
    binaries: Path, folder: Path, port: int, durable: bool, *settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
    command += ["-k", str(folder), "-c", "listen_addresses=127.0.0.1"]
    hasty = [] if durable else HASTY
    for setting in (f"fsync={'on' if durable else 'off'}", *hasty, *settings):
        command += ["-c", setting]
    log = folder / "log"
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=folder, user=account(), stdout=output, stderr=output)
        try:
            _wait_until_it_answers(server, port, log)
            yield server
        finally:
            _stop(server)


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(_url(port, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # Its fast shutdown, which throws clients out.
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _make_database(port: int, name: str = "stackpick") -> str:
    with psycopg.connect(_url(port, "postgres"), autocommit=True) as connection:
        is_there = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(is_there, [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return _url(port, name)


def make_database(url: str, name: str) -> str:
    """The URL of another database on the same server, made if it is not there."""
    return _make_database(urlsplit(url).port or 5432, name)


def _url(port: int, name: str) -> str:
    return f"postgresql://{ROLE}@127.0.0.1:{port}/{name}"


def main(command: list[str]) -> int:
    """Run `command` beside a server; its exit status, or 0 for a skip outside CI."""
    # SIGTERM must unwind the context, or the server stays behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with throwaway_postgres() as url:
            return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})
    except PostgresMissing as problem:
        print(f"{'FAILED' if in_ci() else 'SKIPPED'}: {problem}.", flush=True)
        return 1 if in_ci() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
