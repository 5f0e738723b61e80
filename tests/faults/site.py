"""A site that is killed and started again, on the same database and the same port."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx

from tests.faults.founders import Founders
from tests.servers import (
    APPLICATION,
    QUICKER,
    collect_static_files,
    free_port,
    manage_site,
    processes_of,
    serving,
    site_environment,
)


class Site:
    """One server at a time. Its processes are ended by their number, and no others."""

    def __init__(
        self,
        database_url: str,
        log: Path,
        env: Mapping[str, str] | None = None,
        application: str = APPLICATION,
    ) -> None:
        self.database_url, self.log, self._application = database_url, log, application
        self._environment = site_environment(database_url, free_port(), QUICKER | dict(env or {}))
        self._running = ExitStack()
        self.url = f"http://127.0.0.1:{self._environment['PORT']}"

    def start(self) -> None:
        self._running.enter_context(serving(self._environment, self.log, self._application))

    def stop(self) -> None:
        self._running.close()

    def founders(self, count: int) -> Founders:
        """So many new founders, to be saving."""
        return Founders.read(manage_site(self.url, "-m", "tests.faults.founders", str(count)))

    @property
    def processes(self) -> list[int]:
        return processes_of(self.url)

    @property
    def master(self) -> int:
        """The process that began the session of all of them."""
        return os.getsid(self.processes[0])

    @property
    def workers(self) -> list[int]:
        return [process for process in self.processes if parent_of(process) == self.master]

    def kill(self) -> None:
        """Master, workers and all, with the signal that nobody can handle."""
        for process in self.processes:
            kill(process)
        self.stop()

    def reload(self) -> None:
        """What a deploy does: new workers with new code, and the old ones finish their work."""
        os.kill(self.master, signal.SIGHUP)

    def is_ready(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def seconds_until_ready(self, most: float = 30) -> float:
        """How long it takes from now."""
        start = time.monotonic()
        while not self.is_ready():
            if time.monotonic() - start > most:
                raise TimeoutError(f"The site is not ready after {most} seconds.")
            time.sleep(0.05)
        return time.monotonic() - start


@contextmanager
def running_site(
    database_url: str,
    log: Path,
    env: Mapping[str, str] | None = None,
    application: str = APPLICATION,
) -> Iterator[Site]:
    """A site on a database that is migrated already, as those of conftest.py are."""
    site = Site(database_url, log, env, application)
    collect_static_files()
    try:
        site.start()
        yield site
    finally:
        site.stop()


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def parent_of(process: int) -> int:
    """The second field after the name, which is in parentheses and may hold anything."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except OSError:  # it has ended by now
        return 0
    return int(stat.rpartition(")")[2].split()[1])
